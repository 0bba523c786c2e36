/**
 * What a bearer token is worth now (RFC 6750 §2): the token cut down to its grant as it stands, so that a revocation
 * takes effect at the next use. Beside it what is asked about tokens, and taking them back.
 * Not here: making tokens (`token/mint.ts`). Neighbours: `token/` above, `client/` and `grant/` below; `developer/` is
 * beside and unknown. To add: a question about a token, a file here that opens it by this one.
 */

import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import {
  accessTokenPrefix,
  decodeAccessToken,
  personalTokenForm,
  proveAccessToken,
} from '../../protocol/access_token.ts'
import { dialectFacts } from '../../protocol/dialects.ts'
import type { Grant, GrantView } from '../../protocol/grant.ts'
import {
  decodeTokenName,
  encodeTokenName,
  type JwtAccessToken,
  jwtAccessTokenType,
} from '../../protocol/jwt_access_token.ts'
import { type LoginJwt, loginAudience, loginJwtType } from '../../protocol/login_jwt.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { type Client, scopeNow } from '../../runtime/kept/clients.ts'
import { DatabaseBehind } from '../../runtime/log/alarms.ts'
import type { Acting } from '../../storage/contract.ts'
import { whyOwnerless } from '../client/app_development.ts'
import { claimProof, findSenderKey, isSameKey, type SenderKey, type ShownProof } from '../client/dpop.ts'
import { mayShowTokenTwice } from '../client/leniencies.ts'
import { handleDigest } from '../grant/credentials.ts'
import { whyNotStanding } from '../grant/standing.ts'
import { noteSeen, noteUse, whyUnused } from '../grant/use.ts'

export interface LiveToken {
  readonly grant: Grant
  readonly client: Client
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  readonly jti: string
  readonly issuedAt: Millis
  readonly expiresAt: Millis
  /** Thumbprint of the key that it is bound to (RFC 9449 §6). */
  readonly senderKey: Buffer | null
}

/** An access token of ours in either format, proved, whatever its age or standing. */
export interface OpenedToken {
  readonly view: GrantView
  /** Whether it was ended before its time, by itself. */
  readonly revoked: boolean
  readonly step: number
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  readonly jti: string
  readonly issuedAt: Millis
  readonly expiresAt: Millis
  readonly senderKey: Buffer | null
  /** Whether the grant has no other token: to revoke this one is to end it. */
  readonly whole?: boolean
}

const noKey = Buffer.alloc(32)
const nobody = { id: Buffer.alloc(16), key: Buffer.alloc(16) }

/**
 * Reads and proves an access token; a Refusal where it is not one of ours. That it was seen is remembered, whatever
 * becomes of the request.
 */
export async function openAccessToken(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const token = await open(context, text)
  if (!(token instanceof Refusal)) noteSeen(context, token.view.grant, token.step)
  return token
}

function open(context: Context, text: string): Promise<OpenedToken | Refusal> {
  if (text.startsWith(accessTokenPrefix)) return openOpaque(context, text)
  return handleForm.test(text) || personalTokenForm.test(text) ? openHandle(context, text) : openJwt(context, text)
}

/** A token of the password token protocol. */
const handleForm = /^[0-9a-f]{40}$/

/** Random text, found by its digest. It is worth what its grant is, for as long. */
async function openHandle(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const handle = handleDigest(text)
  const view = await context.storage.grants.findByHandle(handle)
  // A refresh token that was moved here lies under its digest, too, and is none.
  if (view?.grant.context.tokenFormat !== 'handle') return new Refusal('token_not_ours')
  const { grant } = view
  return {
    view,
    // Whoever revokes it ends the grant.
    revoked: false,
    step: grant.step,
    scope: grant.context.scope,
    resources: grant.context.resources,
    jti: encodeTokenName({ grantId: grant.id, step: grant.step, jti: handle.subarray(0, 16) }),
    issuedAt: grant.steppedAt,
    expiresAt: grant.expiresAt,
    senderKey: null,
    whole: true,
  }
}

