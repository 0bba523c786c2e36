/** Whether an app of another server can be one here, and what of it comes along. */
import type { Millis } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import { clientMetadataSchema } from '../../../protocol/client_metadata.ts'
import { givenClientId } from '../../../protocol/names.ts'
import { redirectUriProblem } from '../../../protocol/redirect_uri.ts'
import { isAdminScope, openidScopes, parseScope } from '../../../protocol/scope.ts'
import { isBuiltIn } from '../../../runtime/kept/builtin_clients.ts'
import { readPasswordHash } from '../../../runtime/limits/password_hash.ts'
import type { Passwords } from '../../../runtime/limits/passwords.ts'
import type { ClientSecret, NewClient } from '../../../storage/contract.ts'
import { hashedSecret, shortestDigested } from '../../client/client_secrets.ts'
import type { FoundClient, FoundSecret, Note, SkipReason } from './found.ts'

export interface JudgedClient {
  readonly client: Omit<NewClient, 'ownerId'>
  readonly notes: readonly Note[]
}

const grantTypes: readonly string[] = ['authorization_code', 'refresh_token', 'client_credentials']

/** What a client may hold there and has no meaning here. */
export async function judgeClient(
  passwords: Passwords,
  found: FoundClient,
  now: Millis,
): Promise<JudgedClient | { readonly reason: SkipReason; readonly member?: string }> {
  const { clientId, metadata } = found
  if (!givenClientId.test(clientId)) return { reason: 'client_id_unsound' }
  if (isBuiltIn(clientId)) return { reason: 'built_in' }
  const notes: Note[] = [...found.notes]
  const isPublic = metadata.token_endpoint_auth_method === 'none'
  const asked = textsOf(metadata.grant_types) ?? ['authorization_code', 'refresh_token']
  const kept = asked.filter((name) => grantTypes.includes(name))
  for (const of of asked.filter((name) => !grantTypes.includes(name))) notes.push({ reason: 'grant_type_left_out', of })
  const uris = urisOf(metadata, isPublic, notes)
  if (kept.includes('authorization_code') && uris.redirect_uris.length === 0) {
    const wildcard = notes.some(({ why }) => why === 'wildcard')
    return { reason: wildcard ? 'redirect_uri_wildcard' : 'no_redirect_uri' }
  }
  const document = { ...withoutOffice(metadata, notes), ...uris, grant_types: kept }
  const read = clientMetadataSchema.safeParse(document)
  if (!read.success) return { reason: 'client_unsound', member: read.error.issues[0]?.path.map(String).join('.') ?? '' }
  if (isPublic && kept.includes('authorization_code')) notes.push({ reason: 'pkce_needed' })
  const own = parseScope(read.data.scope ?? 'basic')?.filter((name) => !openidScopes.some((one) => one === name))
  if (kept.includes('client_credentials') && own?.length === 0) notes.push({ reason: 'scope_missing' })
  const secrets: ClientSecret[] = []
  for (const secret of isPublic ? [] : found.secrets) {
    const made = await secretOf(passwords, secret, now)
    if (typeof made === 'object') secrets.push(made)
    else notes.push({ reason: made })
  }
  return { client: { clientId, status: found.status, metadata: read.data, secrets }, notes }
}

/** The members but for those by which an app acts as an operator: nobody comes to be one by an import. */
function withoutOffice(metadata: FoundClient['metadata'], notes: Note[]): FoundClient['metadata'] {
  const { admin_api: api, admin_role: role, token_exchanges: exchanges, may_act: actor, scope, ...rest } = metadata
  if ([api, role, exchanges, actor].some((member) => member !== undefined))
    notes.push({ reason: 'members_left_out', of: 'admin_api, admin_role, token_exchanges, may_act' })
  if (typeof scope !== 'string') return metadata.scope === undefined ? rest : { ...rest, scope }
  const kept = scope.split(' ').filter((name) => !isAdminScope(name))
  return { ...rest, scope: kept.join(' ') }
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

/** The addresses that can be registered. An app that only an app on a device can have registered is one. */
function urisOf(metadata: FoundClient['metadata'], isPublic: boolean, notes: Note[]) {
  const redirect = textsOf(metadata.redirect_uris) ?? []
  const onDevice = isPublic && redirect.some((uri) => redirectUriProblem(uri, false) === 'native_only')
  const native = metadata.application_type === 'native' || onDevice
  const sound = (uri: string): boolean => {
    const why = redirectUriProblem(uri, native)
    if (why !== undefined) notes.push({ reason: 'redirect_uri_left_out', of: uri, why })
    return why === undefined
  }
  const after = (textsOf(metadata.post_logout_redirect_uris) ?? []).filter(sound)
  return {
    redirect_uris: redirect.filter(sound),
    ...(after.length === 0 ? { post_logout_redirect_uris: undefined } : { post_logout_redirect_uris: after }),
    ...(native ? { application_type: 'native' as const } : {}),
  }
}

/**
 * A secret as it is kept here: by its digest where it is long, and else by a hash that is as dear to guess as a password. What
 * came as a hash stays one until the secret is used for the first time.
 */
async function secretOf(
  passwords: Passwords,
  secret: FoundSecret,
  now: Millis,
): Promise<ClientSecret | Note['reason']> {
  if ('sha256' in secret) return hashedSecret(`sha256:${secret.sha256}`, now)
  if ('text' in secret) {
    if (secret.text.length < shortestDigested) return hashedSecret(await passwords.hash(secret.text), now)
    return hashedSecret(`sha256:${sha256(secret.text).toString('hex')}`, now)
  }
  const hash = readPasswordHash(secret.hash)
  return typeof hash === 'object' ? hashedSecret(hash.text, now) : hash
}
