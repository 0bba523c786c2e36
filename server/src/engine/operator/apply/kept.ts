/** Sections of the document that are kept as a whole, under their names: resources and providers. */
import { isDeepStrictEqual } from 'node:util'
import { openSecret, sealSecret } from '../../../runtime/keys/secrets_at_rest.ts'
import { providerPlace } from '../../../runtime/providers/provider.ts'
import type { Acting, StoredPlan, StoredProvider, StoredResource } from '../../../storage/contract.ts'
import { problemAt } from '../../../words/schema_problem.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { ApplyDocument, ClientEntry, PlanEntry, ProviderEntry, ResourceEntry } from './document.ts'

type Body = Readonly<Record<string, unknown>>

/**
 * `clients` are those of the same document: an API may authenticate as one that comes with it. With `prune` the APIs that are not
 * named go, so that their names are free.
 */
export async function planResources(
  context: Pick<ApplyContext, 'storage'>,
  entries: readonly ResourceEntry[],
  clients: readonly ClientEntry[] = [],
  prune = false,
): Promise<Planned> {
  const stored = await context.storage.resources.list()
  const present = new Map(stored.map((entry) => [entry.resource, entry]))
  const named = new Set(entries.map(({ resource }) => resource))
  const others = prune ? [] : stored.filter(({ resource }) => !named.has(resource))
  const problems: string[] = []
  const changes: Change[] = []
  for (const [at, entry] of entries.entries()) {
    const wrong = await whyNoResource(context, entry, others, clients)
    problems.push(...wrong.map(([member, text]) => problemAt(['resources', at, member], text)))
    const change = keep(
      { kind: 'resource', name: entry.resource },
      present.get(entry.resource),
      entry,
      ({ resources }) => resources.put(entry),
    )
    if (change !== undefined) changes.push(change)
  }
  return { changes, problems }
}

/** What of an API does not go with what else there is: the other APIs, and the clients that are stored or to be. */
async function whyNoResource(
  { storage }: Pick<ApplyContext, 'storage'>,
  { proxy, client_id }: ResourceEntry,
  others: readonly StoredResource[],
  clients: readonly ClientEntry[],
): Promise<readonly (readonly [member: 'proxy' | 'client_id', text: string])[]> {
  const problems: (readonly ['proxy' | 'client_id', string])[] = []
  const same = proxy === undefined ? undefined : others.find((other) => other.proxy === proxy)
  if (same !== undefined)
    problems.push([
      'proxy',
      `is the proxy name of the API ${same.resource} already: choose another, or remove that API`,
    ])
  if (client_id !== undefined && !clients.some((client) => client.client_id === client_id)) {
    if ((await storage.clients.find(client_id)) === undefined) {
      problems.push(['client_id', 'is no client: register it, or name it in clients'])
    }
  }
  return problems
}

export async function planPlans({ storage }: ApplyContext, entries: readonly PlanEntry[]): Promise<Planned> {
  const present = new Map((await storage.plans.list()).map((entry) => [entry.name, entry]))
  const changes = entries.map((entry) =>
    keep({ kind: 'plan', name: entry.name }, present.get(entry.name), entry, ({ plans }) => plans.put(entry)),
  )
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
}

export async function planProviders(context: ApplyContext, entries: readonly ProviderEntry[]): Promise<Planned> {
  const { storage, keyring } = context
  const present = new Map((await storage.providers.list()).map((entry) => [entry.id, opened(context, entry)]))
  const changes = entries.map((entry) => {
    const wanted = withSecret(entry, present.get(entry.id))
    return keep({ kind: 'provider', name: entry.id }, present.get(entry.id), wanted, ({ providers }) => {
      const { client_secret: secret, ...rest } = wanted
      if (secret === undefined) return providers.put(rest)
      return providers.put({ ...rest, client_secret: sealSecret(keyring, secret, providerPlace(entry.id)) })
    })
  })
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
}

/** An entry that names no secret keeps the one that its client has, so that the document of an export takes none away. */
function withSecret(entry: ProviderEntry, before: Body | undefined): ProviderEntry {
  const secret = before?.client_secret
  const same = before?.client_id === entry.client_id
  return entry.client_secret === undefined && same && typeof secret === 'string'
    ? { ...entry, client_secret: secret }
    : entry
}

function opened({ keyring }: ApplyContext, entry: StoredProvider): Body {
  if (entry.client_secret === undefined) return { ...entry }
  // What does not open stays as it lies: it is no secret that a document could want, so it is replaced or taken away.
  return {
    ...entry,
    client_secret: openSecret(keyring, entry.client_secret, providerPlace(entry.id)) ?? entry.client_secret,
  }
}

/** The change that brings a stored entry, with its secrets opened, to what is wanted; undefined where it is that already. */
function keep(
  named: Pick<Change, 'kind' | 'name'>,
  before: Body | StoredResource | StoredPlan | undefined,
  wanted: Body,
  write: Change['write'],
): Change | undefined {
  if (before === undefined) return { action: 'create', ...named, members: [], write }
  const was: Body = { ...before }
  const members = [...new Set([...Object.keys(was), ...Object.keys(wanted)])].filter(
    (member) => !isDeepStrictEqual(was[member], wanted[member]),
  )
  return members.length === 0 ? undefined : { action: 'update', ...named, members, write }
}

/** The removal of what the document's section does not name. */
export async function pruneKept({ storage }: ApplyContext, document: ApplyDocument): Promise<Change[]> {
  const sections = [
    {
      kind: 'resource',
      remove: ({ resources }: Acting, name: string) => resources.delete(name),
      named: document.resources?.map((entry) => entry.resource),
      names: async () => (await storage.resources.list()).map((entry) => entry.resource),
    },
    {
      kind: 'provider',
      remove: ({ providers }: Acting, name: string) => providers.delete(name),
      named: document.providers?.map((entry) => entry.id),
      names: async () => (await storage.providers.list()).map((entry) => entry.id),
    },
    {
      kind: 'plan',
      remove: ({ plans }: Acting, name: string) => plans.delete(name),
      named: document.plans?.map((entry) => entry.name),
      names: async () => (await storage.plans.list()).map((entry) => entry.name),
    },
  ] as const
  const changes: Change[] = []
  for (const { kind, remove, named, names } of sections) {
    if (named === undefined) continue
    for (const name of await names()) {
      if (named.includes(name)) continue
      changes.push({ action: 'remove', kind, name, members: [], write: (acting) => remove(acting, name) })
    }
  }
  return changes
}
