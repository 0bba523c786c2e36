/** Telling an app's owner that a client secret stood where everybody along the way could read it (RFC 9700 §4.3.2). */
import { equalBytes, sha256 } from '../../lib/hash.ts'
import type { Context } from '../../runtime/context.ts'

/** The sentence for the owner's request log; undefined where the URL held no secret or named no app. */
export async function secretWarning(
  context: Context,
  clientId: string | undefined,
  shown: readonly string[],
): Promise<string | undefined> {
  if (clientId === undefined || shown.length === 0) return undefined
  const client = await context.clients.find(clientId)
  if (client === undefined) return undefined
  const digests = shown.map((secret) => sha256(secret))
  const real = client.secrets.some(({ hash }) => digests.some((digest) => equalBytes(digest, hash)))
  if (real) return 'The URL contained the client secret. Replace the secret.'
  return 'The URL contained a client_secret that does not belong to this app.'
}
