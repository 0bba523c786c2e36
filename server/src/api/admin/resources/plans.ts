/** Plans: how many requests apps and subscription keys may make, and which app has which. */
import { z } from 'zod'
import { findApp } from '../../../engine/operator/admin_api/directory.ts'
import {
  changeAppPlan,
  createPlan,
  listPlans,
  removePlan,
  type StoredPlan,
} from '../../../engine/operator/app_plans.ts'
import { Problem } from '../../../http/problem_details.ts'
import type { Context } from '../../../runtime/context.ts'
import { applyEntry, patched, readEntries } from '../document.ts'
import { type AdminContext, type Operation, operation, type Thing, text } from '../operation.ts'
import { pageOf } from '../pages.ts'

const byName = z.strictObject({ name: text.max(64) })
const byClientId = z.strictObject({ client_id: text.max(255) })

const quota = z.int().min(1).max(1_000_000_000_000)
const planName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a to z, 0 to 9, hyphen and underscore')

const plan = z.object({
  name: z.string(),
  per_minute: quota.nullable().meta({ description: 'Requests in a minute; null for any number.' }),
  per_day: quota.nullable().meta({ description: 'Requests in a day (UTC).' }),
  per_month: quota.nullable().meta({ description: 'Requests in a month (UTC).' }),
})

function shown(one: StoredPlan): z.output<typeof plan> {
  return {
    name: one.name,
    per_minute: one.per_minute ?? null,
    per_day: one.per_day ?? null,
    per_month: one.per_month ?? null,
  }
}

async function findPlan(context: Context, name: string): Promise<StoredPlan | undefined> {
  return (await listPlans(context)).find((one) => one.name === name)
}

const aPlan: Thing<z.output<typeof byName>> = {
  kind: 'plan',
  key: ({ name }) => name,
  read: async ({ context }, name) => {
    const found = await findPlan(context, name)
    return found && shown(found)
  },
}

export const heldPlan = z.object({
  plan: z.string().nullable().meta({ description: 'Null where no plan limits it.' }),
  periods: z.array(z.object({ name: z.enum(['minute', 'day', 'month']), quota: z.int(), used: z.int() })).meta({
    description: 'Each limit of the plan, with the requests that were counted in the period that is under way.',
  }),
})

/** The plan of an app or of a key, with how much of it was used. */
export async function planOf(
  { context }: AdminContext,
  holder: `client:${string}` | `key:${string}`,
): Promise<z.output<typeof heldPlan>> {
  const state = await context.quotas.find(holder)
  return { plan: state?.plan ?? null, periods: (state?.periods ?? []).map((one) => ({ ...one })) }
}

const planOfApp: Thing<z.output<typeof byClientId>> = {
  kind: 'app',
  key: ({ client_id: id }) => id,
  read: async (call, id) =>
    (await findApp(call.context, id)) === undefined ? undefined : planOf(call, `client:${id}`),
}

/** Members that a new plan and a changed one share. */
const limits = {
  per_minute: quota.nullable().optional(),
  per_day: quota.nullable().optional(),
  per_month: quota.nullable().optional(),
}

export const planOperations: readonly Operation[] = [
  operation({
    id: 'listPlans',
    method: 'GET',
    path: '/plans',
    tag: 'plans',
    summary: 'List the plans, by name',
    right: 'read',
    answer: pageOf(plan),
    run: async ({ context }) => ({ body: { items: (await listPlans(context)).map(shown), next: null } }),
  }),
  operation({
    id: 'createPlan',
    method: 'POST',
    path: '/plans',
    tag: 'plans',
    summary: 'Make a plan',
    right: 'run_server',
    status: 201,
    body: z.strictObject({ name: planName, ...limits }),
    answer: plan,
    thing: { ...aPlan, key: () => '' },
    problems: ['conflict'],
    examples: { body: { name: 'partner', per_minute: 600, per_day: 100_000 } },
    async run(call) {
      const { context, by, body } = call
      const [entry] = readEntries('plans', [patched({}, body)])
      if (entry === undefined) throw new Error('admin API: an entry of the document was not read')
      if (!(await createPlan(context, by, entry))) throw new Problem('conflict', 'A plan has this name.')
      return { location: `/plans/${entry.name}` }
    },
  }),
  operation({
    id: 'getPlan',
    method: 'GET',
    path: '/plans/{name}',
    tag: 'plans',
    summary: 'Read one plan',
    right: 'read',
    params: byName,
    answer: plan,
    thing: aPlan,
  }),
  operation({
    id: 'changePlan',
    method: 'PATCH',
    path: '/plans/{name}',
    tag: 'plans',
    summary: 'Change the limits of a plan',
    description: 'A limit takes the place of the one that is there; null takes it away. One has to be left.',
    right: 'run_server',
    params: byName,
    body: z.strictObject(limits),
    answer: plan,
    thing: aPlan,
    examples: { body: { per_minute: 1200 } },
    async run(call) {
      const { context, params, body } = call
      const present = await findPlan(context, params.name)
      if (present === undefined) throw new Problem('not_found')
      await applyEntry(call, 'plans', { ...patched({ ...present }, body), name: params.name })
      return undefined
    },
  }),
  operation({
    id: 'deletePlan',
    method: 'DELETE',
    path: '/plans/{name}',
    tag: 'plans',
    summary: 'Remove a plan that nobody has',
    right: 'run_server',
    status: 204,
    params: byName,
    thing: aPlan,
    problems: ['conflict'],
    async run({ context, by, params }) {
      const outcome = await removePlan(context, by, params.name)
      if (outcome === 'unknown') throw new Problem('not_found')
      if (outcome === 'held') throw new Problem('conflict', 'Apps or subscription keys have this plan.')
      return undefined
    },
  }),
  operation({
    id: 'getAppPlan',
    method: 'GET',
    path: '/apps/{client_id}/plan',
    tag: 'plans',
    summary: 'Read which plan an app has, and how much of it was used',
    right: 'read',
    params: byClientId,
    answer: heldPlan,
    thing: planOfApp,
  }),
  operation({
    id: 'changeAppPlan',
    method: 'PUT',
    path: '/apps/{client_id}/plan',
    tag: 'plans',
    summary: 'Give an app a plan, or take it away with null',
    description: '`If-Match` is the `ETag` of the app.',
    right: 'apps',
    params: byClientId,
    body: z.strictObject({ plan: planName.nullable() }),
    answer: heldPlan,
    thing: planOfApp,
    examples: { body: { plan: 'partner' } },
    async run({ context, by, params, body }) {
      const outcome = await changeAppPlan(context, by, params.client_id, body.plan)
      if (outcome === 'unknown_app') throw new Problem('not_found')
      if (outcome === 'unknown_plan') {
        const detail = 'There is no such plan.'
        throw new Problem('bad_request', { detail, errors: [{ pointer: '#/plan', detail }] })
      }
      return undefined
    },
  }),
]
