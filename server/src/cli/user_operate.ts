/** `consentry user list|show|reset-link|invite|enable|disable|delete`: what the operator does with accounts. */
import { type Command, Option } from 'commander'
import { isBlocked } from '../engine/account/sign_up.ts'
import {
  deleteUser,
  disableUser,
  enableUser,
  inviteUser,
  makeResetLink,
  removeSecondFactor,
} from '../engine/operator/people.ts'
import { canonicalEmail, emailProblem, normalizeLogin } from '../protocol/account_names.ts'
import { type Role, roles } from '../protocol/names.ts'
import type { Mailer } from '../runtime/mailer/mailer.ts'
import type { Settings } from '../settings.ts'
import type { Account, ListPage, Storage } from '../storage/contract.ts'
import { en } from '../words/en/index.ts'
import { sayProblem } from '../words/form_problem.ts'
import {
  addStorageOptions,
  CommandError,
  commandLine,
  type Env,
  listLines,
  moment,
  printResult,
  requirePlace,
  wholeNumber,
  withStorage,
} from './command.ts'
import { self } from './invocation.ts'

export function addUserOperatorCommands(user: Command, env: Env): void {
  addList(user, env)

  addStorageOptions(user.command('show <name>'))
    .description('show an account (username or e-mail)')
    .addHelpText('after', `\nExample:\n  ${self} user show alice`)
    .action(async (name: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async ({ storage }) => {
        const account = await requireAccount(storage, name)
        const apps = (await storage.clients.listByUser(account.id)).filter(({ ownerId }) => ownerId === account.id)
        const document = { ...described(account), apps: apps.map(({ clientId }) => clientId) }
        const lines = Object.entries(document).map(([member, value]) => `${member}  ${plain(value)}`)
        printResult(command, document, lines)
      })
    })

  addLinks(user, env)
  addSwitch(user, env, 'enable', 'let an account sign in again')
  addSwitch(user, env, 'disable', 'sign an account out everywhere and let it sign in no more')

  addStorageOptions(user.command('remove-factor <name>'))
    .description('remove the second factor of an account whose holder has lost it; tells them by mail')
    .addHelpText('after', `\nMake sure first that it is they who ask.\n\nExample:\n  ${self} user remove-factor alice`)
    .action(async (name: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async (context, settings) => {
        const account = await requireAccount(context.storage, name)
        const { id, username } = account
        const mailer = await mailerFor(settings)
        if (!(await removeSecondFactor({ ...context, mailer }, commandLine(), id))) {
          throw new CommandError('no_second_factor', `${username} has no second factor.`)
        }
        printResult(command, { id, username, second_factor: false }, [`second factor of user ${username} removed`])
      })
    })

  addStorageOptions(user.command('delete <name>'))
    .description('delete an account and its data; it must not own apps')
    .addHelpText('after', `\nThis cannot be undone.\n\nExample:\n  ${self} user delete alice`)
    .action(async (name: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async (context) => {
        const { id, username } = await requireAccount(context.storage, name)
        if ((await deleteUser(context, commandLine(), id)) === false) {
          throw new CommandError('owns_apps', `${username} owns apps. Delete them or give them another owner first.`)
        }
        printResult(command, { id, username, deleted: true }, [`user ${username} deleted`])
      })
    })
}

interface ListOptions {
  readonly search?: string
  readonly role?: Role | 'any'
  readonly disabled?: true
  readonly withoutFactor?: true
  readonly limit: number
  readonly after?: string
}

function addList(user: Command, env: Env): void {
  addStorageOptions(user.command('list'))
    .description('list accounts, oldest first; those found by a filter newest first, by --search in the order of names')
    .option('--search <text>', 'only where the username, e-mail address or ID begins so')
    .addOption(new Option('--role <role>', 'only with this role, or with any').choices([...roles, 'any']))
    .option('--disabled', 'only disabled ones')
    .option('--without-factor', 'only without a second factor')
    .option('--limit <number>', 'maximum number', (text) => wholeNumber('--limit', text), 1000)
    .option('--after <place>', 'go on where a list with the same filters ended (`next`), or after this account number')
    .addHelpText(
      'after',
      `\nExamples:\n  ${self} user list --limit 50\n  ${self} user list --role any --without-factor`,
    )
    .action(async (options: ListOptions, command: Command) => {
      await withStorage(command, env, async ({ storage }) => {
        const { items, next } = await listedAccounts(storage, options)
        const accounts = items.map(described)
        const lines = accounts.map(
          ({ number, username, email, roles, enabled }) =>
            `${number}  ${username}${email === null ? '' : `  ${email}`}${roles.length === 0 ? '' : `  ${roles.join(',')}`}${enabled ? '' : '  disabled'}`,
        )
        printResult(command, { users: accounts, next: next ?? null }, listLines(lines, 'no accounts', next))
      })
    })
}

