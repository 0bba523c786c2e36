/** Sections of the document that are kept as a whole, under their names: resources and providers. */
import { isDeepStrictEqual } from 'node:util'
import { openSecret, sealSecret } from '../../../runtime/keys/secrets_at_rest.ts'
import { providerPlace } from '../../../runtime/providers/provider.ts'
import type { Acting, StoredProvider, StoredResource } from '../../../storage/contract.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { ApplyDocument, ProviderEntry, ResourceEntry } from './document.ts'

type Body = Readonly<Record<string, unknown>>

export async function planResources({ storage }: ApplyContext, entries: readonly ResourceEntry[]): Promise<Planned> {
  const present = new Map((await storage.resources.list()).map((entry) => [entry.resource, entry]))
  const changes = entries.map((entry) =>
    keep({ kind: 'resource', name: entry.resource }, present.get(entry.resource), entry, ({ resources }) =>
      resources.put(entry),
    ),
  )
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
}

export async function planProviders(context: ApplyContext, entries: readonly ProviderEntry[]): Promise<Planned> {
  const { storage, keyring } = context
  const present = new Map((await storage.providers.list()).map((entry) => [entry.id, opened(context, entry)]))
  const changes = entries.map((entry) =>
    keep({ kind: 'provider', name: entry.id }, present.get(entry.id), entry, ({ providers }) => {
      const { client_secret: secret, ...rest } = entry
      if (secret === undefined) return providers.put(rest)
      return providers.put({ ...rest, client_secret: sealSecret(keyring, secret, providerPlace(entry.id)) })
    }),
  )
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
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
  before: Body | StoredResource | undefined,
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
