/** What the admin API reads: people, apps, and what the operator has said and done. */
import { isUserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type {
  Account,
  AppFilter,
  AuditFilter,
  AuditFound,
  ChainedEvent,
  ClientRecord,
  ListAsk,
  ListPage,
  LoggedEvent,
  StoredProvider,
  StoredResource,
} from '../../../storage/contract.ts'
import { waitsForOperator } from '../../developer/waiting_form.ts'

type Source = Pick<Context, 'storage'>

export type { Account, ClientRecord, LoggedEvent, StoredProvider, StoredResource }

/** The account of this ID. */
export async function findPerson({ storage }: Source, id: string): Promise<Account | undefined> {
  return isUserId(id) ? storage.accounts.find(id) : undefined
}

/** The account that has this address or username, spelled as it is stored. */
export function findPersonByLogin({ storage }: Source, login: string): Promise<Account | undefined> {
  return storage.accounts.findByLogin(login)
}

export function findApp({ storage }: Source, id: string): Promise<ClientRecord | undefined> {
  return storage.clients.find(id)
}

/** A page of the apps that are asked for. Undefined where the list does not have the place. */
export async function searchApps(
  { storage }: Source,
  wanted: AppFilter & { readonly beginning?: string | undefined },
  ask: ListAsk,
): Promise<ListPage<ClientRecord> | undefined> {
  const page = await storage.clients.search(wanted, ask)
  // What was refused as it is now waits no more.
  return page && { ...page, items: wanted.waiting === true ? page.items.filter(waitsForOperator) : page.items }
}

/** IDs of the people who work on an app beside its owner. */
export async function collaboratorsOf({ storage }: Source, id: string): Promise<readonly string[]> {
  return (await storage.appTeams.find(id))?.collaborators ?? []
}

/** The identity providers, as they are stored. */
export function listProviders({ storage }: Source): Promise<readonly StoredProvider[]> {
  return storage.providers.list()
}

/** Events behind a place of the audit log, the oldest first, with their places in its chains. */
export function eventsBehind(
  { storage }: Source,
  after: Pick<LoggedEvent, 'at' | 'seq'>,
  limit: number,
): Promise<readonly ChainedEvent[]> {
  return storage.audit.following(after, limit)
}

/** The APIs that the operator has registered, as they are stored. */
export function listResources({ storage }: Source): Promise<readonly StoredResource[]> {
  return storage.resources.list()
}

/** Events of the audit log that fit, the newest first, and where the next page begins. */
export function searchEvents({ storage }: Source, limit: number, filter: AuditFilter): Promise<AuditFound> {
  return storage.audit.search(limit, filter)
}