/** A page of the accounts that the options name. Throws CommandError where --after is no place in that list. */
async function listedAccounts({ accounts }: Storage, options: ListOptions): Promise<ListPage<Account>> {
  const { search, role, disabled, withoutFactor, limit, after } = options
  if ([search, role, disabled, withoutFactor].every((filter) => filter === undefined)) {
    const from = after === undefined ? undefined : wholeNumber('--after', after)
    const found = await accounts.list(limit + 1, from)
    const items = found.slice(0, limit)
    return { items, next: found.length > limit ? items.at(-1)?.number.toString() : undefined }
  }
  const wanted = {
    beginning: search?.normalize('NFKC').trim(),
    role,
    status: disabled && ('disabled' as const),
    factor: withoutFactor && ('without' as const),
  }
  return requirePlace(await accounts.search(wanted, { limit, after }))
}

function addSwitch(user: Command, env: Env, verb: 'enable' | 'disable', description: string): void {
  const enabled = verb === 'enable'
  addStorageOptions(user.command(`${verb} <name>`))
    .description(description)
    .addHelpText('after', `\nExample:\n  ${self} user ${verb} alice`)
    .action(async (name: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async (context) => {
        const { id, username } = await requireAccount(context.storage, name)
        await (enabled ? enableUser : disableUser)(context, commandLine(), id)
        printResult(command, { id, username, enabled }, [`user ${username} ${verb}d`])
      })
    })
}

/** Links that the operator makes for people. */
function addLinks(user: Command, env: Env): void {
  addStorageOptions(user.command('reset-link <name>'))
    .description('print a link with which somebody sets a new password (username or e-mail)')
    .addHelpText(
      'after',
      `\nThe link works once, within an hour. Hand it to its person alone.\n\nExample:\n  ${self} user reset-link alice`,
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async (context, settings) => {
        const account = await requireAccount(context.storage, name)
        if (!account.enabled)
          throw new CommandError('user_disabled', `${account.username} is disabled. Enable it first.`)
        const link = await makeResetLink(
          { ...context, mailer: await mailerFor(settings) },
          commandLine(),
          account.id,
          settings.issuer,
        )
        if (link === undefined) throw new CommandError('unknown_user', `No user ${name}.`)
        printResult(command, { id: account.id, username: account.username, link }, [link])
      })
    })

  addStorageOptions(user.command('invite <email>'))
    .description('invite somebody to open an account: by mail, or by a link that is printed where no mail can be sent')
    .option('--print', 'print the link instead of mailing it; the address then stays unconfirmed')
    .addHelpText(
      'after',
      `\nThe link works once, within seven days.\n\nExample:\n  ${self} user invite alice@example.com`,
    )
    .action(async (text: string, { print = false }: { print?: boolean }, command: Command) => {
      await withStorage(command, env, async (context, settings) => {
        const { issuer } = settings
        const email = canonicalEmail(text)
        // Its holder could not open the account.
        const problem = emailProblem(email) ?? (isBlocked({ settings }, email) ? 'email_blocked' : undefined)
        if (problem !== undefined)
          throw new CommandError('wrong_value', `${text} cannot be invited: ${sayProblem(en, problem)}`, 2)
        if ((await context.storage.accounts.findByLogin(normalizeLogin(email))) !== undefined) {
          throw new CommandError('email_taken', 'An account with that e-mail address already exists.')
        }
        const { href } = await inviteUser({ ...context, mailer: await mailerFor(settings) }, commandLine(), {
          email,
          print,
          issuer,
        })
        printResult(command, { email, link: href ?? null }, [href ?? `an invitation to ${email} is on its way`])
      })
    })
}

async function requireAccount(storage: Storage, name: string): Promise<Account> {
  const account = await storage.accounts.findByLogin(normalizeLogin(name))
  if (account === undefined) throw new CommandError('unknown_user', `No user ${name}.`)
  return account
}

function described({ id, number, username, email, emailVerified, roles, secondFactor, enabled, createdAt }: Account) {
  const created_at = moment(createdAt)
  return {
    id,
    number,
    username,
    email,
    email_verified: emailVerified,
    roles,
    second_factor: secondFactor,
    enabled,
    created_at,
  }
}

function plain(value: unknown): string {
  return Array.isArray(value) ? value.join(' ') || 'none' : String(value ?? 'none')
}

/** What sends mail. Few commands do, so that only they load what a server is made of. */
async function mailerFor(settings: Settings): Promise<Mailer> {
  const { mailerOf } = await import('../open_mailer.ts')
  return mailerOf(settings)
}
