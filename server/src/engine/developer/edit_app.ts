/**
 * Changing an app: its name, what people read of it, its kind, scopes and redirect URIs. Where the operator approves
 * apps, what goes beyond the approved form waits for them, and the approved form goes on meanwhile.
 */

import { isDeepStrictEqual } from 'node:util'
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import { type ClientMetadata, clientSchemaWith, problemIn, readStoredMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import { redirectUriProblem } from '../../protocol/redirect_uri.ts'
import { formatScope, parseScope } from '../../protocol/scope.ts'
import { canonicalName, nameProblem } from '../../protocol/visible_name.ts'
import type { Context } from '../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../runtime/jobs/queue.ts'
import {
  type AppKind,
  amendmentTo,
  appKinds,
  formOf,
  isCovered,
  kindOf,
  membersOf,
  returnsPeople,
} from '../../runtime/kept/app_form.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { hasSectorName, sectorOf } from '../../runtime/keys/subjects.ts'
import type { Acting, ClientAmendment, ClientProposal, ClientRecord } from '../../storage/contract.ts'
import { type FormProblem, isFormProblem } from '../../words/form_problem.ts'
import { publicNameProblem } from '../account/reserved_names.ts'
import { isOtherSector, outboundOfApps, sectorProblem } from '../client/sector_identifier.ts'
import { type AppDetailProblems, type AppDetails, detailMembers, detailProblems } from './app_details.ts'
import {
  type Changed,
  change,
  type Developer,
  redirectUriLimit,
  registrationFor,
  scopeProblem,
} from './developer_apps.ts'

/** The members that an edit changes (undefined takes one out), or why it cannot be. */
type Edit = (document: ClientMetadata) => Readonly<Record<string, unknown>> | FormProblem

/** The document as it would be with the change that waits. */
export function proposedDocument(present: Pick<ClientRecord, 'metadata' | 'proposal'>): ClientMetadata {
  const members = Object.entries(present.proposal?.members ?? {}).map(([name, value]) => [name, value ?? undefined])
  return readStoredMetadata({ ...present.metadata, ...Object.fromEntries(members) })
}

/** Makes an edit of an app, or has it wait for the operator, and notes it. */
export async function edit<Type extends AuditType>(
  context: Context,
  by: Developer,
  clientId: ClientId,
  {
    event,
    detail,
    by: make,
    mayMoveSubjects = false,
  }: {
    readonly event: Type
    readonly detail: AuditDetail<Type>
    readonly by: Edit
    /** Whether the developer knows that the app calls each person by another ID afterwards. */
    readonly mayMoveSubjects?: boolean
  },
): Promise<Changed> {
  const free = registrationFor(context, by.account) === 'open'
  const lacking = await whyOutOfSector(context, clientId, make)
  if (lacking !== undefined) return { problem: lacking }
  let waits = false
  let asksAgain = false
  const and = async (acting: Acting) => {
    if (waits || asksAgain) await tellThatSomethingWaits(context, acting)
  }
  const changed = await change(context, by, { clientId, event, detail, and }, (present) => {
    const moves = mayMoveSubjects ? undefined : whySubjectsMove(present, make)
    if (moves !== undefined) return moves
    const decided = decide(present, make, free || present.status !== 'enabled', context.clock.now())
    waits = !isFormProblem(decided) && decided.metadata === undefined && decided.proposal !== null
    asksAgain = !isFormProblem(decided) && present.status === 'pending' && present.refusedForm !== null
    return decided
  })
  return changed.problem === undefined && waits ? { waits } : changed
}

/**
 * What comes of an edit: it is made at once where it is free or stays within the approved form, in what waits as well;
 * otherwise it waits.
 */
function decide(present: ClientRecord, make: Edit, free: boolean, now: number): ClientAmendment | FormProblem {
  const live = readStoredMetadata(present.metadata)
  const edited = withEdit(live, make)
  const atOnce = !isFormProblem(edited) && (free || isCovered(formOf(edited), formOf(live)))
  const waiting = withEdit(proposedDocument(present), make)
  if (isFormProblem(waiting)) {
    if (!atOnce) return waiting
    return { ...amendmentTo(present, edited), ...(present.proposal === null ? {} : { proposal: present.proposal }) }
  }
  const after = atOnce ? edited : live
  const proposal = difference(after, waiting, now)
  return {
    ...(atOnce ? amendmentTo(present, edited) : {}),
    ...(proposal === null && present.proposal === null ? {} : { proposal }),
  }
}

/**
 * Why an edit is not made unasked: an app with an ID of its own for each person (OIDC Core §8.1) would call all of them by
 * another one, and know nobody any more, or would have no host to make one from.
 */
function whySubjectsMove(present: ClientRecord, make: Edit): FormProblem | undefined {
  const before = proposedDocument(present)
  const after = withEdit(before, make)
  if (isFormProblem(after) || after.subject_type !== 'pairwise') return undefined
  if (hasSectorName(before) && !hasSectorName(after)) return 'redirect_uri_other_host'
  return isSameSector(present.clientId, before, after) ? undefined : 'subjects_move'
}

/** Why the app would not be of its sector afterwards, by the sector's document (OIDC Core §8.1). */
async function whyOutOfSector(context: Context, clientId: ClientId, make: Edit): Promise<FormProblem | undefined> {
  const record = await context.storage.clients.find(clientId)
  if (record === null || record === undefined) return undefined
  const before = proposedDocument(record)
  const after = withEdit(before, make)
  if (isFormProblem(after) || !isOtherSector(before, after)) return undefined
  const why = await sectorProblem(outboundOfApps(context), after)
  return why && { key: 'member_refused', member: after.sector_identifier_uri ?? '', why }
}

function isSameSector(id: ClientId, before: ClientMetadata, after: ClientMetadata): boolean {
  return sectorOf({ id, metadata: before }) === sectorOf({ id, metadata: after })
}

/** Whether the app would call each person by another ID without this redirect URI. */
export function movesSubjects({ id, metadata }: Client, uri: string): boolean {
  const left = metadata.redirect_uris.filter((one) => one !== uri)
  return left.length > 0 && !isSameSector(id, metadata, { ...metadata, redirect_uris: left })
}

/** The document after an edit. Whoever adds an address has judged its scheme before. */
function withEdit(document: ClientMetadata, make: Edit): ClientMetadata | FormProblem {
  const members = make(document)
  if (isFormProblem(members)) return members
  const result = clientSchemaWith('any').safeParse({ ...document, ...members })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const [member, at] = issue?.path ?? []
  const uri = isUriList(member) && typeof at === 'number' ? document[member]?.[at] : undefined
  return { key: 'member_refused', member: uri ?? String(member), why: (issue && problemIn(issue)) ?? 'unsound' }
}

function isUriList(member: unknown): member is 'redirect_uris' | 'post_logout_redirect_uris' {
  return member === 'redirect_uris' || member === 'post_logout_redirect_uris'
}

function difference(from: ClientMetadata, to: ClientMetadata, at: number): ClientProposal | null {
  const [before, after]: [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>] = [from, to]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const members = names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
  if (members.length === 0) return null
  return { members: Object.fromEntries(members.map((name) => [name, after[name] ?? null])), at }
}

export async function renameApp(context: Context, by: Developer, clientId: ClientId, name: string): Promise<Changed> {
  const of = { account: by.account, clientId }
  const problem = nameProblem(name) ?? (await publicNameProblem(context, name, of))
  if (problem !== undefined) return { problem }
  const detail = { name: canonicalName(name) }
  return edit(context, by, clientId, { event: 'app_renamed', detail, by: () => ({ client_name: name }) })
}

/** Saves what people read of an app. Addresses are https alone: a link on our pages leads nowhere else. */
export async function saveDetails(
  context: Context,
  by: Developer,
  clientId: ClientId,
  details: AppDetails,
): Promise<(Changed & { readonly problems?: undefined }) | { readonly problems: AppDetailProblems }> {
  const problems = await detailProblems(context, details, { account: by.account, clientId })
  if (problems !== undefined) return { problems }
  const members = detailMembers(details)
  const detail = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value ?? null]))
  return edit(context, by, clientId, { event: 'app_details_changed', detail, by: () => members })
}