async function openOpaque(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const token = decodeAccessToken(text)
  if (token === undefined) return new Refusal('token_malformed')
  const jti = encodeTokenName(token)
  const expiresAt = token.issued + token.lifetime * 1000
  const [view, revoked] = await read(context, token.grantId, { jti, issuedAt: token.issued }, expiresAt)
  const key = context.keyring.key('access token', token.generation)
  const proved = proveAccessToken(token, key ?? noKey, view?.grant ?? nobody)
  if (view === undefined || key === undefined || !proved) return new Refusal('token_not_ours')
  const agreed = view.grant.context
  return {
    view,
    revoked,
    step: token.step,
    scope: pick(token.scope, agreed.scope),
    resources: pick(token.resources, agreed.resources),
    jti,
    issuedAt: token.issued,
    expiresAt,
    senderKey: token.senderKey,
  }
}

/** The grant of a token and whether the token itself was revoked, asked for together so that one read does for both. */
function read(
  context: Context,
  grantId: Buffer,
  token: { readonly jti: string; readonly issuedAt: Millis },
  expiresAt: Millis,
): Promise<[GrantView | undefined, boolean]> {
  const { grants, claims } = context.storage
  return Promise.all([grants.find(grantId), claims.isClaimed('access_token', claimHash(token), expiresAt)])
}

/** A JWT of ours (RFC 9068 §4): by type, signature and issuer; its audience is for whoever takes it to judge. */
async function openJwt(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const claims = context.signer.verify(text, jwtAccessTokenType) as JwtAccessToken | undefined
  if (claims === undefined) return openLoginJwt(context, text)
  if (claims.iss !== context.settings.issuer) return new Refusal('token_malformed')
  const name = decodeTokenName(claims.jti)
  if (name === undefined) return new Refusal('token_not_ours')
  const [issuedAt, expiresAt] = [claims.iat * 1000, claims.exp * 1000]
  const [view, revoked] = await read(context, name.grantId, { jti: claims.jti, issuedAt }, expiresAt)
  if (view === undefined) return new Refusal('token_not_ours')
  return {
    view,
    revoked,
    step: name.step,
    scope: claims.scope === '' ? [] : claims.scope.split(' '),
    resources: typeof claims.aud === 'string' ? [claims.aud] : claims.aud,
    jti: claims.jti,
    issuedAt,
    expiresAt,
    senderKey: claims.cnf === undefined ? null : Buffer.from(claims.cnf.jkt, 'base64url'),
  }
}

/** A JWT of a JWT login: by type, signature, issuer and audience, and by a grant that such a login has begun. */
async function openLoginJwt(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const { issuer } = context.settings
  const claims = context.signer.verify(text, loginJwtType) as LoginJwt | undefined
  if (claims === undefined || claims.iss !== issuer || claims.aud !== loginAudience(issuer)) {
    return new Refusal('token_malformed')
  }
  const name = decodeTokenName(claims.jti)
  if (name === undefined) return new Refusal('token_not_ours')
  const [issuedAt, expiresAt] = [claims.iat * 1000, claims.exp * 1000]
  const [view, revoked] = await read(context, name.grantId, { jti: claims.jti, issuedAt }, expiresAt)
  if (view?.grant.context.tokenFormat !== 'login_jwt') return new Refusal('token_not_ours')
  return {
    view,
    revoked,
    step: name.step,
    scope: claims.scope === '' ? [] : claims.scope.split(' '),
    resources: [],
    jti: claims.jti,
    issuedAt,
    expiresAt,
    senderKey: null,
  }
}

/** An access token as a request shows it. */
export interface ShownToken {
  readonly text: string
  /** What was shown of the sender's key, where it came after the word DPoP (RFC 9449 §7.1). */
  readonly dpop?: { readonly proof: ShownProof | undefined } | undefined
}

/**
 * The live token that is shown, with proof of the key where it is bound to one. `mark` remembers the use on the grant, as
 * often as its idle threshold needs. Throws the Refusal that says why it is none: expired, revoked, unused too long, limit
 * reached, without its key.
 */
