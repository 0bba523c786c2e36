/**
 * The document that says which redirect URIs are of one sector (OIDC Core §8.1): the apps of a sector know a person by one
 * ID. Whoever has a redirect URI in it has been let in by the sector's host.
 */
import { z } from 'zod'
import { FetchRefused, jsonOf } from '../../lib/guarded_fetch.ts'
import type { ClientMetadata, DocumentProblem } from '../../protocol/client_metadata.ts'
import type { Context } from '../../runtime/context.ts'
import { callOut, type Outbound, outboundTo } from '../../runtime/outbound.ts'

const listed = z.array(z.string().max(2000)).max(1000)

type Sector = Pick<ClientMetadata, 'sector_identifier_uri' | 'redirect_uris'>

/** How the document of an app is read that the operator has not written (R11). */
export function outboundOfApps({ outbound, settings }: Pick<Context, 'outbound' | 'settings'>): Outbound {
  return outboundTo(outbound, settings, 'stranger')
}

/**
 * Reads the document; answers why an app cannot be of that sector, and undefined where it can or names none. "The values of
 * the registered redirect_uris MUST be included in the elements of the array" (§8.1). What was wrong with the host is not told, as the answer would say what is
 * to be found in our network.
 */
export async function sectorProblem(outbound: Outbound, app: Sector): Promise<DocumentProblem | undefined> {
  const { sector_identifier_uri: uri, redirect_uris: redirects } = app
  if (uri === undefined) return undefined
  const read = await callOut('sector', uri, {}, outbound)
    .then(jsonOf)
    .catch((error: unknown) => {
      if (error instanceof FetchRefused) return undefined
      throw error
    })
  const found = listed.safeParse(read)
  if (!found.success) return 'sector_unreadable'
  const lacking = redirects.find((one) => !found.data.includes(one))
  return lacking === undefined ? undefined : { key: 'sector_lacks', uri: lacking }
}

/** Whether an app has to be looked for in its sector anew. */
export function isOtherSector(before: Sector | undefined, after: Sector): boolean {
  const known = before?.redirect_uris ?? []
  const same = before?.sector_identifier_uri === after.sector_identifier_uri
  return after.sector_identifier_uri !== undefined && !(same && after.redirect_uris.every((uri) => known.includes(uri)))
}
