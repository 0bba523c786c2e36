/**
 * What developers do with apps of their own: register, rename, rotate secrets, mind redirect URIs, delete.
 * Not here: what the operator does with them (`operator/apps.ts`), and judging requests by what is registered
 * (`client/`). Neighbours: `operator/` above; `access_tokens/` is beside and unknown; `client/` below. To add: an act of
 * an app's people, a file here that asks who may and writes its audit event.
 */
import { day, hour, type Millis } from '../../lib/clock.ts'
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import { type ClientMetadata, clientSchemaWith } from '../../protocol/client_metadata.ts'
import { type ClientId, isSecretMethod } from '../../protocol/names.ts'
import { type OwnSchemes, redirectUriProblem } from '../../protocol/redirect_uri.ts'
import { formatScope } from '../../protocol/scope.ts'
import { canonicalName, nameProblem } from '../../protocol/visible_name.ts'
import { type Actor, type ActRecorder, type AuditParties, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../runtime/jobs/queue.ts'
import { type AppKind, appKinds, membersOf } from '../../runtime/kept/app_form.ts'
import { type Client, toClient } from '../../runtime/kept/clients.ts'
import type {
  Account,
  Acting,
  ClientAmendment,
  ClientRecord,
  ClientSecret,
  ClientStatus,
} from '../../storage/contract.ts'
import { type FormProblem, isFormProblem } from '../../words/form_problem.ts'
import { publicNameProblem } from '../account/reserved_names.ts'
import { endAllTokens } from '../client/own_tokens.ts'
import { newClientSecret, type RegisteredClient, registerClient } from '../client/register_client.ts'
import { offeredScopes, usesAdminApi } from '../grant/scopes.ts'
import { type AppDetailProblems, type AppDetails, detailMembers, detailProblems } from './app_details.ts'

/** Who acts, and from where. */
export interface Developer {
  readonly account: Account
  readonly caller: Caller
}

export const secretLimit = 5
export const redirectUriLimit = 100
export const appLimit = 100
/** How long a replaced secret may go on working, so that every copy of the app can be changed over. */
export const secretOverlaps = { none: 0, hour, day, week: 7 * day, month: 30 * day } as const satisfies Record<
  string,
  Millis
>
export type SecretOverlap = keyof typeof secretOverlaps

/** What came of a change: done, or waiting for the operator, or why not. */
export type Changed =
  | { readonly problem?: undefined; readonly waits?: boolean }
  /** Why nothing was changed, and the seconds after which it may be tried again where a budget is used up. */
  | { readonly problem: FormProblem; readonly retryAfter?: number }

/** The app as it is stored now, if the person owns it or works on it. Nobody finds the app of somebody else. */
export async function findOwnApp(context: Context, account: Account, clientId: ClientId): Promise<Client | undefined> {
  const record = await context.storage.clients.find(clientId)
  if (record === undefined) return undefined
  if (record.ownerId === account.id) return toClient(record)
  if (await context.storage.clients.isCollaborator(record.clientId, account.id)) return toClient(record)
  return undefined
}

/** The apps that the person owns or works on, by name. */
export async function listOwnApps(context: Context, account: Account): Promise<readonly Client[]> {
  return (await context.storage.clients.listByUser(account.id)).map(toClient)
}

/** How the person's registration would end: by the operator's setting, from which operators themselves are exempt. */
export function registrationFor(context: Context, account: Account): 'open' | 'approval' | 'closed' {
  return isOperator(account) ? 'open' : context.settings.appRegistration
}

/** Whether the person runs this server. Nobody does so by an account that is disabled or closed. */
export function isOperator({ enabled, roles }: Account): boolean {
  return enabled && (roles.includes('owner') || roles.includes('admin'))
}

/** Collaborators look after an app; only its owner may end it, or give it away. */
export function mayDelete(account: Account, client: Client): boolean {
  return client.ownerId === account.id && !usesAdminApi(client)
}

export interface AppForm {
  readonly name: string
  readonly kind: string
  readonly redirectUris: readonly string[]
  readonly scope: readonly string[]
  /** Left out, nothing is told beside the name. */
  readonly details?: AppDetails | undefined
}

/** What is wrong with each part of the form. */
export interface AppProblems {
  readonly name?: FormProblem
  readonly kind?: FormProblem
  readonly redirectUris?: FormProblem
  readonly scope?: FormProblem
  readonly form?: FormProblem
  readonly details?: AppDetailProblems
}

export type AppRegistration =
  | ({ readonly outcome: 'registered'; readonly status: ClientStatus } & RegisteredClient)
  | { readonly outcome: 'problems'; readonly problems: AppProblems }
  | { readonly outcome: 'closed' }

/** Registers an app of the person; where the operator wants to approve it first, in development. */
export async function registerApp(context: Context, by: Developer, form: AppForm): Promise<AppRegistration> {
  const registration = registrationFor(context, by.account)
  if (registration === 'closed') return { outcome: 'closed' }
  const problems = await appProblems(context, by.account, form)
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const kind = form.kind as AppKind
  const status: ClientStatus = registration === 'open' ? 'enabled' : 'pending'
  const room = isOperator(by.account) ? undefined : appLimit
  const metadata = newMetadata(form, kind, context.settings.nativeSchemes)
  const made = await actAs(context, by, async (acting, record) => {
    const wanted = { ownerId: by.account.id, status, metadata, room }
    const registered = await registerClient(acting, wanted, context.clock.now())
    if (typeof registered === 'string') return registered
    if (status === 'pending') await tellThatSomethingWaits(context, acting)
    await record('app_registered', { clientId: registered.clientId, detail: { name: form.name, kind, status } })
    return registered
  })
  if (made === 'full') return { outcome: 'problems', problems: { form: { key: 'apps_full', limit: appLimit } } }
  if (made === 'taken') throw new Error('registration: a random client id was taken')
  return { outcome: 'registered', status, ...made }
}

/** The document of an app that is registered here. */
export function newMetadata(form: AppForm, kind: AppKind, schemes: OwnSchemes): ClientMetadata {
  return clientSchemaWith(schemes).parse({
    client_name: form.name,
    redirect_uris: form.redirectUris,
    ...membersOf(kind),
    scope: formatScope(form.scope),
    ...(form.details === undefined ? {} : detailMembers(form.details)),
    // A fiftieth of the work of RS256 for us, and every current library takes it.
    id_token_signed_response_alg: 'ES256',
    dialects: ['oauth'],
  })
}

async function appProblems(context: Context, account: Account, form: AppForm): Promise<AppProblems> {
  const name = nameProblem(form.name) ?? (await publicNameProblem(context, form.name, { account }))
  const kind = (appKinds as readonly string[]).includes(form.kind) ? undefined : 'kind_missing'
  const redirectUris = redirectUrisProblem(form.redirectUris, form.kind, context.settings.nativeSchemes)
  const scope = await scopeProblem(context, form.scope)
  const details = form.details && (await detailProblems(context, form.details, { account }))
  return {
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(redirectUris === undefined ? {} : { redirectUris }),
    ...(scope === undefined ? {} : { scope }),
    ...(details === undefined ? {} : { details }),
  }
}

/** Why an app cannot ask for these scopes. What it has already it may keep. */
export async function scopeProblem(
  context: Context,
  scope: readonly string[],
  client?: Pick<Client, 'metadata' | 'scope'>,
): Promise<FormProblem | undefined> {
  if (scope.length === 0) return 'scope_missing'
  const offered = new Set((await offeredScopes(context, client)).map(({ name }) => name))
  const known = scope.every((name) => offered.has(name) || client?.scope.includes(name) === true)
  return known ? undefined : 'scope_unknown'
}

function redirectUrisProblem(uris: readonly string[], kind: string, schemes: OwnSchemes): FormProblem | undefined {
  if ((kind === 'machine' || kind === 'device') && uris.length === 0) return undefined
  if (uris.length === 0) return 'redirect_uris_missing'
  return redirectUriListProblem(uris, kind === 'native', schemes)
}

/** Why addresses that people return to cannot be registered together. */
export function redirectUriListProblem(
  uris: readonly string[],
  native: boolean,
  schemes: OwnSchemes,
): FormProblem | undefined {
  if (uris.length > redirectUriLimit) return { key: 'redirect_uris_full', limit: redirectUriLimit }
  if (new Set(uris).size < uris.length) return 'redirect_uris_repeated'
  for (const uri of uris) {
    const why = redirectUriProblem(uri, native, schemes)
    if (why !== undefined) return { key: 'redirect_uri_of_list_refused', uri: excerpt(uri), why }
  }
  return undefined
}

function excerpt(uri: string): string {
  return uri.length <= 200 ? uri : `${uri.slice(0, 200)}…`
}

/** Deletes the app with everything that belongs to it; its tokens stop at once. Only for who `mayDelete`. */
export async function deleteApp(context: Context, by: Developer, client: Client): Promise<void> {
  if (!mayDelete(by.account, client)) throw new Error('developer apps: a collaborator may not delete an app')
  await actAs(context, by, async ({ clients }, record) => {
    if (await clients.delete(client.id)) {
      await record('app_deleted', { clientId: client.id, detail: { name: client.name } })
    }
  })
}

/** Whether the client proves itself by secrets that we keep. */
export function usesSecrets(client: Client): boolean {
  return isSecretMethod(client.metadata.token_endpoint_auth_method)
}

export type SecretAdded = { readonly secret: string; readonly problem?: undefined } | { readonly problem: FormProblem }
export type SecretReplaced =
  | { readonly secret: string; readonly oldEnds: Millis; readonly problem?: undefined }
  | { readonly problem: FormProblem; readonly field?: 'name' | undefined }

/** Adds a named secret beside those there are. Its text is answered here and never again. */
export async function addSecret(
  context: Context,
  by: Developer,
  clientId: ClientId,
  name: string,
): Promise<SecretAdded> {
  const problem = nameProblem(name)
  if (problem !== undefined) return { problem }
  const { text, secret } = newClientSecret(canonicalName(name), context.clock.now())
  const added = { clientId, event: 'client_secret_added', detail: { secret: secret.id, name } } as const
  const changed = await change(context, by, added, (present) => {
    return noRoom(present) ?? nameTaken(present.secrets, secret.name) ?? { addSecret: secret }
  })
  return changed.problem === undefined ? { secret: text } : changed
}

/** Adds a secret in place of another, which works as long as `overlap` says. The two have different names. */
export async function replaceSecret(
  context: Context,
  by: Developer,
  clientId: ClientId,
  { id, overlap, name }: { readonly id: string; readonly overlap: SecretOverlap; readonly name: string },
): Promise<SecretReplaced> {
  const now = context.clock.now()
  const { text, secret } = newClientSecret(canonicalName(name), now)
  const oldEnds = now + secretOverlaps[overlap]
  const detail = { secret: secret.id, name: secret.name, replaces: id, oldEnds: new Date(oldEnds).toISOString() }
  let ofName: FormProblem | undefined
  const replaced = { clientId, event: 'client_secret_replaced', detail, endsOwn: overlap === 'none' } as const
  const changed = await change(context, by, replaced, (present) => {
    const old = present.secrets.find((one) => one.id === id)
    if (old === undefined) return 'gone'
    if (old.expiresAt !== null) return 'secret_replaced'
    ofName = nameProblem(name) ?? nameTaken(present.secrets, secret.name)
    return noRoom(present) ?? ofName ?? { addSecret: secret, expireSecret: { id: old.id, at: oldEnds } }
  })
  if (changed.problem !== undefined) return changed.problem === ofName ? { ...changed, field: 'name' } : changed
  return { secret: text, oldEnds }
}

function nameTaken(secrets: readonly ClientSecret[], name: string): FormProblem | undefined {
  return secrets.some((one) => one.name === name) ? 'secret_name_taken' : undefined
}

/** A name for the secret that replaces another: its name with the next number that is free. */
export function nextSecretName(secrets: readonly ClientSecret[], name: string): string {
  const stem = name.replace(/ [0-9]{1,3}$/, '').slice(0, 90)
  for (let number = 2; ; number++) {
    const next = `${stem} ${number}`
    if (nameTaken(secrets, next) === undefined) return next
  }
}

function noRoom(present: ClientRecord): FormProblem | undefined {
  if (!usesSecrets(toClient(present))) return 'secrets_unused'
  return present.secrets.length < secretLimit ? undefined : { key: 'secrets_full', limit: secretLimit }
}

/** Removes a secret; it stops working at once. */
export async function removeSecret(
  context: Context,
  by: Developer,
  clientId: ClientId,
  secretId: string,
): Promise<Changed> {
  const now = context.clock.now()
  const removed = { clientId, event: 'client_secret_removed', detail: { secret: secretId }, endsOwn: true } as const
  return change(context, by, removed, ({ secrets }) => {
    if (!secrets.some((one) => one.id === secretId)) return 'gone'
    return canRemoveSecret(secrets, secretId, now) ? { removeSecrets: [secretId] } : 'secret_last'
  })
}

/** Ends everything that was issued to the app; the app, its secrets and what people agreed to stay. */
export async function endAppTokens(context: Context, by: Developer, clientId: ClientId): Promise<void> {
  await actAs(context, by, (acting, record) => endAllTokens(acting, record, clientId))
}

/** Whether the app can still prove itself without this secret. */
export function canRemoveSecret(secrets: readonly ClientSecret[], secretId: string, now: Millis): boolean {
  const works = (one: ClientSecret) => one.expiresAt === null || one.expiresAt > now
  const removed = secrets.find((one) => one.id === secretId)
  const others = secrets.filter((one) => one.id !== secretId)
  return others.some(works) || (others.length > 0 && removed !== undefined && !works(removed))
}

/** Does what a developer does, together with its row in the audit log. */
export function actAs<T>(
  context: Context,
  { account, caller }: Developer,
  work: (acting: Acting, record: ActRecorder) => Promise<T>,
): Promise<T> {
  return act(context, { actor: account.id, caller }, work)
}

/** Writes what `decide` makes of something as it is, within an act. */
export type Amend<Present, Change> = (
  acting: Acting,
  decide: (present: Present) => Change | undefined,
) => Promise<unknown>

/** Makes a change that is decided on what is there, or not, and notes it. */
export function changeAs<Present, Change extends object, Type extends AuditType>(
  context: Context,
  by: Developer,
  {
    event,
    amend,
    and,
    ...of
  }: Omit<AuditParties, keyof Actor> & {
    readonly event: Type
    readonly detail: AuditDetail<Type>
    readonly amend: Amend<Present, Change>
    /** What goes with the change. */
    readonly and?: ((acting: Acting) => Promise<unknown>) | undefined
  },
  decide: (present: Present) => Change | FormProblem,
): Promise<Changed> {
  return actAs(context, by, async (acting, record) => {
    let problem: FormProblem | undefined = 'gone'
    await amend(acting, (present) => {
      const decided = decide(present)
      problem = isFormProblem(decided) ? decided : undefined
      return isFormProblem(decided) ? undefined : decided
    })
    if (problem !== undefined) return { problem }
    await and?.(acting)
    await record(event, of)
    return {}
  })
}

/** What a developer does to an app, as the audit log names it. */
interface AppAct<Type extends AuditType> {
  readonly clientId: ClientId
  readonly event: Type
  readonly detail: AuditDetail<Type>
  /** Whether the tokens that the app got by itself end: what it proved itself by stops working, and somebody may have it. */
  readonly endsOwn?: boolean
  /** What goes with the change. */
  readonly and?: (acting: Acting) => Promise<unknown>
}

/** Makes a change that is decided on the app as it is; not of one that uses the admin API, which is the operator's to change. */
export function change<Type extends AuditType>(
  context: Context,
  by: Developer,
  { clientId, event, detail, endsOwn = false, and: more }: AppAct<Type>,
  decide: (present: ClientRecord) => ClientAmendment | FormProblem,
): Promise<Changed> {
  const amend: Amend<ClientRecord, ClientAmendment> = ({ clients }, decided) => clients.amend(clientId, decided)
  const and = async (acting: Acting) => {
    if (endsOwn) await acting.grants.moveOwn(clientId)
    await more?.(acting)
  }
  // Whoever could change such an app could get its tokens.
  const unlessOperators = (present: ClientRecord) =>
    usesAdminApi(toClient(present)) ? 'app_operators' : decide(present)
  return changeAs(context, by, { event, detail, clientId, amend, and }, unlessOperators)
}