export async function requireLiveToken(
  context: Context,
  shown: ShownToken,
  options: { readonly mark: boolean },
): Promise<LiveToken> {
  const { token, mark, sender } = orThrow(await judgeShown(context, shown))
  if (sender !== undefined) orThrow(await claimProof(context, sender))
  if (options.mark) mark()
  return token
}

/** The same without using the proof up. */
async function judgeShown(context: Context, shown: ShownToken): Promise<Judged | Refusal> {
  const opened = await openShownToken(context, shown.text)
  if (opened instanceof Refusal) return opened
  const judged = await judgeToken(context, opened)
  if (judged instanceof Refusal) return judged
  const sender = findTokenSender(context, { ...judged.token, step: opened.step }, shown)
  return sender instanceof Refusal ? sender : { ...judged, sender }
}

/** Reads and proves a token that is still to be judged with its sender: until then one that is bound was not seen. */
export async function openShownToken(context: Context, text: string): Promise<OpenedToken | Refusal> {
  const token = await open(context, text)
  if (!(token instanceof Refusal) && token.senderKey === null) noteSeen(context, token.view.grant, token.step)
  return token
}

/**
 * The key that the sender of a token has proved to hold; undefined where the token is bound to none. A Refusal where it is
 * bound to another one or comes without proof, and where an unbound one claims to be bound.
 */
export function findTokenSender(
  context: Context,
  { client, grant, step, senderKey }: Pick<LiveToken, 'client' | 'grant' | 'senderKey'> & { readonly step: number },
  { text, dpop }: ShownToken,
): SenderKey | Refusal | undefined {
  if (dpop === undefined) return senderKey === null ? undefined : new Refusal('token_bound')
  if (senderKey === null) return new Refusal('token_unbound')
  if (dpop.proof === undefined) return new Refusal('dpop_proof_missing')
  const sender = findSenderKey(context, client, dpop.proof, text)
  if (sender instanceof Refusal) return sender
  if (!isSameKey(senderKey, sender?.key)) return new Refusal('token_of_another_key')
  noteSeen(context, grant, step)
  return sender
}

/** The same for who decides by it: the live token, or why it is none. It counts as no use. */
export async function findLiveToken(context: Context, text: string): Promise<LiveToken | Refusal> {
  const judged = await judge(context, text)
  return judged instanceof Refusal ? judged : judged.token
}

/** The live token behind a text, and what remembers its use; or why there is none. */
async function judge(context: Context, text: string): Promise<Judged | Refusal> {
  const token = await openAccessToken(context, text)
  return token instanceof Refusal ? token : judgeToken(context, token)
}

/** A live token, what remembers its use, and the key that its sender has proved. */
interface Judged {
  readonly token: LiveToken
  readonly mark: () => void
  readonly sender?: SenderKey | undefined
}

/** The same for a token that has been opened. */
export async function judgeToken(context: Context, token: OpenedToken): Promise<Judged | Refusal> {
  const { view, step } = token
  const { grant } = view
  const now = context.clock.now()
  if (step > grant.step) {
    context.alarms.raise('database_behind')
    throw new DatabaseBehind()
  }
  const fallen = whyNotStanding(view)
  if (fallen !== undefined) return fallen
  const lost = await whyBehindFallen(context, grant)
  if (lost !== undefined) return lost
  if (now >= token.expiresAt) return new Refusal('token_expired')
  // A grant without a person is one row for all its client's tokens; moving its step ends them.
  if (grant.userId === null && step !== grant.step) return new Refusal('token_revoked')
  // The client of a grant that stands is there.
  const client = await context.clients.find(grant.clientId)
  if (client === undefined) return new Refusal('client_unknown')
  const unused = grant.userId === null ? undefined : whyUnused(view, client, context.settings, now)
  if (unused !== undefined) return unused
  if (token.revoked) return new Refusal('token_revoked')
  const ownerless = grant.userId === null ? await whyOwnerless(context, client) : undefined
  if (ownerless !== undefined) return ownerless
  const { resources, jti, issuedAt, expiresAt, senderKey } = token
  return {
    token: { grant, client, scope: scopeNow(client, token.scope), resources, jti, issuedAt, expiresAt, senderKey },
    mark: () => {
      if (grant.userId !== null) noteUse(context, client, grant, step)
    },
  }
}

