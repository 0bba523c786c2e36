/** Moving in one by one: the first sign-in of somebody whom the former server still knows and this one does not. */
import { normalizeLogin } from '../../../protocol/account_names.ts'
import type { ClientId } from '../../../protocol/names.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import type { LegacyPerson } from '../../../runtime/limits/legacy_login.ts'
import type { Account } from '../../../storage/contract.ts'
import { openByPassword } from '../passwords/match.ts'
import { insertJudged, type Judged, judgePerson, newSeen } from './judge.ts'

/** As the audit log names where they came from. */
const source = 'legacy_login'

/** What was given at a sign-in that no account here was opened by. */
export interface FirstSignIn {
  /** As it was typed. */
  readonly login: string
  readonly password: string
  /** The account of that name. */
  readonly account: Account | undefined
  readonly caller: Caller
  /** The client that the password was given to, where that was not our own page. */
  readonly clientId: ClientId | null
}

/**
 * Asks the former server, where there is one, about a name that has no account here, or one that was imported without a
 * password. Its yes becomes an account, or the password of that one. Undefined for a no, and where the person cannot be taken.
 * Throws LegacyLoginAway, PasswordQueueFull.
 */
export async function moveIn(context: Context, given: FirstSignIn): Promise<Account | undefined> {
  const { legacyLogin, passwords } = context
  if (legacyLogin === undefined || !(await mayMoveIn(context, given))) return undefined
  const person = await legacyLogin.ask(given.login.trim(), given.password)
  if (person === undefined) return undefined
  const passwordHash = await passwords.hash(given.password)
  const { account } = given
  if (account !== undefined) return giveFirstPassword(context, { ...given, account }, person, passwordHash)
  return openMoved(context, given, person, passwordHash)
}

async function mayMoveIn({ settings, storage }: Context, { account, clientId }: FirstSignIn): Promise<boolean> {
  // An account without a second factor would be refused there, whatever the answer.
  if (account === undefined) return clientId === null || settings.secondFactor !== 'required'
  return account.passwordHash === null && account.enabled && (await storage.importedPeople.includes(account.id))
}

/** For whoever was imported without a password, if the former server speaks of the same person. */
async function giveFirstPassword(
  context: Context,
  { account, password, caller }: FirstSignIn & { readonly account: Account },
  person: LegacyPerson,
  passwordHash: string,
): Promise<Account | undefined> {
  const [theirs, ours] = account.email === null ? [person.username, account.username] : [person.email, account.email]
  if (normalizeLogin(theirs ?? '') !== normalizeLogin(ours)) {
    context.log.warn({ userId: account.id }, 'the former server says that this name belongs to somebody else there')
    return undefined
  }
  return act(context, { actor: account.id, caller }, async ({ accounts }, record) => {
    const opened = await accounts.setFirstPassword(account.id, passwordHash)
    if (opened !== undefined) await record('password_set', {})
    return opened
  }).then(
    async (opened) => opened ?? openByPassword(context, await context.storage.accounts.find(account.id), password),
  )
}

async function openMoved(
  context: Context,
  { login, password, caller }: FirstSignIn,
  { username, email, email_verified, claims }: LegacyPerson,
  passwordHash: string,
): Promise<Account | undefined> {
  const { storage, clock, log } = context
  const found = {
    kind: 'user',
    at: '',
    id: `${source} ${normalizeLogin(username)}`,
    username,
    email: email ?? undefined,
    emailVerified: email_verified === true,
    claims: claims ?? {},
    passwordHash,
    notes: [],
  } as const
  const judged = judgePerson(found, newSeen(), clock.now())
  const name = normalizeLogin(login)
  const outcome =
    typeof judged === 'string' ? judged : isCalled(judged, name) ? await open(context, judged, caller) : 'other_name'
  if (typeof judged === 'object' && outcome === 'imported') return storage.accounts.find(judged.person.id)
  if (outcome === 'already_there' || outcome === 'changed_here') {
    // Another sign-in was faster. Or the person is called otherwise by now, and what they are called by is asked for.
    return openByPassword(context, await storage.accounts.findByLogin(name), password)
  }
  log.warn({ why: outcome }, 'somebody whom the former server knows could not be taken at their first sign-in')
  return undefined
}

/** Whether the account would be found by the name that its person signs in with. */
function isCalled({ person: { username, email } }: Judged, name: string): boolean {
  return normalizeLogin(username) === name || (email !== null && normalizeLogin(email) === name)
}

function open(context: Context, judged: Judged, caller: Caller) {
  return act(context, { caller }, async (acting, record) => {
    const [outcome = 'username_taken'] = await insertJudged(acting, [judged])
    if (outcome === 'imported') await record('user_imported', { subject: judged.person.id, detail: { source } })
    return outcome
  })
}
