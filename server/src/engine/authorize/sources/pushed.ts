/** The parameters of a request that its app has pushed before (RFC 9126 §4): those alone count, whatever else is sent. */
import { hour, minute } from '../../../lib/clock.ts'
import { type Form, formFrom } from '../../../lib/form.ts'
import { sha256 } from '../../../lib/hash.ts'
import { type Dialect, isLegacy } from '../../../protocol/dialects.ts'
import { whyTwice } from '../../../protocol/parameters.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { OnceClaim, PushedRequest } from '../../../storage/contract.ts'

/** How the request_uri of a pushed request begins (RFC 9126 §2.2). */
export const pushedUri = 'urn:ietf:params:oauth:request_uri:'

/** What claims a pushed request at its completion. */
export interface Pushed {
  /** The digest of its request_uri, in base64url. */
  readonly id: string
  /** Milliseconds. */
  readonly claimedUntil: number
}

/** Whether a form names a request that was pushed here, which is possible at the standard protocol alone. */
export function namesPushed(form: Form, dialect: Dialect): boolean {
  return form.has('request_uri') && !isLegacy(dialect) && form.get('request_uri')?.startsWith(pushedUri) === true
}

/**
 * The parameters that were pushed. A Refusal where there are none under that name, or no longer, or they were used up, or
 * are those of another app: the person reads it on a page, as what else the address says proves nothing.
 */
export async function findPushed(
  context: Context,
  form: Form,
  trace: Trace,
): Promise<{ readonly form: Form; readonly pushed: Pushed } | Refusal> {
  const clientId = form.get('client_id')
  const repeated = whyTwice(form, 'request_uri') ?? whyTwice(form, 'client_id')
  if (repeated !== undefined) return repeated
  if (clientId === undefined) return new Refusal('client_id_missing')
  trace.client((await context.clients.find(clientId))?.id)
  const id = digestOf(form.get('request_uri') ?? '')
  const request = await context.storage.pushedRequests.find(id)
  if (request === undefined) return new Refusal('request_uri_unknown')
  if (request.clientId !== clientId) return new Refusal('request_uri_of_other_client')
  if (context.clock.now() >= request.expiresAt) return new Refusal('request_uri_expired')
  const pushed = pushedOf(request)
  const { kind, hash, expires } = claimOf(pushed)
  if (await context.storage.claims.isClaimed(kind, hash, expires)) return new Refusal('request_uri_used')
  return { form: formFrom(request.parameters), pushed }
}

/** The key under which a request lies that was given out as this request_uri. */
export function digestOf(requestUri: string): Buffer {
  return sha256(requestUri)
}

/** What the completion of a request claims. */
export function claimOf({ id, claimedUntil }: Pushed): OnceClaim {
  return { kind: 'pushed_request', hash: Buffer.from(id, 'base64url'), expires: claimedUntil }
}

/** Whoever has begun it in time may take as long over it as over any other request. */
function pushedOf({ id, expiresAt }: PushedRequest): Pushed {
  return { id: id.toString('base64url'), claimedUntil: expiresAt + hour + 10 * minute }
}
