/** The id_token_hint of an authorization request (OIDC Core §3.1.2.1): whom the app expects. */
import { isIdToken } from '../../../protocol/openid/claims.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { sectorOf } from '../../../runtime/keys/subjects.ts'
import type { AuthorizationRequest } from '../request.ts'
import type { Asking } from './checks.ts'

/** Characters of a name that is carried on. */
const longestName = 320

type Hint = Pick<AuthorizationRequest, 'hintSubject' | 'hintSector' | 'hintName'>

/**
 * The subject of an ID token that we issued to this client, however old (OIDC Core §3.1.2.1), and the name that the token
 * itself has for them. Whoever sends any other hint means somebody whom we cannot know.
 */
export function findHint({ context, form, trace }: Asking, { client }: { readonly client: Client }): Hint | Refusal {
  const hint = form.get('id_token_hint')
  if (hint === undefined) {
    trace.skip('id_token_hint')
    return {}
  }
  const claims = context.signer.verify(hint, 'JWT')
  if (claims === undefined || !isIdToken(claims) || claims.iss !== context.settings.issuer) {
    return new Refusal('id_token_hint_invalid')
  }
  const { id } = client
  if (claims.aud !== id && claims.azp !== id) return new Refusal('id_token_hint_of_another_client', { expected: id })
  const names = [claims.email, claims.name, claims.preferred_username]
  const name = names.find((value) => typeof value === 'string' && value !== '')
  return {
    hintSubject: claims.sub,
    hintSector: sectorOf(client),
    hintName: typeof name === 'string' ? name.slice(0, longestName) : undefined,
  }
}
