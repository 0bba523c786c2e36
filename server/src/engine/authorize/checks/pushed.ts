/** Whether a request had to be pushed first (RFC 9126 §5, §6), and was. */
import { type Dialect, isLegacy } from '../../../protocol/dialects.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Asking } from './checks.ts'

export function checkPushed(
  { context, trace, pushed }: Asking,
  { client }: { readonly client: Client },
): Refusal | undefined {
  if (pushed !== undefined) return undefined
  trace.skip('pushed')
  return whyNotPushed(context, client, trace.dialect)
}

/** The refusal of a request that was not pushed, where the client or the operator asks for that. */
export function whyNotPushed(
  { settings }: Pick<Context, 'settings'>,
  { metadata }: Client,
  dialect: Dialect,
): Refusal | undefined {
  if (metadata.require_pushed_authorization_requests === true) return new Refusal('request_not_pushed')
  // Older protocols have nowhere to push a request to.
  if (!settings.requirePushedRequests || isLegacy(dialect)) return undefined
  return new Refusal('request_not_pushed', {
    cause: 'This server takes pushed authorization requests alone (CONSENTRY_REQUIRE_PUSHED_REQUESTS).',
  })
}
