/** Taking an authorization request that an app pushes ahead of the person (RFC 9126 §2). */
import { type Millis, minute, type Seconds, second } from '../../lib/clock.ts'
import { type Form, formFrom } from '../../lib/form.ts'
import { randomText } from '../../lib/random.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { AuthenticatedClient } from '../client/client_authentication.ts'
import { claimProof, findSenderKey, type ShownProof } from '../client/dpop.ts'
import { checkPush } from './authorize.ts'
import { requireParkable } from './request_store.ts'
import { digestOf, pushedUri } from './sources/pushed.ts'

/** Within how long a pushed request has to be begun. */
const pushedLife: Millis = minute + 30 * second

/**
 * Checks a request as authorize would, and keeps it. A Refusal has kept nothing. What is kept is checked once more where
 * it is begun, as of then.
 */
export async function pushRequest(
  context: Context,
  { form, proof }: { readonly form: Form; readonly proof: ShownProof | undefined },
  { client, method }: AuthenticatedClient,
  trace: Trace,
): Promise<{ readonly requestUri: string; readonly expiresIn: Seconds } | Refusal> {
  trace.at('dpop_proof')
  const sender = proof === undefined ? undefined : findSenderKey(context, client, proof)
  if (sender instanceof Refusal) return sender
  if (sender === undefined) trace.skip('dpop_proof', 'dpop_once')
  trace.at('parameters')
  if (form.has('request_uri')) return new Refusal('request_uri_pushed')
  const jkt = sender?.key.toString('base64url')
  const named = form.get('dpop_jkt')
  if (jkt !== undefined && named !== undefined && named !== jkt) {
    return new Refusal('dpop_jkt_other', { expected: jkt, got: named })
  }
  // Who has proved to be the client need not name it once more, nor its key.
  const known: Readonly<Record<string, string | undefined>> = { client_id: client.id, dpop_jkt: jkt }
  const added = Object.entries(known).flatMap(([name, value]) =>
    value === undefined || form.has(name) ? [] : [[name, value] as const],
  )
  const whole = added.length === 0 ? form : formFrom([...added, ...pairsOf(form)])
  const checked = await checkPush(context, whole, client, trace)
  if (checked instanceof Refusal) return checked
  requireParkable(context, { ...checked, pushed: { id: digestOf('').toString('base64url'), claimedUntil: pushedLife } })
  trace.proved()
  trace.at('push_limit')
  const full = context.pushLimit.whyFull(client.id, method === 'none' ? trace.caller : undefined)
  if (full !== undefined) return full
  if (sender !== undefined) {
    trace.at('dpop_once')
    const used = await claimProof(context, sender)
    if (used !== undefined) return used
  }
  const requestUri = pushedUri + randomText(24)
  await context.storage.pushedRequests.put({
    id: digestOf(requestUri),
    clientId: client.id,
    parameters: checked.asked.parameters,
    expiresAt: context.clock.now() + pushedLife,
  })
  trace.note('The authorization request was kept. It has to be begun within 90 seconds.')
  return { requestUri, expiresIn: pushedLife / second }
}

function pairsOf(form: Form): readonly (readonly [string, string])[] {
  return form.names.flatMap((name) => form.all(name).map((value) => [name, value] as const))
}
