/** Which client asks (RFC 6749 §4.1.1), and whether it may ask at all. */

import { deviceGrantType } from '../../../protocol/names.ts'
import { whyTwice } from '../../../protocol/parameters.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { whyUnprotected } from '../../client/capabilities.ts'
import { heedDocument } from '../../developer/registration/documents.ts'
import type { Asking } from './checks.ts'

export async function findClient({ context, form, trace }: Asking): Promise<{ readonly client: Client } | Refusal> {
  const repeated = whyTwice(form, 'client_id')
  if (repeated !== undefined) return repeated
  const clientId = form.get('client_id')
  if (clientId === undefined) return new Refusal('client_id_missing')
  const unread = await heedDocument(context, trace, clientId, trace.method === 'GET')
  if (unread !== undefined) return unread
  const client = await context.clients.find(clientId)
  if (client === undefined) return new Refusal('client_unknown', { text: unknownClient })
  trace.client(client.id)
  // The same words for both: which apps exist is nobody's business.
  if (client.status === 'disabled') return new Refusal('client_disabled', { text: unknownClient })
  if (!client.metadata.dialects.includes(trace.dialect)) return new Refusal('dialect_not_allowed')
  return { client }
}

/** Whether the app may sign people in on devices that show no browser: by the operator's word, or as an app of that kind. */
export function checkDeviceGrant(
  _asking: Asking,
  { client: { metadata } }: { readonly client: Client },
): Refusal | undefined {
  if (metadata.grant_types.includes(deviceGrantType)) return undefined
  return new Refusal('grant_type_not_registered', { expected: metadata.grant_types.join(' '), got: deviceGrantType })
}

const unknownClient = 'Unknown client_id.'

export function checkProtections(_asking: Asking, { client }: { readonly client: Client }): Refusal | undefined {
  return whyUnprotected(client)
}
