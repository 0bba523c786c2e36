/** The document's clients: an entry is the whole of a client's metadata, and its secret beside those of the portal. */
import { isDeepStrictEqual } from 'node:util'
import type { Millis } from '../../../lib/clock.ts'
import { equalBytes, sha256 } from '../../../lib/hash.ts'
import { randomText } from '../../../lib/random.ts'
import { type ClientMetadata, clientSchemaWith } from '../../../protocol/client_metadata.ts'
import { isSecretMethod, type UserId } from '../../../protocol/names.ts'
import { amendmentTo, formOf, isVerified, operatorName } from '../../../runtime/kept/app_form.ts'
import { isBuiltIn } from '../../../runtime/kept/builtin_clients.ts'
import type { ClientRecord, ClientVerification } from '../../../storage/contract.ts'
import { en } from '../../../words/en/index.ts'
import { type Path, problemAt, problemsOf } from '../../../words/schema_problem.ts'
import { tell } from '../../../words/told.ts'
import { givenSecretName, hashedSecret } from '../../client/client_secrets.ts'
import { isOtherSector, sectorProblem } from '../../client/sector_identifier.ts'
import { registeredItself } from '../../developer/registration/register.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { ClientEntry } from './document.ts'
import { type FindUser, findPeople, type People, sharedBy } from './people.ts'

export async function planClients(
  context: ApplyContext,
  entries: readonly ClientEntry[],
  findUser: FindUser,
): Promise<Planned> {
  const changes: Change[] = []
  const problems: string[] = []
  for (const [at, entry] of entries.entries()) {
    const path: Path = ['clients', at]
    const record = await context.storage.clients.find(entry.client_id)
    const people = await findPeople(entry, path, findUser)
    if ('problems' in people) problems.push(...people.problems)
    const settled = settleMethod(entry, record, path)
    const metadata = Array.isArray(settled) ? settled : withSoundSchemes(context, settled, path)
    if (Array.isArray(metadata)) problems.push(...metadata)
    else if (!('problems' in people)) {
      const sector = await whyOutOfSector(context, record, metadata)
      if (sector !== undefined) problems.push(problemAt([...path, 'sector_identifier_uri'], sector))
      const present = (await context.storage.appTeams.find(entry.client_id))?.collaborators ?? []
      const change = changeClient(context, entry, record, { metadata, people, present })
      if (change !== undefined) changes.push(change)
    }
  }
  return { changes, problems }
}

/** The metadata, unless it has a scheme that the settings do not allow; the document was read without them. */
function withSoundSchemes({ settings }: ApplyContext, metadata: ClientMetadata, path: Path): ClientMetadata | string[] {
  const result = clientSchemaWith(settings.nativeSchemes).safeParse(metadata)
  if (result.success) return metadata
  return problemsOf(result.error, metadata, path).map((problem) => problemAt(problem.path, problem.message))
}

/** Why the app is not of the sector that it names, where that or a redirect URI is new. */
async function whyOutOfSector(
  { outbound }: ApplyContext,
  record: ClientRecord | undefined,
  metadata: ClientMetadata,
): Promise<string | undefined> {
  const known = record && clientSchemaWith('any').safeParse(record.metadata)
  if (!isOtherSector(known?.data, metadata)) return undefined
  const problem = await sectorProblem(outbound, metadata)
  return problem && tell(en.documentProblems, problem)
}

/** The metadata with its authentication method: a client that has no secret and names no method is public. */
function settleMethod(entry: ClientEntry, record: ClientRecord | undefined, path: Path): ClientMetadata | string[] {
  const { metadata } = entry
  if (entry.verified === true && metadata.registered_by !== undefined) {
    return [problemAt([...path, 'verified'], 'is for no app that registered itself: it may change at any moment')]
  }
  const method = metadata.token_endpoint_auth_method
  if (method === 'none' && entry.client_secret !== undefined) {
    return [problemAt([...path, 'client_secret'], 'does not go with token_endpoint_auth_method "none"')]
  }
  const hashes = record === undefined ? (entry.client_secret_hashes ?? []) : []
  const hasSecret = entry.client_secret !== undefined || hashes.length > 0 || (record?.secrets.length ?? 0) > 0
  // An export names the secrets of each app, also where it has none: one that came by an import waits for its first.
  if (hasSecret || entry.client_secret_hashes !== undefined || !isSecretMethod(method)) return metadata
  if (entry.namesMethod) return [problemAt([...path, 'client_secret'], `is missing: ${method} needs it`)]
  const open = { ...metadata, token_endpoint_auth_method: 'none', any_secret_method: undefined }
  const result = clientSchemaWith('any').safeParse(open)
  if (result.success) return result.data
  return problemsOf(result.error, open, path).map((problem) => problemAt(problem.path, problem.message))
}

interface Wanted {
  readonly metadata: ClientMetadata
  readonly people: People
  /** Who shares it now. */
  readonly present: readonly UserId[]
}

