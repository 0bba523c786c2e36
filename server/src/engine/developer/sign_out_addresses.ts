/**
 * What an app has registered for signing people out: where they go afterwards (OpenID Connect RP-Initiated Logout 1.0
 * §3.1) and where the app hears of it, at its server (OpenID Connect Back-Channel Logout 1.0 §2.2) or by a page of its own
 * (OpenID Connect Front-Channel Logout 1.0 §2).
 */
import { addressProblem } from '../../protocol/openid/client_addresses.ts'
import { redirectUriProblem } from '../../protocol/redirect_uri.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { type Changed, type Developer, redirectUriListProblem } from './developer_apps.ts'
import { edit } from './edit_app.ts'

/** As it is filled in; empty for an app that is not told. */
export interface SignOutAddresses {
  readonly afterwards: readonly string[]
  readonly backChannel: string
  readonly sessionRequired: boolean
  readonly frontChannel: string
}

export function signOutAddressesOf({ metadata }: Pick<Client, 'metadata'>): SignOutAddresses {
  return {
    afterwards: metadata.post_logout_redirect_uris ?? [],
    backChannel: metadata.backchannel_logout_uri ?? '',
    sessionRequired: metadata.backchannel_logout_session_required === true,
    frontChannel: metadata.frontchannel_logout_uri ?? '',
  }
}

/**
 * Saves them. An address that the developer writes is noted as theirs: what the operator allows for addresses of their own
 * (CONSENTRY_OUTBOUND_ALLOW) is not for it.
 */
export async function saveSignOutAddresses(
  context: Context,
  by: Developer,
  client: Client,
  { afterwards, backChannel, sessionRequired, frontChannel }: SignOutAddresses,
): Promise<Changed & { readonly field?: 'afterwards' | 'backChannel' | 'frontChannel' }> {
  const problem = redirectUriListProblem(
    afterwards,
    client.metadata.application_type === 'native',
    context.settings.nativeSchemes,
  )
  if (problem !== undefined) return { problem, field: 'afterwards' }
  const present = client.metadata.backchannel_logout_uri ?? ''
  const refused = backChannel === present ? undefined : backChannelProblem(context, backChannel)
  if (refused !== undefined) return { problem: refused, field: 'backChannel' }
  const shown = given(frontChannel)
  const wrong = addressProblem({ redirect_uris: client.metadata.redirect_uris, frontchannel_logout_uri: shown })
  if (wrong !== undefined) {
    return { problem: { key: 'member_refused', member: frontChannel, why: wrong.problem }, field: 'frontChannel' }
  }
  const changed = await edit(context, by, client.id, {
    event: 'app_sign_out_changed',
    detail: { afterwards, backChannel: given(backChannel) ?? null, sessionRequired, frontChannel: shown ?? null },
    by: (document) => ({
      post_logout_redirect_uris: afterwards.length === 0 ? undefined : afterwards,
      frontchannel_logout_uri: shown,
      backchannel_logout_session_required: sessionRequired ? true : undefined,
      ...(backChannel === (document.backchannel_logout_uri ?? '') ? {} : writtenByDeveloper(backChannel)),
    }),
  })
  return changed.problem === undefined ? changed : { problem: changed.problem, field: 'afterwards' }
}

const given = (text: string) => (text === '' ? undefined : text)

function writtenByDeveloper(uri: string) {
  return uri === ''
    ? { backchannel_logout_uri: undefined, backchannel_logout_uri_by: undefined }
    : { backchannel_logout_uri: uri, backchannel_logout_uri_by: 'developer' }
}

/** Why this server would not call the address for an app; undefined where it would try. */
function backChannelProblem({ settings }: Context, uri: string): FormProblem | undefined {
  if (uri === '') return undefined
  const why = redirectUriProblem(uri, false)
  if (why !== undefined) return { key: 'redirect_uri_refused', why }
  const { protocol, origin } = new URL(uri)
  const allowed = settings.development && settings.outboundAllowed.has(origin)
  return protocol === 'https:' || allowed ? undefined : 'sign_out_uri_not_called'
}
