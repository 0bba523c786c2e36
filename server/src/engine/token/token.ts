/**
 * The token endpoint's pipeline (RFC 6749 §3.2), whichever dialect the request came in:
 *
 *   1 authenticate the client   2 prove (the grant type's own part)   3 advance the grant   4 mint
 *
 * A grant type fills in step 2 and cannot forget the others. Refusals come before the swap, so they burn nothing.
 *
 * Not here: spelling of requests and answers (`dialects/`), and the decision which step follows (`protocol/grant.ts`).
 * Neighbours: `authorize/` and `providers/` above; `access_tokens/`, `client/` and `grant/` below. To add: a grant type,
 * a file in `grants/` and its line in `grants/index.ts`.
 */

import type { Seconds } from '../../lib/clock.ts'
import { randomBytes } from '../../lib/random.ts'
import type { Dialect } from '../../protocol/dialects.ts'
import type { Advance, CredentialKind, Grant, Swap } from '../../protocol/grant.ts'
import type { UserId } from '../../protocol/names.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { noticeOfReuse } from '../../runtime/jobs/queue.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { networkDigest } from '../../runtime/limits/network.ts'
import { DatabaseBehind } from '../../runtime/log/alarms.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { isOpenTo, whyOwnerless } from '../client/app_development.ts'
import { whyUnprotected } from '../client/capabilities.ts'
import { type AuthenticatedClient, authenticateClient, type PresentedClient } from '../client/client_authentication.ts'
import { claimProof, findSenderKey, type ShownProof, whyOtherKey } from '../client/dpop.ts'
import { expiredReasons } from '../grant/credentials.ts'
import { type Audience, audienceOf } from '../grant/resources.ts'
import { ended, whyNotStanding } from '../grant/standing.ts'
import { noteSeen, noteUse, whyUnused } from '../grant/use.ts'
import { nameClient, type UnnamedClient } from './client_of_credential.ts'
import type { AdvancesGrant, Proof } from './grant_type.ts'
import { grantTypeNamed, type TokenRequest } from './grants/index.ts'
import { type Minted, mint } from './mint.ts'

export type { TokenRequest } from './grants/index.ts'

/** A token request, and what it shows of a key of its sender (RFC 9449 §5). */
export type SentTokenRequest = TokenRequest & { readonly proof?: ShownProof | undefined }

/** Answers a token request or throws a Refusal; anything else thrown is a fault and has changed nothing. */
export async function exchange(
  context: Context,
  presented: PresentedClient | UnnamedClient,
  request: SentTokenRequest,
  trace: Trace,
): Promise<Minted> {
  trace.runs(`token:${request.grantType}`)
  try {
    return await answer(context, presented, request, trace)
  } catch (error) {
    if (trace.shown !== undefined) noteSeen(context, trace.shown.grant, trace.shown.step)
    throw error
  }
}

async function answer(
  context: Context,
  presented: PresentedClient | UnnamedClient,
  request: SentTokenRequest,
  trace: Trace,
): Promise<Minted> {
  trace.at('client_authentication')
  const named = presented.clientId === undefined ? await nameClient(context, presented, request, trace) : presented
  const authenticated = await identify(context, named, trace, request.grantType)
  const { client, method } = authenticated
  trace.at('protections')
  orThrow(whyUnprotected(client))
  trace.at('grant_type')
  requireGrantType(client, request.grantType)
  trace.at('dpop_proof')
  const sender = orThrow(findSenderKey(context, client, request.proof))
  if (sender === undefined) trace.skip('dpop_proof', 'dpop_once')
  const proof = await grantTypeNamed(request.grantType).prove(
    context,
    request,
    { ...authenticated, senderKey: sender },
    trace,
  )
  const { grant } = proof
  if (proof.kind === 'advance') {
    trace.at('sender_key')
    const bound = boundTo(proof)
    if (bound === undefined) trace.skip('sender_key')
    else {
      orThrow(whyOtherKey(bound, sender))
      if (proof.credential === 'refresh') trace.saw(proof)
    }
  }
  trace.at('resource')
  const audience = orThrow(await audienceOf(context, client, proof.scope, proof.resources))

  trace.at('standing')
  orThrow(whyNotStanding(proof))
  if (proof.kind === 'advance' && proof.credential === 'refresh') {
    trace.at('recent_use')
    orThrow(whyUnused(proof, client, context.settings, context.clock.now()))
  }
  if (client.status !== 'enabled') await requireStillOpen(context, client, grant)
  if (grant.userId !== null) {
    trace.at('account_limit')
    orThrow(context.tokenRequests.whyExceeded(grant.userId))
  }
  trace.at('plan')
  trace.spends(context.quotas.take('client', client.id))

  const subject = subjectTold(proof)
  const told = subject === undefined ? undefined : await context.storage.accounts.find(subject)
  if (sender !== undefined) {
    trace.at('dpop_once')
    orThrow(await claimProof(context, sender))
  }
  if (proof.kind === 'begin') await context.storage.grants.insert(grant, proof.event)
  const senderKey = sender?.key ?? null
  const after =
    proof.kind === 'advance' ? await advance(context, proof, { client, method, audience, senderKey }, trace) : grant
  if (grant.userId !== null) context.tokenRequests.count(grant.userId)
  if (addsGrant(proof, after) && after.userId !== null) {
    await context.storage.grants.trim(after.userId, client.id, context.settings.grantLimit, after.id)
  }
  const minted = mint(context, { client, grant: after, audience, senderKey }, proof, told)
  context.legacyDialects.count(trace.dialect, client.id)
  return minted
}

