/** What the admin API reads: people, apps, and what the operator has said and done. */
import { isUserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type {
  Account,
  AuditFilter,
  AuditFound,
  ClientRecord,
  Jobs,
  LoggedEvent,
  SigningKey,
  StoredJob,
  StoredResource,
} from '../../../storage/contract.ts'

type Source = Pick<Context, 'storage'>

export type { Account, ClientRecord, LoggedEvent, SigningKey, StoredJob, StoredResource }

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

/** Apps by the order of their IDs, from behind one on. */
export function listApps({ storage }: Source, limit: number, after?: string): Promise<readonly ClientRecord[]> {
  return storage.clients.list(limit, after)
}

/** The APIs that the operator has registered, as they are stored. */
export function listResources({ storage }: Source): Promise<readonly StoredResource[]> {
  return storage.resources.list()
}

/** The next keys, those that sign, and those that are retired. */
export function listSigningKeys({ storage }: Source): Promise<readonly SigningKey[]> {
  return storage.keys.list()
}

/** Jobs in one state, the newest first. */
export function listJobs({ storage }: Source, of: Parameters<Jobs['list']>[0]): Promise<readonly StoredJob[]> {
  return storage.jobs.list(of)
}

/** Events of the audit log that fit, the newest first, and where the next page begins. */
export function searchEvents({ storage }: Source, limit: number, filter: AuditFilter): Promise<AuditFound> {
  return storage.audit.search(limit, filter)
}
