/** What events about apps, subscription keys, legacy protocols and the operator's document do again. */
import type { AuditDetail } from '../../../protocol/audit_events.ts'
import { type ClosableDialect, closableDialects } from '../../../protocol/dialects.ts'
import type {
  ClientAmendment,
  ClientRecord,
  SubscriptionKey,
  TeamInvitation,
  Teams,
} from '../../../storage/contract.ts'
import type { Again } from './event_again.ts'
import { erase } from './people_again.ts'

export async function amendApp(
  { storage, app }: Again,
  decide: (present: ClientRecord) => ClientAmendment | undefined,
): Promise<boolean> {
  return app !== undefined && (await storage.clients.amend(app, decide)) !== undefined
}

function redirectUris({ metadata }: ClientRecord): readonly string[] {
  return Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris.map(String) : []
}

/** The last address of an app cannot be taken away; the app is switched off instead. */
export async function replaceRedirectUri(again: Again, from: string, to: string | undefined): Promise<boolean> {
  return amendApp(again, (present) => {
    const uris = redirectUris(present)
    if (!uris.includes(from)) return undefined
    const kept = uris.flatMap((uri) => (uri === from ? (to ?? []) : uri))
    if (kept.length > 0) return { metadata: { ...present.metadata, redirect_uris: [...new Set(kept)] } }
    again.tell('had other redirect URIs after the backup. It is disabled until it is given them again.')
    return { status: 'disabled' }
  })
}

export async function keyOf({ storage }: Again, handle: string): Promise<SubscriptionKey | undefined> {
  return (await storage.subscriptionKeys.list()).find(({ id }) => id.startsWith(handle))
}

export async function amendKey(
  again: Again,
  handle: string,
  change: (key: SubscriptionKey) => SubscriptionKey,
): Promise<boolean> {
  const key = await keyOf(again, handle)
  return key !== undefined && (await again.storage.subscriptionKeys.amend(key.id, change)) !== undefined
}

/** Whoever no longer takes part: the event names the person, or else it was they who did it. */
export async function leaveTeam({ who }: Again, teams: Teams, id: string | undefined): Promise<boolean> {
  if (who === undefined || id === undefined) return false
  const left = await teams.amend(id, ({ collaborators, invited }) =>
    collaborators.includes(who) ? { collaborators: collaborators.filter((one) => one !== who), invited } : undefined,
  )
  return left !== undefined
}

/** Takes an invitation back. */
export async function endInvitation(teams: Teams, id: string | undefined, username: string): Promise<boolean> {
  if (id === undefined) return false
  const isOther = (one: TeamInvitation) => one.username.toLowerCase() !== username.toLowerCase()
  const ended = await teams.amend(id, ({ collaborators, invited }) =>
    invited.every(isOther) ? undefined : { collaborators, invited: invited.filter(isOther) },
  )
  return ended !== undefined
}

export async function applied(again: Again, { action, kind, name, members }: AuditDetail<'applied'>): Promise<boolean> {
  const { storage } = again
  const tell = (text: string) => again.tell(`${kind} ${name}: ${text}`)
  if (action === 'create') {
    tell('was made by a document after the backup; apply that again.')
    return false
  }
  const user = kind === 'user' ? await storage.accounts.findByLogin(name.normalize('NFKC').toLowerCase()) : undefined
  if (action === 'remove') {
    if (kind === 'user') return erase(again, user?.id)
    if (kind === 'client') return storage.clients.delete(name)
    if (kind === 'resource') return storage.resources.delete(name)
    if (kind === 'provider') return storage.providers.delete(name)
    if (kind === 'plan') return storage.plans.delete(name)
    tell('was removed by a document after the backup; apply that again with --prune.')
    return false
  }
  tell(`${members.join(', ')} changed by a document after the backup; apply that again.`)
  if (user === undefined) return false
  const change = {
    ...(members.includes('roles') && { roles: [] }),
    ...((members.includes('email') || members.includes('email_verified')) && { emailVerified: false }),
  }
  if (Object.keys(change).length === 0) return false
  if (change.roles !== undefined) tell('has no role until then, because the event does not say which it got.')
  return typeof (await storage.accounts.update(user.id, change)) === 'object'
}

/** Where the backup does not have the plan, it sets no limit until a document names it again. */
export async function givePlan(
  { storage, app, tell }: Again,
  { plan }: AuditDetail<'client_plan_changed'>,
): Promise<boolean> {
  if (app === undefined || (await storage.clients.find(app)) === undefined) return false
  if (plan === null) return storage.planHolders.delete(`client:${app}`)
  if (!(await storage.plans.list()).some(({ name }) => name === plan)) {
    tell(`got the plan ${plan}, which was made after the backup; apply that again.`)
  }
  await storage.planHolders.put({ holder: `client:${app}`, plan })
  return true
}

export async function decideProtocol(
  { storage, event }: Again,
  detail: AuditDetail<'legacy_protocol_decided'>,
): Promise<boolean> {
  const dialect = closableDialects.find((name): name is ClosableDialect => name === detail.protocol)
  if (dialect === undefined) return false
  const sunset = detail.sunset === null ? undefined : Date.parse(detail.sunset)
  const windows =
    detail.brownouts?.map(({ from, until }) => ({ from: Date.parse(from), until: Date.parse(until) })) ?? []
  const since = detail.closed || sunset !== undefined || windows.length > 0 ? event.at : undefined
  const brownouts = windows.length === 0 ? undefined : windows
  const { closed, link } = detail
  await storage.dialectNotices.put({ dialect, closed, sunset, since, link: link ?? undefined, brownouts })
  return true
}
