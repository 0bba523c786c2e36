/** Browser sessions: made at sign-in, found by a cookie of which only the digest is stored (OWASP ASVS 5 V7). */
import { day, hour, type Millis, minute } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { ClientId, SessionId } from '../../protocol/names.ts'
import { type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import { personalClient } from '../../runtime/kept/builtin_clients.ts'
import type { Account, Acting, Session } from '../../storage/contract.ts'
import { mustEnrol } from './factors/requirement.ts'
import { tellOfSession } from './logout/back_channel.ts'
import { mustAccept, termsDue } from './terms/terms.ts'

export interface LiveSession {
  readonly session: Session
  readonly account: Account
}

const touchEvery = 60_000

const recentFor: Millis = 10 * minute
/** How old a provider's own sign-in may have been when it opened the session. */
const proofFor: Millis = hour

/** How a person was authenticated, and the session of the browser that the new one replaces. */
interface SessionStart {
  readonly amr: readonly string[]
  readonly authTime?: Millis | undefined
  /** When they signed in here, where that was before. */
  readonly since?: Millis | undefined
  readonly replaces?: LiveSession | undefined
  /** Where the person has signed in: through which provider, if through one. */
  readonly signIn?: { readonly provider?: string | undefined }
  /** Whether the account has not been signed in to in this browser before, of which its holder is told. */
  readonly newBrowser?: boolean
  /** Whether the session that goes on in it waited for the terms to be accepted; looked up where somebody signs in. */
  readonly termsDue?: boolean
}

/**
 * Starts a session for a person who has just been authenticated, or was at `authTime` by a provider whose own session
 * stood for it, together with what the audit log says of a sign-in; `token` is the cookie's value.
 */
export function startSession(
  context: Context,
  account: Account,
  start: SessionStart,
  caller: Caller,
): Promise<NewSession> {
  return act(context, { actor: account.id, caller }, (acting, record) =>
    beginSession(context, { acting, record }, account, { ...start, caller }),
  )
}

/** A session that was just begun; `token` is the cookie's value. */
export interface NewSession {
  readonly session: Session
  readonly token: string
}

/** An act under way. */
export interface ActUnderWay {
  readonly acting: Acting
  readonly record: ActRecorder
}

async function beginSession(
  context: Context,
  { acting, record }: ActUnderWay,
  account: Account,
  start: SessionStart & { readonly caller: Caller },
): Promise<NewSession> {
  const { amr, authTime, since, replaces, signIn, newBrowser = false, caller } = start
  if (lacksFactor(account, amr)) throw new Error('sessions: a session was to begin without the second factor')
  const token = randomText(32)
  const now = context.clock.now()
  const begun = {
    userId: account.id,
    authTime: Math.max(0, Math.min(now, authTime ?? now)),
    amr,
    createdAt: since ?? now,
    lastSeenAt: now,
    userAgent: caller.userAgent?.slice(0, 300) ?? null,
    address: caller.address,
    userValidAfter: account.validAfter,
  }
  const fresh = `ses_${randomText(16)}` as SessionId
  const detail = { ...(amr.length > 0 && { amr: [...amr] }), ...(signIn?.provider && { provider: signIn.provider }) }
  // The browser in which an account was just opened is no news to its holder.
  const told = newBrowser && account.emailVerified && now - account.createdAt > recentFor
  const { sessions } = acting
  // The row is held: the operator may have disabled the account since it was read.
  const closed = account.closingAt === null ? undefined : await acting.accounts.update(account.id, {})
  if (typeof closed === 'object' && closed.closingAt !== null) {
    await acting.accounts.update(account.id, { enabled: true, closingAt: null })
    await record('account_taken_back', {})
    await sendMail(context, acting, 'account_taken_back', { ids: { userId: account.id } })
  }
  // Whoever signs in again in one browser goes on with their session under another cookie: what apps call it stays. Of two
  // who do so at once, one has ended the row and takes its ID.
  const ended = replaces !== undefined && (await sessions.end(replaces.session.id))
  const id = ended && replaces.account.id === account.id ? replaces.session.id : fresh
  const due = start.termsDue ?? (await termsDue(context, acting.acceptances, account.id)).length > 0
  const session: Session = { id, ...begun, termsDue: due }
  await sessions.insert(session, sha256(token))
  if (signIn !== undefined) await record('signed_in', { detail })
  const ids = { userId: account.id, sessionId: session.id }
  if (told) await sendMail(context, acting, 'new_browser', { ids })
  return { session, token }
}

/**
 * Does what the holder of an account asks for in a session, unless that is over by then: whoever has ended it meanwhile,
 * such as by a lost password, must not be undone by what was under way; then nothing is done, and `over` is answered. The
 * account is held, so that nobody else changes it at the same time.
 */
export function actInSession<T>(
  context: Context,
  { live, caller, over }: { readonly live: LiveSession; readonly caller: Caller; readonly over: T },
  work: (underWay: ActUnderWay) => Promise<T>,
): Promise<T> {
  return act(context, { actor: live.account.id, caller }, async (acting, record) =>
    (await isOver(context, acting, live)) ? over : work({ acting, record }),
  )
}

/** Holds the account of a session, and answers whether the session has ended, or counts no more. */
export async function isOver(
  context: Context,
  { sessions }: Pick<Acting, 'sessions'>,
  { session: { id }, account }: LiveSession,
): Promise<boolean> {
  const held = await sessions.hold({ id, userId: account.id })
  return held === undefined || !isLive(context, held.session, held.account)
}

/**
 * Goes on with the session of a person who has just proved another factor, under another cookie, and ends all their others,
 * which were opened without it. For `actInSession`.
 */
export async function elevateSession(
  context: Context,
  underWay: ActUnderWay,
  live: LiveSession,
  { amr, caller }: { readonly amr: readonly string[]; readonly caller: Caller },
): Promise<{ readonly live: LiveSession; readonly token: string }> {
  const account = (await underWay.acting.accounts.find(live.account.id)) ?? live.account
  const { termsDue } = live.session
  const start = { amr: amrWith(live.session.amr, ...amr), replaces: live, termsDue, caller }
  const { session, token } = await beginSession(context, underWay, account, start)
  await endOthers(context, underWay, session)
  return { live: { session, account }, token }
}

/**
 * Starts a session for a person who has just changed their password, in place of the one that ended with the former. Where a
 * second factor is needed the password alone is no sign-in: the session counts as being as old as it was.
 */
export function continueSession(
  context: Context,
  { session }: LiveSession,
  account: Account,
  caller: Caller,
): Promise<{ readonly session: Session; readonly token: string }> {
  const { authTime, createdAt: since, termsDue } = session
  const before = account.secondFactor ? { authTime, since } : {}
  return startSession(context, account, { amr: amrWith(session.amr, 'pwd'), termsDue, ...before }, caller)
}

/** The session behind a cookie's value, unless it has timed out or its account has been shut or renewed. */
export async function findSession(context: Context, token: string | undefined): Promise<LiveSession | undefined> {
  if (token === undefined || !/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined
  const found = await context.storage.sessions.find(sha256(token))
  if (found === undefined) return undefined
  const { session, account } = found
  const now = context.clock.now()
  if (!isLive(context, session, account)) return undefined
  if (now - session.lastSeenAt > touchEvery) context.storage.sessions.touch(session.id, now)
  return { session, account }
}

/** Who is signed in in a browser. */
export interface SignedIn {
  /** The session of the browser, whether it counts yet or not. */
  readonly held: LiveSession | undefined
  /** The one that counts. */
  readonly live: LiveSession | undefined
  /** The session of somebody who must add a second factor before it counts as one. */
  readonly enrolling?: LiveSession | undefined
  /** The session of somebody who must accept the operator's terms before it counts as one. */
  readonly accepting?: LiveSession | undefined
}

/** Who is signed in behind a cookie's value. */
export async function findSignedIn(context: Context, token: string | undefined): Promise<SignedIn> {
  const held = await findSession(context, token)
  if (held === undefined) return { held, live: undefined }
  if (mustEnrol(context.settings, held.account)) return { held, live: undefined, enrolling: held }
  if (mustAccept(context, held.session)) return { held, live: undefined, accepting: held }
  return { held, live: held }
}

/** How long an account that its holder has closed can be taken back. */
export const takenBackWithin: Millis = 14 * day

/** Whether its holder may sign in on pages: to an account that is enabled, or to take back one that they have closed. */
export function mayEnter({ clock }: Pick<Context, 'clock'>, { enabled, closingAt }: Account): boolean {
  return enabled || (closingAt !== null && clock.now() < closingAt + takenBackWithin)
}

function isLive(context: Context, session: Session, account: Account): boolean {
  const now = context.clock.now()
  if (now - session.lastSeenAt > context.settings.sessionIdleTtl * 1000) return false
  if (now - session.createdAt > context.settings.sessionTtl * 1000) return false
  if (lacksFactor(account, session.amr)) return false
  return account.enabled && account.validAfter <= session.userValidAfter
}

/** How a person was authenticated who has proved something more. */
export function amrWith(amr: readonly string[], ...more: readonly string[]): readonly string[] {
  return [...new Set([...amr, ...more])]
}

/** Whether an account has a second factor and was opened without one. `mfa` is of RFC 8176 §2. */
export function lacksFactor({ secondFactor }: Account, amr: readonly string[]): boolean {
  return secondFactor && !amr.includes('mfa')
}

/**
 * Whether the person has signed in so lately that ways into the account may be given and taken: a browser that was left
 * open must not be enough for that (OWASP ASVS 5 V7.5.1). What counts is when they signed in here, unless the provider
 * that let them in had not asked them who they are for an hour.
 */
export function isRecent(context: Context, { session }: LiveSession): boolean {
  const { createdAt, authTime } = session
  return context.clock.now() - createdAt <= recentFor && createdAt - authTime <= proofFor
}

/** The sessions in which a person is signed in, the one that asks first, then the latest seen. */
export async function listSessions(context: Context, live: LiveSession): Promise<readonly Session[]> {
  const all = await liveSessions(context, live.account)
  return [live.session, ...all.filter(({ id }) => id !== live.session.id)]
}

/** The sessions of an account that count, the latest seen first. */
export async function liveSessions(context: Context, account: Account): Promise<readonly Session[]> {
  const sessions = await context.storage.sessions.listByUser(account.id)
  return sessions.filter((session) => isLive(context, session, account))
}

/** Ends one of the person's own sessions, wherever it is; false where they have none of that id. */
export async function endOwnSession(context: Context, live: LiveSession, id: string, caller: Caller): Promise<boolean> {
  const sessions = await context.storage.sessions.listByUser(live.account.id)
  const session = sessions.find((one) => one.id === id)
  if (session === undefined) return false
  await endSession(context, { session, account: live.account }, caller)
  return true
}

/** Ends every session of the person but the one that asks, and what ends with them; and every app password and personal token. */
export async function endOtherSessions(context: Context, live: LiveSession, caller: Caller): Promise<void> {
  await actInSession<void>(context, { live, caller, over: undefined }, (underWay) =>
    endOthers(context, underWay, live.session),
  )
}

async function endOthers(context: Context, { acting, record }: ActUnderWay, own: Session): Promise<void> {
  const { sessions, grants, appPasswords } = acting
  const { userId } = own
  const others = (await sessions.listByUser(userId)).filter(({ id }) => id !== own.id)
  await sessions.endAll(userId, own.id)
  for (const { id } of others) {
    await tellOfSession(context, acting, userId, id)
    await grants.endAll({ session: id }, 'signed_out')
  }
  const passwords = await appPasswords.end(userId)
  await grants.endAll({ userId, clientId: personalClient.clientId }, 'signed_out')
  for (const appPassword of passwords) await grants.endAll({ userId, appPassword }, 'signed_out')
  await record('signed_out_elsewhere', { detail: { sessions: others.length } })
}

/**
 * Ends what its holder cannot recognize: each place of an app that gave no device information, and each other browser that
 * did not say what it is.
 */
export async function endUnknown(context: Context, live: LiveSession, caller: Caller): Promise<void> {
  const { account, session: own } = live
  await actInSession<void>(context, { live, caller, over: undefined }, async ({ acting, record }) => {
    const { sessions, grants } = acting
    const all = await sessions.listByUser(account.id)
    const unknown = all.filter(({ id, userAgent }) => userAgent === null && id !== own.id)
    for (const { id } of unknown) {
      await sessions.end(id)
      await tellOfSession(context, acting, account.id, id)
      await grants.endAll({ session: id }, 'signed_out')
    }
    const ended = await grants.endAll({ userId: account.id, unlabelled: true }, 'revoked_by_user')
    await record('unknown_signed_out', { detail: { grants: ended, sessions: unknown.length } })
  })
}

/**
 * Ends a session and every grant of it that was not given to outlast it (offline_access, or no sign-in scope).
 * The apps of the session are told. `clientId` is the one that has asked for it, if one has.
 */
export async function endSession(
  context: Context,
  live: LiveSession,
  caller: Caller,
  clientId: ClientId | null = null,
): Promise<void> {
  const { session, account } = live
  await act(context, { actor: account.id, caller }, async (acting, record) => {
    const { sessions, grants } = acting
    if (await sessions.end(session.id)) await tellOfSession(context, acting, account.id, session.id)
    await grants.endAll({ session: session.id }, 'signed_out')
    await record('signed_out', { clientId })
  })
}
