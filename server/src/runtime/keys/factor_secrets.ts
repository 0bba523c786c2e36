/** The secrets of second factors as they lie in the database: each sealed for its account, and sealed anew at a rotation. */
import type { UserId } from '../../protocol/names.ts'
import type { Factors, SealedFactor, Storage } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'
import { openSecret, resealSecret, sealSecret } from './secrets_at_rest.ts'

/** The seed of an authenticator app, or the key of an account's recovery codes. */
export type FactorSecret = 'totp' | 'recovery'

const placeOf = (secret: FactorSecret, userId: UserId) => `factor ${secret} ${userId}`

/** Accounts whose secrets are sealed anew at once. */
const batch = 500

export function sealFactor(keyring: Keyring, secret: FactorSecret, userId: UserId, text: string): SealedFactor {
  return sealSecret(keyring, text, placeOf(secret, userId))
}

/** Throws where no root secret that is known here opens it. */
export function openFactor(keyring: Keyring, secret: FactorSecret, userId: UserId, sealed: SealedFactor): string {
  const text = openSecret(keyring, sealed, placeOf(secret, userId))
  if (text === undefined) throw new Error('factors: a secret in the database was sealed under another root secret')
  return text
}

/** Brings the secrets of second factors under the present root secret, so that they outlive the older ones. */
export async function resealFactors({ factors }: Pick<Storage, 'factors'>, keyring: Keyring): Promise<void> {
  for (let after: UserId | undefined; ; ) {
    const ids = await factors.listSealedBefore(keyring.generation, batch, after)
    for (const id of ids) await resealAccount(factors, keyring, id)
    after = ids.at(-1)
    if (after === undefined) return
  }
}

async function resealAccount(factors: Storage['factors'], keyring: Keyring, id: UserId): Promise<void> {
  const found = await factors.find(id)
  for (const secret of ['totp', 'recovery'] as const) {
    const from = sealedIn(found, secret)
    const to = from && resealSecret(keyring, from, placeOf(secret, id))
    if (from !== undefined && to !== undefined) await factors.reseal(id, secret, from, to)
  }
}

function sealedIn(found: Factors | undefined, secret: FactorSecret): SealedFactor | undefined {
  return secret === 'totp' ? found?.totp?.seed : found?.recovery?.key
}
