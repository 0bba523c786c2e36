/**
 * Personal tokens: made by a person for a script of theirs, good at the data API alone, until the day that they chose. Each
 * is a grant of its own, of a client that the server makes; it is in nobody's introspection, as no app has it.
 */
import { day, type Millis } from '../../lib/clock.ts'
import { randomBytes } from '../../lib/random.ts'
import { newPersonalToken } from '../../protocol/access_token.ts'
import type { Grant } from '../../protocol/grant.ts'
import { dataApiScopes } from '../../protocol/scope.ts'
import { canonicalName, nameProblem } from '../../protocol/visible_name.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import { personalClient } from '../../runtime/kept/builtin_clients.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Account } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { actInSession, isRecent, type LiveSession } from '../account/sessions.ts'
import { handleDigest } from '../grant/credentials.ts'
import { newGrant } from '../grant/new_grant.ts'

/** How many a person may have. */
export const personalTokenLimit = 50
/** Lives to choose from, in days. */
const personalTokenLives = [7, 30, 90, 365] as const
const longestLife: Millis = 366 * day

export interface PersonalToken {
  readonly id: string
  readonly name: string
  readonly scope: readonly string[]
  readonly createdAt: Millis
  /** To the day; null where it was never used. */
  readonly usedAt: Millis | null
  readonly expiresAt: Millis
}

/** As it is filled in. */
export interface PersonalTokenForm {
  readonly name: string
  readonly scope: readonly string[]
  /** One of `personalTokenLives`, or `until`. */
  readonly expires: string
  /** The last day on which it works (UTC), as YYYY-MM-DD. */
  readonly until: string
}

export type PersonalTokenAdded =
  | { readonly outcome: 'added'; readonly text: string; readonly name: string }
  | { readonly outcome: 'sign_in_again' }
  | {
      readonly outcome: 'refused'
      readonly field: 'name' | 'scope' | 'expires' | 'until'
      readonly problem: FormProblem
    }

/** Makes one for a person who has signed in within ten minutes. Its text is told here and never again. */
export async function addPersonalToken(
  context: Context,
  live: LiveSession,
  form: PersonalTokenForm,
  caller: Caller,
): Promise<PersonalTokenAdded> {
  const { account } = live
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const client = await context.clients.find(personalClient.clientId)
  if (client === undefined) throw new Error('personal tokens: their client is not there')
  const unnamed = nameProblem(form.name)
  if (unnamed !== undefined) return { outcome: 'refused', field: 'name', problem: unnamed }
  const scope = dataApiScopes.filter((name) => form.scope.includes(name))
  if (scope.length === 0) return { outcome: 'refused', field: 'scope', problem: 'scope_missing' }
  const expiresAt = endOf(form, context.clock.now())
  if (typeof expiresAt !== 'number') return { outcome: 'refused', ...expiresAt }
  const name = canonicalName(form.name)
  const text = newPersonalToken(randomBytes)
  const grant = grantOf(context, { client, account }, { name, scope, expiresAt, text })
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<PersonalTokenAdded>(context, { live, caller, over }, async ({ acting, record }) => {
    if ((await acting.grants.begin(grant, personalTokenLimit)) === 'full') {
      const problem = { key: 'personal_tokens_full', limit: personalTokenLimit } as const
      return { outcome: 'refused', field: 'name', problem }
    }
    const detail = { token: idOf(grant), scope, expires: new Date(expiresAt).toISOString() }
    await record('personal_token_added', { detail })
    await sendMail(context, acting, 'personal_token_added', { ids: { userId: account.id } })
    return { outcome: 'added', text, name }
  })
}

/** When it ends, or why that cannot be. */
function endOf(
  { expires, until }: PersonalTokenForm,
  now: Millis,
): Millis | { readonly field: 'expires' | 'until'; readonly problem: FormProblem } {
  const chosen = personalTokenLives.find((days) => String(days) === expires)
  if (chosen !== undefined) return now + chosen * day
  if (expires !== 'until') return { field: 'expires', problem: 'expiry_missing' }
  const start = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(until) ? Date.parse(until) : Number.NaN
  // What a parser would move to the next month is no day either.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== until) {
    return { field: 'until', problem: 'day_unsound' }
  }
  const end = start + day
  return end > now && end <= now + longestLife ? end : { field: 'until', problem: 'day_out_of_range' }
}

function grantOf(
  context: Context,
  { client, account }: { readonly client: Client; readonly account: Account },
  token: Pick<PersonalToken, 'name' | 'scope' | 'expiresAt'> & { readonly text: string },
): Grant {
  const now = context.clock.now()
  // In whole days, so that few kinds of them are kept.
  const life = Math.ceil((token.expiresAt - now) / day) * 86_400
  const grant = newGrant(context, client, account, {
    createdAt: now,
    state: 'live',
    step: 1,
    expiresAt: token.expiresAt,
    dialect: 'oauth',
    label: token.name,
    authMethod: 'none',
    handle: handleDigest(token.text),
    context: {
      grantType: 'personal_token',
      scope: token.scope,
      resources: [],
      refreshable: false,
      accessTokenTtl: life,
      refreshTokenTtl: life,
      tokenFormat: 'handle',
    },
  })
  // Never, until it is.
  return { ...grant, usedAt: 0 }
}

const idOf = (grant: Grant) => grant.id.toString('base64url')

/** Those that have neither ended nor expired, the latest made first. */
export async function listPersonalTokens(
  { storage }: Pick<Context, 'storage'>,
  account: Account,
): Promise<readonly PersonalToken[]> {
  const of = { state: 'live', clientId: personalClient.clientId } as const
  const views = await storage.grants.listByUser(account.id, personalTokenLimit, of)
  return views.map(({ grant }) => ({
    id: idOf(grant),
    name: grant.label ?? '',
    scope: grant.context.scope,
    createdAt: grant.createdAt,
    usedAt: grant.usedAt === 0 ? null : grant.usedAt,
    expiresAt: grant.expiresAt,
  }))
}

/** Ends one of this person's; false where they have none with this ID. */
export async function endPersonalToken(
  context: Context,
  account: Account,
  id: string,
  caller: Caller,
): Promise<boolean> {
  if (!(await listPersonalTokens(context, account)).some((token) => token.id === id)) return false
  return act(context, { actor: account.id, caller }, async ({ grants }, record) => {
    if ((await grants.endAll({ id: Buffer.from(id, 'base64url') }, 'revoked_by_user')) === 0) return false
    await record('personal_token_ended', { detail: { token: id } })
    return true
  })
}
