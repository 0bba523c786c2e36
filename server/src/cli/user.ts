/** `consentry user`: accounts from the command line. */
import { type Command, Option } from 'commander'
import { newPasswordProblem } from '../engine/account/accounts.ts'
import { accountProblems } from '../engine/account/new_account.ts'
import type { ApplyContext } from '../engine/operator/apply/change.ts'
import { createUser, setUserPassword } from '../engine/operator/people.ts'
import { canonicalEmail, canonicalUsername, normalizeLogin } from '../protocol/account_names.ts'
import { type Role, roles } from '../protocol/names.ts'
import type { Account, NameTaken } from '../storage/contract.ts'
import { en } from '../words/en/index.ts'
import { type FormProblem, sayProblem } from '../words/form_problem.ts'
import { addStorageOptions, CommandError, commandLine, type Env, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'
import { addPasswordOptions, type PasswordOptions, readPassword } from './password.ts'
import { addUserOperatorCommands } from './user_operate.ts'

interface CreateOptions extends PasswordOptions {
  readonly email?: string
  readonly role?: readonly Role[]
}

export function addUser(program: Command, env: Env): void {
  const user = program.command('user').description('manage accounts')
  addPasswordOptions(addStorageOptions(user.command('create <name>')))
    .description('create an account; asks for the password unless an option gives it')
    .option('--email <address>', 'e-mail address (unconfirmed)')
    .addOption(new Option('--role <role...>', 'extra roles').choices(roles))
    .addHelpText(
      'after',
      `
Examples:
  ${self} user create alice --email alice@example.com --role owner
  pass show consentry/alice | ${self} user create alice --password-stdin`,
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const email = options.email === undefined ? null : canonicalEmail(options.email)
      const names = { username: canonicalUsername(name), email }
      await withStorage(command, env, async (context, settings) => {
        const judge = async (password?: string) => {
          const person = { ...names, password }
          const problems = await accountProblems({ storage: context.storage, settings }, person, 'operator')
          requireSound('the username', problems.username)
          requireSound('--email', problems.email)
          requireSound('the password', problems.password)
        }
        // Before anybody types a password in vain.
        await judge()
        requireFree(await findTaken(context, names))
        const password = await readPassword(options)
        await judge(password)
        const roles = [...new Set(options.role ?? [])]
        const account = await createUser(context, commandLine(), { ...names, password, roles })
        printAccount(command, requireFree(account), 'made')
      })
    })

  addPasswordOptions(addStorageOptions(user.command('set-password <name>')))
    .description('set a new password for an account (username or e-mail); ends its sessions and authorizations')
    .addHelpText('after', `\nExample:\n  ${self} user set-password alice`)
    .action(async (name: string, options: PasswordOptions, command: Command) => {
      await withStorage(command, env, async (context, settings) => {
        const account = await context.storage.accounts.findByLogin(normalizeLogin(name))
        if (account === undefined) throw new CommandError('unknown_user', `No user ${name}.`)
        const password = await readPassword(options)
        requireSound('the password', await newPasswordProblem({ settings }, account, password))
        await setUserPassword(context, commandLine(), account.id, password)
        printAccount(command, account, 'password changed')
      })
    })

  addUserOperatorCommands(user, env)
}

function printAccount(command: Command, account: Account, done: string): void {
  printResult(command, { id: account.id, username: account.username, email: account.email, roles: account.roles }, [
    `user ${account.username} ${done}`,
  ])
}

function requireSound(what: string, problem: FormProblem | undefined): void {
  if (problem === undefined) return
  throw new CommandError('wrong_value', `${what} cannot be used: ${sayProblem(en, problem)}`, 2)
}

async function findTaken(
  { storage: { accounts } }: ApplyContext,
  { username, email }: Pick<Account, 'username' | 'email'>,
): Promise<NameTaken | undefined> {
  if ((await accounts.findByLogin(normalizeLogin(username))) !== undefined) return 'username_taken'
  if (email === null || (await accounts.findByLogin(normalizeLogin(email))) === undefined) return undefined
  return 'email_taken'
}

function requireFree<T>(outcome: T | NameTaken): T {
  if (outcome === 'username_taken') throw new CommandError('username_taken', 'That username is taken.')
  if (outcome === 'email_taken')
    throw new CommandError('email_taken', 'An account with that e-mail address already exists.')
  return outcome as T
}
