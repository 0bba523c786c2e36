/** What those who run the server see of a person: never their data, their mails or a secret. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, ListAsk, ListPage, PeopleFilter, Session } from '../../storage/contract.ts'
import { type Activity, listActivity } from '../account/activity.ts'
import { type ConnectedApp, listConnectedApps } from '../account/apps/connected_apps.ts'
import { removalOf } from '../account/factors/lost_factor.ts'
import { allPasskeysOf } from '../account/passkeys/passkeys.ts'
import { liveSessions } from '../account/sessions.ts'
import { listOwnApps } from '../developer/developer_apps.ts'

export type { Account, ListAsk, ListPage }

/** Which people are looked for. */
export type PeopleWanted = PeopleFilter & {
  /** How a username, an e-mail address or an ID begins. */
  readonly beginning?: string | undefined
}

/** A page of the people. Undefined if the list does not have the place that was asked for. */
export function listPeople(
  { storage }: Pick<Context, 'storage'>,
  wanted: PeopleWanted,
  ask: ListAsk,
): Promise<ListPage<Account> | undefined> {
  return storage.accounts.search(wanted, ask)
}

export function findPerson({ storage }: Pick<Context, 'storage'>, id: string): Promise<Account | undefined> {
  return storage.accounts.find(id as UserId)
}

/** What an account has besides itself. */
export interface PersonFacts {
  readonly totp: boolean
  readonly passkeys: number
  /** When the second factor goes; undefined where its removal does not wait. */
  readonly removalAt: Millis | undefined
  readonly sessions: readonly Session[]
  readonly apps: readonly ConnectedApp[]
  readonly moreApps: boolean
  readonly ownApps: readonly { readonly clientId: ClientId; readonly name: string }[]
  /** The newest first. */
  readonly activity: readonly Activity[]
}

const listed = { apps: 50, activity: 20 } as const

export async function describePerson(context: Context, account: Account): Promise<PersonFacts> {
  const [factors, passkeys, removalAt, sessions, apps, ownApps, activity] = await Promise.all([
    context.storage.factors.find(account.id),
    allPasskeysOf(context, account),
    removalOf(context, account),
    liveSessions(context, account),
    listConnectedApps(context, account.id, { limit: listed.apps, offset: 0 }),
    listOwnApps(context, account),
    listActivity(context, account.id, listed.activity, {}),
  ])
  return {
    totp: factors?.totp !== undefined,
    passkeys: passkeys.length,
    removalAt,
    sessions,
    apps: apps.items,
    moreApps: apps.more,
    ownApps: ownApps.map(({ id: clientId, name }) => ({ clientId, name })),
    activity: activity.items,
  }
}