/** The person of whom the ID token tells claims, where it was asked to tell some (OIDC Core §5.5). */
function subjectTold({ grant, scope }: Proof): UserId | undefined {
  if (grant.context.claims?.idToken === undefined || !scope.includes('openid')) return undefined
  return grant.userId ?? undefined
}

/** The thumbprint of the key that the code or refresh token of a proof is bound to. */
function boundTo({ grant: { senderKey, context: agreed }, credential }: AdvancesGrant): Buffer | undefined {
  if (credential !== 'code') return senderKey ?? undefined
  return agreed.dpopJkt === undefined ? undefined : Buffer.from(agreed.dpopJkt, 'base64url')
}

/** Throws where the app is in development and no longer open to the person of the grant, or to its owner. */
async function requireStillOpen(context: Context, client: Client, { userId }: Grant): Promise<void> {
  if (userId === null) return orThrow(await whyOwnerless(context, client))
  if (await isOpenTo(context, client, userId)) return
  throw new Refusal('grant_revoked', { cause: 'The app is in development, and the person is no longer a tester.' })
}

/** Client authentication as a rule of the log; a public client is proved only by its credential, later. */
export async function identify(
  context: Context,
  presented: PresentedClient,
  trace: Trace,
  grantType?: string,
): Promise<AuthenticatedClient> {
  trace.at('client_authentication')
  const client = await context.clients.find(presented.clientId)
  trace.client(client?.id)
  const authenticated = await authenticateClient(context, presented, client, {
    caller: trace.caller,
    dialect: trace.dialect,
    grantType,
  })
  if (authenticated.method !== 'none') trace.proved()
  requireDialect(context, authenticated.client, trace.dialect)
  return authenticated
}

function requireDialect({ settings }: Context, { metadata }: Client, dialect: Dialect): void {
  if (settings.dialects.has(dialect) && metadata.dialects.includes(dialect)) return
  throw new Refusal('dialect_not_allowed', { expected: metadata.dialects.join(' '), got: dialect })
}

function requireGrantType(client: Client, grantType: string): void {
  if (grantType === 'client_credentials' && !client.confidential) throw new Refusal('client_credentials_public')
  if (client.metadata.grant_types.includes(grantType)) return
  throw new Refusal('grant_type_not_registered', {
    expected: client.metadata.grant_types.join(' '),
    got: grantType,
  })
}

/** Whether the person has one more grant by this that lasts, of those that are limited in number. */
function addsGrant(proof: Proof, { context: agreed }: Grant): boolean {
  return proof.kind === 'begin' || (proof.kind === 'advance' && proof.credential !== 'refresh' && agreed.refreshable)
}

/** For where the tokens are, and the key that they are to be bound to. */
interface Receiver {
  readonly audience: Audience
  readonly senderKey: Buffer | null
}