/**
 * Why the grant that an exchanged token hangs on does not stand, or one that this hangs on (RFC 8693); undefined for a grant
 * that came about by itself.
 */
async function whyBehindFallen(context: Context, grant: Grant): Promise<Refusal | undefined> {
  for (let from = grant.context.exchangedFrom; from !== undefined; ) {
    const view = await context.storage.grants.find(Buffer.from(from.grant, 'base64url'))
    if (view === undefined || context.clock.now() >= view.grant.expiresAt) return new Refusal('grant_revoked')
    const fallen = whyNotStanding(view)
    if (fallen !== undefined) return fallen
    // An app's own grant ends its tokens by a step.
    if (view.grant.userId === null && view.grant.step !== from.step) return new Refusal('grant_revoked')
    from = view.grant.context.exchangedFrom
  }
  return undefined
}

/** The access tokens that a request shows. */
export interface ShownTokens {
  /** In the Authorization header (RFC 6750 §2.1). */
  readonly header: ShownToken | undefined
  /** Different ones in the query string and the body. */
  readonly elsewhere: readonly string[]
}

/**
 * The live token of a request that may show it outside of the header. That is for the tokens of the older QuantiModo
 * grants alone, whose documents say so (RFC 9700 §4.3.2 is why it is for nobody else), and never in both places unless
 * the app's own setting allows it; or the Refusal. `mark` is left out where the same request asks once more: its key was
 * proved the first time.
 */
export async function findShownToken(
  context: Context,
  { header, elsewhere }: ShownTokens,
  options: { readonly mark: boolean },
): Promise<(LiveToken & { readonly text: string }) | Refusal> {
  const shown = header ?? (elsewhere[0] === undefined ? undefined : { text: elsewhere[0] })
  if (shown === undefined) return new Refusal('token_missing')
  const { text } = shown
  if (elsewhere.some((other) => other !== text)) {
    return new Refusal('token_twice', { text: header === undefined ? notOne : notTheSame })
  }
  const judged = options.mark ? await judgeShown(context, shown) : await judge(context, text)
  if (judged instanceof Refusal) return judged
  const { token, mark, sender } = judged
  const misplaced =
    elsewhere.length === 0 ? undefined : await whyNotElsewhere(context, token.grant, header !== undefined)
  if (misplaced !== undefined) return misplaced
  const used = sender === undefined ? undefined : await claimProof(context, sender)
  if (used !== undefined) return used
  if (options.mark) mark()
  return { ...token, text }
}

const notTheSame = 'The access token in the header does not match the one in the query or the body.'
const notOne = 'The request shows two access tokens, and one does not match the other.'
const notBoth = 'Send the access token in the Authorization header or as access_token, not in both at the same time.'

async function whyNotElsewhere(context: Context, grant: Grant, inHeaderToo: boolean): Promise<Refusal | undefined> {
  const older = dialectFacts[grant.dialect].tokenOutsideHeader && context.settings.dialects.has(grant.dialect)
  if (!inHeaderToo) return older ? undefined : new Refusal('token_in_query')
  const client = older ? await context.clients.find(grant.clientId) : undefined
  const may = client !== undefined && mayShowTokenTwice(client, grant)
  return may ? undefined : new Refusal('token_twice', { text: notBoth })
}

/** Ends one access token before its time (RFC 7009 §2.1); answers whether this call did. */
export async function claimRevoked({ claims }: Pick<Acting, 'claims'>, token: OpenedToken): Promise<boolean> {
  return (await claims.claimOnce('access_token', claimHash(token), token.expiresAt)) === 'first'
}

function claimHash(token: { readonly jti: string; readonly issuedAt: Millis }): Buffer {
  return sha256(`${token.jti} ${token.issuedAt}`)
}

function pick(indexes: readonly number[], whole: readonly string[]): string[] {
  const picked: string[] = []
  for (const index of indexes) {
    const name = whole[index]
    if (name !== undefined) picked.push(name)
  }
  return picked
}
