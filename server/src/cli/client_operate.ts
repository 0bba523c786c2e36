/** `consentry client list|show|enable|disable|approve|refuse|verify|delete`: what the operator does with apps. */
import { type Command, Option } from 'commander'
import type { ClientId } from '../protocol/names.ts'
import type { ClientRecord, ClientStatus, ListPage } from '../storage/contract.ts'
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

export function addOperatorCommands(client: Command, env: Env): void {
  addList(client, env)
  addShow(client, env)
  addSwitch(client, env, 'enable', 'let an app in: one in development, or one that was switched off')
  addEndTokens(client, env)
  addSwitch(client, env, 'disable', 'switch an app off: its tokens stop working at once, and come back with it')
  addDecision(client, env)
  addVerify(client, env)
  addStorageOptions(client.command('delete <client-id>'))
    .description('delete an app with everything issued to it')
    .addHelpText('after', `\nExample:\n  ${self} client delete CLIENT_ID`)
    .action(async (clientId: string, _options: unknown, command: Command) => {
      const { deleteApp } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        if (!(await deleteApp(context, commandLine(), clientId))) throw unknownClient(clientId)
        printResult(command, { client_id: clientId, deleted: true }, [`${clientId} is deleted`])
      })
    })
}

interface ListOptions {
  readonly search?: string
  readonly status?: ClientStatus
  readonly waiting?: true
  readonly verified?: true
  readonly limit?: number
  readonly after?: string
}

function addList(client: Command, env: Env): void {
  addStorageOptions(client.command('list'))
    .description('list apps and those that wait for approval, newest first; by --search in the order of names')
    .option('--search <text>', 'only where the name, the ID or the username of the owner begins so')
    .addOption(new Option('--status <status>', 'only apps of this status').choices(['enabled', 'pending', 'disabled']))
    .option('--waiting', 'only what waits for approval: apps in development that were not refused, and changes')
    .option('--verified', 'only verified ones')
    .option('--limit <number>', 'maximum number (all)', (text) => wholeNumber('--limit', text))
    .option('--after <place>', 'go on where a list with the same filters ended (`next`)')
    .addHelpText('after', `\nExamples:\n  ${self} client list --waiting\n  ${self} client list --search meadow`)
    .action(async (options: ListOptions, command: Command) => {
      await withStorage(command, env, async (context) => {
        const { items, next } = await listedApps(context.storage, options)
        const owners = await ownersOf(context.storage, items)
        const apps = items.map((record) => summary(record, owners.get(record.ownerId ?? '')))
        const lines = apps.map(
          ({ client_id, client_name, owner, status, waits, verified }) =>
            `${client_id}  ${status}${waits ? ', a change waits' : ''}${verified ? ', verified' : ''}  ${client_name ?? ''}${owner === null ? '' : `  (${owner})`}`,
        )
        printResult(command, { clients: apps, next: next ?? null }, listLines(lines, 'no apps', next))
      })
    })
}

/** The apps that the options name: a page, or all. Throws CommandError where --after is no place in that list. */
async function listedApps({ clients }: Stores, options: ListOptions): Promise<ListPage<ClientRecord>> {
  const { waitsForOperator } = await import('../engine/developer/waiting_form.ts')
  const { search, status, waiting, verified, limit } = options
  const wanted = { beginning: search?.normalize('NFKC').trim(), status, waiting, verified }
  const items: ClientRecord[] = []
  let next = options.after
  do {
    const page = requirePlace(await clients.search(wanted, { limit: limit ?? 500, after: next }))
    for (const record of page.items) if (waiting !== true || waitsForOperator(record)) items.push(record)
    next = page.next
  } while (limit === undefined && next !== undefined)
  return { items, next }
}

