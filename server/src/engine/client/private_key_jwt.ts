/**
 * Client authentication by a signed assertion (RFC 7523 §3, OIDC Core §9 private_key_jwt). The audience is this server's
 * issuer, as one string, at every endpoint: an array or an endpoint URL is how assertions for one server are replayed at
 * another (draft-ietf-oauth-rfc7523bis §4). The operator may let a client name the token endpoint instead.
 */
import { needsStrongSignatures } from '../../protocol/profiles/profiles.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { claimAssertion, readAssertion, type Unsound, whyElsewhere } from './signed_assertion.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const newerType = 'client-authentication+jwt'
const types = /^(jwt|client-authentication\+jwt)$/i

/** Proves the assertion to be this client's, and claims its jti; a Refusal where it is not. */
export async function proveAssertion(
  context: Context,
  client: Client,
  assertion: string,
): Promise<Refusal | undefined> {
  const read = await readAssertion(context, assertion, {
    keys: (afresh) => context.clientKeys.of(client.metadata, afresh),
    algorithm: client.metadata.token_endpoint_auth_signing_alg,
    strong: needsStrongSignatures(client.metadata),
    types,
  })
  if ('cause' in read) return invalid(read)
  const { claims, typ } = read
  if (claims.iss !== client.id || claims.sub !== client.id) {
    const cause = 'iss and sub of the assertion must both be the client_id.'
    return invalid({ cause, expected: client.id, got: `${claims.iss} ${claims.sub}` })
  }
  // Where it says that it is made by the newer rules, it has to keep them.
  const mayNameEndpoint =
    client.metadata.client_assertion_audience === 'token_endpoint' && typ?.toLowerCase() !== newerType
  const elsewhere = whyElsewhere(context.settings.issuer, claims.aud, { mayNameEndpoint })
  if (elsewhere !== undefined) return invalid(elsewhere)
  const used = await claimAssertion(context, 'client_assertion', client.id, claims)
  return used && invalid(used)
}

function invalid(why: Unsound): Refusal {
  return new Refusal('client_assertion_invalid', { ...why })
}
