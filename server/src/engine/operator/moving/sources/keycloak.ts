/**
 * A realm that Keycloak has exported (`kc.sh export`): one file, or a folder with the users in files of their own. Users with
 * their credentials, and clients.
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { base32 } from '../../../account/moving_in/base32.ts'
import {
  type Found,
  type FoundClient,
  type FoundFile,
  type FoundPerson,
  type Note,
  UnreadableSource,
} from '../found.ts'
import { each, innerJson, listOf, moment, objectOf, parseJson, plainText, readText } from './json.ts'

interface Realm {
  readonly users: readonly unknown[]
  readonly clients: readonly unknown[]
}

/** Throws UnreadableSource. */
export async function readKeycloak(path: string): Promise<FoundFile> {
  const files = await filesOf(path)
  const realms: { readonly name: string; readonly realm: Realm }[] = []
  for (const file of files) {
    const whole = parseJson(await readText(file), basename(file))
    // `kc.sh export` of all realms writes a list of them.
    for (const one of Array.isArray(whole) ? whole : [whole])
      realms.push({ name: basename(file), realm: realmOf(one, file) })
  }
  const place = (name: string) => (files.length === 1 ? '' : `${name} `)
  const count = realms.reduce((sum, { realm }) => sum + realm.users.length + realm.clients.length, 0)
  function* entries(): Generator<Found> {
    for (const { name, realm } of realms) {
      const at = (index: number) => `${place(name)}users[${index}]`
      yield* each(realm.users, { schema: user, of: 'user', place: at }, personOf)
    }
    for (const { name, realm } of realms) {
      const at = (index: number) => `${place(name)}clients[${index}]`
      yield* each(realm.clients, { schema: client, of: 'client', place: at }, clientOf)
    }
  }
  return { count, entries: entries() }
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return [path]
  const names = (await readdir(path)).filter((name) => /-(realm|users-\d+|federated-users-\d+)\.json$/.test(name))
  if (names.length === 0) throw new UnreadableSource(`${path} holds no NAME-realm.json and no NAME-users-0.json.`)
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(path, name))
}

function realmOf(value: unknown, file: string): Realm {
  const realm = objectOf(value)
  if (realm === undefined)
    throw new UnreadableSource(`${basename(file)} is not an export of a realm: an object was expected.`)
  if (!['realm', 'users', 'clients'].some((member) => member in realm)) {
    throw new UnreadableSource(
      `${basename(file)} is not an export of a realm: it has neither realm, users nor clients.`,
    )
  }
  return { users: listOf(realm.users, 'users'), clients: listOf(realm.clients, 'clients') }
}

const optionalText = plainText.nullish()
const flag = z.boolean().nullish()
const attributes = z.record(z.string(), z.unknown()).nullish()

const credential = z.looseObject({
  type: optionalText,
  secretData: z.unknown().optional(),
  credentialData: z.unknown().optional(),
})

const user = z.looseObject({
  id: optionalText,
  username: optionalText,
  email: optionalText,
  emailVerified: flag,
  enabled: flag,
  createdTimestamp: moment.nullish(),
  firstName: optionalText,
  lastName: optionalText,
  attributes,
  credentials: z.array(credential).max(100).nullish(),
  federatedIdentities: z.array(z.unknown()).nullish(),
  serviceAccountClientId: optionalText,
})

/** Attributes that mean a claim, whatever their case. */
const claimsOfAttributes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    locale: 'locale',
    zoneinfo: 'zoneinfo',
    nickname: 'nickname',
    middlename: 'middle_name',
    middle_name: 'middle_name',
    picture: 'picture',
    website: 'website',
    profile: 'profile',
    gender: 'gender',
    birthdate: 'birthdate',
    phonenumber: 'phone_number',
    phone_number: 'phone_number',
  }),
)

