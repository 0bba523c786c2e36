/** Initial access tokens: with one, an app may register itself (RFC 7591 §3). */
import type { Millis } from '../../../lib/clock.ts'
import { randomText } from '../../../lib/random.ts'
import type { InitialToken } from '../../../storage/contract.ts'
import { initialDigest } from '../../developer/registration/register.ts'
import { type Operator, type OperatorContext, operate } from '../operator.ts'

export type { InitialToken }

/** Characters of the digest by which the operator names a token. */
const handleLength = 8

export function handleOf({ digest }: InitialToken): string {
  return digest.slice(0, handleLength)
}

/** Makes a token for so many registrations until then; undefined where there is no such limit. Its text is answered here and never again. */
export async function addInitialToken(
  context: OperatorContext,
  by: Operator,
  { name, uses, expiresAt }: { readonly name: string; readonly uses?: number; readonly expiresAt?: Millis },
): Promise<{ readonly token: string; readonly stored: InitialToken }> {
  const token = `iat_${randomText(32)}`
  const stored = {
    digest: initialDigest(token),
    name,
    created_at: context.clock.now(),
    ...(uses === undefined ? {} : { uses_left: uses }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  }
  await operate(context, by, async ({ initialTokens }, record) => {
    await initialTokens.put(stored)
    await record('initial_token_added', { detail: { token: handleOf(stored), name } })
  })
  return { token, stored }
}

/** Ends a token by the beginning of its digest; false where there is none, or more than one. Apps that it registered stay. */
export async function removeInitialToken(context: OperatorContext, by: Operator, handle: string): Promise<boolean> {
  const found = (await context.storage.initialTokens.list()).filter(({ digest }) => digest.startsWith(handle))
  const [token] = found
  if (token === undefined || found.length > 1 || handle.length < handleLength) return false
  return operate(context, by, async ({ initialTokens }, record) => {
    if (!(await initialTokens.delete(token.digest))) return false
    await record('initial_token_removed', { detail: { token: handleOf(token), name: token.name } })
    return true
  })
}

/** All tokens, the newest first. */
export async function listInitialTokens({
  storage,
}: Pick<OperatorContext, 'storage'>): Promise<readonly InitialToken[]> {
  return [...(await storage.initialTokens.list())].sort((one, other) => other.created_at - one.created_at)
}
