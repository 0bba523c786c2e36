/**
 * The token endpoint's pipeline (RFC 6749 §3.2), whichever dialect the request came in:
 *
 *   1 authenticate the client   2 prove (the grant type's own part)   3 advance the grant   4 mint
 *
 * A grant type fills in step 2 and cannot forget the others. Refusals come before the swap, so they burn nothing.
 */
import { day } from '../lib/clock.ts'
import { randomBytes } from '../lib/random.ts'
import type { Grant } from '../protocol/grant.ts'
import type { ClientAuthMethod, GrantTypeName } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import { DatabaseBehind } from './alarms.ts'
import { isOpenTo, requireStandingOwner } from './app_development.ts'
import { type AuthenticatedClient, authenticateClient, type PresentedClient } from './client_authentication.ts'
import type { Client } from './clients.ts'
import type { Caller, Context } from './context.ts'
import { authorizationCode } from './grants/authorization_code.ts'
import { clientCredentials } from './grants/client_credentials.ts'
import { password } from './grants/password.ts'
import { refreshToken } from './grants/refresh_token.ts'
import { type Minted, mint } from './mint.ts'
import { networkDigest } from './network.ts'
import type { Trace } from './request_log.ts'
import { audienceOf } from './resources.ts'
import { at } from './rules.ts'
import { ended, requireRecentUse, requireStanding } from './standing.ts'
import type { Proof, TokenRequest } from './token_request.ts'
import { nameClient, type UnnamedClient } from './unnamed_client.ts'

export type { Proof, TokenRequest } from './token_request.ts'

type Prove<Name extends GrantTypeName> = (
  context: Context,
  request: Extract<TokenRequest, { grantType: Name }>,
  client: Client,
  trace: Trace,
) => Promise<Proof>

const grantTypes: { readonly [Name in GrantTypeName]: Prove<Name> } = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  client_credentials: clientCredentials,
  password,
}

/** Answers a token request or throws a Refusal; anything else thrown is a fault and has changed nothing. */
export async function exchange(
  context: Context,
  presented: PresentedClient | UnnamedClient,
  request: TokenRequest,
  trace: Trace,
): Promise<Minted> {
  trace.ruleset = `token:${request.grantType}`
  at(trace, 'client_authentication')
  const named = presented.clientId === undefined ? await nameClient(context, presented, request, trace) : presented
  const { client, method } = await identify(context, named, trace, request.grantType)
  at(trace, 'grant_type')
  requireGrantType(client, request.grantType)
  const proof = await prove(context, request, client, trace)
  const { grant } = proof

  at(trace, 'resource')
  const audience = await audienceOf(context, client, proof.scope, proof.resources)

  at(trace, 'standing')
  requireStanding(proof)
  if (proof.swap?.kind === 'refresh') {
    at(trace, 'recent_use')
    requireRecentUse(proof, client, context.settings, context.clock.now())
  }
  if (grant.userId === null) await requireStandingOwner(context, client)
  else if (!(await isOpenTo(context, client, grant.userId))) {
    throw new Refusal('grant_revoked', { cause: 'The app is in development, and the person no longer tests it.' })
  }
  if (grant.userId !== null) {
    at(trace, 'account_limit')
    if (context.tokenRequests.exceeded(grant.userId)) throw new Refusal('token_requests_exceeded')
  }

  if (proof.begins !== undefined) await context.storage.grants.insert(grant)
  else at(trace, 'once')
  const after = proof.swap === null ? grant : await advance(context, proof, proof.swap, client, method, trace)
  if (grant.userId !== null) context.tokenRequests.count(grant.userId)
  const counted = proof.begins !== undefined || (proof.swap?.kind === 'code' && after.context.refreshable)
  if (counted && after.userId !== null) {
    await context.storage.grants.trim(after.userId, client.id, context.settings.grantLimit, after.id)
  }
  const minted = mint(context, client, after, proof, audience)
  context.olderDoors.count(trace.caller.dialect, client.id)
  return minted
}

/** Client authentication as a rule of the log; a public client is proved only by its credential, later. */
export async function identify(
  context: Context,
  presented: PresentedClient,
  trace: Trace,
  grantType?: GrantTypeName,
): Promise<AuthenticatedClient> {
  at(trace, 'client_authentication')
  const client = await context.clients.find(presented.clientId)
  trace.clientId = client?.id
  const authenticated = await authenticateClient(context, presented, client, trace.caller, grantType)
  trace.authenticated = authenticated.method !== 'none'
  requireDialect(context, authenticated.client, trace.caller)
  return authenticated
}

function requireDialect(context: Context, client: Client, caller: Caller): void {
  if (context.settings.dialects.has(caller.dialect) && client.metadata.dialects.includes(caller.dialect)) return
  throw new Refusal('dialect_not_allowed', { expected: client.metadata.dialects.join(' '), got: caller.dialect })
}

