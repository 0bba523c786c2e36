/**
 * Users and applications of Auth0: a list, an object with `users` and `clients`, or a JSON document a line, as its exports and
 * the answers of its Management API are. Users with the hashes that its support hands out, or in the shape of its bulk import.
 */
import { basename } from 'node:path'
import { z } from 'zod'
import { isSeed } from '../../../account/moving_in/base32.ts'
import type { Found, FoundFile, Note } from '../found.ts'
import { each, listOf, moment, objectOf, parseJson, plainText, readText } from './json.ts'

/** Throws UnreadableSource. */
export async function readAuth0(path: string): Promise<FoundFile> {
  const { list, place } = entriesOf(await readText(path), basename(path))
  const users = list.filter(([value]) => !isClient(value))
  const clients = list.filter(([value]) => isClient(value))
  function* entries(): Generator<Found> {
    const of = (some: typeof list) => ({
      values: some.map(([value]) => value),
      at: (index: number) => place(some[index]?.[1] ?? 0),
    })
    const people = of(users)
    yield* each(people.values, { schema: user, of: 'user', place: people.at }, personOf)
    const apps = of(clients)
    yield* each(apps.values, { schema: client, of: 'client', place: apps.at }, clientOf)
  }
  return { count: list.length, entries: entries() }
}

interface Listed {
  readonly list: readonly (readonly [value: unknown, index: number])[]
  place(index: number): string
}

function entriesOf(text: string, name: string): Listed {
  const lines = text.split('\n')
  const numbered = (values: readonly unknown[]) => values.map((value, index) => [value, index] as const)
  const isLines =
    /^\s*\{.*\}\s*$/.test(lines.find((line) => line.trim() !== '') ?? '') && lines.filter(Boolean).length > 1
  if (isLines) {
    const list = lines.flatMap((line, index) =>
      line.trim() === '' ? [] : [[parseJson(line, `${name}, line ${index + 1},`), index + 1] as const],
    )
    return { list, place: (index) => `line ${index}` }
  }
  const whole = parseJson(text, name)
  const both = objectOf(whole)
  if (both === undefined) return { list: numbered(listOf(whole, name)), place: (index) => `[${index}]` }
  if (both.users === undefined && both.clients === undefined) return { list: [[both, 0]], place: () => '[0]' }
  const users = listOf(both.users, 'users')
  const list = numbered([...users, ...listOf(both.clients, 'clients')])
  return { list, place: (index) => (index < users.length ? `users[${index}]` : `clients[${index - users.length}]`) }
}

function isClient(value: unknown): boolean {
  const entry = objectOf(value)
  return entry !== undefined && 'client_id' in entry && !('email' in entry)
}

const optionalText = plainText.nullish()
const flag = z.boolean().nullish()
const encoded = z.looseObject({ value: plainText, encoding: optionalText })

const user = z.looseObject({
  user_id: optionalText,
  _id: z.looseObject({ $oid: optionalText }).nullish(),
  username: optionalText,
  email: optionalText,
  email_verified: flag,
  blocked: flag,
  name: optionalText,
  given_name: optionalText,
  family_name: optionalText,
  nickname: optionalText,
  picture: optionalText,
  created_at: z.union([moment, z.looseObject({ $date: moment }).transform(({ $date }) => $date)]).nullish(),
  passwordHash: optionalText,
  password_hash: optionalText,
  custom_password_hash: z
    .looseObject({
      algorithm: plainText,
      hash: encoded,
      salt: encoded.nullish(),
      cost: z.number().nullish(),
      blockSize: z.number().nullish(),
      parallelization: z.number().nullish(),
    })
    .nullish(),
  mfa_factors: z
    .array(z.looseObject({ totp: z.looseObject({ secret: optionalText }).nullish() }))
    .max(20)
    .nullish(),
  identities: z.array(z.looseObject({ provider: optionalText })).nullish(),
})