export interface AppAccess {
  readonly kind: string
  readonly scope: readonly string[]
}

export function accessOf({ metadata }: Pick<Client, 'metadata'>): AppAccess {
  return { kind: kindOf(metadata), scope: parseScope(metadata.scope ?? '') ?? [] }
}

/**
 * Saves what an app is and what it may ask for. A scope that goes narrows what the app holds at once; one that comes
 * widens nothing that people have agreed to. Between keeping a secret and keeping none, everything issued ends.
 */
export async function saveAccess(
  context: Context,
  by: Developer,
  client: Client,
  { kind, scope }: AppAccess,
): Promise<Changed & { readonly field?: 'kind' | 'scope' }> {
  if (!(appKinds as readonly string[]).includes(kind)) return { problem: 'kind_missing', field: 'kind' }
  const problem = await scopeProblem(context, scope, client)
  if (problem !== undefined) return { problem, field: 'scope' }
  const chosen = kind as AppKind
  // What goes, goes at once, also where what comes has to wait.
  const left = client.scope.filter((name) => scope.includes(name))
  if (left.length > 0 && left.length < client.scope.length) {
    await edit(context, by, client.id, {
      event: 'app_access_changed',
      detail: { scope: formatScope(left) },
      by: ({ scope: present }) => ({
        scope: formatScope((parseScope(present ?? '') ?? []).filter((name) => scope.includes(name))),
      }),
    })
  }
  const changed = await edit(context, by, client.id, {
    event: 'app_access_changed',
    detail: { kind, scope: formatScope(scope) },
    by: (document) => {
      const members = { scope: formatScope(scope) }
      if (kindOf(document) === chosen) return members
      if (returnsPeople(chosen) && document.redirect_uris.length === 0) return 'redirect_uri_needed'
      return { ...members, ...membersFor(chosen, document) }
    },
  })
  return changed.problem === undefined ? changed : { problem: changed.problem, field: 'kind' }
}

