/** The protections that an app asks for: it then gets nothing without them (RFC 9126 §6, RFC 9449 §5.2). */
import { isSetByProfile } from '../../protocol/profiles/profiles.ts'
import type { Context } from '../../runtime/context.ts'
import { kindOf, returnsPeople } from '../../runtime/kept/app_form.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Changed, Developer } from './developer_apps.ts'
import { edit } from './edit_app.ts'

/** By what the registration calls them. */
const protections = ['dpop_bound_access_tokens', 'require_pushed_authorization_requests'] as const
export type Protection = (typeof protections)[number]

/**
 * Those that can be switched: what means something for an app of its kind, as only one that sends people here can push its
 * requests, and is not set by its profile.
 */
export function protectionsFor({ metadata }: Pick<Client, 'metadata'>): readonly Protection[] {
  const open = protections.filter((one) => !isSetByProfile(metadata, one))
  return open.filter((one) => one === 'dpop_bound_access_tokens' || returnsPeople(kindOf(metadata)))
}

export function protectionsOf({ metadata }: Pick<Client, 'metadata'>): readonly Protection[] {
  return protections.filter((one) => metadata[one] === true)
}

/** Makes these the app's protections, as of its next request. */
export function saveProtections(
  context: Context,
  by: Developer,
  client: Client,
  wanted: readonly string[],
): Promise<Changed> {
  const on = protectionsFor(client).filter((one) => wanted.includes(one))
  return edit(context, by, client.id, {
    event: 'app_protections_changed',
    detail: { protections: on },
    by: (metadata) => {
      const open = protections.filter((one) => !isSetByProfile(metadata, one))
      return Object.fromEntries(open.map((one) => [one, on.includes(one) ? true : undefined]))
    },
  })
}
