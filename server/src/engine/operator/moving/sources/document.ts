/**
 * The shape of our own: the document that `export` writes and `apply` takes, or a JSON document a line with one of `user`,
 * `client` or `refresh_token`.
 */
import { basename } from 'node:path'
import { z } from 'zod'
import { sha256 } from '../../../../lib/hash.ts'
import { type Found, type FoundFile, type FoundSecret, UnreadableSource } from '../found.ts'
import { each, listOf, moment, objectOf, parseJson, plainText, readText } from './json.ts'

const sections = { users: 'user', clients: 'client', refresh_tokens: 'refresh_token' } as const
type Section = keyof typeof sections

interface Entries {
  readonly values: readonly unknown[]
  readonly place: (index: number) => string
}

/** Throws UnreadableSource. */
export async function readDocument(path: string): Promise<FoundFile> {
  const found = sectionsOf(await readText(path), basename(path))
  const count = Object.values(found).reduce((sum, { values }) => sum + values.length, 0)
  function* entries(): Generator<Found> {
    const { users, clients, refresh_tokens: tokens } = found
    yield* each(users.values, { schema: user, of: 'user', place: users.place }, personOf)
    yield* each(clients.values, { schema: client, of: 'client', place: clients.place }, clientOf)
    yield* each(tokens.values, { schema: token, of: 'refresh_token', place: tokens.place }, tokenOf)
  }
  return { count, entries: entries() }
}

function sectionsOf(text: string, name: string): Record<Section, Entries> {
  const lines = text.split('\n')
  const first = lines.find((line) => line.trim() !== '') ?? ''
  if (/^\s*\{\s*"(user|client|refresh_token)"\s*:/.test(first)) return linesOf(lines, name)
  const whole = objectOf(parseJson(text, name))
  if (whole === undefined) throw new UnreadableSource(`${name} is not an object with users, clients or refresh_tokens.`)
  if (!Object.keys(sections).some((section) => section in whole)) {
    throw new UnreadableSource(`${name} has none of users, clients and refresh_tokens.`)
  }
  const of = (section: Section): Entries => ({
    values: listOf(whole[section], section),
    place: (index) => `${section}[${index}]`,
  })
  return { users: of('users'), clients: of('clients'), refresh_tokens: of('refresh_tokens') }
}

function linesOf(lines: readonly string[], name: string): Record<Section, Entries> {
  const found: Record<Section, { values: unknown[]; at: number[] }> = {
    users: { values: [], at: [] },
    clients: { values: [], at: [] },
    refresh_tokens: { values: [], at: [] },
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const entry = objectOf(parseJson(line, `${name}, line ${index + 1},`))
    const section = (Object.keys(sections) as Section[]).find((one) => entry !== undefined && sections[one] in entry)
    if (section === undefined || Object.keys(entry ?? {}).length !== 1) {
      throw new UnreadableSource(`${name}, line ${index + 1}, has not just one of user, client and refresh_token.`)
    }
    found[section].values.push(entry?.[sections[section]])
    found[section].at.push(index + 1)
  }
  const of = ({ values, at }: { values: unknown[]; at: number[] }): Entries => ({
    values,
    place: (index) => `line ${at[index]}`,
  })
  return { users: of(found.users), clients: of(found.clients), refresh_tokens: of(found.refresh_tokens) }
}

const optionalText = plainText.nullish()

const user = z.looseObject({
  id: optionalText,
  username: optionalText,
  email: optionalText,
  email_verified: z.boolean().nullish(),
  enabled: z.boolean().nullish(),
  created_at: moment.nullish(),
  claims: z.record(z.string(), z.unknown()).nullish(),
  password_hash: optionalText,
  totp: optionalText,
  /** Never taken: nobody becomes an operator by an import. */
  roles: z.unknown().optional(),
})

function personOf(found: z.output<typeof user>, at: string): Found {
  const known = new Set(Object.keys(user.shape))
  const left = Object.keys(found).filter((name) => !known.has(name))
  return {
    kind: 'user',
    at,
    id: `json ${found.id ?? (found.username ?? found.email ?? '').toLowerCase()}`,
    username: found.username ?? undefined,
    email: found.email ?? undefined,
    emailVerified: found.email_verified ?? undefined,
    enabled: found.enabled ?? undefined,
    createdAt: found.created_at ?? undefined,
    claims: found.claims ?? {},
    passwordHash: found.password_hash ?? undefined,
    totp: found.totp ?? undefined,
    notes: left.length === 0 ? [] : [{ reason: 'members_left_out', of: left.join(', ') }],
  }
}

const client = z.looseObject({
  client_id: plainText,
  client_secret: optionalText,
  client_secret_hashes: z.array(plainText).max(20).nullish(),
  status: z.enum(['enabled', 'pending', 'disabled']).nullish(),
  owner: optionalText,
  collaborators: z.array(plainText).max(1000).nullish(),
  verified: z.boolean().nullish(),
})

/** Members that only `apply` knows what to do with. */
const ofApply = new Set(['collaborators', 'verified'])

function clientOf(found: z.output<typeof client>, at: string): Found {
  const { client_id: clientId, client_secret: secret, client_secret_hashes: hashes, status, owner, ...rest } = found
  const metadata = Object.entries(rest).filter(([name]) => !ofApply.has(name))
  const left = Object.keys(rest).filter((name) => ofApply.has(name))
  return {
    kind: 'client',
    at,
    clientId,
    status: status ?? 'enabled',
    metadata: Object.fromEntries(metadata),
    owner: owner ?? undefined,
    secrets: [...(secret ? [{ text: secret }] : []), ...(hashes ?? []).map(secretOf)],
    notes: left.length === 0 ? [] : [{ reason: 'members_left_out', of: left.join(', ') }],
  }
}

/** `sha256:` and 64 hexadecimal digits, or a hash of the kinds that passwords have. */
function secretOf(text: string): FoundSecret {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(text)?.[1]
  return digest === undefined ? { hash: text } : { sha256: digest }
}

const token = z.strictObject({
  token: plainText.optional(),
  token_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .optional(),
  client_id: plainText,
  username: plainText,
  scope: plainText,
  expires_at: moment,
})

function tokenOf(found: z.output<typeof token>, at: string): Found {
  const { token: text, token_sha256: digest, client_id: clientId, username, scope, expires_at: expiresAt } = found
  const hex = digest?.toLowerCase() ?? (text === undefined ? '' : sha256(text).toString('hex'))
  if (hex === '')
    return { kind: 'nothing', of: 'refresh_token', at, name: clientId, reason: 'unreadable', member: 'token' }
  return { kind: 'refresh_token', at, sha256: hex, clientId, username, scope, expiresAt }
}
