/** `consentry registration`: tokens by which apps may register themselves (RFC 7591 §3). */
import type { Command } from 'commander'
import {
  addInitialToken,
  handleOf,
  type InitialToken,
  listInitialTokens,
  removeInitialToken,
} from '../../engine/operator/registrations/initial_tokens.ts'
import { day } from '../../lib/clock.ts'
import {
  addStorageOptions,
  CommandError,
  commandLine,
  type Env,
  moment,
  printResult,
  wholeNumber,
  withStorage,
} from '../command.ts'
import { self } from '../invocation.ts'

interface CreateOptions {
  readonly uses?: number
  readonly days?: number
}

export function addRegistration(program: Command, env: Env): void {
  const registration = program
    .command('registration')
    .description('initial access tokens, with which apps register themselves')
  addStorageOptions(registration.command('create'))
    .argument('<name>', 'for whom it is, to know it by')
    .description('make a token and print it once')
    .option('--uses <number>', 'how many apps may be registered with it (any number)', (text) =>
      wholeNumber('--uses', text),
    )
    .option('--days <number>', 'for how many days it works (no end)', (text) => wholeNumber('--days', text))
    .addHelpText(
      'after',
      `\nAn app sends it to /oauth/register as a Bearer token (RFC 7591).\n\nExample:\n  ${self} registration create "Partner portal" --uses 10 --days 30`,
    )
    .action(async (name: string, { uses, days }: CreateOptions, command: Command) => {
      await withStorage(command, env, async (context) => {
        const { token, stored } = await addInitialToken(context, commandLine(), {
          name,
          ...(uses === undefined ? {} : { uses }),
          ...(days === undefined ? {} : { expiresAt: context.clock.now() + days * day }),
        })
        printResult(command, { token, ...shown(stored) }, [token])
      })
    })
  addStorageOptions(registration.command('list'))
    .description('list the tokens; their texts are shown only when they are made')
    .addHelpText('after', `\nExample:\n  ${self} registration list`)
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async (context) => {
        const listed = (await listInitialTokens(context)).map(shown)
        const lines = listed.map(({ id, name, uses_left: uses, expires_at: end }) => {
          return `${id}  ${uses === null ? 'any number of apps' : `${uses} left`}  ${end === null ? 'no end' : `until ${end}`}  ${name}`
        })
        printResult(command, { tokens: listed }, lines.length > 0 ? lines : ['there are no tokens'])
      })
    })
  addStorageOptions(registration.command('remove'))
    .argument('<id>', 'the ID that list shows')
    .description('end a token; apps that were registered with it stay')
    .addHelpText('after', `\nExample:\n  ${self} registration remove Zk3nQ9ab`)
    .action(async (id: string, _options: unknown, command: Command) => {
      await withStorage(command, env, async (context) => {
        if (!(await removeInitialToken(context, commandLine(), id))) {
          throw new CommandError('not_found', `There is no token ${id}. See: registration list`)
        }
        printResult(command, { removed: id }, [`${id} is ended`])
      })
    })
}

function shown(token: InitialToken) {
  return {
    id: handleOf(token),
    name: token.name,
    uses_left: token.uses_left ?? null,
    expires_at: moment(token.expires_at ?? null),
    created_at: moment(token.created_at),
  }
}