function addShow(client: Command, env: Env): void {
  addStorageOptions(client.command('show <client-id>'))
    .description('show an app and its waiting change')
    .addHelpText('after', `\nExample:\n  ${self} client show CLIENT_ID`)
    .action(async (clientId: string, _options: unknown, command: Command) => {
      const { isRefused, waitingForm } = await import('../engine/developer/waiting_form.ts')
      await withStorage(command, env, async ({ storage }) => {
        const record = await requireClient(storage.clients.find(clientId), clientId)
        const owner = (await ownersOf(storage, [record])).get(record.ownerId ?? '')
        const { verification, proposal, metadata } = record
        const document = {
          ...summary(record, owner),
          created_at: moment(record.createdAt),
          verified_by: verification === null ? null : verification.by,
          verified_at: moment(verification?.at ?? null),
          secrets: record.secrets.map(({ id, name, createdAt, expiresAt }) => ({ id, name, createdAt, expiresAt })),
          metadata,
          waiting: proposal === null ? null : proposal.members,
          form: waitingForm(record) ?? null,
          refused: isRefused(record),
        }
        const lines = [
          `${clientId}  ${record.status}${document.refused ? ', refused' : ''}${owner === undefined ? '' : `, owned by ${owner}`}`,
          ...(verification === null ? [] : [`verified by ${verification.by}, ${document.verified_at}`]),
          ...Object.entries(metadata).map(([name, value]) => `  ${name}  ${JSON.stringify(value)}`),
          ...(proposal === null ? [] : ['waiting for approval:']),
          ...Object.entries(proposal?.members ?? {}).map(([name, value]) => `  ${name}  ${JSON.stringify(value)}`),
          ...(document.form === null ? [] : [`approve it as it is now with --form ${document.form}`]),
        ]
        printResult(command, document, lines)
      })
    })
}

function addSwitch(client: Command, env: Env, verb: 'enable' | 'disable', description: string): void {
  const enabled = verb === 'enable'
  addStorageOptions(client.command(`${verb} <client-id>`))
    .description(description)
    .addHelpText('after', `\nExample:\n  ${self} client ${verb} CLIENT_ID`)
    .action(async (clientId: string, _options: unknown, command: Command) => {
      const { switchApp } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        if (!(await switchApp(context, commandLine(), clientId, enabled))) throw unknownClient(clientId)
        printResult(command, { client_id: clientId, enabled }, [`${clientId} is ${verb}d`])
      })
    })
}

function addEndTokens(client: Command, env: Env): void {
  addStorageOptions(client.command('end-tokens <client-id>'))
    .description('end all tokens and authorizations of an app; the app stays')
    .addHelpText('after', `\nExample:\n  ${self} client end-tokens CLIENT_ID`)
    .action(async (clientId: string, _options: unknown, command: Command) => {
      const { endAppTokens } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        if (!(await endAppTokens(context, commandLine(), clientId))) throw unknownClient(clientId)
        printResult(command, { client_id: clientId, ended: true }, [`All tokens of ${clientId} have ended.`])
      })
    })
}

function addDecision(client: Command, env: Env): void {
  addStorageOptions(client.command('approve <client-id>'))
    .description('approve an app in development, or its waiting change')
    .option(
      '--form <form>',
      'approve only this form, as `client show` names it: refused where the app has changed since',
    )
    .addHelpText(
      'after',
      `\nExample:\n  ${self} client show CLIENT_ID\n  ${self} client approve CLIENT_ID --form 0123456789ab`,
    )
    .action(async (clientId: string, options: { form?: string }, command: Command) => {
      const { approveApp } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        const outcome = await approveApp(context, commandLine(), clientId, options.form)
        if (outcome === 'unknown') throw unknownClient(clientId)
        if (outcome === 'another_waits')
          throw new CommandError('another_waits', `${clientId} has changed since. Look at it again with client show.`)
        if (outcome === 'nothing_waits')
          throw new CommandError('nothing_waits', `Nothing waits for approval for ${clientId}.`)
        printResult(command, { client_id: clientId, approved: true }, [`${clientId} is approved`])
      })
    })
  addStorageOptions(client.command('refuse <client-id>'))
    .description('refuse an app in development, or the waiting change of one; the app stays as it is')
    .option('--reason <text>', 'why, as the developer reads it in a mail')
    .addHelpText('after', `\nExample:\n  ${self} client refuse CLIENT_ID --reason "The website does not answer"`)
    .action(async (clientId: string, options: { reason?: string }, command: Command) => {
      const { refuseApp } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        await requireClient(context.storage.clients.find(clientId), clientId)
        const refused = await refuseApp(context, commandLine(), clientId, options.reason)
        if (refused === undefined)
          throw new CommandError('nothing_waits', `Nothing waits for approval for ${clientId}.`)
        printResult(command, { client_id: clientId, refused: true }, [
          refused === 'change'
            ? `the change of ${clientId} is dropped`
            : `${clientId} is refused; it still works for its developer and testers`,
        ])
      })
    })
  addStorageOptions(client.command('want-changes <client-id>'))
    .description('ask the developer for changes, by mail; the app goes on waiting')
    .requiredOption('--reason <text>', 'what to change, as the developer reads it')
    .addHelpText('after', `\nExample:\n  ${self} client want-changes CLIENT_ID --reason "Name the publisher"`)
    .action(async (clientId: string, options: { reason: string }, command: Command) => {
      const { wantChanges } = await import('../engine/operator/apps.ts')
      await withStorage(command, env, async (context) => {
        await requireClient(context.storage.clients.find(clientId), clientId)
        const outcome = await wantChanges(context, commandLine(), clientId, options.reason)
        if (outcome === 'nothing_waits')
          throw new CommandError('nothing_waits', `Nothing waits for approval for ${clientId}.`)
        if (outcome === 'nobody_to_ask')
          throw new CommandError('nobody_to_ask', `${clientId} has no owner, or this server sends no mail (SMTP_URL).`)
        printResult(command, { client_id: clientId, asked: true }, [
          `the developer of ${clientId} is asked for changes`,
        ])
      })
    })
}

