/** Where the documents of APIs are found (RFC 9728 §3). */
import { adminApiPath } from '../protocol/endpoints.ts'
import type { EngineSettings } from '../runtime/context.ts'

export const wellKnownResource = '/.well-known/oauth-protected-resource'

/** The address of the document of the admin API. */
export function adminApiMetadata(issuer: string): string {
  return `${issuer}${wellKnownResource}${adminApiPath}`
}

/** The address of the document of our data API; undefined where there is no such API. */
export function ownApiMetadata({ issuer, dataApi }: Pick<EngineSettings, 'issuer' | 'dataApi'>): string | undefined {
  return dataApi ? `${issuer}${wellKnownResource}/api` : undefined
}

/** The address at our server of the document of an API of the operator. */
export function resourceMetadata({ issuer }: Pick<EngineSettings, 'issuer'>, uri: string): string {
  return `${issuer}${wellKnownResource}?resource=${encodeURIComponent(uri)}`
}
