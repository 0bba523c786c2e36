/** Where the documents of APIs are found (RFC 9728 §3). */
import type { EngineSettings } from '../runtime/context.ts'

export const wellKnownResource = '/.well-known/oauth-protected-resource'

/** The address of the document of our data API; undefined where there is no such API. */
export function ownApiMetadata({ issuer, dataApi }: Pick<EngineSettings, 'issuer' | 'dataApi'>): string | undefined {
  return dataApi ? `${issuer}${wellKnownResource}/api` : undefined
}