/** The members of another kind. Settings that make no sense for an app without a secret go with the secret. */
function membersFor(kind: AppKind, document: ClientMetadata): Record<string, unknown> {
  const members = membersOf(kind)
  if (kind === 'web' || kind === 'machine') {
    if (document.token_endpoint_auth_method === 'none') return members
    const { token_endpoint_auth_method: method, any_secret_method: either } = document
    return { ...members, token_endpoint_auth_method: method, any_secret_method: either }
  }
  return {
    ...members,
    any_secret_method: undefined,
    require_pkce: undefined,
    refresh_without_secret: undefined,
    ...(document.refresh_rotation === 'never' ? { refresh_rotation: undefined } : {}),
  }
}

/** Takes back the change that waits for the operator. */
export async function withdrawChange(context: Context, by: Developer, clientId: ClientId): Promise<Changed> {
  return change(context, by, { clientId, event: 'app_change_withdrawn', detail: {} }, (present) =>
    present.proposal === null ? 'gone' : { proposal: null },
  )
}

/** The kinds of apps that people come back to. */
type KindForPeople = Exclude<AppKind, 'device' | 'machine'>

export function isKindForPeople(kind: string): kind is KindForPeople {
  return (appKinds as readonly string[]).includes(kind) && returnsPeople(kind as AppKind)
}

/**
 * Registers one more redirect URI, exactly as given. An app that nobody came back to is of the kind `becomes` from then on:
 * whoever says where people come back to has them sign in.
 */
export async function addRedirectUri(
  context: Context,
  by: Developer,
  client: Client,
  { uri, becomes }: { readonly uri: string; readonly becomes: KindForPeople },
): Promise<Changed> {
  if (uri === '') return { problem: 'redirect_uri_missing' }
  const present = kindOf(client.metadata)
  const kind = returnsPeople(present) ? present : becomes
  const why = redirectUriProblem(uri, kind === 'native', context.settings.nativeSchemes)
  if (why !== undefined) return { problem: { key: 'redirect_uri_refused', why } }
  return edit(context, by, client.id, {
    event: 'redirect_uri_added',
    detail: { uri },
    by: (document) => {
      const { redirect_uris: known } = document
      if (known.includes(uri)) return 'redirect_uri_known'
      if (known.length >= redirectUriLimit) return { key: 'redirect_uris_full', limit: redirectUriLimit }
      const members = returnsPeople(kindOf(document)) ? {} : membersFor(becomes, document)
      return { ...members, redirect_uris: [...known, uri] }
    },
  })
}

/** Puts another redirect URI in the place of one; requests under way that would end at the old one are refused. */
export async function changeRedirectUri(
  context: Context,
  by: Developer,
  client: Client,
  { from, to, mayMoveSubjects }: { readonly from: string; readonly to: string; readonly mayMoveSubjects: boolean },
): Promise<Changed> {
  if (to === '') return { problem: 'redirect_uri_missing' }
  const why = redirectUriProblem(to, client.metadata.application_type === 'native', context.settings.nativeSchemes)
  if (why !== undefined) return { problem: { key: 'redirect_uri_refused', why } }
  return edit(context, by, client.id, {
    event: 'redirect_uri_changed',
    detail: { from, to },
    mayMoveSubjects,
    by: ({ redirect_uris: known }) => {
      if (!known.includes(from)) return 'gone'
      if (to !== from && known.includes(to)) return 'redirect_uri_known'
      return { redirect_uris: known.map((one) => (one === from ? to : one)) }
    },
  })
}

/** Takes a redirect URI away; requests under way that would end there are refused. */
export async function removeRedirectUri(
  context: Context,
  by: Developer,
  clientId: ClientId,
  { uri, mayMoveSubjects }: { readonly uri: string; readonly mayMoveSubjects: boolean },
): Promise<Changed> {
  return edit(context, by, clientId, {
    event: 'redirect_uri_removed',
    detail: { uri },
    mayMoveSubjects,
    by: ({ redirect_uris: known, grant_types: grants }) => {
      if (!known.includes(uri)) return 'gone'
      const left = known.filter((one) => one !== uri)
      if (left.length === 0 && grants.includes('authorization_code')) return 'redirect_uri_last'
      return { redirect_uris: left }
    },
  })
}