async function advance(
  context: Context,
  proof: AdvancesGrant,
  { client, method, audience, senderKey }: AuthenticatedClient & Receiver,
  trace: Trace,
): Promise<Grant> {
  trace.at('once')
  const { grant, credential, step, issued } = proof
  const authenticated = method !== 'none' || grant.senderKey !== null
  const rotates = !authenticated || client.metadata.refresh_rotation !== 'never'
  if (credential === 'refresh' && !rotates && step === grant.step) {
    requireUnexpired(context, grant)
    // No step is taken, so that this is what tells that the grant is in use.
    noteSeen(context, grant, step)
    noteUse(context, client, grant, step)
    trace.note('The refresh token was used. This app keeps it.')
    return rekeyed(context, grant)
  }
  const unseen = isUnseen(audience, proof)
  const result = await context.storage.grants.advance(
    {
      id: grant.id,
      kind: credential,
      step,
      issued,
      attempt: randomBytes(16),
      ...windows(context, client, authenticated),
      unseen,
      generation: context.keyring.generation,
      epoch: 0,
      lifetime: lifetimeOf(context, grant) * 1000,
      authMethod: method,
      label: credential === 'refresh' ? grant.label : trace.caller.userAgent,
      // Whoever authenticates needs its refresh tokens bound to nothing else (RFC 9449 §5).
      senderKey: method === 'none' ? senderKey : null,
    },
    grant,
    trace.caller,
    context.mailer.way === 'none' ? undefined : noticeOfReuse,
  )
  switch (result.outcome) {
    case 'advanced':
      trace.note(exchanged[credential])
      return result.grant
    case 'repeated':
      noteUse(context, client, grant, step)
      context.storage.grants.noteRepeat(
        grant.id,
        networkDigest(context.keyring.current('network'), trace.caller.address),
        context.clock.now(),
      )
      // Another answer of this step may hold a token that the first did not.
      if (unseen) context.storage.grants.markUsed(grant.id, grant.usedAt, result.grant.step)
      trace.note(
        result.lost === true
          ? `${cameAgain[credential]}, long after. Its answer had never been used, so it counts as lost and was given again.`
          : `${cameAgain[credential]} and got the same answer.`,
      )
      return result.grant
    case 'spent':
      throw spent(credential, result)
    case 'ended':
      throw ended(result.reason)
    case 'expired':
      throw new Refusal(expiredReasons[credential])
    case 'other_key':
      throw new Refusal('dpop_key_other')
    case 'ahead':
      context.alarms.raise('database_behind')
      throw new DatabaseBehind()
    case 'missing':
      throw new Refusal('credential_not_ours')
  }
}

/** What the log says of each kind of credential that moved its grant on, and of one that came once more. */
const exchanged: Readonly<Record<CredentialKind, string>> = {
  code: 'The code was exchanged.',
  refresh: 'The refresh token was exchanged for its successor.',
  device: 'The device got its tokens.',
}
const cameAgain: Readonly<Record<CredentialKind, string>> = {
  code: 'The code came again',
  refresh: 'The last refresh came again',
  device: 'The device asked again',
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

/** How long a refresh that comes again is answered alike: longer where the repeater has to authenticate. */
function windows(
  context: Context,
  { metadata }: Client,
  authenticated: boolean,
): Pick<Swap, 'replayWindow' | 'lostAnswerWindow'> {
  const { replayWindow, lostAnswerWindow } = context.settings
  const kind = authenticated ? 'confidential' : 'public'
  const replay = metadata.replay_window ?? replayWindow[kind]
  // Who has no replay window wants nothing answered again, unless it is said.
  const lost = metadata.lost_answer_window ?? (replay === 0 ? 0 : lostAnswerWindow[kind])
  return { replayWindow: replay * 1000, lostAnswerWindow: lost * 1000 }
}

/** Whether the access token works at APIs of others that check its signature alone, where no use of it is seen here. */
function isUnseen({ format }: Audience, { resources }: Proof): boolean {
  return format === 'jwt' && resources.length > 0
}

/** Seconds that a grant lives from its exchange: as long as its refresh tokens, or as its longest token. */
function lifetimeOf(context: Context, { context: agreed }: Grant): Seconds {
  if (agreed.refreshable) return agreed.refreshTokenTtl
  return agreed.scope.includes('openid')
    ? Math.max(agreed.accessTokenTtl, context.settings.idTokenTtl)
    : agreed.accessTokenTtl
}

function spent(
  kind: CredentialKind,
  { ended: endedNow, since, used }: Extract<Advance, { outcome: 'spent' }>,
): Refusal {
  if (kind === 'device') return new Refusal('device_code_used')
  const ago = since === null ? '' : ` ${(since / 1000).toFixed(1)} s earlier`
  if (kind === 'refresh') {
    const late = used === true ? 'and its successor may have been used since' : 'too long ago for a lost answer'
    return new Refusal('refresh_token_spent', {
      cause:
        since === null
          ? 'The refresh token was at least two steps old, so two parties hold it. The grant was ended.'
          : `This refresh token was already exchanged${ago}, outside the replay window, ${late}. The grant was ended.`,
    })
  }
  if (!endedNow) return new Refusal('code_spent_long_ago')
  return new Refusal('code_spent', {
    cause: `This code was already exchanged${ago} by the same client. Everything issued for it has been revoked.`,
  })
}
