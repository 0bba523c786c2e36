/** `consentry apply`: brings the server in line with a document, and says what that changed. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Change } from '../engine/operator/apply/change.ts'
import { reasonOf } from '../lib/text/reason.ts'
import { utf8Text } from '../lib/text/utf8.ts'
import { addStorageOptions, CommandError, commandLine, type Env, printResult, withStorage } from './command.ts'
import { lookAtNamedApps, missingOf } from './findings/apps.ts'
import { lookAtProviders } from './findings/providers.ts'
import { self } from './invocation.ts'
import { writeExport } from './moving/export.ts'

interface ApplyOptions {
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly export?: string
}

export function addApply(program: Command, env: Env): void {
  addStorageOptions(program.command('apply [file]'))
    .description('apply a JSON configuration to the server (- reads standard input)')
    .option('--dry-run', 'only print what would change')
    .option('--export <file>', 'write the document of what is here instead, as `export` does')
    .option('--prune', 'also remove entries that a section does not name (never users)')
    .addHelpText('after', help)
    .action(async (file: string | undefined, options: ApplyOptions, command: Command) => {
      if (options.export !== undefined) {
        if (file !== undefined) throw new CommandError('usage', 'Name a document, or --export, and not both.', 2)
        return writeExport(command, env, options.export)
      }
      if (file === undefined) throw new CommandError('usage', 'Name the document to apply; - reads standard input.', 2)
      const { parseDocument } = await import('../engine/operator/apply/document.ts')
      const { executeApply, planApply } = await import('../engine/operator/apply/apply.ts')
      const document = parseDocument(await read(file))
      await withStorage(command, env, async (context, settings) => {
        const changes = await planApply(context, document, { prune: options.prune === true })
        if (options.dryRun !== true) {
          await executeApply(context, commandLine('apply'), changes)
          if (changes.length > 0) await sleep(noticeTime)
        }
        const named = new Set(document.providers?.map(({ id }) => `provider ${id}`))
        const asked = options.dryRun !== true && named.size > 0 ? await lookAtProviders(context.storage, settings) : []
        const clientIds = (document.clients ?? []).map(({ client_id }) => client_id)
        const warnings = [
          ...(document.clients ?? []).flatMap(({ client_id, metadata }) => missingOf(client_id, metadata)),
          ...(options.dryRun === true ? [] : await lookAtNamedApps(context.storage, settings, clientIds)),
          ...asked.filter(({ check, state }) => state !== 'ok' && named.has(check)),
        ]
        const told = foldChanges(changes)
        printResult(
          command,
          {
            dry_run: options.dryRun === true,
            changes: told,
            ...(warnings.length === 0
              ? {}
              : { warnings: warnings.map(({ check, text, repair }) => ({ check, text, repair })) }),
          },
          [
            ...(told.length === 0 ? ['nothing to change'] : told.map(line)),
            ...warnings.flatMap(({ check, text, repair }) => [`! ${check}: ${text}`, `  ${repair ?? ''}`]),
          ],
        )
      })
    })
}

/**
 * A server on SQLite looks for changes itself; one on PostgreSQL is told after the commit, on a busy machine as late as
 * a tenth of a second. Whoever acts on our answer must find it up to date.
 */
const noticeTime = 200

const signs = { create: '+', update: '~', remove: '-' } as const

type Told = Pick<Change, 'action' | 'kind' | 'name' | 'members'>

/** One change for each thing, although some of its members are written later than others. */
function foldChanges(changes: readonly Change[]): readonly Told[] {
  const things = new Map<string, Told>()
  for (const { action, kind, name, members } of changes) {
    const key = `${action === 'remove'} ${kind} ${name}`
    const before = things.get(key)
    if (before === undefined) things.set(key, { action, kind, name, members })
    else if (before.action === 'update') things.set(key, { ...before, members: [...before.members, ...members] })
  }
  return [...things.values()]
}

function line({ action, kind, name, members }: Told): string {
  return `${signs[action]} ${kind} ${name}${members.length === 0 ? '' : `: ${members.join(', ')}`}`
}

async function read(file: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = file === '-' ? await buffer(process.stdin) : await readFile(file)
  } catch (error) {
    throw new CommandError('document', `${file} cannot be read: ${reasonOf(error)}.`, 2)
  }
  const read = utf8Text(bytes)
  if (read === undefined)
    throw new CommandError('document', 'The document is not in UTF-8. Save it in that encoding.', 2)
  return read
}

const help = `
The document is a JSON object with any of these sections:

  users              username, email, email_verified, password, roles, claims; for a new one password_hash, enabled
  clients            client_id, client_secret, owner, collaborators, profile (fapi2-security, oauth21, mcp), and the
                     members of RFC 7591 with our settings;
                     for a new one client_secret_hashes, status
  resources          resource, token_format, name, publisher, website, terms, openapi, stability, sunset, proxy,
                     client_id, and scopes: names, or objects with name, title and detail by language,
                     kind (see, change, stay), for (every_app, reviewed, first_party)
  providers          id, kind (oidc, oauth2, facebook), issuer or endpoints, client_id, client_secret
  subscription_keys  key or key_digest, owner, name, disabled, collaborators, open_to (team, all)

What it does not name stays as it is. Of a user or a subscription key the named members change; an entry of any other
section replaces the former one as a whole, though secrets that were made elsewhere stay. A client without a secret is
public. The server may run meanwhile; it takes the changes up at once. Applying the same document again changes nothing.

Example, operator.json:
  {
    "users":   [{ "username": "alice", "email": "alice@example.com", "password": "…", "roles": ["owner"] }],
    "clients": [{ "client_id": "meadow", "client_secret": "… (32 characters or more)", "owner": "alice",
                  "redirect_uris": ["http://localhost:8080/callback"], "scope": "openid basic readmeasurements" }]
  }

  $ ${self} apply operator.json
  + user alice
  + client meadow`
