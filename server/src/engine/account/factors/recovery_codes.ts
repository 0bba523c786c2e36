/** Recovery codes: ten at a time, each good for once, kept as digests under a key of the account's own. */
import { hmacSha256 } from '../../../lib/hash.ts'
import { randomBytes } from '../../../lib/random.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import { openFactor, sealFactor } from '../../../runtime/keys/factor_secrets.ts'
import type { Acting, SealedFactor } from '../../../storage/contract.ts'

const howMany = 10
/** Base 32 without letters that are taken for one another (Crockford): 80 bits in 16 characters. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 16
const codePattern = new RegExp(`^[${alphabet}]{${length}}$`)

/** Gives an account ten new codes in place of those before; answers them in groups of four. */
export async function newRecoveryCodes(
  { keyring }: Pick<Context, 'keyring'>,
  { factors }: Pick<Acting, 'factors'>,
  userId: UserId,
): Promise<readonly string[]> {
  const key = randomBytes(32)
  const codes = Array.from({ length: howMany }, newCode)
  const sealed = sealFactor(keyring, 'recovery', userId, key.toString('base64url'))
  await factors.setRecoveryCodes(
    userId,
    sealed,
    codes.map((code) => hmacSha256(key, code)),
  )
  return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'))
}

function newCode(): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** What somebody typed, as codes are digested; undefined where it can be none. */
export function recoveryCodeIn(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1')
  return codePattern.test(plain) ? plain : undefined
}

/** The digest under which a code of this account is kept. */
export function digestOfCode(
  { keyring }: Pick<Context, 'keyring'>,
  userId: UserId,
  key: SealedFactor,
  code: string,
): Buffer {
  return hmacSha256(Buffer.from(openFactor(keyring, 'recovery', userId, key), 'base64url'), code)
}
