/** Adding a passkey to the account of somebody who is signed in (WebAuthn Level 3 §7.1). */
import { z } from 'zod'
import { randomBytes } from '../../../lib/random.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import type { NewPasskey } from '../../../storage/contract.ts'
import { newRecoveryCodes } from '../factors/recovery_codes.ts'
import { mayEnrol, turnOnSecondFactor } from '../factors/second_factor.ts'
import { actInSession, elevateSession, isRecent, type LiveSession } from '../sessions.ts'
import {
  ceremonyTimeout,
  credentialIdSchema,
  descriptorsOf,
  isOwnPage,
  pagesOrigin,
  parseJson,
  type StartedCeremony,
  startCeremony,
  takeCeremony,
} from './ceremony.ts'
import { allPasskeysOf, passkeyHandle, passkeyLimit, passkeyMethods, passkeyName } from './passkeys.ts'
import type { PasskeyAnswer } from './prove.ts'

/** Signatures that are taken: EdDSA, ES256 and RS256, the latter for what comes with Windows. */
const algorithms = [-8, -7, -257]

/** What the page asks of the browser of somebody who is signed in; undefined where there are no passkeys here. */
export async function startAdding(
  context: Context,
  { account }: LiveSession,
  browser: string,
): Promise<StartedCeremony | undefined> {
  const { passkeyRpId, brand } = context.settings
  if (passkeyRpId === undefined) return undefined
  const present = await allPasskeysOf(context, account)
  const userHandle = (present[0]?.userHandle ?? randomBytes(32)).toString('base64url')
  const { challenge, state } = startCeremony(context, { kind: 'add', account: account.id }, browser, userHandle)
  const name = account.email ?? account.username
  const options = {
    challenge,
    rp: { id: passkeyRpId, name: brand?.name ?? passkeyRpId },
    user: { id: userHandle, name, displayName: account.username },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: descriptorsOf(present.filter(({ rpId }) => rpId === passkeyRpId)),
    // Only what can be found without a name lets somebody in who has not said who they are.
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    timeout: ceremonyTimeout,
  }
  return { options, state }
}

export type Added =
  | { readonly outcome: 'added' }
  /** It is the first authenticator of the account: the session goes on as one with two factors, and there are codes. */
  | {
      readonly outcome: 'turned_on'
      readonly codes: readonly string[]
      readonly token: string
      readonly live: LiveSession
    }
  | { readonly outcome: 'stale' | 'refused' | 'too_many' | 'sign_in_again' | 'needs_link' }

/**
 * Why the account of a session may get no passkey now. Those who run the server need a link for the first one, as for any
 * second factor; where there are no second factors here, a passkey is a way to sign in and nothing more.
 */
export async function addingBarred(
  context: Context,
  live: LiveSession,
): Promise<'sign_in_again' | 'needs_link' | undefined> {
  if (!isRecent(context, live)) return 'sign_in_again'
  if (context.settings.secondFactor === 'off' || (await mayEnrol(context, live))) return undefined
  return 'needs_link'
}

/**
 * Adds the passkey that the browser has made. The first authenticator of an account turns its second factor on and brings
 * recovery codes, so that nobody is locked out who loses it.
 * `name` is what its holder calls it; `unnamed` stands in for none.
 */
export async function addPasskey(
  context: Context,
  live: LiveSession,
  answer: PasskeyAnswer & { readonly name: string; readonly unnamed: string },
  caller: Caller,
): Promise<Added> {
  const barred = await addingBarred(context, live)
  if (barred !== undefined) return { outcome: barred }
  const { account } = live
  const ceremony = await takeCeremony(context, { kind: 'add', account: account.id }, answer)
  if (ceremony?.userHandle === undefined) return { outcome: 'stale' }
  const made = await verify(context, answer.credential, ceremony.challenge)
  if (made === undefined) return { outcome: 'refused' }
  const passkey: NewPasskey = {
    ...made,
    userId: account.id,
    userHandle: Buffer.from(ceremony.userHandle, 'base64url'),
    name: passkeyName(answer.name) ?? answer.unnamed,
  }
  return keep(context, live, passkey, caller)
}

function keep(context: Context, live: LiveSession, passkey: NewPasskey, caller: Caller): Promise<Added> {
  const { userId } = passkey
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<Added>(context, { live, caller, over }, async (underWay) => {
    const { acting, record } = underWay
    if ((await acting.passkeys.listByUser(userId)).length >= passkeyLimit) return { outcome: 'too_many' }
    if ((await acting.passkeys.insert(passkey)) === 'taken') return { outcome: 'refused' }
    await record('passkey_added', { detail: { passkey: passkeyHandle(passkey) } })
    await sendMail(context, acting, 'passkey_added', { ids: { userId } })
    if (context.settings.secondFactor === 'off') return { outcome: 'added' }
    await turnOnSecondFactor(context, underWay, userId)
    if ((await acting.factors.find(userId))?.recovery !== undefined) return { outcome: 'added' }
    const codes = await newRecoveryCodes(context, acting, userId)
    const elevated = await elevateSession(context, underWay, live, { amr: passkeyMethods, caller })
    return { outcome: 'turned_on', codes, ...elevated }
  })
}

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const transport = z.string().regex(/^[a-z-]{1,20}$/)
const attestationSchema = z.object({
  id: credentialIdSchema,
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(transport).max(10).optional(),
  }),
})

/** What there is to keep of a right answer; undefined where it is not right. */
async function verify(
  context: Context,
  credential: string,
  challenge: string,
): Promise<Omit<NewPasskey, 'userId' | 'userHandle' | 'name'> | undefined> {
  const { passkeyRpId } = context.settings
  const read = attestationSchema.safeParse(parseJson(credential))
  if (!read.success || passkeyRpId === undefined || !isOwnPage(read.data.response.clientDataJSON)) return undefined
  const { id, rawId, type, response } = read.data
  const { clientDataJSON, attestationObject, transports = [] } = response
  const [{ verifyRegistrationResponse }, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ])
  try {
    // No statement was asked for, and one with certificates is not read: its checks are large, and some call other servers.
    const decoded = helpers.decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')))
    const [format, statement] = [decoded.get('fmt'), decoded.get('attStmt')]
    if (format !== 'none' && (format !== 'packed' || statement.get('x5c') !== undefined)) return undefined
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: pagesOrigin(context),
      expectedRPID: passkeyRpId,
      expectedType: 'webauthn.create',
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified || !registrationInfo.userVerified || registrationInfo.credential.id !== id) return undefined
    const { publicKey, counter } = registrationInfo.credential
    return {
      credentialId: id,
      rpId: passkeyRpId,
      publicKey: Buffer.from(publicKey),
      signCount: counter,
      transports,
      synced: registrationInfo.credentialDeviceType === 'multiDevice',
    }
  } catch {
    // What a browser sends can be broken in any way.
    return undefined
  }
}
