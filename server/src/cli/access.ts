/** `consentry access list|approve|refuse`: requests of developers without an account to be let in with an app. */
import type { Command } from 'commander'
import type { AccessRequest } from '../storage/contract.ts'
import { en } from '../words/en/index.ts'
import { sayProblem } from '../words/form_problem.ts'
import { addStorageOptions, CommandError, commandLine, type Env, moment, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addAccess(program: Command, env: Env): void {
  const access = program.command('access').description('decide on requests for access')
  addStorageOptions(access.command('list'))
    .description('list requests that wait, and approved ones whose invitation was not taken up; the oldest first')
    .addHelpText('after', `\nExample:\n  ${self} access list`)
    .action(async (_options: unknown, command: Command) => {
      const { listAccess } = await import('../engine/operator/access.ts')
      await withStorage(command, env, async (context) => {
        const requests = await listAccess(context)
        const lines = requests.flatMap(linesOf)
        printResult(command, { requests: requests.map(described) }, lines.length === 0 ? ['no requests'] : lines)
      })
    })

  addStorageOptions(access.command('approve <id>'))
    .description('register the app and invite its developer; a second time: send another invitation')
    .addHelpText(
      'after',
      `\nThe invitation works once, within seven days. Without SMTP_URL it is printed: hand it to its person alone.\n\nExample:\n  ${self} access approve acc_0123456789abcdef`,
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const { approveAccess } = await import('../engine/operator/access.ts')
      await withStorage(command, env, async (context, settings) => {
        const approved = await approveAccess(context, commandLine(), id, settings)
        if (approved.outcome === 'unknown') throw unknownRequest(id)
        const { outcome, clientId, email, href } = approved
        const document = {
          id,
          client_id: clientId,
          email,
          invited_again: outcome === 'invited_again',
          link: href ?? null,
        }
        printResult(command, document, [
          outcome === 'approved' ? `the app is registered: ${clientId}` : `the app was registered before: ${clientId}`,
          href ?? `an invitation to ${email} is on its way`,
        ])
      })
    })

  addStorageOptions(access.command('refuse <id>'))
    .description('refuse a request that waits; its developer reads the reason in a mail')
    .requiredOption('--reason <text>', 'why, as the developer reads it')
    .addHelpText(
      'after',
      `\nExample:\n  ${self} access refuse acc_0123456789abcdef --reason "The website does not answer"`,
    )
    .action(async (id: string, options: { reason: string }, command: Command) => {
      const { reasonProblem, refuseAccess } = await import('../engine/operator/access.ts')
      const reason = options.reason.trim()
      const problem = reasonProblem(reason)
      if (problem !== undefined) throw new CommandError('wrong_value', `--reason: ${sayProblem(en, problem)}`, 2)
      await withStorage(command, env, async (context) => {
        if (!(await refuseAccess(context, commandLine(), id, reason))) throw unknownRequest(id)
        const mailed = context.mailer.way !== 'none'
        printResult(command, { id, refused: true, mailed }, [
          `${id} is refused${mailed ? '' : '; this server sends no mail (SMTP_URL), so tell the developer yourself'}`,
        ])
      })
    })
}

function unknownRequest(id: string): CommandError {
  return new CommandError('unknown_request', `No request ${id} waits.`)
}

function described({ id, email, appName, purpose, website, askedAt, clientId }: AccessRequest) {
  return {
    id,
    email,
    app_name: appName,
    purpose,
    website,
    asked_at: moment(askedAt),
    client_id: clientId,
    waits: clientId === null,
  }
}

function linesOf({ id, email, appName, purpose, website, askedAt, clientId }: AccessRequest): string[] {
  return [
    `${id}  ${appName}  ${email}  ${moment(askedAt)}${clientId === null ? '' : `  invited, app ${clientId}`}`,
    ...(website === null ? [] : [`  ${website}`]),
    ...purpose.split('\n').map((line) => `  ${line}`),
  ]
}
