/** Apps: what is registered of them, what waits for the operator, and their secrets. */
import { z } from 'zod'
import { countRequests } from '../../../engine/developer/request_log.ts'
import { waitingForm } from '../../../engine/developer/waiting_form.ts'
import {
  type ClientRecord,
  collaboratorsOf,
  findApp,
  findPerson,
  searchApps,
} from '../../../engine/operator/admin_api/directory.ts'
import {
  approveApp,
  createApp,
  deleteApp,
  endAppTokens,
  refuseApp,
  switchApp,
  wantChanges,
} from '../../../engine/operator/apps.ts'
import { Problem } from '../../../http/problem_details.ts'
import { clientMetadataMembers } from '../../../protocol/client_metadata.ts'
import { isUserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import { toClient } from '../../../runtime/kept/clients.ts'
import { applyEntry, membersOf, patched, readEntries } from '../document.ts'
import { type Call, type Operation, operation, type Thing, text } from '../operation.ts'
import { keysOf, notOfThisList, pageBehind, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

export const byClientId = z.strictObject({ client_id: text.max(255) })

const statuses = ['pending', 'enabled', 'disabled'] as const

const secret = z.object({
  id: z.string(),
  name: z.string(),
  created_at: moment,
  expires_at: moment.nullable(),
})

const about = { description: 'Its registered document: the members of RFC 7591 §2 and the settings of this server.' }
const members = membersOf(clientMetadataMembers).meta(about)

const app = z.object({
  client_id: z.string(),
  status: z.enum(statuses),
  owner: z.string().nullable().meta({ description: 'ID of the person who owns it.' }),
  metadata: z.record(z.string(), z.unknown()).meta(about),
  verified: z.object({ at: moment, by: z.string() }).nullable(),
  waiting: z
    .object({ form: z.string(), members: z.record(z.string(), z.unknown()) })
    .nullable()
    .meta({ description: 'What waits for the operator: the name of its form, and the members that would change.' }),
  secrets: z.array(secret).meta({ description: 'Its secrets without their text.' }),
  created_at: moment,
  updated_at: moment,
})

function shown(record: ClientRecord): z.output<typeof app> {
  const { verification } = toClient(record)
  const form = waitingForm(record)
  return {
    client_id: record.clientId,
    status: record.status,
    owner: record.ownerId,
    metadata: { ...record.metadata },
    verified: verification === undefined ? null : { at: momentOf(verification.at), by: verification.by },
    waiting: form === undefined ? null : { form, members: { ...record.proposal?.members } },
    secrets: record.secrets.map(({ id, name, createdAt, expiresAt }) => ({
      id,
      name,
      created_at: momentOf(createdAt),
      expires_at: momentOrNull(expiresAt),
    })),
    created_at: momentOf(record.createdAt),
    updated_at: momentOf(record.updatedAt),
  }
}

/** An app by itself, with what a list does not have of each. */
export const oneApp = app.extend({
  collaborators: z.array(z.string()).meta({ description: 'IDs of the people who work on it beside its owner.' }),
})

export const anApp: Thing<z.output<typeof byClientId>> = {
  kind: 'app',
  key: ({ client_id: id }) => id,
  read: async ({ context }, id) => {
    const record = await findApp(context, id)
    return record && { ...shown(record), collaborators: [...(await collaboratorsOf(context, id))] }
  },
}

export const clientSecret = z
  .string()
  .optional()
  .meta({ description: 'In the first answer alone: it is stored as a digest and never shown again.' })

const newApp = z.strictObject({
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,255}$/, 'may have letters, digits, dots, hyphens, tildes and underscores')
    .optional(),
  owner: text.max(100).nullable().optional().meta({ description: 'ID of the person who is to own it.' }),
  metadata: members,
})

/** Whether this makes an app use the admin API, or changes one that does: that is for owners alone. */
export function requireOwnerFor({ caller }: Call, ...documents: readonly Readonly<Record<string, unknown>>[]): void {
  const uses = documents.some(
    ({ admin_api: forPeople, admin_role: role }) => forPeople === true || typeof role === 'string',
  )
  if (uses && caller.role !== 'owner')
    throw new Problem('not_allowed', 'Apps that use the admin API need the role owner.')
}

export async function requireApp(context: Context, id: string): Promise<ClientRecord> {
  const record = await findApp(context, id)
  if (record === undefined) throw new Problem('not_found')
  return record
}

/** The document of a new app with its defaults. Throws Problem. */
function judgedMetadata(wanted: Readonly<Record<string, unknown>>) {
  const [entry] = readEntries('clients', [{ client_id: 'new', ...wanted }])
  if (entry === undefined) throw new Error('admin API: an entry of the document was not read')
  return entry.metadata
}

