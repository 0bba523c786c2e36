/** Every grant type, and what follows from the list: the requests, discovery, the decoder and the rules of the log. */
import { Refusal } from '../../../protocol/refusal.ts'
import { type RuleName, rulesets } from '../../../runtime/log/rules.ts'
import type { GrantType } from '../grant_type.ts'
import { authorizationCode } from './authorization_code.ts'
import { clientCredentials } from './client_credentials.ts'
import { deviceCode } from './device_code.ts'
import { jwtBearer } from './jwt_bearer.ts'
import { password } from './password.ts'
import { refreshToken } from './refresh_token.ts'
import { tokenExchange } from './token_exchange.ts'

const grantTypes = [
  authorizationCode,
  refreshToken,
  deviceCode,
  clientCredentials,
  tokenExchange,
  jwtBearer,
  password,
] as const

type RequestOf<Type> = Type extends GrantType<infer Request> ? Request : never

/** A token request as the engine takes it, a union by `grantType`. */
export type TokenRequest = RequestOf<(typeof grantTypes)[number]>

const byName: ReadonlyMap<string, GrantType<TokenRequest>> = new Map(grantTypes.map((type) => [type.name, type]))

/** The grant type of a name on the wire. Throws Refusal where there is none. */
export function grantTypeNamed(name: string): GrantType<TokenRequest> {
  const type = byName.get(name)
  if (type === undefined) throw new Refusal('grant_type_unknown')
  return type
}

/** Names of the grant types that an app can be registered for (RFC 8414 §2, grant_types_supported). */
export const grantTypesSupported: readonly string[] = [...byName.values()]
  .filter((type) => type.decode !== undefined)
  .map(({ name }) => name)

/** The rules of each grant type in the order in which they are run, by the names under which the log keeps them. */
export const tokenRulesets: Readonly<Record<string, readonly RuleName[]>> = Object.fromEntries(
  grantTypes.map(({ name, rules }) => [`token:${name}`, [...rulesets.token, ...rules]]),
)
