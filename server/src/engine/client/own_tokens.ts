/** Ending what an app holds: the tokens of its own (RFC 6749 §4.4) where a secret has leaked, or everything. */
import type { ClientId } from '../../protocol/names.ts'
import type { Storage } from '../../storage/contract.ts'

/**
 * Ends the tokens that the app got by itself, without a person; those of people stay. For whenever what it proved itself
 * by has stopped working at once: whoever had it may have such tokens. Call it after the change is stored, so that no
 * new token can be got by the old proof.
 */
export async function endOwnTokens({ grants }: Pick<Storage, 'grants'>, clientId: ClientId): Promise<void> {
  for (const id of await grants.listOwn(clientId)) await grants.bump(id)
}

/** Ends everything that was issued to the app before now. False where there is no such app. */
export async function endAllTokens({ clients }: Pick<Storage, 'clients'>, clientId: ClientId): Promise<boolean> {
  return (await clients.amend(clientId, () => ({ invalidate: true }))) !== undefined
}
