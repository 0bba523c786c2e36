/** `consentry client`: apps from the command line. */
import type { Command } from 'commander'
import type { ApplyContext } from '../engine/operator/apply/change.ts'
import { normalizeLogin } from '../protocol/account_names.ts'
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { UserId } from '../protocol/names.ts'
import { dataApiScopes, formatScope, parseScope } from '../protocol/scope.ts'
import type { Settings } from '../settings.ts'
import { addOperatorCommands } from './client_operate.ts'
import { addStorageOptions, CommandError, commandLine, type Env, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

/** What an app may request unless it says: the usual scopes of a sign-in, and those of the data API where there is one. */
function usualScopes({ dataApi }: Settings): string {
  return formatScope([...(dataApi ? dataApiScopes : []), 'openid', 'profile', 'email', 'offline_access'])
}

interface CreateOptions {
  readonly redirectUri?: readonly string[]
  readonly scope?: string
  readonly public?: boolean
  readonly native?: boolean
  readonly grantType?: readonly string[]
  readonly owner?: string
  readonly clientId?: string
}

export function addClient(program: Command, env: Env): void {
  const client = program.command('client').description('manage apps')
  addStorageOptions(client.command('create <name>'))
    .description('register an app; prints its client_id and, only this once, its client_secret')
    .option('--redirect-uri <uri...>', 'where people return after allowing the app; must match exactly')
    .option('--scope <scopes>', 'permissions it may request, separated by spaces (the usual ones)')
    .option('--public', 'a public app: it cannot keep a secret (browser, phone)')
    .option('--native', 'phone or desktop app: its own URI scheme, any loopback port')
    .option('--grant-type <type...>', 'grant types (authorization_code refresh_token client_credentials)')
    .option('--owner <username>', 'owner of the app, who sees its request log')
    .option('--client-id <id>', 'client ID (random by default)')
    .addHelpText(
      'after',
      `
Examples:
  ${self} client create "Meadow Journal" --redirect-uri https://meadow.example/callback --owner alice
  ${self} client create "Meadow for phones" --public --native --redirect-uri com.example.meadow:/callback
  ${self} client create "Nightly export" --grant-type client_credentials --scope readmeasurements`,
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const { createApp } = await import('../engine/operator/apps.ts')
      if (options.clientId !== undefined && !/^[A-Za-z0-9._~-]{1,255}$/.test(options.clientId)) {
        throw new CommandError(
          'wrong_value',
          '--client-id may have letters, digits, dots, hyphens, tildes and underscores.',
          2,
        )
      }
      await withStorage(command, env, async (context, settings) => {
        const metadata = await readMetadata(name, { scope: usualScopes(settings), ...options }, settings)
        await requireKnownScopes(context, settings, metadata.scope ?? '')
        const ownerId = options.owner === undefined ? null : await requireOwner(context, options.owner)
        const made = await createApp(context, commandLine(), { clientId: options.clientId, ownerId, metadata })
        if (typeof made === 'string')
          throw new CommandError('client_id_taken', `Client ${options.clientId} already exists.`)
        const { clientId, clientSecret } = made
        printResult(
          command,
          {
            client_id: clientId,
            ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
            ...metadata,
          },
          [
            `client_id      ${clientId}`,
            ...(clientSecret === undefined
              ? ['A public app has no secret. It uses PKCE.']
              : [`client_secret  ${clientSecret}`, 'Save the secret now. It is not shown again.']),
          ],
        )
      })
    })

  addOperatorCommands(client, env)
}

async function readMetadata(
  name: string,
  options: CreateOptions,
  { nativeSchemes }: Pick<Settings, 'nativeSchemes'>,
): Promise<ClientMetadata> {
  const { problemsOf } = await import('../words/schema_problem.ts')
  const { clientSchemaWith } = await import('../protocol/client_metadata.ts')
  const isPublic = options.public === true
  const usual = ['authorization_code', 'refresh_token', ...(isPublic ? [] : ['client_credentials'])]
  const document = {
    client_name: name,
    redirect_uris: options.redirectUri ?? [],
    grant_types: options.grantType ?? usual,
    scope: options.scope,
    ...(isPublic ? { token_endpoint_auth_method: 'none' } : {}),
    ...(options.native === true ? { application_type: 'native' } : {}),
  }
  const result = clientSchemaWith(nativeSchemes).safeParse(document)
  if (result.success) return result.data
  const problems = problemsOf(result.error, document, []).map(({ path: [member, at], message }) => {
    const flag = flags[String(member)] ?? String(member)
    const value = typeof at === 'number' ? ` ${valueAt(document, member, at)}` : ''
    return `${flag}${value} ${message}`
  })
  throw new CommandError('wrong_value', problems.join('\n'), 2)
}

async function requireKnownScopes({ storage }: ApplyContext, settings: Settings, wanted: string): Promise<void> {
  const { catalogueOf } = await import('../engine/grant/scopes.ts')
  const { readResources } = await import('../runtime/kept/known_resources.ts')
  const { all, find, open } = catalogueOf(await readResources(storage), settings)
  const unknown = (parseScope(wanted) ?? []).filter((scope) => find(scope) === undefined)
  if (open || unknown.length === 0) return
  const what = `Unknown scope${unknown.length === 1 ? '' : 's'} ${unknown.join(', ')}.`
  throw new CommandError(
    'unknown_scope',
    `${what} Known: ${all.map(({ name }) => name).join(' ')}. A resource in \`apply\` adds more.`,
    2,
  )
}

/** What a member of the document is called on the command line. */
const flags: Readonly<Record<string, string>> = {
  client_name: 'the name',
  redirect_uris: '--redirect-uri',
  grant_types: '--grant-type',
  scope: '--scope',
}

function valueAt(document: Readonly<Record<string, unknown>>, member: string | number | undefined, at: number): string {
  const list = document[String(member)]
  return Array.isArray(list) ? String(list[at]) : ''
}

async function requireOwner(context: ApplyContext, username: string): Promise<UserId> {
  const account = await context.storage.accounts.findByLogin(normalizeLogin(username))
  if (account === undefined) throw new CommandError('unknown_user', `No user ${username}.`)
  return account.id
}
