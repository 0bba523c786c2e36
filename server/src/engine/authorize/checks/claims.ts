/** What the app asks to be told of the person one by one (OIDC Core §5.5), and how surely they are to be known (§5.5.1.1). */
import { capabilities } from '../../../protocol/capabilities.ts'
import { type ClaimsRequest, longestClaims, readClaims, textsWished } from '../../../protocol/openid/claims.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { sectorOf } from '../../../runtime/keys/subjects.ts'
import { essentialAcr, neverMet } from '../acr.ts'
import type { AuthorizationRequest } from '../request.ts'
import type { Asking } from './checks.ts'

type Wanted = Pick<AuthorizationRequest, 'claims' | 'acrValues'>
type Found = Wanted & Pick<AuthorizationRequest, 'subjectsWanted' | 'subjectSector'>

export function findClaims({ form, trace }: Asking, { client }: { readonly client: Client }): Found | Refusal {
  const [claims, acrValues] = [form.get('claims'), form.get('acr_values')]
  if (claims === undefined && acrValues === undefined) trace.skip('claims')
  const wanted = claimsIn(claims, acrValues)
  if (claims !== undefined && wanted.claims === undefined) {
    return new Refusal('claims_malformed', {
      expected: `a JSON object of at most ${longestClaims} characters with the members userinfo and id_token`,
      got: claims.slice(0, 1000),
    })
  }
  const essential = essentialAcr(wanted)
  if (essential !== undefined && neverMet(essential)) {
    return new Refusal('acr_unmet', {
      cause: 'The request insists on a class of sign-in that this server does not have.',
      expected: capabilities.acrValues.join(' '),
      got: essential.join(' '),
    })
  }
  const subjectsWanted = textsWished(wanted.claims?.idToken.get('sub'))
  return subjectsWanted === undefined ? wanted : { ...wanted, subjectsWanted, subjectSector: sectorOf(client) }
}

/** What both parameters ask for; what cannot be read asks for nothing. */
export function claimsIn(claims: string | undefined, acrValues: string | undefined): Wanted {
  return {
    ...(claims === undefined ? {} : only(readClaims(claims))),
    ...(acrValues === undefined ? {} : { acrValues: acrValues.split(' ').filter((value) => value !== '') }),
  }
}

function only(claims: ClaimsRequest | undefined): Wanted {
  return claims === undefined ? {} : { claims }
}
