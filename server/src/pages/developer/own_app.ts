/** Pages about an app of one's own: who may come to them, and what each of them begins with. */
import { leniencyChoiceOf } from '../../engine/developer/client_leniencies.ts'
import { findOwnApp, mayDelete } from '../../engine/developer/developer_apps.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { further, type Guard, leaving, signedIn } from '../guards.ts'
import { PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../visit.ts'

/** A request about an app by its owner, or by somebody who works on it. */
export interface OwnApp extends SignedIn {
  readonly client: Client
}

/** Whoever owns the app that the address names, or works on it. Everybody else is told that there is no such app. */
export const ownApp: Guard<OwnApp> = further(signedIn, findNamed)

/** Its owner alone, who may end it without accepting any terms. */
export const appOwner: Guard<OwnApp> = further(further(leaving, findNamed), ({ by, client }) => {
  if (!mayDelete(by.account, client)) throw new PageProblem('not_allowed')
  return {}
})

async function findNamed(visit: SignedIn): Promise<Pick<OwnApp, 'client'>> {
  return { client: await requireOwnApp(visit, partOfPath(visit, 'id')) }
}

/** The app as it is stored now. Throws PageProblem. */
export async function requireOwnApp({ context, by }: SignedIn, clientId: string): Promise<Client> {
  const client = await findOwnApp(context, by.account, clientId)
  if (client === undefined) throw new PageProblem('not_found')
  return client
}

/** What every page about one app begins with. */
export function frame(visit: OwnApp) {
  const { context, client } = visit
  return {
    ...secrets(visit),
    viewer: viewerOf(visit),
    app: { clientId: client.id, name: client.name },
    legacy: context.settings.dialects.size > 1 || leniencyChoiceOf(client).on.length > 0,
  }
}