function addVerify(client: Command, env: Env): void {
  addStorageOptions(client.command('verify <client-id>'))
    .description('mark the app as verified; shown to people when they are asked to allow it')
    .option('--by <name>', 'who verified it, as shown to people')
    .option('--remove', 'remove the mark')
    .addHelpText('after', `\nIt ends with the next change of the app.\n\nExample:\n  ${self} client verify CLIENT_ID`)
    .action(async (clientId: string, options: { by?: string; remove?: boolean }, command: Command) => {
      const { verifyApp } = await import('../engine/operator/apps.ts')
      const { operatorName } = await import('../runtime/kept/app_form.ts')
      const { nameProblem } = await import('../protocol/visible_name.ts')
      const by = options.remove === true ? null : (options.by?.trim() ?? operatorName)
      const problem = by === null ? undefined : nameProblem(by)
      if (problem !== undefined) throw new CommandError('wrong_value', `--by: ${sayProblem(en, problem)}`, 2)
      await withStorage(command, env, async (context) => {
        const outcome = await verifyApp(context, commandLine(), clientId, by)
        if (outcome === 'unknown') throw unknownClient(clientId)
        if (outcome === 'registered_itself')
          throw new CommandError(
            outcome,
            `${clientId} registered itself and may change at any moment, so it is never verified.`,
          )
        const line = by === null ? `${clientId} is no longer verified` : `${clientId} is verified by ${by}`
        printResult(command, { client_id: clientId, verified: by !== null, verified_by: by }, [line])
      })
    })
}

function unknownClient(clientId: ClientId): CommandError {
  return new CommandError('unknown_client', `No client ${clientId}.`)
}

async function requireClient(found: Promise<ClientRecord | undefined>, clientId: ClientId): Promise<ClientRecord> {
  const record = await found
  if (record === undefined) throw unknownClient(clientId)
  return record
}

type Stores = Parameters<Parameters<typeof withStorage>[2]>[0]['storage']

/** The usernames of owners, by the ids of their accounts. */
async function ownersOf(storage: Stores, records: readonly ClientRecord[]): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>()
  for (const { ownerId } of records) {
    if (ownerId === null || owners.has(ownerId)) continue
    const account = await storage.accounts.find(ownerId)
    if (account !== undefined) owners.set(ownerId, account.username)
  }
  return owners
}

function summary({ clientId, status, metadata, proposal, verification }: ClientRecord, owner: string | undefined) {
  const name = metadata.client_name
  return {
    client_id: clientId,
    client_name: typeof name === 'string' ? name : null,
    owner: owner ?? null,
    status,
    waits: proposal !== null,
    verified: verification !== null,
  }
}
