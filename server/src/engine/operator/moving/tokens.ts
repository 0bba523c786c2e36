/** Refresh tokens that another server has issued: a grant by the digest of the token, which is redeemed here once. */

import { normalizeLogin } from '../../../protocol/account_names.ts'
import type { Grant } from '../../../protocol/grant.ts'
import { parseScope } from '../../../protocol/scope.ts'
import { auditEvent } from '../../../runtime/act.ts'
import { type Client, toClient } from '../../../runtime/kept/clients.ts'
import type { Account, Acting } from '../../../storage/contract.ts'
import { importedGrantType } from '../../grant/credentials.ts'
import { newGrant } from '../../grant/new_grant.ts'
import type { ApplyContext } from '../apply/change.ts'
import { actorOf, type Operator } from '../operator.ts'
import type { FoundToken, SkipReason } from './found.ts'

/** How long tokens live here, in seconds. */
export interface TokenLives {
  readonly accessTokenTtl: number
}

export interface TokenImport {
  readonly context: ApplyContext
  readonly by: Operator
  readonly source: string
  readonly lives: TokenLives
  perform(work: (acting: Acting) => Promise<'imported'>): Promise<'imported'>
}

export async function importToken(
  run: TokenImport,
  found: FoundToken,
): Promise<'imported' | 'already_there' | SkipReason> {
  const { storage, clock } = run.context
  const scope = parseScope(found.scope)
  if (scope === undefined || scope.length === 0) return 'token_unsound'
  if (found.expiresAt <= clock.now()) return 'token_expired'
  const record = await storage.clients.find(found.clientId)
  if (record === undefined) return 'client_unknown'
  const client = toClient(record)
  if (!client.metadata.grant_types.includes('refresh_token')) return 'client_without_refresh'
  const account = await storage.accounts.findByLogin(normalizeLogin(found.username))
  if (account === undefined) return 'user_unknown'
  const grant = grantOf(run, found, { client, account, scope })
  const there = await whatIsThere(run, grant)
  if (there !== undefined) return there
  try {
    return await run.perform((acting) => write(run, acting, grant))
  } catch (error) {
    // Somebody else brings the same tokens at the same time.
    const meanwhile = await whatIsThere(run, grant)
    if (meanwhile !== undefined) return meanwhile
    throw error
  }
}

async function whatIsThere(
  { context }: TokenImport,
  grant: Grant,
): Promise<'already_there' | 'token_of_another' | undefined> {
  const found = grant.handle === null ? undefined : await context.storage.grants.findByHandle(grant.handle)
  if (found === undefined) return undefined
  const same = found.grant.clientId === grant.clientId && found.grant.userId === grant.userId
  return same ? 'already_there' : 'token_of_another'
}

/** Nobody has so many apps connected. */
const anyNumber = Number.MAX_SAFE_INTEGER

async function write({ context, by, source }: TokenImport, acting: Acting, grant: Grant): Promise<'imported'> {
  const { clientId, userId, expiresAt } = grant
  await acting.grants.begin(grant, anyNumber)
  await acting.clients.amend(clientId, ({ tokensUntil }) =>
    tokensUntil !== null && tokensUntil >= expiresAt ? undefined : { tokensUntil: expiresAt },
  )
  const parties = { ...actorOf(by), subject: userId, clientId }
  await acting.audit.append([auditEvent(context.clock.now(), 'grant_imported', { ...parties, detail: { source } })])
  return 'imported'
}

interface Parts {
  readonly client: Client
  readonly account: Account
  readonly scope: readonly string[]
}

/** The grant as if its first refresh token had been issued here now. */
function grantOf({ context, lives }: TokenImport, found: FoundToken, { client, account, scope }: Parts): Grant {
  const now = context.clock.now()
  const method = client.metadata.token_endpoint_auth_method
  return newGrant(context, client, account, {
    createdAt: now,
    state: 'live',
    step: 1,
    expiresAt: found.expiresAt,
    dialect: 'oauth',
    authMethod: method,
    handle: Buffer.from(found.sha256, 'hex'),
    context: {
      grantType: importedGrantType,
      scope,
      resources: [],
      refreshable: true,
      accessTokenTtl: client.metadata.access_token_ttl ?? lives.accessTokenTtl,
      refreshTokenTtl: Math.ceil((found.expiresAt - now) / 1000),
    },
  })
}
