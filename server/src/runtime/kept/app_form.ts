/**
 * What an approval and a verification are of: name, publisher, logo, site, kind, scopes, and the origins that people are
 * sent to and that hear of their sign-out. Whatever
 * goes beyond the form that was looked at is not covered by the operator's word.
 */
import { z } from 'zod'
import { type ClientMetadata, readStoredMetadata } from '../../protocol/client_metadata.ts'
import { deviceGrantType } from '../../protocol/names.ts'
import { isWithin, parseScope } from '../../protocol/scope.ts'
import type { ClientAmendment, ClientRecord } from '../../storage/contract.ts'

/**
 * `web` keeps a secret and acts for people, `machine` keeps one and acts for itself; the others keep none. `device` acts for
 * people who decide elsewhere, as it shows no browser (RFC 8628).
 */
export const appKinds = ['web', 'native', 'spa', 'device', 'machine'] as const
export type AppKind = (typeof appKinds)[number]

const approvedForm = z.object({
  name: z.string().optional(),
  publisher: z.string().optional(),
  logo: z.string().optional(),
  site: z.string().optional(),
  origins: z.array(z.string()),
  kind: z.enum(appKinds),
  scope: z.array(z.string()),
})

export type ApprovedForm = z.infer<typeof approvedForm>

/** Whether people come back to apps of the kind from a browser, so that it is no such app without a redirect URI. */
export function returnsPeople(kind: AppKind): kind is Exclude<AppKind, 'device' | 'machine'> {
  return kind !== 'device' && kind !== 'machine'
}

export function kindOf(metadata: ClientMetadata): AppKind {
  const { grant_types: grants } = metadata
  if (grants.includes(deviceGrantType) && !grants.includes('authorization_code')) return 'device'
  if (metadata.token_endpoint_auth_method === 'none') return metadata.application_type === 'native' ? 'native' : 'spa'
  return grants.includes('authorization_code') ? 'web' : 'machine'
}

/** The members of a document that make an app of this kind. */
export function membersOf(kind: AppKind): Record<string, unknown> {
  const keepsSecret = kind === 'web' || kind === 'machine'
  return {
    application_type: kind === 'native' || kind === 'device' ? 'native' : 'web',
    // Left out, it is a secret in either of the two ways.
    token_endpoint_auth_method: keepsSecret ? undefined : 'none',
    grant_types: grantTypesOf(kind),
  }
}

function grantTypesOf(kind: AppKind): readonly string[] {
  if (kind === 'machine') return ['client_credentials']
  if (kind === 'device') return [deviceGrantType, 'refresh_token']
  return ['authorization_code', 'refresh_token', ...(kind === 'web' ? ['client_credentials'] : [])]
}

export function formOf(metadata: ClientMetadata): ApprovedForm {
  return {
    name: metadata.client_name,
    publisher: metadata.publisher,
    logo: metadata.logo_uri,
    site: metadata.client_uri,
    origins: [...new Set(addressesIn(metadata).map(originOf))].sort(),
    kind: kindOf(metadata),
    scope: [...(parseScope(metadata.scope ?? '') ?? [])].sort(),
  }
}

/** Where an app's people are sent, to sign in or signed in or out, and where it hears of their sign-out. */
function addressesIn(metadata: ClientMetadata): readonly string[] {
  const {
    redirect_uris: redirects,
    post_logout_redirect_uris: afterwards = [],
    backchannel_logout_uri: told,
    frontchannel_logout_uri: shown,
    initiate_login_uri: begun,
  } = metadata
  return [...redirects, ...afterwards, ...[told, shown, begun].filter((uri) => uri !== undefined)]
}

/** Where a redirect URI leads: a site, or the scheme of an app on a device. */
function originOf(uri: string): string {
  const { protocol, origin } = new URL(uri)
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol
}

/** Whether the form is the one that was looked at, or less of it: fewer scopes, fewer places to go. */
export function isCovered(form: ApprovedForm, by: ApprovedForm): boolean {
  const same = (['name', 'publisher', 'logo', 'site', 'kind'] as const).every((member) => form[member] === by[member])
  return same && isWithin(form.origins, by.origins) && isWithin(form.scope, by.scope)
}

/** Who has verified an app where the operator's own tools are not told a name. */
export const operatorName = 'the operator of this server'

/** Whether somebody has verified the app as it is now. */
export function isVerified({ verification }: Pick<ClientRecord, 'verification'>, metadata: ClientMetadata): boolean {
  const looked = approvedForm.safeParse(verification?.form)
  return looked.success && isCovered(formOf(metadata), looked.data)
}

/**
 * The amendment that makes `metadata` an app's document, with what follows from it: where the app changes between
 * keeping a secret and keeping none, or takes on a profile, everything issued to it ends, and secrets that it no longer keeps
 * go. A verification of another form goes as well.
 */
export function amendmentTo(present: ClientRecord, metadata: ClientMetadata): ClientAmendment {
  const before = readStoredMetadata(present.metadata)
  const wasPublic = before.token_endpoint_auth_method === 'none'
  const isPublic = metadata.token_endpoint_auth_method === 'none'
  return {
    metadata,
    ...(wasPublic === isPublic && !takesProfile(before, metadata) ? {} : { invalidate: true }),
    ...(isPublic && !wasPublic ? { removeSecrets: 'all' } : {}),
    ...(present.verification === null || isVerified(present, metadata) ? {} : { verification: null }),
  }
}

/** Whether the app is held to more from now on: what was issued before was not issued under that. */
function takesProfile(before: ClientMetadata, { profile }: ClientMetadata): boolean {
  return profile !== undefined && profile !== before.profile
}
