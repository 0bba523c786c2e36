/** Sections of the document that are kept as a whole, under their names: resources and providers. */
import { isDeepStrictEqual } from 'node:util'
import { openSecret, sealSecret } from '../../../runtime/keys/secrets_at_rest.ts'
import { providerPlace } from '../../../runtime/providers/provider.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { ApplyDocument, ProviderEntry, ResourceEntry } from './document.ts'

type Body = Readonly<Record<string, unknown>>
type KeptSection = 'resources' | 'providers'

const kinds = {
  resources: 'resource',
  providers: 'provider',
} as const satisfies Record<KeptSection, Change['kind']>

export async function planResources(context: ApplyContext, entries: readonly ResourceEntry[]): Promise<Planned> {
  const changes = await Promise.all(
    entries.map(async (entry) => {
      const before = await context.storage.documents.get('resources', entry.resource)
      const place = { section: 'resources', name: entry.resource } as const
      return keep(context, place, { before, wanted: entry }, () => entry)
    }),
  )
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
}

export async function planProviders(context: ApplyContext, entries: readonly ProviderEntry[]): Promise<Planned> {
  const changes = await Promise.all(
    entries.map(async (entry) => {
      const before = await context.storage.documents.get('providers', entry.id)
      const sealedFor = providerPlace(entry.id)
      const bodies = { before: opened(context, before, sealedFor), wanted: entry }
      return keep(context, { section: 'providers', name: entry.id }, bodies, () => {
        if (entry.client_secret === undefined) return entry
        return { ...entry, client_secret: sealSecret(context.keyring, entry.client_secret, sealedFor) }
      })
    }),
  )
  return { changes: changes.filter((change) => change !== undefined), problems: [] }
}

function opened(context: ApplyContext, body: Body | undefined, place: string): Body | undefined {
  if (body?.client_secret === undefined) return body
  // What does not open stays as it lies: it is no secret that a document could want, so it is replaced or taken away.
  return { ...body, client_secret: openSecret(context.keyring, body.client_secret, place) ?? body.client_secret }
}

/** The change that brings a stored body, with its secrets opened, to what is wanted. `body` is what is then stored. */
function keep(
  context: ApplyContext,
  { section, name }: { readonly section: KeptSection; readonly name: string },
  { before, wanted }: { readonly before: Body | undefined; readonly wanted: Body },
  body: () => Body,
): Change | undefined {
  const members =
    before === undefined
      ? []
      : [...new Set([...Object.keys(before), ...Object.keys(wanted)])].filter(
          (member) => !isDeepStrictEqual(before[member], wanted[member]),
        )
  if (before !== undefined && members.length === 0) return undefined
  return {
    action: before === undefined ? 'create' : 'update',
    kind: kinds[section],
    name,
    members,
    write: () => context.storage.documents.put(section, name, body()),
  }
}

/** The removal of what the document's section does not name. */
export async function pruneKept(context: ApplyContext, document: ApplyDocument): Promise<Change[]> {
  const named = {
    resources: document.resources?.map((entry) => entry.resource),
    providers: document.providers?.map((entry) => entry.id),
  } satisfies Record<KeptSection, readonly string[] | undefined>
  const changes: Change[] = []
  for (const section of ['resources', 'providers'] as const) {
    const names = named[section]
    if (names === undefined) continue
    for (const { name } of await context.storage.documents.list(section)) {
      if (names.includes(name)) continue
      changes.push({
        action: 'remove',
        kind: kinds[section],
        name,
        members: [],
        async write() {
          await context.storage.documents.delete(section, name)
        },
      })
    }
  }
  return changes
}
