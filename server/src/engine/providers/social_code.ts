/**
 * The code of the social endpoints: what an app gets at its redirectUrl after a person has signed in through a provider,
 * and brings to authorizeCode for a sign-in ticket. It holds no rights and lives for a minute, once.
 */
import { decodeBase62, encodeBase62 } from '../../lib/base62.ts'
import { type Millis, minute, second } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { seal, unseal } from '../../lib/seal.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'

export interface SocialCode {
  readonly userId: UserId
  readonly providerId: string
  /** Where it was sent, and to which app where that is known. */
  readonly redirectUrl: string
  readonly clientId?: ClientId | undefined
  /** The browser in which the person signed in (`browserDigest`): the ticket is for that one. */
  readonly browser: string
  readonly issuedAt: Millis
}

const codeLife: Millis = minute
const keyPurpose = 'social code'
const place = 'social code'
const blockBytes = 5

/** Writes a code in letters and digits alone, because old apps cut addresses by hand. */
export function makeSocialCode(context: Context, of: Omit<SocialCode, 'issuedAt'>): string {
  const code: SocialCode = { ...of, issuedAt: context.clock.now() }
  const plain = Buffer.from(JSON.stringify(code))
  // Sealing adds 28 bytes; JSON does not mind the spaces that fill up the last block.
  const filled = Buffer.concat([
    plain,
    Buffer.alloc((2 * blockBytes - ((plain.length + 28) % blockBytes)) % blockBytes, ' '),
  ])
  return encodeBase62(seal(context.keyring.current(keyPurpose), filled, place))
}

/** What a code stands for, which is spent by that. Throws social_code_invalid. */
export async function redeemSocialCode(context: Context, text: string, providerId: string): Promise<SocialCode> {
  const bytes = decodeBase62(text)
  let opened: Buffer | undefined
  for (const key of context.keyring.all(keyPurpose)) {
    opened ??= bytes === undefined ? undefined : unseal(key, bytes, place)
  }
  if (opened === undefined) throw new Refusal('social_code_invalid')
  const code = JSON.parse(opened.toString()) as SocialCode
  if (context.clock.now() - code.issuedAt >= codeLife) {
    throw new Refusal('social_code_invalid', { cause: 'The code is older than a minute.' })
  }
  if (code.providerId !== providerId) {
    throw new Refusal('social_code_invalid', { cause: 'The code belongs to a sign-in through another provider.' })
  }
  const kept = code.issuedAt + codeLife + 30 * second
  if ((await context.storage.claims.claimOnce('social_code', sha256(text), kept)) === 'seen') {
    throw new Refusal('social_code_invalid', { cause: 'This code was already used.' })
  }
  return code
}
