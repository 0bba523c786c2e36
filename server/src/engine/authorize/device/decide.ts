/** What a person decides on the request of a device, by the code that they have read there (RFC 8628 §3.3). */
import { z } from 'zod'
import { minute } from '../../../lib/clock.ts'
import { readTypedCode } from '../../../lib/text/typed_code.ts'
import { standardDialect } from '../../../protocol/dialects.ts'
import { deviceGrantType } from '../../../protocol/names.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { sealed } from '../../../runtime/keys/sealed.ts'
import { networkDigest, networkUnit } from '../../../runtime/limits/network.ts'
import type { ThrottleKeys } from '../../../runtime/limits/throttle.ts'
import type { Consent, DeviceRequest } from '../../../storage/contract.ts'
import { type ConsentRead, keepReceipt } from '../../account/receipts.ts'
import { isOver, type LiveSession } from '../../account/sessions.ts'
import { whyNotOpen } from '../../client/app_development.ts'
import { whyUnprotected } from '../../client/capabilities.ts'
import { deviceGrace, deviceLife } from '../../grant/device_codes.ts'
import { type Lifetimes, lifetimesOf, staysConnected } from '../../grant/lifetimes.ts'
import { newGrant } from '../../grant/new_grant.ts'
import { acrOf } from '../acr.ts'
import { tellsOfSignIn } from '../complete.ts'
import { codeDigest } from './ask.ts'

const schema = z.object({ id: z.string(), code: z.string() })

/** Which request somebody has typed the code of: theirs alone to decide, in the browser where they did. */
const claims = sealed({ purpose: 'device request', schema, life: 10 * minute, version: 1 })

/** Who decides. */
export interface Decider {
  readonly live: LiveSession
  readonly caller: Caller
  /** The values of their browser's cookies. */
  readonly browser: { readonly id: string; readonly ids: readonly string[] }
}

/** A request that waits for somebody who has its code, and the app that asks. */
export interface ClaimedRequest {
  readonly request: DeviceRequest
  readonly client: Client
  /** The code that was typed, as it is kept nowhere else. */
  readonly userCode: string
  /** What the person has allowed the app before, where that counts. */
  readonly before: Consent | undefined
  /** Whether the device has asked from the network that the person is in. */
  readonly sameNetwork: boolean
}

/**
 * The claim on the request with this code, for the forms that follow. 'unknown': nothing waits under it, which counts as a
 * guess; too many of those are answered with the seconds after which to try again.
 */
export async function claimByCode(
  context: Context,
  typed: string,
  { live, caller, browser }: Decider,
): Promise<{ readonly claim: string } | 'unknown' | { readonly retryAfter: number }> {
  const { throttle } = context
  const keys: ThrottleKeys = [
    ['device_session', live.session.id],
    ['device_network', networkUnit(caller.address)],
  ]
  const found = await throttle.guard<DeviceRequest | 'unknown'>(keys, async () => {
    const request = await findByCode(context, typed)
    return request === undefined ? { ok: false, value: 'unknown' } : { ok: true, value: request }
  })
  if (found === undefined) return { retryAfter: throttle.retryAfter(keys) }
  if (found === 'unknown') return 'unknown'
  const value = { id: found.id.toString('base64url'), code: readTypedCode(typed) ?? '' }
  return { claim: claims.seal(context, value, { place: placeOf(browser.id, live) }) }
}

async function findByCode({ keyring, storage, clock }: Context, typed: string): Promise<DeviceRequest | undefined> {
  const code = readTypedCode(typed)
  if (code === undefined) return undefined
  for (const key of keyring.all('user code')) {
    const request = await storage.deviceRequests.findByUserCode(codeDigest(key, code))
    if (request !== undefined) return waits(request, clock.now()) ? request : undefined
  }
  return undefined
}

function waits({ state, askedAt }: DeviceRequest, now: number): boolean {
  return state === 'asked' && now < askedAt + deviceLife
}

function placeOf(browser: string, { account }: LiveSession): string {
  return `${browser} ${account.id}`
}

/**
 * The request of a claim as it waits now; 'not_yours' where the claim is of another browser or person, 'over' where it is
 * decided or too old. A Refusal where the app may no longer have it.
 */
