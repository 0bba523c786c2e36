/**
 * The way out: people, apps, APIs, providers and subscription keys as one document, which `apply` takes, and `import` for people
 * and apps. Passwords and secrets go along as the hashes that they are; what is sealed (secrets of providers, authenticator apps)
 * stays.
 */
import { isSecretMethod, type UserId } from '../../../protocol/names.ts'
import { isVerified } from '../../../runtime/kept/app_form.ts'
import { isBuiltIn } from '../../../runtime/kept/builtin_clients.ts'
import { toClient } from '../../../runtime/kept/clients.ts'
import type { Account, ClientRecord, PlanHolder, Storage } from '../../../storage/contract.ts'

/** Rows of one read. */
const page = 500

/** The member `plan` of those who have one. */
type Holders = ReadonlyMap<PlanHolder, { readonly plan: string }>

/** The document, piece by piece: an entry a line. */
export async function* exportDocument(storage: Storage, now: number): AsyncGenerator<string> {
  const plans = await storage.plans.list()
  const named = new Set(plans.map(({ name }) => name))
  // A holder of a plan that is gone has none.
  const held = (await storage.planHolders.list()).filter(({ plan }) => named.has(plan))
  const holders: Holders = new Map(held.map(({ holder, plan }) => [holder, { plan }]))
  const sections = {
    users: usersOf(storage),
    plans: all(plans),
    clients: clientsOf(storage, holders, now),
    resources: all(await storage.resources.list()),
    providers: all((await storage.providers.list()).map(({ client_secret: _, ...provider }) => provider)),
    subscription_keys: keysOf(storage, holders),
  }
  let first = true
  for (const [name, entries] of Object.entries(sections)) {
    yield `${first ? '{' : ','}\n${JSON.stringify(name)}: [`
    first = false
    let between = '\n'
    for await (const entry of entries) {
      yield `${between}${JSON.stringify(entry)}`
      between = ',\n'
    }
    yield '\n]'
  }
  yield '\n}\n'
}

async function* all<T>(entries: readonly T[]): AsyncGenerator<T> {
  yield* entries
}

async function* usersOf({ accounts }: Storage): AsyncGenerator<object> {
  for (let after = 0; ; ) {
    const some = await accounts.list(page, after)
    for (const account of some) yield userOf(account)
    const last = some.at(-1)
    if (last === undefined) return
    after = last.number
  }
}

function userOf(account: Account): object {
  const { id, username, email, emailVerified, enabled, createdAt, roles, claims, passwordHash } = account
  return {
    id,
    username,
    ...(email === null ? {} : { email, email_verified: emailVerified }),
    enabled,
    created_at: new Date(createdAt).toISOString(),
    ...(roles.length === 0 ? {} : { roles }),
    claims,
    ...(passwordHash === null ? {} : { password_hash: passwordHash }),
  }
}

async function* clientsOf(storage: Storage, holders: Holders, now: number): AsyncGenerator<object> {
  for (let after: string | undefined; ; ) {
    const some = await storage.clients.list(page, after)
    for (const record of some) {
      if (isBuiltIn(record.clientId)) continue
      yield { ...(await clientOf(storage, record, now)), ...holders.get(`client:${record.clientId}`) }
    }
    after = some.at(-1)?.clientId
    if (after === undefined) return
  }
}

async function clientOf(storage: Storage, record: ClientRecord, now: number): Promise<object> {
  const { metadata } = toClient(record)
  const { collaborators = [] } = (await storage.appTeams.find(record.clientId)) ?? {}
  const owner = record.ownerId === null ? null : await nameOf(storage, record.ownerId)
  const shared = await Promise.all(collaborators.map((id) => nameOf(storage, id)))
  const hashes = record.secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .map(({ imported, hash }) => imported ?? `sha256:${hash.toString('hex')}`)
  return {
    client_id: record.clientId,
    status: record.status,
    ...(owner === null ? {} : { owner }),
    ...(shared.length === 0 ? {} : { collaborators: shared.filter((name) => name !== null) }),
    ...(isVerified(record, metadata) ? { verified: true } : {}),
    ...(hashes.length > 0 || isSecretMethod(metadata.token_endpoint_auth_method)
      ? { client_secret_hashes: hashes }
      : {}),
    ...record.metadata,
  }
}

async function* keysOf(storage: Storage, holders: Holders): AsyncGenerator<object> {
  for (const key of await storage.subscriptionKeys.list()) {
    const owner = await nameOf(storage, key.owner)
    if (owner === null) continue
    const shared = await Promise.all(key.collaborators.map((id) => nameOf(storage, id)))
    yield {
      key_digest: key.digest,
      ...(key.start === '' ? {} : { start: key.start }),
      owner,
      ...(key.name === '' ? {} : { name: key.name }),
      ...(key.disabled === null ? {} : { disabled: true }),
      ...(shared.length === 0 ? {} : { collaborators: shared.filter((name) => name !== null) }),
      open_to: key.openToAll ? 'all' : 'team',
      ...holders.get(`key:${key.id}`),
    }
  }
}

async function nameOf({ accounts }: Storage, id: UserId): Promise<string | null> {
  return (await accounts.find(id))?.username ?? null
}
