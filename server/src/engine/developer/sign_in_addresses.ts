/**
 * What an app has registered for signing people in: where they begin from elsewhere, from the list of their apps as well (OIDC
 * Core §4), and the sector whose apps know a person by one ID (§8.1).
 */
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { addressProblem } from '../../protocol/openid/client_addresses.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Changed, Developer } from './developer_apps.ts'
import { edit } from './edit_app.ts'

/** As it is filled in; empty for what there is not. */
export interface SignInAddresses {
  readonly begins: string
  /** Undefined for an app that calls each person as every other app does, to which sectors are nothing. */
  readonly sector: string | undefined
}

export function signInAddressesOf({ metadata }: { readonly metadata: ClientMetadata }): SignInAddresses {
  const { initiate_login_uri: begins = '', sector_identifier_uri: sector = '', subject_type: type } = metadata
  return { begins, sector: type === 'pairwise' ? sector : undefined }
}

/** Saves them. Another sector gives everybody another ID, so that the developer has to know it (`mayMoveSubjects`). */
export async function saveSignInAddresses(
  context: Context,
  by: Developer,
  client: Client,
  { begins, sector, mayMoveSubjects }: SignInAddresses & { readonly mayMoveSubjects: boolean },
): Promise<Changed & { readonly field?: keyof SignInAddresses }> {
  const uri = begins === '' ? undefined : begins
  const group = sector === '' ? undefined : sector
  const wrong = addressProblem({ redirect_uris: [], initiate_login_uri: uri, sector_identifier_uri: group })
  if (wrong !== undefined) {
    const [field, member] =
      wrong.member === 'initiate_login_uri' ? (['begins', begins] as const) : (['sector', sector ?? ''] as const)
    return { problem: { key: 'member_refused', member, why: wrong.problem }, field }
  }
  const changed = await edit(context, by, client.id, {
    event: 'app_sign_in_changed',
    detail: { begins: uri ?? null, ...(sector === undefined ? {} : { sector: group ?? null }) },
    mayMoveSubjects,
    by: () => ({ initiate_login_uri: uri, ...(sector === undefined ? {} : { sector_identifier_uri: group }) }),
  })
  return changed.problem === undefined ? changed : { problem: changed.problem, field: 'sector' }
}