function changeClient(
  context: ApplyContext,
  entry: ClientEntry,
  record: ClientRecord | undefined,
  { metadata, people, present }: Wanted,
): Change | undefined {
  const ownerId = people.owner === undefined ? (record?.ownerId ?? null) : people.owner
  const collaborators = sharedBy(people, ownerId, present)
  const members = record === undefined ? [] : changedMembers(record.metadata, metadata)
  if (record !== undefined && ownerId !== record.ownerId) members.push('owner')
  const toSave = record === undefined || members.length > 0
  const shared = !isDeepStrictEqual(collaborators, present)
  if (shared) members.push('collaborators')
  const secrets = changedSecrets(context, entry, record, metadata)
  if (secrets.added !== undefined || secrets.removed.length > 0) members.push('client_secret')
  const verified = changedVerification(entry, record, metadata)
  if (verified !== undefined && record !== undefined) members.push('verified')
  if (record !== undefined && members.length === 0) return undefined
  const clientId = entry.client_id
  return {
    action: record === undefined ? 'create' : 'update',
    kind: 'client',
    name: clientId,
    members: record === undefined ? [] : members,
    async write({ clients, grants, appTeams }) {
      const now = context.clock.now()
      const added =
        secrets.added === undefined
          ? undefined
          : { id: randomText(8), name: givenSecretName, hash: secrets.added, createdAt: now, expiresAt: null }
      if (record === undefined) {
        const known = (entry.client_secret_hashes ?? []).map((hash) => hashedSecret(hash, now))
        const made = { clientId, ownerId, metadata, secrets: added === undefined ? known : [added, ...known] }
        if ((await clients.insert({ ...made, status: entry.status ?? 'enabled' })) === 'inserted') {
          if (verified === true)
            await clients.amend(clientId, () => ({ verification: verificationOf(true, metadata, now) }))
          if (shared) await appTeams.amend(clientId, (team) => ({ ...team, collaborators }))
          return
        }
        throw new Error(`client ${clientId} was registered by somebody else meanwhile; apply the document again`)
      }
      await clients.amend(clientId, (present) => {
        const change = toSave ? { ...amendmentTo(present, metadata), ownerId } : {}
        const verification = verified === undefined ? {} : { verification: verificationOf(verified, metadata, now) }
        const secret = added === undefined ? {} : { addSecret: added }
        return { removeSecrets: secrets.removed, ...secret, ...change, ...verification }
      })
      if (shared) await appTeams.amend(clientId, (team) => ({ ...team, collaborators }))
      const proof = secrets.removed.length > 0 || members.includes('token_endpoint_auth_method')
      if (proof) await grants.moveOwn(clientId)
    },
  }
}

/** Whether the document verifies the app or takes that back; undefined where nothing changes. */
function changedVerification(
  entry: ClientEntry,
  record: ClientRecord | undefined,
  metadata: ClientMetadata,
): boolean | undefined {
  const present = record !== undefined && isVerified(record, metadata)
  return entry.verified === undefined || entry.verified === present ? undefined : entry.verified
}

function verificationOf(verified: boolean, metadata: ClientMetadata, at: Millis): ClientVerification | null {
  return verified ? { at, by: operatorName, form: formOf(metadata) } : null
}

/** Names of the members that differ, with defaults filled in on both sides. */
function changedMembers(stored: Readonly<Record<string, unknown>>, wanted: ClientMetadata): string[] {
  const known = clientSchemaWith('any').safeParse(stored)
  const before: Readonly<Record<string, unknown>> = known.success ? known.data : stored
  const after: Readonly<Record<string, unknown>> = wanted
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  )
}

/** The digest to add, unless it is there, and the document's former secrets that it replaces. */
function changedSecrets(
  context: ApplyContext,
  entry: ClientEntry,
  record: ClientRecord | undefined,
  metadata: ClientMetadata,
): { readonly added: Buffer | undefined; readonly removed: readonly string[] } {
  const own = record?.secrets.filter((secret) => secret.name === givenSecretName) ?? []
  if (entry.client_secret === undefined) {
    const removed = metadata.token_endpoint_auth_method === 'none' ? own.map((secret) => secret.id) : []
    return { added: undefined, removed }
  }
  const hash = sha256(entry.client_secret)
  const now = context.clock.now()
  const present = record?.secrets.some(
    (secret) => equalBytes(secret.hash, hash) && (secret.expiresAt === null || secret.expiresAt > now),
  )
  const removed = own.filter((secret) => !equalBytes(secret.hash, hash)).map((secret) => secret.id)
  return { added: present === true ? undefined : hash, removed }
}

/**
 * The removal of clients that the document does not name, and of everything issued to them. The built-in ones stay, and those that
 * registered themselves.
 */
export async function pruneClients(context: ApplyContext, entries: readonly ClientEntry[]): Promise<Change[]> {
  const named = new Set(entries.map((entry) => entry.client_id))
  const changes: Change[] = []
  const page = 500
  for (let after: string | undefined; ; ) {
    const records = await context.storage.clients.list(page, after)
    for (const { clientId, metadata } of records) {
      if (named.has(clientId) || isBuiltIn(clientId) || registeredItself({ metadata })) continue
      changes.push({
        action: 'remove',
        kind: 'client',
        name: clientId,
        members: [],
        write: ({ clients }) => clients.delete(clientId),
      })
    }
    after = records.at(-1)?.clientId
    if (records.length < page) return changes
  }
}