function requireGrantType(client: Client, grantType: GrantTypeName): void {
  if (grantType === 'client_credentials' && !client.confidential) throw new Refusal('client_credentials_public')
  if (client.metadata.grant_types.includes(grantType)) return
  throw new Refusal('grant_type_not_registered', {
    expected: client.metadata.grant_types.join(' '),
    got: grantType,
  })
}

function prove(context: Context, request: TokenRequest, client: Client, trace: Trace): Promise<Proof> {
  switch (request.grantType) {
    case 'authorization_code':
      return grantTypes.authorization_code(context, request, client, trace)
    case 'refresh_token':
      return grantTypes.refresh_token(context, request, client, trace)
    case 'client_credentials':
      return grantTypes.client_credentials(context, request, client, trace)
    case 'password':
      return grantTypes.password(context, request, client, trace)
  }
}

async function advance(
  context: Context,
  { grant }: Proof,
  swap: NonNullable<Proof['swap']>,
  client: Client,
  method: ClientAuthMethod,
  trace: Trace,
): Promise<Grant> {
  const authenticated = method !== 'none' || grant.senderKey !== null
  const rotates = !authenticated || client.metadata.refresh_rotation !== 'never'
  if (swap.kind === 'refresh' && !rotates && swap.step === grant.step) {
    requireUnexpired(context, grant)
    // No step is taken, so that this is what tells that the grant is in use.
    if (context.clock.now() - grant.usedAt > day) context.storage.grants.markUsed(grant.id, context.clock.now())
    trace.note = 'The refresh token was used; this app keeps it.'
    return rekeyed(context, grant)
  }
  const result = await context.storage.grants.advance(
    {
      id: grant.id,
      kind: swap.kind,
      step: swap.step,
      issued: swap.issued,
      attempt: randomBytes(16),
      replayWindow: replayWindow(context, client, authenticated) * 1000,
      generation: context.keyring.generation,
      epoch: 0,
      lifetime: grant.context.refreshTokenTtl * 1000,
      authMethod: method,
      label: swap.kind === 'code' ? trace.caller.userAgent : grant.label,
    },
    grant,
  )
  switch (result.outcome) {
    case 'advanced':
      trace.note =
        swap.kind === 'code' ? 'The code was exchanged.' : 'The refresh token was exchanged for its successor.'
      return result.grant
    case 'repeated':
      context.storage.grants.noteRepeat(
        grant.id,
        networkDigest(context.keyring.current('network'), trace.caller.address),
        context.clock.now(),
      )
      trace.note = 'The last refresh came again and got the same answer.'
      return result.grant
    case 'spent':
      context.audit.record('credential_reused', {
        subject: grant.userId,
        clientId: client.id,
        caller: trace.caller,
        detail: { kind: swap.kind, step: swap.step, ended: result.ended },
      })
      throw spent(swap.kind, result.ended, result.since)
    case 'ended':
      throw ended(result.reason)
    case 'expired':
      throw new Refusal(swap.kind === 'code' ? 'code_expired' : 'refresh_token_expired')
    case 'ahead':
      context.alarms.raise('database_behind')
      throw new DatabaseBehind()
    case 'missing':
      throw new Refusal('credential_not_ours')
  }
}

/** A grant that takes no step follows the newest root secret at its use, so that it outlives the one it began under. */
async function rekeyed(context: Context, grant: Grant): Promise<Grant> {
  const { generation } = context.keyring
  if (grant.generation >= generation) return grant
  await context.storage.grants.rekey(grant.id, generation)
  return { ...grant, generation }
}

function requireUnexpired(context: Context, grant: Grant): void {
  if (context.clock.now() >= grant.expiresAt) throw new Refusal('refresh_token_expired')
}

/** Seconds in which a repeated refresh is answered alike: longer where the repeater has to authenticate. */
function replayWindow(context: Context, client: Client, authenticated: boolean): number {
  const { replayWindow: window } = context.settings
  return client.metadata.replay_window ?? (authenticated ? window.confidential : window.public)
}

function spent(kind: 'code' | 'refresh', endedNow: boolean, since: number | null): Refusal {
  const ago = since === null ? '' : ` ${(since / 1000).toFixed(1)} s before`
  if (kind === 'refresh') {
    return new Refusal('refresh_token_spent', {
      cause:
        since === null
          ? 'The refresh token was at least two steps old: two parties hold it. The grant was ended.'
          : `The refresh token had been exchanged${ago}, outside the replay window. The grant was ended.`,
    })
  }
  if (!endedNow) return new Refusal('code_spent_long_ago')
  return new Refusal('code_spent', {
    cause: `The code had been exchanged${ago || ' before'}, by the same client. What was issued for it has been revoked.`,
  })
}
