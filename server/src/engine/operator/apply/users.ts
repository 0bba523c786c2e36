/** The document's people: named members change, everything else of an account stays. */
import { isDeepStrictEqual } from 'node:util'
import { normalizeLogin } from '../../../protocol/account_names.ts'
import type { UserId } from '../../../protocol/names.ts'
import { readPasswordHash } from '../../../runtime/limits/password_hash.ts'
import type { Account, AccountChange, NewAccount } from '../../../storage/contract.ts'
import { type Path, problemAt } from '../../../words/schema_problem.ts'
import { replacePassword } from '../../account/accounts.ts'
import { newAccount, newUserId, openWithin } from '../../account/new_account.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { UserEntry } from './document.ts'

export interface PlannedUsers extends Planned {
  /** Ids of those that the plan creates, by login name. */
  readonly created: ReadonlyMap<string, UserId>
}

export async function planUsers(context: ApplyContext, entries: readonly UserEntry[]): Promise<PlannedUsers> {
  const changes: Change[] = []
  const problems: string[] = []
  const created = new Map<string, UserId>()
  for (const [at, entry] of entries.entries()) {
    const login = normalizeLogin(entry.username)
    const account = await context.storage.accounts.findByLogin(login)
    const renamed = account === undefined ? await accountThatWas(context, login) : undefined
    if (renamed !== undefined) {
      const now = `is the former username of ${renamed.username}; name the account by its present one`
      problems.push(problemAt(['users', at, 'username'], now))
      continue
    }
    const found = await emailProblems(context, entry, account, ['users', at])
    problems.push(...found)
    if (found.length > 0) continue
    if (account === undefined) {
      const id = newUserId()
      created.set(login, id)
      changes.push(newUser(context, id, entry))
      continue
    }
    const change = await changeUser(context, account, entry)
    if (change !== undefined) changes.push(change)
  }
  return { changes, problems, created }
}

/** The account that had this username until lately. */
async function accountThatWas({ storage }: ApplyContext, login: string): Promise<Account | undefined> {
  const id = await storage.accounts.findByFormerUsername(login)
  return id && storage.accounts.find(id)
}

async function emailProblems(
  context: ApplyContext,
  entry: UserEntry,
  account: Account | undefined,
  path: Path,
): Promise<string[]> {
  const email = entry.email === undefined ? (account?.email ?? null) : entry.email
  if (entry.email_verified === true && email === null) {
    return [problemAt([...path, 'email_verified'], 'needs an e-mail address')]
  }
  if (email === null) return []
  const other = await context.storage.accounts.findByLogin(normalizeLogin(email))
  if (other === undefined || other.id === account?.id) return []
  return [problemAt([...path, 'email'], `is the address of ${other.username}`)]
}

function newUser(context: ApplyContext, id: UserId, entry: UserEntry): Change {
  let account: NewAccount | undefined
  return {
    action: 'create',
    kind: 'user',
    name: entry.username,
    members: [],
    async prepare() {
      account = await newAccount(context, {
        id,
        username: entry.username,
        email: entry.email ?? null,
        emailVerified: entry.email_verified ?? false,
        password: entry.password,
        roles: entry.roles ?? [],
        claims: entry.claims ?? {},
      })
      const hash = entry.password === undefined ? readPasswordHash(entry.password_hash ?? '') : undefined
      if (typeof hash === 'object') account = { ...account, passwordHash: hash.text }
    },
    async write(acting, record) {
      if (account === undefined) throw new Error('apply: an account is not prepared')
      requireDone(await openWithin({ acting, record }, account, { as: 'user_created' }), entry)
      if (entry.enabled === false) requireDone(await acting.accounts.update(account.id, { enabled: false }), entry)
    },
  }
}

async function changeUser(context: ApplyContext, account: Account, entry: UserEntry): Promise<Change | undefined> {
  const change: { -readonly [Member in keyof AccountChange]: AccountChange[Member] } = {}
  const members: string[] = []
  if (entry.email !== undefined && entry.email !== account.email) {
    change.email = entry.email
    members.push('email')
  }
  // Whoever had the former address confirmed has not confirmed the new one.
  const verified = entry.email_verified ?? (change.email === undefined ? account.emailVerified : false)
  if (verified !== account.emailVerified) {
    change.emailVerified = verified
    members.push('email_verified')
  }
  if (entry.roles !== undefined && !isDeepStrictEqual([...entry.roles].sort(), [...account.roles].sort())) {
    change.roles = entry.roles
    members.push('roles')
  }
  const claims = entry.claims && { ...ownClaims(account), ...entry.claims }
  if (claims !== undefined && !isDeepStrictEqual(claims, account.claims)) {
    change.claims = claims
    members.push('claims')
  }
  const { password } = entry
  const other = password !== undefined && !(await context.passwords.verify(account.passwordHash, password))
  if (other) members.push('password')
  if (members.length === 0) return undefined
  let passwordHash: string | undefined
  return {
    action: 'update',
    kind: 'user',
    name: account.username,
    members,
    async prepare() {
      if (other) passwordHash = await context.passwords.hash(password)
    },
    async write(acting, record) {
      if (Object.keys(change).length > 0) requireDone(await acting.accounts.update(account.id, change), entry)
      if (change.roles !== undefined) {
        await record('user_roles_changed', { subject: account.id, detail: { roles: change.roles } })
      }
      if (passwordHash === undefined) return
      await replacePassword(context, acting, account.id, { passwordHash, validAfter: context.clock.now() })
      await record('user_password_set', { subject: account.id })
    },
  }
}

/** What people may have set themselves, which stays where the document does not name it. */
function ownClaims({ claims }: Account): Account['claims'] {
  const own = ['name', 'picture', 'locale', 'zoneinfo']
  return Object.fromEntries(Object.entries(claims).filter(([name]) => own.includes(name)))
}

/** What the plan saw may be gone by the time of the write: somebody signs up meanwhile. */
function requireDone(outcome: object | string | undefined, entry: UserEntry): void {
  if (typeof outcome === 'object') return
  throw new Error(`the account ${entry.username} was changed by somebody else meanwhile; apply the document again`)
}
