/** The id_token_hint of an authorization request (OIDC Core §3.1.2.1): whom the app expects. */

import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { sectorOf } from '../../runtime/keys/subjects.ts'

/** Characters of a name that is carried on. */
const longestName = 320

export interface Hint {
  /** The subject that the hint names. */
  readonly hintSubject?: string | undefined
  /** The sector in which it does (OIDC Core §8.1); undefined where it is the ID of an account. */
  readonly hintSector?: string | undefined
  /** How the token itself calls them, where it does. */
  readonly hintName?: string | undefined
}

/**
 * The subject of an id_token_hint that we issued to this client, however old (OIDC Core §3.1.2.1), and the name that the
 * token itself has for them; any other hint is as good as none.
 */
export function readHint(context: Context, hint: string | undefined, client: Client): Hint {
  const claims = hint === undefined ? undefined : context.signer.verify(hint, 'JWT')
  if (claims === undefined || claims.iss !== context.settings.issuer || typeof claims.sub !== 'string') return {}
  const { id } = client
  if (claims.aud !== id && claims.azp !== id) return {}
  const names = [claims.email, claims.name, claims.preferred_username]
  const name = names.find((value) => typeof value === 'string' && value !== '')
  return {
    hintSubject: claims.sub,
    hintSector: sectorOf(client),
    hintName: typeof name === 'string' ? name.slice(0, longestName) : undefined,
  }
}