function personOf(found: z.output<typeof user>, at: string): Found {
  const { id, username, email, firstName, lastName } = found
  const name = username ?? email ?? id ?? ''
  if (found.serviceAccountClientId) return { kind: 'nothing', of: 'user', at, name, reason: 'service_account' }
  const known = attributesOf(found.attributes)
  const proofs = credentialsOf(found.credentials ?? [])
  const full = [firstName, lastName].filter(Boolean).join(' ')
  const left = found.federatedIdentities?.length
    ? [{ reason: 'members_left_out', of: 'federatedIdentities' } as const]
    : []
  return {
    kind: 'user',
    at,
    id: `keycloak ${id ?? name.toLowerCase()}`,
    username: username ?? undefined,
    email: email ?? undefined,
    emailVerified: found.emailVerified ?? undefined,
    enabled: found.enabled ?? undefined,
    createdAt: found.createdTimestamp ?? undefined,
    claims: {
      ...(full === '' ? {} : { name: full }),
      ...(firstName ? { given_name: firstName } : {}),
      ...(lastName ? { family_name: lastName } : {}),
      ...known.claims,
    },
    ...proofs,
    notes: [...known.notes, ...proofs.notes, ...left],
  }
}

function attributesOf(given: z.output<typeof attributes>): { claims: Record<string, unknown>; notes: Note[] } {
  const claims: Record<string, unknown> = {}
  const left: string[] = []
  for (const [name, value] of Object.entries(given ?? {})) {
    const claim = claimsOfAttributes.get(name.toLowerCase())
    const text = Array.isArray(value) ? value[0] : value
    if (claim === undefined || typeof text !== 'string') left.push(name)
    else if (text !== '') claims[claim] = text
  }
  return {
    claims,
    notes: left.length === 0 ? [] : [{ reason: 'members_left_out', of: `attributes ${left.join(', ')}` }],
  }
}

type Proofs = Pick<FoundPerson, 'passwordHash' | 'totp' | 'notes'>

/** What a person proves themselves by. A password that cannot be read is a text that is no hash, and is judged as one. */
function credentialsOf(given: readonly z.output<typeof credential>[]): Proofs {
  let passwordHash: string | undefined
  let totp: string | undefined
  const notes: Note[] = []
  for (const { type, secretData, credentialData } of given) {
    const secret = innerJson(secretData)
    const data = innerJson(credentialData)
    const seed = type === 'otp' || type === 'totp' ? seedOf(secret, data) : undefined
    if (type === 'password') passwordHash ??= hashOf(secret, data)
    else if (seed !== undefined && totp === undefined) totp = seed
    else notes.push({ reason: 'authenticator_left_out', of: type ?? undefined })
  }
  return { passwordHash, totp, notes }
}

type Inner = Readonly<Record<string, unknown>> | undefined

/** The hash as a PHC string. */
function hashOf(secret: Inner, data: Inner): string {
  const algorithm = typeof data?.algorithm === 'string' ? data.algorithm : ''
  const [value, salt] = [secret?.value, secret?.salt].map((text) => (typeof text === 'string' ? text : ''))
  const iterations = data?.hashIterations
  if (algorithm === 'argon2') {
    const more = objectOf(data?.additionalParameters)
    const [type, version, memory, parallelism] = ['type', 'version', 'memory', 'parallelism'].map((name) =>
      first(more?.[name]),
    )
    const v = version === '1.0' ? 16 : 19
    return `$argon2${type ?? 'id'}$v=${v}$m=${memory ?? ''},t=${String(iterations)},p=${parallelism ?? ''}$${salt}$${value}`
  }
  // Some extensions of Keycloak keep bcrypt whole in the value.
  if (algorithm === 'bcrypt') return value ?? ''
  return `$${algorithm}$i=${String(iterations)}$${salt}$${value}`
}

function first(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' || typeof one === 'number' ? String(one) : undefined
}

/** The seed in base32 where the app shows what ours shows; Keycloak keeps it as text, or says that it is base32. */
function seedOf(secret: Inner, data: Inner): string | undefined {
  const { subType, digits, period, algorithm, secretEncoding } = data ?? {}
  const usual = subType === 'totp' && digits === 6 && period === 30 && algorithm === 'HmacSHA1'
  if (!usual || typeof secret?.value !== 'string' || secret.value === '') return undefined
  return secretEncoding === 'BASE32' ? secret.value : base32(Buffer.from(secret.value))
}

const client = z.looseObject({
  clientId: plainText,
  name: optionalText,
  baseUrl: optionalText,
  enabled: flag,
  protocol: optionalText,
  bearerOnly: flag,
  publicClient: flag,
  standardFlowEnabled: flag,
  implicitFlowEnabled: flag,
  directAccessGrantsEnabled: flag,
  serviceAccountsEnabled: flag,
  clientAuthenticatorType: optionalText,
  secret: optionalText,
  redirectUris: z.array(plainText).max(1000).nullish(),
  rootUrl: optionalText,
  attributes,
  defaultClientScopes: z.array(plainText).max(1000).nullish(),
  optionalClientScopes: z.array(plainText).max(1000).nullish(),
})

