/** Where people begin to sign in to an app from elsewhere, from the list of their apps as well (OIDC Core §4). */
import { addressProblem } from '../../protocol/openid/client_addresses.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Changed, Developer } from './developer_apps.ts'
import { edit } from './edit_app.ts'

/** Saves it; empty for an app that is begun with at its own place alone. */
export async function saveSignInAddress(
  context: Context,
  by: Developer,
  client: Client,
  begins: string,
): Promise<Changed> {
  const uri = begins === '' ? undefined : begins
  const wrong = addressProblem({ redirect_uris: [], initiate_login_uri: uri })
  if (wrong !== undefined) return { problem: { key: 'member_refused', member: begins, why: wrong.problem } }
  return edit(context, by, client.id, {
    event: 'app_sign_in_changed',
    detail: { begins: uri ?? null },
    by: () => ({ initiate_login_uri: uri }),
  })
}
