/** Finding people and apps for the admin API. */
import { isUserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Account, ClientRecord } from '../../../storage/contract.ts'

type Source = Pick<Context, 'storage'>

export type { Account, ClientRecord }

/** The account of this ID. */
export async function findPerson({ storage }: Source, id: string): Promise<Account | undefined> {
  return isUserId(id) ? storage.accounts.find(id) : undefined
}

/** The account that has this address or username, spelled as it is stored. */
export function findPersonByLogin({ storage }: Source, login: string): Promise<Account | undefined> {
  return storage.accounts.findByLogin(login)
}

/** Accounts by the order of their numbers, from behind one on. */
export function listPeople({ storage }: Source, limit: number, after?: number): Promise<readonly Account[]> {
  return storage.accounts.list(limit, after)
}

export function findApp({ storage }: Source, id: string): Promise<ClientRecord | undefined> {
  return storage.clients.find(id)
}

/** Apps by the order of their IDs, from behind one on. */
export function listApps({ storage }: Source, limit: number, after?: string): Promise<readonly ClientRecord[]> {
  return storage.clients.list(limit, after)
}
