/**
 * App passwords: made by a person for one app that can only send a password, so that the app never learns theirs. Each is
 * random and found by its SHA-256, so that guessing is no use. It opens the password protocols alone: no page asks for it.
 */
import { encodeBase62 } from '../../lib/base62.ts'
import { hour, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomBytes, randomText } from '../../lib/random.ts'
import { normalizeLogin } from '../../protocol/account_names.ts'
import { canonicalName, nameProblem } from '../../protocol/visible_name.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Account, AppPassword } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { mustEnrol } from './factors/requirement.ts'
import { actInSession, isRecent, type LiveSession } from './sessions.ts'

/** By which people and secret scanners know one. Letters and digits only, as old apps take nothing else. */
const prefix = 'apw'
const form = /^apw[0-9A-Za-z]{28}$/

/** How many a person may have. */
export const appPasswordLimit = 50
const tooMany = { key: 'app_passwords_full', limit: appPasswordLimit } as const
/** How exactly the last use is kept. */
const useStep: Millis = hour

export type AppPasswordAdded =
  | { readonly outcome: 'added'; readonly text: string; readonly name: string }
  | { readonly outcome: 'sign_in_again' }
  | { readonly outcome: 'refused'; readonly problem: FormProblem }

/** Makes one for a person who has signed in within ten minutes. Its text is told here and never again. */
export async function addAppPassword(
  context: Context,
  live: LiveSession,
  given: string,
  caller: Caller,
): Promise<AppPasswordAdded> {
  const { account } = live
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const problem = nameProblem(given)
  if (problem !== undefined) return { outcome: 'refused', problem }
  const name = canonicalName(given)
  const text = `${prefix}${encodeBase62(randomBytes(20))}`
  const made = { id: randomText(9), userId: account.id, name, createdAt: context.clock.now(), usedAt: null }
  const of = { digest: sha256(text), room: appPasswordLimit }
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<AppPasswordAdded>(context, { live, caller, over }, async ({ acting, record }) => {
    if ((await acting.appPasswords.insert(made, of)) === 'full') return { outcome: 'refused', problem: tooMany }
    await record('app_password_added', { detail: { appPassword: made.id } })
    await sendMail(context, acting, 'app_password_added', { ids: { userId: account.id } })
    return { outcome: 'added', text, name }
  })
}

export function listAppPasswords({ storage }: Context, account: Account): Promise<readonly AppPassword[]> {
  return storage.appPasswords.listByUser(account.id)
}

/** Ends an app password of this person and the access that it gave. False if the person has none with this ID. */
export function endAppPassword(context: Context, account: Account, id: string, caller: Caller): Promise<boolean> {
  const userId = account.id
  return act(context, { actor: userId, caller }, async ({ appPasswords, grants }, record) => {
    const [appPassword] = await appPasswords.end(userId, id)
    if (appPassword === undefined) return false
    await grants.endAll({ userId, appPassword }, 'revoked_by_user')
    await record('app_password_ended', { detail: { appPassword } })
    return true
  })
}

/**
 * The account that a right app password opens, and which one it was; undefined for every other text, which is to be judged
 * as a password then. A right one is no guess, so nothing is counted for it, however much was guessed before.
 */
export async function openByAppPassword(
  context: Context,
  { login, password }: { readonly login: string; readonly password: string },
): Promise<{ readonly account: Account; readonly appPassword: string } | undefined> {
  if (!form.test(password)) return undefined
  const { accounts, appPasswords } = context.storage
  const found = await appPasswords.find(sha256(password))
  if (found === undefined) return undefined
  const account = await accounts.findByLogin(normalizeLogin(login))
  if (account === undefined || account.id !== found.userId || !account.enabled) return undefined
  // It was made under one factor where two are asked for by now.
  if (mustEnrol(context.settings, account)) return undefined
  const now = context.clock.now()
  if (found.usedAt === null || now - found.usedAt >= useStep) await appPasswords.used(found.id, now)
  return { account, appPassword: found.id }
}
