/** Ending what an app holds: the tokens of its own (RFC 6749 §4.4) where a secret has leaked, or everything. */
import type { ClientId } from '../../protocol/names.ts'
import type { ActRecorder } from '../../runtime/act.ts'
import type { Acting } from '../../storage/contract.ts'

/** Ends everything that was issued to the app before now, and notes it. False where there is no such app. */
export async function endAllTokens({ clients }: Acting, record: ActRecorder, clientId: ClientId): Promise<boolean> {
  if ((await clients.amend(clientId, () => ({ invalidate: true }))) === undefined) return false
  await record('client_tokens_ended', { clientId })
  return true
}
