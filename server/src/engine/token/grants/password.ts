/**
 * The password grant (RFC 6749 §4.3), for the built-in clients of the password protocols alone. It proves the person by the
 * same check and under the same counters as the sign-in page, and begins a grant that is live at once. To an account with a
 * second factor every password is a wrong one here, as nobody can be asked for the factor.
 */
import { randomBytes } from '../../../lib/random.ts'
import type { Grant, GrantContext } from '../../../protocol/grant.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { auditEvent } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { type PasswordDialect, passwordDialectOf } from '../../../runtime/kept/builtin_clients.ts'
import { type Client, defaultScopeOf } from '../../../runtime/kept/clients.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { Account, SubscriptionKey } from '../../../storage/contract.ts'
import { signIn } from '../../account/accounts.ts'
import { openByAppPassword } from '../../account/app_passwords.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { requireKeyOf } from '../../client/subscription_key_rules.ts'
import { handleDigest } from '../../grant/credentials.ts'
import { lifetimesOf } from '../../grant/lifetimes.ts'
import { newGrant } from '../../grant/new_grant.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof } from '../grant_type.ts'

export interface PasswordRequest {
  readonly grantType: 'password'
  /** Username or e-mail address. */
  readonly username: string
  readonly password: string
  /** What the caller said of its device; null where it said nothing. */
  readonly label: string | null
  /** The key that was presented, in a protocol that knows such keys. */
  readonly subscriptionKey?: SubscriptionKey | undefined
}

export const password: GrantType<PasswordRequest> = {
  name: 'password',
  rules: ['password', 'allowed_person', 'standing', 'account_limit', 'plan'],
  prove,
}

async function prove(
  context: Context,
  request: PasswordRequest,
  { client }: AuthenticatedClient,
  trace: Trace,
): Promise<Proof> {
  const protocol = passwordDialectOf(client.id)
  if (protocol === undefined) throw new Refusal('grant_type_not_registered', { got: 'password' })
  trace.at('password')
  const { account, appPassword } = await requirePassword(context, request, client, trace.caller)
  trace.proved(account.id)
  trace.at('allowed_person')
  requireKeyOf(request.subscriptionKey, account.id)

  // 160 random bits as the older clients know them; only their digest is stored.
  const accessToken = protocol.tokenFormat === 'handle' ? randomBytes(20).toString('hex') : undefined
  const scope = await usableScopes(context, client, defaultScopeOf(client))
  const { caller } = trace
  const grant = begin(context, request, { client, protocol, account, appPassword, scope, caller }, accessToken)
  const parties = { actor: account.id, clientId: client.id, caller }
  const detail = { amr: ['pwd'], ...(appPassword === undefined ? {} : { appPassword }) }
  const event = auditEvent(context.clock.now(), 'signed_in', { ...parties, detail })
  trace.note(`The person signed in by ${appPassword === undefined ? 'password' : 'app password'}.`)
  return {
    kind: 'begin',
    accessToken,
    grant,
    event,
    standing: {
      clientEnabled: client.status !== 'disabled',
      clientValidAfter: client.validAfter,
      userEnabled: account.enabled,
      userValidAfter: account.validAfter,
      consentEnabled: false,
      consentValidAfter: null,
    },
    scope: grant.context.scope,
    resources: [],
  }
}

async function requirePassword(
  context: Context,
  request: PasswordRequest,
  client: Client,
  caller: Caller,
): Promise<{ readonly account: Account; readonly appPassword?: string }> {
  const opened = await openByAppPassword(context, { login: request.username, password: request.password })
  if (opened !== undefined) return opened
  const result = await signIn(context, { login: request.username, password: request.password }, caller, client.id)
  if (result.outcome === 'signed_in') return { account: result.account }
  if (result.outcome === 'wrong') throw new Refusal('password_wrong')
  throw new Refusal('too_many_failures', { retryAfter: result.retryAfter })
}

/** A person whose password was right, in the protocol of the client that they gave it to. */
interface Login {
  readonly client: Client
  readonly protocol: PasswordDialect
  readonly account: Account
  /** Id of the app password that was given in place of theirs. */
  readonly appPassword: string | undefined
  readonly scope: readonly string[]
  readonly caller: Caller
}

/** The grant with its first tokens out. It is stored by the pipeline, after everything that can refuse. */
function begin(context: Context, request: PasswordRequest, login: Login, accessToken: string | undefined): Grant {
  const { client, account } = login
  const now = context.clock.now()
  const agreed = terms(context, request, login)
  return newGrant(context, client, account, {
    createdAt: now,
    state: 'live',
    step: 1,
    expiresAt: now + (agreed.refreshTokenAge ?? agreed.accessTokenTtl) * 1000,
    dialect: login.protocol.dialect,
    label: request.label,
    authMethod: 'none',
    handle: accessToken === undefined ? null : handleDigest(accessToken),
    context: agreed,
  })
}

/** The longest life of a login JWT: what signed it must stay published for as long. */
const longestJwt = 86_400

/** Characters of a user agent that are kept with the grant. */
const longestAgent = 200

function terms(
  context: Context,
  { subscriptionKey }: PasswordRequest,
  { client, protocol, appPassword, scope, caller }: Login,
): GrantContext {
  const lives = lifetimesOf(context.settings, client, protocol.dialect)
  return {
    grantType: 'password',
    scope,
    resources: [],
    refreshable: protocol.refreshes,
    accessTokenTtl: protocol.tokenFormat === 'login_jwt' ? Math.min(lives.accessToken, longestJwt) : lives.accessToken,
    refreshTokenTtl: context.settings.refreshTokenTtl,
    ...(protocol.refreshes ? { refreshTokenAge: Math.min(lives.refreshToken, context.settings.refreshTokenTtl) } : {}),
    tokenFormat: protocol.tokenFormat,
    ...(subscriptionKey === undefined ? {} : { subscriptionKey: subscriptionKey.id }),
    ...(appPassword === undefined ? {} : { appPassword }),
    ...(caller.userAgent === null || protocol.tokenFormat !== 'handle'
      ? {}
      : { userAgent: caller.userAgent.slice(0, longestAgent) }),
  }
}
