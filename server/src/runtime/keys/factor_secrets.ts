/** The secrets of second factors as they lie in the database: each sealed for its account, and sealed anew at a rotation. */
import type { UserId } from '../../protocol/names.ts'
import type { Factors, SealedFactor, Storage } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'
import { movedSecret, openSecret, resealSecret, type SealedSecret, sealSecret } from './secrets_at_rest.ts'

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
export function resealFactors(storage: Pick<Storage, 'factors'>, keyring: Keyring): Promise<void> {
  return sealAnew(storage, keyring.generation, (sealed, place) => resealSecret(keyring, sealed, place))
}

/** Seals the secrets of second factors under the keys of another installation. */
export function moveFactors(storage: Pick<Storage, 'factors'>, from: Keyring, to: Keyring): Promise<void> {
  return sealAnew(storage, Number.MAX_SAFE_INTEGER, (sealed, place) => movedSecret(from, to, sealed, place))
}

/** How many secrets of second factors no root secret opens that is known here. */
export async function unreadableFactors(storage: Pick<Storage, 'factors'>, keyring: Keyring): Promise<number> {
  let count = 0
  await sealAnew(storage, Number.MAX_SAFE_INTEGER, (sealed, place) => {
    if (openSecret(keyring, sealed, place) === undefined) count++
    return undefined
  })
  return count
}

/** Seals anew what lies under an older generation than this one; undefined leaves it as it is. */
async function sealAnew(
  { factors }: Pick<Storage, 'factors'>,
  generation: number,
  anew: (sealed: SealedFactor, place: string) => SealedSecret | undefined,
): Promise<void> {
  for (let after: UserId | undefined; ; ) {
    const ids = await factors.listSealedBefore(generation, batch, after)
    for (const id of ids) {
      const found = await factors.find(id)
      for (const secret of ['totp', 'recovery'] as const) {
        const from = sealedIn(found, secret)
        const to = from && anew(from, placeOf(secret, id))
        if (from !== undefined && to !== undefined) await factors.reseal(id, secret, from, to)
      }
    }
    after = ids.at(-1)
    if (after === undefined) return
  }
}

function sealedIn(found: Factors | undefined, secret: FactorSecret): SealedFactor | undefined {
  return secret === 'totp' ? found?.totp?.seed : found?.recovery?.key
}
