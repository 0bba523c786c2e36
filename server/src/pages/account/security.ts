/** /account/security: choosing and changing the password, and the page with all ways to sign in. */
import type { FastifyReply } from 'fastify'
import { type Account, changePassword, setFirstPassword } from '../../engine/account/accounts.ts'
import { listActivity } from '../../engine/account/activity.ts'
import { removalOf } from '../../engine/account/factors/lost_factor.ts'
import { allPasskeysOf, passkeysOffered } from '../../engine/account/passkeys/passkeys.ts'
import { passwordRules } from '../../engine/account/passwords/rules.ts'
import { continueSession, isRecent } from '../../engine/account/sessions.ts'
import { listWaysIn } from '../../engine/providers/linked_identities.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { deviceCookie, setDeviceCookie } from '../../http/browser/device_cookie.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { anyHas } from '../../protocol/dialects.ts'
import type { Context } from '../../runtime/context.ts'
import { PasswordQueueFull } from '../../runtime/limits/passwords.ts'
import type { Words } from '../../words/index.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import { type Arrival, goTo, noticeOf, readQuery, type SignedIn, secrets, viewerOf } from '../visit.ts'
import { type AccountSecurityProps, accountSecurity, refusalNamed, type SecurityRefusal } from './security_view.tsx'

const busyFor = 5
/** Sign-ins that the page tells of. */
const signInsShown = 5

export const securityPage = page({
  path: paths.accountSecurity,
  guard: signedIn,
  get: (visit) => {
    const query = readQuery(visit)
    const say = visit.words.security
    return showSecurity(visit, 200, {
      notice: query.has('changed') ? say.changed : noticeOf(visit, say.notices),
      refused: refusalNamed(say, query.get('refused')),
    })
  },
  post: async (visit) => {
    try {
      return await (visit.by.account.passwordHash === null ? setPassword(visit) : replacePassword(visit))
    } catch (error) {
      if (!(error instanceof PasswordQueueFull)) throw error
      visit.reply.header('retry-after', String(busyFor))
      return showSecurity(visit, 503, { wait: { cause: 'busy', seconds: busyFor } })
    }
  },
})

async function replacePassword(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, request, reply, form, by, live } = visit
  const device = deviceCookie(context, request)
  const passwords = { current: form.get('current-password') ?? '', next: form.get('new-password') ?? '', device }
  const result = await changePassword(context, live, passwords, by.caller)
  if (result.outcome === 'problems') return showSecurity(visit, 400, { problems: result.problems })
  if (result.outcome === 'throttled') return throttled(visit, result.retryAfter)
  if (result.outcome === 'sign_in_again') return showSecurity(visit, 403, { refused: result.outcome })
  const { token } = await continueSession(context, live, result.account, by.caller)
  setSession(context, reply, token)
  setDeviceCookie(context, request, reply, result.account)
  return goTo(visit, `${paths.accountSecurity}?changed=1`)
}

async function setPassword(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, live, form, by } = visit
  // The page showed a password to change, which is gone.
  if (form.get('current-password') !== undefined) return showSecurity(visit, 400, { refused: 'account_changed' })
  const result = await setFirstPassword(context, live, form.get('new-password') ?? '', by.caller)
  switch (result.outcome) {
    case 'set':
      return securityDone(visit, 'password_set')
    case 'problems':
      return showSecurity(visit, 400, { problems: result.problems })
    case 'sign_in_again':
      return showSecurity(visit, 403, { refused: result.outcome })
    case 'throttled':
      return throttled(visit, result.retryAfter)
    case 'has_one':
      return securityRefused(visit, 'account_changed')
  }
}

function throttled(visit: SignedIn, seconds: number): Promise<FastifyReply> {
  visit.reply.header('retry-after', String(seconds))
  return showSecurity(visit, 429, { wait: { cause: 'too_many', seconds } })
}

/** Back to the page, which says what has been done. */
export function securityDone(visit: Arrival, done: keyof Words['security']['notices']): FastifyReply {
  return goTo(visit, `${paths.accountSecurity}?done=${done}`)
}

/** Back to the page, which says why nothing has. */
export function securityRefused(visit: Arrival, why: SecurityRefusal): FastifyReply {
  return goTo(visit, `${paths.accountSecurity}?refused=${why}`)
}

/** The page, with a button for each provider that is not connected, disabled where it cannot be reached. */
export async function showSecurity(
  visit: SignedIn,
  status: number,
  props: Pick<AccountSecurityProps, 'problems' | 'wait' | 'notice' | 'refused'>,
): Promise<FastifyReply> {
  const { context, live } = visit
  const { account } = live
  const { connected, others } = await listWaysIn(context, account)
  const reachable = await Promise.all(others.map((party) => party.isReachable()))
  const html = accountSecurity({
    ...secrets(visit),
    viewer: viewerOf(visit),
    hasPassword: account.passwordHash !== null,
    passwordMinimum: passwordRules(context.settings, account.secondFactor).minimum,
    passkeys: passkeysOffered(context) ? (await allPasskeysOf(context, account)).length : undefined,
    connected,
    others: others.map(({ provider: { id, name } }, at) => ({ id, name, unreachable: !reachable[at] })),
    recent: isRecent(context, live),
    ...(await twoStepOf(context, account)),
    appAccess: appAccessOf(context),
    recentSignIns: (await listActivity(context, account.id, signInsShown, { only: 'signed_in' })).items,
    ...props,
  })
  return sendPage(visit.reply, status, html)
}

/** What programs can be given to act for the account. */
function appAccessOf({ settings }: Context): AccountSecurityProps['appAccess'] {
  const passwords = anyHas(settings.dialects, 'passwordClient') ? (['appPasswords'] as const) : []
  return settings.personalTokens ? [...passwords, 'personalTokens'] : passwords
}

/** Whether the account has a second factor; nothing where it has none and none is offered. */
async function twoStepOf(context: Context, account: Account): Promise<Pick<AccountSecurityProps, 'twoStep'>> {
  const { secondFactor: on } = account
  if (!on && context.settings.secondFactor === 'off') return {}
  return { twoStep: { on, removalAt: await removalOf(context, account) } }
}