/** The username of an owner that is named by ID, as the document has it. Throws Problem. */
async function ownerOf(context: Context, id: string | null | undefined): Promise<string | null | undefined> {
  if (id === null || id === undefined) return id
  const account = await findPerson(context, id)
  if (account !== undefined) return account.username
  throw new Problem('bad_request', { errors: [{ pointer: '#/owner', detail: 'There is no such person.' }] })
}

function onlyThose({
  waiting,
  verified,
}: {
  readonly waiting?: 'true' | undefined
  readonly verified?: 'true' | undefined
}) {
  return { ...(waiting && { waiting: true as const }), ...(verified && { verified: true as const }) }
}

export const appOperations: readonly Operation[] = [
  operation({
    id: 'listApps',
    method: 'GET',
    path: '/apps',
    tag: 'apps',
    summary: 'List apps, the newest first, or find them by how a name, an ID or the username of an owner begins',
    right: 'read',
    query: z.strictObject({
      ...pageQuery,
      q: text.max(320).optional().meta({ description: 'How a name, an ID or the username of an owner begins.' }),
      status: z.enum(statuses).optional(),
      waiting: z.literal('true').optional().meta({ description: 'Those alone that wait for the operator.' }),
      verified: z.literal('true').optional().meta({ description: 'Those alone that somebody has verified.' }),
      owner: text.max(100).optional().meta({ description: 'ID of the person who owns them.' }),
    }),
    answer: pageOf(app),
    async run({ context, query: { limit, cursor, q: beginning, status, waiting, verified, owner } }) {
      // An ID that cannot be anybody's owns nothing.
      if (owner !== undefined && !isUserId(owner)) return { body: { items: [], next: null } }
      const [after] = keysOf(cursor, z.tuple([z.string().max(2000)])) ?? []
      const wanted = { beginning, status, ownerId: owner, ...onlyThose({ waiting, verified }) }
      const page = await searchApps(context, wanted, { limit, after })
      if (page === undefined) throw notOfThisList()
      return pageBehind(page.items.map(shown), page.next)
    },
  }),
  operation({
    id: 'createApp',
    method: 'POST',
    path: '/apps',
    tag: 'apps',
    summary: 'Register an app',
    description: 'An app that authenticates by a secret gets a generated one.',
    right: 'apps',
    status: 201,
    body: newApp,
    answer: oneApp.extend({ client_secret: clientSecret }),
    thing: { ...anApp, key: () => '' },
    problems: ['conflict'],
    examples: {
      body: {
        metadata: { client_name: 'Nightly export', grant_types: ['client_credentials'], scope: 'readmeasurements' },
      },
    },
    async run(call) {
      const { context, by, body } = call
      requireOwnerFor(call, body.metadata)
      const metadata = judgedMetadata(body.metadata)
      await ownerOf(context, body.owner)
      const ownerId = body.owner !== undefined && isUserId(body.owner) ? body.owner : null
      const made = await createApp(context, by, { clientId: body.client_id, ownerId, metadata })
      if (typeof made === 'string') throw new Problem('conflict', 'An app has this client_id.')
      const { clientId, clientSecret: text } = made
      return { location: `/apps/${clientId}`, ...(text === undefined ? {} : { once: { client_secret: text } }) }
    },
  }),
  operation({
    id: 'getApp',
    method: 'GET',
    path: '/apps/{client_id}',
    tag: 'apps',
    summary: 'Read one app',
    right: 'read',
    params: byClientId,
    answer: oneApp,
    thing: anApp,
  }),
  operation({
    id: 'getAppUse',
    method: 'GET',
    path: '/apps/{client_id}/use',
    tag: 'apps',
    summary: 'Read how many requests an app made in the last day, and how many of them were refused',
    right: 'read',
    params: byClientId,
    answer: z.object({
      requests: z.int(),
      refused: z.int(),
      last_refusal: z
        .object({ at: moment, endpoint: z.string(), reason: z.string(), cause: z.string() })
        .nullable()
        .meta({ description: 'The newest one that is kept.' }),
    }),
    async run({ context, params }) {
      await requireApp(context, params.client_id)
      const counted = await countRequests(context, params.client_id)
      if (counted === undefined) throw new Problem('unavailable', 'The request log cannot be read.')
      const { requests, refused, lastRefusal: last } = counted
      const shown = last && { at: momentOf(last.at), endpoint: last.endpoint, reason: last.reason, cause: last.cause }
      return { body: { requests, refused, last_refusal: shown ?? null } }
    },
  }),
  operation({
    id: 'changeApp',
    method: 'PATCH',
    path: '/apps/{client_id}',
    tag: 'apps',
    summary: 'Change what is registered of an app, or switch it on or off',
    description:
      'A member of `metadata` takes the place of the one that is there; null takes it out. `status` is changed alone.',
    right: 'apps',
    params: byClientId,
    body: z
      .strictObject({
        status: z.enum(['enabled', 'disabled']).optional(),
        owner: text.max(100).nullable().optional(),
        verified: z.boolean().optional(),
        metadata: members.optional(),
      })
      .refine(
        ({ status, ...rest }) => status === undefined || Object.keys(rest).length === 0,
        'status is changed alone',
      ),
    answer: oneApp,
    thing: anApp,
    examples: { body: { metadata: { client_name: 'Nightly export' } } },
    async run(call) {
      const { context, by, body, params } = call
      const present = await requireApp(context, params.client_id)
      if (body.status !== 'disabled') requireOwnerFor(call, present.metadata, body.metadata ?? {})
      if (body.status !== undefined) {
        await switchApp(context, by, params.client_id, body.status === 'enabled')
        return undefined
      }
      const owner = await ownerOf(context, body.owner)
      const entry = patched(present.metadata, body.metadata ?? {})
      const more = {
        ...(owner === undefined ? {} : { owner }),
        ...(body.verified === undefined ? {} : { verified: body.verified }),
      }
      await applyEntry(call, 'clients', { ...entry, ...more, client_id: params.client_id })
      return undefined
    },
  }),
  operation({
    id: 'deleteApp',
    method: 'DELETE',
    path: '/apps/{client_id}',
    tag: 'apps',
    summary: 'Delete an app with everything issued to it',
    right: 'apps',
    status: 204,
    params: byClientId,
    thing: anApp,
    async run({ context, by, params }) {
      await deleteApp(context, by, params.client_id)
      return undefined
    },
  }),
  operation({
    id: 'approveApp',
    method: 'POST',
    path: '/apps/{client_id}/approval',
    tag: 'apps',
    summary: 'Let an app in, and take the change that waits',
    right: 'apps',
    params: byClientId,
    body: z.strictObject({ form: z.string().max(100).meta({ description: '`waiting.form` of what was looked at.' }) }),
    answer: oneApp,
    thing: anApp,
    problems: ['conflict'],
    examples: { body: { form: '3f0a9c1be772' } },
    async run({ context, by, params, body }) {
      const outcome = await approveApp(context, by, params.client_id, body.form)
      if (outcome === 'unknown') throw new Problem('not_found')
      if (outcome === 'nothing_waits') throw new Problem('conflict', 'Nothing waits.')
      if (outcome === 'another_waits') throw new Problem('conflict', 'Another form waits by now.')
      return undefined
    },
  }),
  operation({
    id: 'refuseApp',
    method: 'POST',
    path: '/apps/{client_id}/refusal',
    tag: 'apps',
    summary: 'Refuse what waits, and tell the developer why',
    right: 'apps',
    params: byClientId,
    body: z.strictObject({ reason: text.max(1000) }),
    answer: oneApp,
    thing: anApp,
    problems: ['conflict'],
    examples: { body: { reason: 'The logo is that of another company.' } },
    async run({ context, by, params, body }) {
      await requireApp(context, params.client_id)
      const refused = await refuseApp(context, by, params.client_id, body.reason)
      if (refused === undefined) throw new Problem('conflict', 'Nothing waits.')
      return undefined
    },
  }),
  operation({
    id: 'wantAppChanges',
    method: 'POST',
    path: '/apps/{client_id}/wanted-changes',
    tag: 'apps',
    summary: 'Ask the developer of an app that waits for changes; it goes on waiting',
    right: 'apps',
    status: 202,
    params: byClientId,
    body: z.strictObject({ wanted: text.max(1000) }),
    answer: oneApp,
    thing: anApp,
    problems: ['conflict'],
    examples: { body: { wanted: 'Say in the description what the app does.' } },
    async run({ context, by, params, body }) {
      await requireApp(context, params.client_id)
      const outcome = await wantChanges(context, by, params.client_id, body.wanted)
      if (outcome !== 'asked') throw new Problem('conflict', notAsked[outcome])
      return undefined
    },
  }),
  operation({
    id: 'endAppTokens',
    method: 'POST',
    path: '/apps/{client_id}/end-tokens',
    tag: 'apps',
    summary: 'End everything that was issued to an app',
    right: 'apps',
    params: byClientId,
    answer: oneApp,
    thing: anApp,
    async run({ context, by, params }) {
      if (!(await endAppTokens(context, by, params.client_id))) throw new Problem('not_found')
      return undefined
    },
  }),
]

const notAsked = {
  nothing_waits: 'Nothing waits.',
  nobody_to_ask: 'The app has no owner, or this server sends no mail.',
} as const
