/**
 * Clients of Ory Hydra: `hydra list clients --format json`, or the same with `client_secret` from its database, where that is a
 * hash. Hydra has no people of its own.
 */
import { basename } from 'node:path'
import { z } from 'zod'
import { type Found, type FoundFile, type FoundSecret, UnreadableSource } from '../found.ts'
import { each, listOf, objectOf, parseJson, plainText, readText } from './json.ts'

/** Throws UnreadableSource. */
export async function readHydra(path: string): Promise<FoundFile> {
  const whole = parseJson(await readText(path), basename(path))
  const page = objectOf(whole)
  if (page !== undefined && page.items === undefined && page.client_id === undefined) {
    throw new UnreadableSource(`${basename(path)} is not a list of clients: it has no items.`)
  }
  // Of a single client Hydra prints the client itself.
  const list = page?.client_id === undefined ? listOf(page?.items ?? whole, 'items') : [page]
  const place = (index: number) => `items[${index}]`
  return { count: list.length, entries: each(list, { schema: client, of: 'client', place }, clientOf) }
}

const optionalText = plainText.nullish()

const client = z.looseObject({
  client_id: plainText,
  client_secret: optionalText,
  grant_types: z.array(plainText).max(100).nullish(),
  scope: optionalText,
  token_endpoint_auth_method: optionalText,
  jwks: z.looseObject({ keys: z.array(z.unknown()).nullish() }).nullish(),
})

/** Members of RFC 7591 §2 that go along as they are. */
const asTheyAre = [
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
  'redirect_uris',
  'post_logout_redirect_uris',
  'token_endpoint_auth_method',
  'jwks_uri',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
] as const

function clientOf(found: z.output<typeof client>, at: string): Found {
  const members = asTheyAre.flatMap((name) => {
    const value = found[name]
    return value === '' || value === null || value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [[name, value]]
  })
  const scopes = (found.scope ?? '').split(' ').filter((scope) => scope !== '')
  const isPublic = found.token_endpoint_auth_method === 'none'
  const byKey = found.token_endpoint_auth_method === 'private_key_jwt'
  const secrets = isPublic || byKey || !found.client_secret ? [] : [secretOf(found.client_secret)]
  return {
    kind: 'client',
    at,
    clientId: found.client_id,
    status: 'enabled',
    metadata: {
      ...Object.fromEntries(members),
      ...(found.jwks?.keys?.length ? { jwks: found.jwks } : {}),
      grant_types: found.grant_types ?? ['authorization_code'],
      // Hydra also knows offline_access by its older name.
      ...(scopes.length === 0
        ? {}
        : { scope: scopes.map((scope) => (scope === 'offline' ? 'offline_access' : scope)).join(' ') }),
    },
    secrets,
    notes: isPublic || byKey || secrets.length > 0 ? [] : [{ reason: 'secret_hidden' }],
  }
}

function secretOf(text: string): FoundSecret {
  return text.startsWith('$') ? { hash: text } : { text }
}
