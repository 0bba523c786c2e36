/** A grant as it begins, whichever way it came about. */
import { randomBytes } from '../../lib/random.ts'
import type { Grant } from '../../protocol/grant.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account } from '../../storage/contract.ts'
import { newGrantId } from './grant_id.ts'

/** What only the grant type can say, and whatever is not as in most grants. */
export type Beginning = Pick<Grant, 'createdAt' | 'state' | 'step' | 'expiresAt' | 'dialect' | 'context'> &
  Partial<Pick<Grant, 'id' | 'key' | 'label' | 'authMethod' | 'handle' | 'consentValidAfter'>>

/** The grant of this client, for this person or (without an account) for itself. Nothing is stored. */
export function newGrant(
  context: Pick<Context, 'keyring'>,
  client: Client,
  account: Account | undefined,
  own: Beginning,
): Grant {
  const now = own.createdAt
  return {
    id: newGrantId(now),
    key: randomBytes(16),
    clientId: client.id,
    userId: account?.id ?? null,
    endReason: null,
    steppedAt: now,
    generation: context.keyring.generation,
    usedAt: now,
    usedStep: 0,
    endedAt: null,
    epoch: 0,
    attempt: null,
    label: null,
    authMethod: null,
    senderKey: null,
    handle: null,
    clientValidAfter: client.validAfter,
    userValidAfter: account?.validAfter ?? null,
    consentValidAfter: null,
    ...own,
  }
}
