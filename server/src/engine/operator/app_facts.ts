/** What those who run the server see of apps: the list, and one with what waits beside what is approved. */
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { AppFilter, ClientRecord, ListAsk, ListPage } from '../../storage/contract.ts'
import { proposedDocument } from '../developer/edit_app.ts'
import { waitingForm, waitsForOperator } from '../developer/waiting_form.ts'

/** Which apps are looked for. */
export type AppsWanted = Omit<AppFilter, 'ownerId'> & {
  /** How a name, an ID or an owner's username begins. */
  readonly beginning?: string | undefined
}

/** An app as the list shows it. */
export interface ListedApp {
  readonly clientId: ClientId
  readonly name: string
  readonly status: ClientRecord['status']
  /** The owner's username. */
  readonly owner: string | undefined
  readonly verified: boolean
  /** Names what waits for a decision, if anything does. */
  readonly waiting: string | undefined
  readonly createdAt: number
}

/** A page of the apps. Undefined if the list does not have the place that was asked for. */
export async function listApps(
  { storage }: Pick<Context, 'storage'>,
  wanted: AppsWanted,
  ask: ListAsk,
): Promise<ListPage<ListedApp> | undefined> {
  const page = await storage.clients.search(wanted, ask)
  if (page === undefined) return undefined
  // What was refused as it is now waits no more.
  const shown = wanted.waiting === true ? page.items.filter(waitsForOperator) : page.items
  return { ...page, items: await Promise.all(shown.map((app) => listed({ storage }, app))) }
}

async function listed({ storage }: Pick<Context, 'storage'>, app: ClientRecord): Promise<ListedApp> {
  const { clientId, status, verification, createdAt } = app
  return {
    clientId,
    name: readStoredMetadata(app.metadata).client_name ?? clientId,
    status,
    owner: app.ownerId === null ? undefined : (await storage.accounts.find(app.ownerId))?.username,
    verified: verification !== null,
    waiting: waitsForOperator(app) ? waitingForm(app) : undefined,
    createdAt,
  }
}

/** A member of an app's document, as it is and as it would be with the change that waits. */
export interface AppMember {
  readonly name: keyof ClientMetadata & string
  readonly now: unknown
  /** Undefined where the change leaves it as it is. */
  readonly proposed?: unknown
}

/** One app. */
export interface AppFacts extends ListedApp {
  readonly members: readonly AppMember[]
  readonly verifiedBy: string | undefined
  readonly collaborators: readonly string[]
  readonly secrets: readonly { readonly name: string; readonly createdAt: number; readonly expiresAt: number | null }[]
}

const shownMembers = [
  'client_name',
  'client_uri',
  'redirect_uris',
  'scope',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'grant_types',
  'token_endpoint_auth_method',
] as const satisfies readonly (keyof ClientMetadata)[]

/** Undefined where there is no app of that ID. */
export async function describeApp({ storage }: Pick<Context, 'storage'>, id: string): Promise<AppFacts | undefined> {
  const app = await storage.clients.find(id)
  if (app === undefined) return undefined
  const [now, proposed] = [readStoredMetadata(app.metadata), proposedDocument(app)]
  const team = await storage.appTeams.find(app.clientId)
  const people = await Promise.all((team?.collaborators ?? []).map((one) => storage.accounts.find(one)))
  return {
    ...(await listed({ storage }, app)),
    members: shownMembers.map((name) => ({
      name,
      now: now[name],
      ...(JSON.stringify(now[name]) === JSON.stringify(proposed[name]) ? {} : { proposed: proposed[name] ?? '' }),
    })),
    verifiedBy: app.verification?.by,
    collaborators: people.flatMap((one) => (one === undefined ? [] : [one.username])),
    secrets: app.secrets.map(({ name, createdAt, expiresAt }) => ({ name, createdAt, expiresAt })),
  }
}