function personOf(found: z.output<typeof user>, at: string): Found {
  const { username, email, name, given_name, family_name, nickname, picture } = found
  const oid = found._id?.$oid
  const id = found.user_id ?? (oid ? `auth0|${oid}` : (email ?? username ?? '').toLowerCase())
  const claims = Object.entries({ name, given_name, family_name, nickname, picture }).filter(([, value]) => value)
  const seeds = (found.mfa_factors ?? []).map((factor) => factor.totp?.secret ?? '')
  const totp = seeds.find(isSeed)
  const notes: Note[] = []
  const factors = seeds.length - (totp === undefined ? 0 : 1)
  if (factors > 0) notes.push({ reason: 'authenticator_left_out', of: `${factors} of mfa_factors` })
  const others = (found.identities ?? []).filter(({ provider }) => provider !== 'auth0')
  if (others.length > 0)
    notes.push({ reason: 'members_left_out', of: `identities at ${others.map(({ provider }) => provider).join(', ')}` })
  return {
    kind: 'user',
    at,
    id: `auth0 ${id}`,
    username: username ?? undefined,
    email: email ?? undefined,
    emailVerified: found.email_verified ?? undefined,
    enabled: found.blocked !== true,
    createdAt: found.created_at ?? undefined,
    claims: Object.fromEntries(claims),
    passwordHash: found.passwordHash ?? found.password_hash ?? hashOf(found.custom_password_hash ?? undefined),
    totp,
    calledBy: [nickname ?? undefined],
    notes,
  }
}

/** The hash of the shape that bulk imports have; text that is no hash where it is of a kind that is not checked here. */
function hashOf(given: NonNullable<z.output<typeof user>['custom_password_hash']> | undefined): string | undefined {
  if (given === undefined) return undefined
  const { algorithm, hash, salt, cost, blockSize, parallelization } = given
  if (['argon2', 'bcrypt', 'pbkdf2'].includes(algorithm)) return hash.value
  if (algorithm !== 'scrypt' || !cost) return algorithm
  const ln = Math.log2(cost)
  return `$scrypt$ln=${ln},r=${blockSize ?? 8},p=${parallelization ?? 1}$${base64(salt?.value, salt?.encoding ?? 'utf8')}$${base64(hash.value, hash.encoding ?? 'base64')}`
}

function base64(value = '', encoding: string): string {
  const known = (['hex', 'base64', 'utf8'] as const).find((one) => one === encoding) ?? 'utf8'
  return Buffer.from(value, known).toString('base64')
}

const list = z.array(plainText).max(1000).nullish()

const client = z.looseObject({
  client_id: plainText,
  client_secret: optionalText,
  name: optionalText,
  app_type: optionalText,
  callbacks: list,
  allowed_logout_urls: list,
  grant_types: list,
  token_endpoint_auth_method: optionalText,
  logo_uri: optionalText,
  global: flag,
})

function clientOf(found: z.output<typeof client>, at: string): Found {
  const { client_id: clientId, app_type: type, logo_uri: logo } = found
  if (found.global === true) return { kind: 'nothing', of: 'client', at, name: clientId, reason: 'built_in' }
  const isPublic = found.token_endpoint_auth_method === 'none' || type === 'spa' || type === 'native'
  const grantTypes = found.grant_types ?? ['authorization_code', 'refresh_token']
  return {
    kind: 'client',
    at,
    clientId,
    status: 'enabled',
    metadata: {
      ...(found.name ? { client_name: found.name } : {}),
      ...(logo?.startsWith('https://') ? { logo_uri: logo } : {}),
      redirect_uris: found.callbacks ?? [],
      ...(found.allowed_logout_urls?.length ? { post_logout_redirect_uris: found.allowed_logout_urls } : {}),
      grant_types: isPublic ? grantTypes.filter((name) => name !== 'client_credentials') : grantTypes,
      ...(isPublic ? { token_endpoint_auth_method: 'none' } : {}),
      ...(type === 'native' ? { application_type: 'native' } : {}),
      scope: 'openid profile email offline_access',
    },
    secrets: isPublic || !found.client_secret ? [] : [{ text: found.client_secret }],
    notes: isPublic || found.client_secret ? [] : [{ reason: 'secret_hidden' }],
  }
}
