/** Subscription keys of developers, which older APIs ask for beside a sign-in. */
import { z } from 'zod'
import { findPerson } from '../../../engine/operator/admin_api/directory.ts'
import {
  createSubscriptionKey,
  findSubscriptionKey,
  listSubscriptionKeys,
  removeSubscriptionKey,
  type SubscriptionKey,
} from '../../../engine/operator/admin_api/subscription_keys.ts'
import { Problem } from '../../../http/problem_details.ts'
import { isUserId, type UserId } from '../../../protocol/names.ts'
import { nameProblem } from '../../../protocol/visible_name.ts'
import { en } from '../../../words/en/index.ts'
import { sayProblem } from '../../../words/form_problem.ts'
import { applyEntry } from '../document.ts'
import { type Call, type Operation, operation, type Thing, text } from '../operation.ts'
import { keysOf, pageFrom, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'
import { heldPlan, planOf } from './plans.ts'

const byKey = z.strictObject({ id: text.max(100) })

const subscriptionKey = z.object({
  id: z.string().meta({ description: 'The audit log names a key by the first 16 characters of it.' }),
  owner: z.string().meta({ description: 'ID of the person who owns it.' }),
  name: z.string(),
  start: z.string().meta({ description: 'First characters of its text; empty where they are not known.' }),
  enabled: z.boolean(),
  disabled_by: z.enum(['developer', 'operator']).nullable(),
  collaborators: z.array(z.string()).meta({ description: 'IDs of the people who share it.' }),
  open_to: z.enum(['team', 'all']).meta({ description: 'Whom apps with the key may sign in.' }),
  created_at: moment.nullable(),
  last_used_at: moment.nullable(),
  previous: z
    .object({ start: z.string(), until: moment })
    .nullable()
    .meta({ description: 'The text before the last rotation, and until when it works.' }),
})

function shown(key: SubscriptionKey): z.output<typeof subscriptionKey> {
  return {
    id: key.id,
    owner: key.owner,
    name: key.name,
    start: key.start,
    enabled: key.disabled === null,
    disabled_by: key.disabled,
    collaborators: [...key.collaborators],
    open_to: key.openToAll ? 'all' : 'team',
    created_at: momentOrNull(key.createdAt),
    last_used_at: momentOrNull(key.use?.lastUsed),
    previous: key.previous && { start: key.previous.start, until: momentOf(key.previous.until) },
  }
}

const aKey: Thing<z.output<typeof byKey>> = {
  kind: 'subscription_key',
  key: ({ id }) => id,
  read: async ({ context }, id) => {
    const found = await findSubscriptionKey(context, id)
    return found && shown(found)
  },
}

const planOfKey: Thing<z.output<typeof byKey>> = {
  ...aKey,
  read: async (call, id) =>
    (await findSubscriptionKey(call.context, id)) === undefined ? undefined : planOf(call, `key:${id}`),
}

/** Changes members of a key, as an entry of the operator's document does. Throws Problem. */
async function change(call: Call<{ readonly id: string }>, members: Readonly<Record<string, unknown>>): Promise<void> {
  const key = await findSubscriptionKey(call.context, call.params.id)
  const owner = key && (await findPerson(call.context, key.owner))
  if (key === undefined || owner === undefined) throw new Problem('not_found')
  await applyEntry(call, 'subscription_keys', { key_digest: key.id, owner: owner.username, ...members })
}

/** Throws Problem where that is nobody. */
async function requireOwner({ context }: Pick<Call, 'context'>, id: string): Promise<UserId> {
  if (isUserId(id) && (await findPerson(context, id)) !== undefined) return id
  const detail = 'There is no such person.'
  throw new Problem('bad_request', { detail, errors: [{ pointer: '#/owner', detail }] })
}

const keyText = z
  .string()
  .optional()
  .meta({ description: 'The key itself. In the first answer alone: it is stored as a digest and never shown again.' })

export const subscriptionKeyOperations: readonly Operation[] = [
  operation({
    id: 'listSubscriptionKeys',
    method: 'GET',
    path: '/subscription-keys',
    tag: 'subscription keys',
    summary: 'List subscription keys, of everybody or of one person',
    right: 'read',
    query: z.strictObject({
      ...pageQuery,
      owner: text.max(100).optional().meta({ description: 'ID of the person who owns them.' }),
    }),
    answer: pageOf(subscriptionKey),
    async run({ context, query: { limit, cursor, owner } }) {
      const [after] = keysOf(cursor, z.tuple([text.max(100)])) ?? []
      // An ID that cannot be anybody's owns nothing.
      if (owner !== undefined && !isUserId(owner)) return { body: { items: [], next: null } }
      const found = await listSubscriptionKeys(context, limit + 1, { after, owner })
      return pageFrom(found, limit, shown, ({ id }) => [id])
    },
  }),
  operation({
    id: 'createSubscriptionKey',
    method: 'POST',
    path: '/subscription-keys',
    tag: 'subscription keys',
    summary: 'Make a subscription key for somebody',
    right: 'apps',
    status: 201,
    body: z.strictObject({ owner: text.max(100), name: text.max(100) }),
    answer: subscriptionKey.extend({ key: keyText }),
    thing: { ...aKey, key: () => '' },
    problems: ['conflict'],
    examples: { body: { owner: 'usr_2T9hWk4mQx', name: 'Till 4' } },
    async run(call) {
      const { context, by, body } = call
      const problem = nameProblem(body.name)
      if (problem !== undefined) {
        throw new Problem('bad_request', { errors: [{ pointer: '#/name', detail: sayProblem(en, problem) }] })
      }
      const owner = await requireOwner(call, body.owner)
      const made = await createSubscriptionKey(context, by, { owner, name: body.name })
      if (made === 'full') throw new Problem('conflict', 'This person has as many keys as they may.')
      return { location: `/subscription-keys/${made.id}`, once: { key: made.text } }
    },
  }),
  operation({
    id: 'getSubscriptionKey',
    method: 'GET',
    path: '/subscription-keys/{id}',
    tag: 'subscription keys',
    summary: 'Read one subscription key, without its text',
    right: 'read',
    params: byKey,
    answer: subscriptionKey,
    thing: aKey,
  }),
  operation({
    id: 'changeSubscriptionKey',
    method: 'PATCH',
    path: '/subscription-keys/{id}',
    tag: 'subscription keys',
    summary: 'Rename a subscription key, switch it on or off, or open it to everybody',
    description: 'One that is switched off here is not switched on by its owner.',
    right: 'apps',
    params: byKey,
    body: z.strictObject({
      name: text.max(100).optional(),
      enabled: z.boolean().optional(),
      open_to: z.enum(['team', 'all']).optional(),
    }),
    answer: subscriptionKey,
    thing: aKey,
    examples: { body: { enabled: false } },
    async run(call) {
      const { enabled, ...rest } = call.body
      const problem = rest.name === undefined ? undefined : nameProblem(rest.name)
      if (problem !== undefined) {
        throw new Problem('bad_request', { errors: [{ pointer: '#/name', detail: sayProblem(en, problem) }] })
      }
      await change(call, { ...rest, ...(enabled === undefined ? {} : { disabled: !enabled }) })
      return undefined
    },
  }),
  operation({
    id: 'deleteSubscriptionKey',
    method: 'DELETE',
    path: '/subscription-keys/{id}',
    tag: 'subscription keys',
    summary: 'Remove a subscription key, and end the sign-ins that were made with it',
    right: 'apps',
    status: 204,
    params: byKey,
    thing: aKey,
    async run({ context, by, params }) {
      if (!(await removeSubscriptionKey(context, by, params.id))) throw new Problem('not_found')
      return undefined
    },
  }),
  operation({
    id: 'getSubscriptionKeyPlan',
    method: 'GET',
    path: '/subscription-keys/{id}/plan',
    tag: 'plans',
    summary: 'Read which plan a subscription key has, and how much of it was used',
    right: 'read',
    params: byKey,
    answer: heldPlan,
    thing: planOfKey,
  }),
  operation({
    id: 'changeSubscriptionKeyPlan',
    method: 'PUT',
    path: '/subscription-keys/{id}/plan',
    tag: 'plans',
    summary: 'Give a subscription key a plan, or take it away with null',
    description: '`If-Match` is the `ETag` of the key.',
    right: 'apps',
    params: byKey,
    body: z.strictObject({ plan: text.max(64).nullable() }),
    answer: heldPlan,
    thing: planOfKey,
    examples: { body: { plan: 'partner' } },
    async run(call) {
      await change(call, { plan: call.body.plan })
      return undefined
    },
  }),
]