const builtIn = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
])

/** Scopes of Keycloak's own, which put members into its tokens. */
const ownScopes = new Set([
  'web-origins',
  'acr',
  'roles',
  'microprofile-jwt',
  'basic',
  'role_list',
  'organization',
  'service_account',
])

function clientOf(found: z.output<typeof client>, at: string): Found {
  const name = found.clientId
  const nothing = { kind: 'nothing', of: 'client', at, name } as const
  if (builtIn.has(name) || name.endsWith('-realm')) return { ...nothing, reason: 'built_in' }
  if (found.protocol && found.protocol !== 'openid-connect') return { ...nothing, reason: 'not_openid_connect' }
  if (found.bearerOnly === true) return { ...nothing, reason: 'no_sign_in' }
  const standard = found.standardFlowEnabled !== false
  const machine = found.serviceAccountsEnabled === true && found.publicClient !== true
  if (!standard && !machine) return { ...nothing, reason: 'no_sign_in' }
  return toClient(found, at, [
    ...(standard ? ['authorization_code', 'refresh_token'] : []),
    ...(machine ? ['client_credentials'] : []),
  ])
}

function toClient(found: z.output<typeof client>, at: string, grantTypes: readonly string[]): FoundClient {
  const isPublic = found.publicClient === true
  const more = found.attributes ?? {}
  const byKey = found.clientAuthenticatorType === 'client-jwt'
  const keys = typeof more['jwks.url'] === 'string' && more['use.jwks.url'] === 'true' ? more['jwks.url'] : undefined
  const redirectUris = grantTypes.includes('authorization_code') ? (found.redirectUris ?? []) : []
  const absolute = redirectUris.map((uri) => (uri.startsWith('/') && found.rootUrl ? `${found.rootUrl}${uri}` : uri))
  const scopes = [...(found.defaultClientScopes ?? []), ...(found.optionalClientScopes ?? [])]
  const leavers = afterLogout(more['post.logout.redirect.uris'])
  const backChannel = more['backchannel.logout.url']
  const secret = found.secret ?? undefined
  // The export of the console writes asterisks in place of secrets.
  const hidden = !isPublic && !byKey && (secret === undefined || /^\*+$/.test(secret))
  const left = [
    ...(found.implicitFlowEnabled === true ? ['implicit'] : []),
    ...(found.directAccessGrantsEnabled === true ? ['password'] : []),
  ]
  return {
    kind: 'client',
    at,
    clientId: found.clientId,
    status: found.enabled === false ? 'disabled' : 'enabled',
    metadata: {
      ...(found.name ? { client_name: found.name } : {}),
      ...(found.baseUrl?.startsWith('https://') ? { client_uri: found.baseUrl } : {}),
      redirect_uris: absolute,
      ...(leavers.length === 0 ? {} : { post_logout_redirect_uris: leavers }),
      grant_types: grantTypes,
      ...(isPublic ? { token_endpoint_auth_method: 'none' } : {}),
      ...(byKey
        ? { token_endpoint_auth_method: 'private_key_jwt', ...(keys === undefined ? {} : { jwks_uri: keys }) }
        : {}),
      ...(typeof backChannel === 'string' && backChannel !== '' ? { backchannel_logout_uri: backChannel } : {}),
      ...(more['pkce.code.challenge.method'] === 'S256' && !isPublic ? { require_pkce: true } : {}),
      scope: [...new Set(['openid', ...scopes.filter((scope) => !ownScopes.has(scope))])].join(' '),
    },
    secrets: secret === undefined || hidden || isPublic || byKey ? [] : [{ text: secret }],
    notes: [
      ...left.map((of): Note => ({ reason: 'grant_type_left_out', of })),
      ...(hidden ? [{ reason: 'secret_hidden' } as const] : []),
    ],
  }
}

/** Keycloak joins these addresses by ##; + means the redirect URIs, and a minus none. */
function afterLogout(text: unknown): readonly string[] {
  return typeof text === 'string' ? text.split('##').filter((uri) => uri !== '' && uri !== '+' && uri !== '-') : []
}