export async function openClaim(
  context: Context,
  claim: string,
  { live, caller, browser }: Decider,
): Promise<ClaimedRequest | 'over' | 'not_yours' | Refusal> {
  const places = browser.ids.map((id) => placeOf(id, live))
  const opened = claims.open(context, claim, { places })
  if (opened.outcome === 'unknown') return 'not_yours'
  if (opened.outcome === 'expired') return 'over'
  const { id, code: userCode } = opened.value
  const found = await context.storage.deviceRequests.find(Buffer.from(id, 'base64url'))
  if (found === undefined || !waits(found, context.clock.now())) return 'over'
  const client = await findAskingClient(context, found)
  if (client instanceof Refusal) return client
  const closed = await whyNotOpen(context, client, live.account.id)
  if (closed !== undefined) return closed
  const consent = await context.storage.consents.find(live.account.id, client.id)
  const key = context.keyring.current('network')
  return {
    request: found,
    client,
    userCode,
    before: consent?.enabled === true ? consent : undefined,
    sameNetwork: networkDigest(key, caller.address) === found.network.digest,
  }
}

/** The client of a request, unless it has been taken meanwhile what it needs for that. */
async function findAskingClient(context: Context, { clientId }: DeviceRequest): Promise<Client | Refusal> {
  const client = await context.clients.find(clientId)
  if (client === undefined || client.status === 'disabled') {
    return new Refusal('client_disabled', { text: 'Unknown client_id.' })
  }
  const { dialects, grant_types: registered } = client.metadata
  if (!dialects.includes(standardDialect)) return new Refusal('dialect_not_allowed')
  if (!registered.includes(deviceGrantType)) return new Refusal('grant_type_not_registered')
  return whyUnprotected(client) ?? client
}

/**
 * The yes: keeps a receipt of what the person read, remembers it, and makes a grant of the request, all or nothing. 'over':
 * the request was decided or ran out meanwhile; 'session_over': the session in which they agreed did.
 */
export async function allowDevice(
  context: Context,
  { request, client }: ClaimedRequest,
  { live, caller }: Decider,
  read: ConsentRead,
): Promise<'allowed' | 'over' | 'session_over'> {
  const { account } = live
  const ids = { userId: account.id, clientId: client.id }
  return act(context, { actor: account.id, caller }, async (acting, record) => {
    if (await isOver(context, acting, live)) return 'session_over'
    if (!(await acting.deviceRequests.decide(request.id, 'allowed'))) return 'over'
    await record('consent_given', { clientId: client.id, detail: { scope: request.scope, device: true } })
    const before = await acting.consents.find(account.id, client.id)
    await keepReceipt(context, acting, { ...ids, read }, before)
    if (before?.enabled !== true) await sendMail(context, acting, 'app_authorized', { ids })
    // Where the app sends people who come by a browser is not for a device to say.
    const shown =
      before?.shown === undefined || before.shown === null ? undefined : { ...before.shown, name: client.name }
    const consent = await acting.consents.remember(account.id, client.id, request.scope, shown)
    await acting.grants.begin(grantOf(context, request, { client, live, consent }), Number.MAX_SAFE_INTEGER)
    return 'allowed'
  })
}

/** The no; false where the request was decided before. */
export async function denyDevice({ storage }: Context, { request }: ClaimedRequest): Promise<boolean> {
  return storage.deviceRequests.decide(request.id, 'denied')
}

/** The grant that the device fetches. It does not end with the session of the browser, which is not where the person signs in. */
function grantOf(
  context: Context,
  { id, key, scope, resources, expiresAt }: DeviceRequest,
  { client, live, consent }: { readonly client: Client; readonly live: LiveSession; readonly consent: Consent },
) {
  const lifetimes: Lifetimes = lifetimesOf(context.settings, client, standardDialect)
  const { session, account } = live
  const now = context.clock.now()
  return newGrant(context, client, account, {
    id,
    key,
    createdAt: now,
    state: 'offered',
    step: 0,
    // Who says yes in the last moment does not do so in vain.
    expiresAt: Math.max(expiresAt, now + deviceGrace),
    dialect: standardDialect,
    consentValidAfter: consent.validAfter,
    context: {
      grantType: deviceGrantType,
      scope,
      resources,
      refreshable: staysConnected(client, { scope, frontChannel: undefined }),
      accessTokenTtl: lifetimes.accessToken,
      refreshTokenTtl: lifetimes.refreshToken,
      ...(tellsOfSignIn(context, { scope, resources })
        ? {
            authTime: Math.floor(session.authTime / 1000),
            acr: acrOf({ claims: undefined, acrValues: undefined }, client.metadata, session.amr),
            ...(session.amr.length > 0 ? { amr: session.amr } : {}),
          }
        : {}),
    },
  })
}
