/** Comparing what was sent with the secrets of a client (RFC 6749 §2.3.1). */
import { timingSafeEqual } from 'node:crypto'
import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomBytes, randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { passwordBytes } from '../../runtime/limits/passwords.ts'
import type { ClientSecret } from '../../storage/contract.ts'

/** `right_given` is right and was chosen by somebody, so that it may be one that can be guessed. */
export type SecretMatch = 'right' | 'right_given' | 'expired' | 'wrong'

/** The name of secrets that come from the operator's document. All others are generated: 256 random bits. */
export const givenSecretName = 'apply'
/** The name of secrets that come from another server. */
const importedSecretName = 'imported'

const mayBeGuessed = new Set([givenSecretName, importedSecretName])

/** Characters from which on a secret is kept by its digest alone. What is shorter may be guessed from one. */
export const shortestDigested = 24

const nothing = Buffer.alloc(32)

/**
 * Whether the text is a secret of the client. The digest is always computed and always compared, so that time does not
 * tell an unknown client from a known one.
 */
export function matchSecret(client: Client | undefined, presented: string | undefined, now: Millis): SecretMatch {
  const digest = sha256(presented ?? '')
  let match: SecretMatch = 'wrong'
  for (const secret of client?.secrets ?? [{ hash: nothing, expiresAt: null, name: '' }]) {
    if (!timingSafeEqual(digest, secret.hash) || match === 'right') continue
    if (secret.expiresAt === null || secret.expiresAt > now) {
      match = mayBeGuessed.has(secret.name) ? 'right_given' : 'right'
    } else if (match === 'wrong') match = 'expired'
  }
  return match
}

/** The secrets of a client that are known by the hash of another server alone. */
export function importedSecrets(client: Client | undefined, now: Millis): readonly ImportedSecret[] {
  return (client?.secrets ?? []).filter(
    (secret): secret is ImportedSecret =>
      secret.imported !== undefined && (secret.expiresAt === null || secret.expiresAt > now),
  )
}

type ImportedSecret = ClientSecret & { readonly imported: string }

/**
 * Whether the text is one of them, which is as dear to find out as for a password. The first time that it is right its digest
 * takes the place of the hash, so that it costs as little as any other from then on. Throws PasswordQueueFull.
 */
export async function matchImported(
  { storage, passwords }: Pick<Context, 'storage' | 'passwords'>,
  { id }: Client,
  secrets: readonly ImportedSecret[],
  presented: string,
): Promise<boolean> {
  if (Buffer.byteLength(presented) > passwordBytes) return false
  for (const { imported, ...secret } of secrets) {
    if (!(await passwords.verify(imported, presented))) continue
    if (presented.length < shortestDigested) return true
    await storage.clients.amend(id, (present) =>
      present.secrets.some((one) => one.id === secret.id && one.imported === imported)
        ? { removeSecrets: [secret.id], addSecret: { ...secret, hash: sha256(presented) } }
        : undefined,
    )
    return true
  }
  return false
}

/** A secret of another server, or of an export, by `sha256:` and its digest in hexadecimal, or by a hash as passwords have it. */
export function hashedSecret(hash: string, now: Millis): ClientSecret {
  const row = { id: randomText(8), name: importedSecretName, createdAt: now, expiresAt: null }
  const digest = /^sha256:([0-9a-f]{64})$/.exec(hash)?.[1]
  if (digest !== undefined) return { ...row, hash: Buffer.from(digest, 'hex') }
  return { ...row, hash: randomBytes(32), imported: hash }
}
