/** Legacy protocols and the plans for their ends. */
import { z } from 'zod'
import { findPlan, listProtocols } from '../../../engine/operator/protocol_plans.ts'
import {
  addBrownout,
  type BrownoutProblem,
  decideProtocol,
  findProtocol,
  mostBrownouts,
  removeBrownouts,
  undoPlan,
} from '../../../engine/operator/protocols.ts'
import { Problem } from '../../../http/problem_details.ts'
import { type Operation, operation, type Thing, text } from '../operation.ts'
import { pageOf } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

const byProtocol = z.strictObject({ protocol: text.max(100) })

const protocol = z.object({
  protocol: z.string(),
  open_in_settings: z.boolean(),
  closed: z.boolean(),
  sunset: moment.nullable().meta({ description: 'When it is switched off, as announced (RFC 8594).' }),
  link: z.string().nullable().meta({ description: 'Where developers read what to use instead.' }),
  brownouts: z.array(z.object({ from: moment, until: moment })),
})

const aProtocol: Thing<z.output<typeof byProtocol>> = {
  kind: 'protocol',
  key: ({ protocol: name }) => name,
  async read({ context }, name) {
    const known = findProtocol(name)
    if (known === undefined) return undefined
    const { inSettings, decision } = await findPlan(context, known)
    return {
      protocol: known,
      open_in_settings: inSettings,
      closed: decision.closed,
      sunset: momentOrNull(decision.sunset),
      link: decision.link ?? null,
      brownouts: (decision.brownouts ?? []).map(({ from, until }) => ({
        from: momentOf(from),
        until: momentOf(until),
      })),
    }
  },
}

export const protocolOperations: readonly Operation[] = [
  operation({
    id: 'listProtocols',
    method: 'GET',
    path: '/protocols',
    tag: 'protocols',
    summary: 'List legacy protocols and their versions, with who uses them',
    right: 'read',
    answer: pageOf(
      z.object({
        protocol: z.string(),
        open_in_settings: z.boolean(),
        state: z.string(),
        sunset: moment.nullable(),
        apps: z.int().meta({ description: 'Apps that were seen in thirty days.' }),
        uses: z.int().meta({ description: 'Their requests in thirty days.' }),
        last_at: moment.nullable(),
      }),
    ),
    async run({ context }) {
      const items = (await listProtocols(context)).map((one) => ({
        protocol: one.protocol,
        open_in_settings: one.inSettings,
        state: one.state,
        sunset: momentOrNull(one.sunset),
        apps: one.apps,
        uses: one.uses,
        last_at: momentOrNull(one.lastAt),
      }))
      return { body: { items, next: null } }
    },
  }),
  operation({
    id: 'getProtocol',
    method: 'GET',
    path: '/protocols/{protocol}',
    tag: 'protocols',
    summary: 'Read what is decided about one legacy protocol',
    right: 'read',
    params: byProtocol,
    answer: protocol,
    thing: aProtocol,
  }),
  operation({
    id: 'getProtocolUse',
    method: 'GET',
    path: '/protocols/{protocol}/use',
    tag: 'protocols',
    summary: 'Read who would notice if a legacy protocol were closed, and who was told of its end',
    description: 'Of thirty days; at most a hundred of each.',
    right: 'read',
    params: byProtocol,
    answer: z.object({
      state: z.string(),
      safe_to_close: z.boolean().meta({ description: 'Whether nobody was seen there.' }),
      apps: z.array(z.object({ client_id: z.string(), name: z.string().nullable(), uses: z.int(), last_at: moment })),
      keys: z
        .array(z.object({ name: z.string(), start: z.string(), owner: z.string(), last_at: moment }))
        .meta({ description: 'Subscription keys; `owner` is a username.' }),
      told: z.array(z.object({ app: z.string(), username: z.string(), sunset: moment, at: moment })),
    }),
    async run({ context, params }) {
      const known = findProtocol(params.protocol)
      if (known === undefined) throw new Problem('not_found')
      const { state, apps, keys, told } = await findPlan(context, known)
      return {
        body: {
          state,
          safe_to_close: apps.length === 0 && keys.length === 0,
          apps: apps.map(({ clientId, name = null, count, lastAt }) => {
            return { client_id: clientId, name, uses: count, last_at: momentOf(lastAt) }
          }),
          keys: keys.map(({ name, start, owner, lastAt }) => ({ name, start, owner, last_at: momentOf(lastAt) })),
          told: told.map(({ app, username, sunset, at }) => {
            return { app, username, sunset: momentOf(sunset), at: momentOf(at) }
          }),
        },
      }
    },
  }),
  operation({
    id: 'undoProtocolPlan',
    method: 'DELETE',
    path: '/protocols/{protocol}/plan',
    tag: 'protocols',
    summary: 'Take back everything that was decided about a legacy protocol',
    description: '`If-Match` is the `ETag` of the protocol.',
    right: 'run_server',
    status: 204,
    params: byProtocol,
    thing: aProtocol,
    async run({ context, by, params }) {
      const known = findProtocol(params.protocol)
      if (known === undefined) throw new Problem('not_found')
      await undoPlan(context, by, known)
      return undefined
    },
  }),
  operation({
    id: 'changeProtocol',
    method: 'PATCH',
    path: '/protocols/{protocol}',
    tag: 'protocols',
    summary: 'Announce the end of a legacy protocol, close it or open it again',
    description:
      'Owners of apps that were seen there lately are told of an announced end by mail. Null takes a member back.',
    right: 'run_server',
    params: byProtocol,
    body: z.strictObject({
      closed: z.boolean().optional(),
      sunset: z.iso.datetime().nullable().optional(),
      link: z
        .url({ protocol: /^https?$/ })
        .max(1000)
        .nullable()
        .optional(),
    }),
    answer: protocol,
    thing: aProtocol,
    examples: { body: { sunset: '2030-12-31T00:00:00.000Z', link: 'https://example.com/moving' } },
    async run({ context, by, params, body }) {
      const known = findProtocol(params.protocol)
      if (known === undefined) throw new Problem('not_found')
      await decideProtocol(context, by, known, {
        ...(body.closed === undefined ? {} : { closed: body.closed }),
        ...(body.sunset === undefined ? {} : { sunset: body.sunset === null ? undefined : Date.parse(body.sunset) }),
        ...(body.link === undefined ? {} : { link: body.link ?? undefined }),
      })
      return undefined
    },
  }),
  operation({
    id: 'addBrownout',
    method: 'POST',
    path: '/protocols/{protocol}/brownouts',
    tag: 'protocols',
    summary: 'Plan a time in which a legacy protocol is closed, so that developers notice its end',
    right: 'run_server',
    params: byProtocol,
    body: z.strictObject({ from: moment, until: moment }),
    answer: protocol,
    thing: aProtocol,
    problems: ['conflict'],
    examples: { body: { from: '2030-11-30T08:00:00.000Z', until: '2030-11-30T09:00:00.000Z' } },
    async run({ context, by, params, body }) {
      const known = findProtocol(params.protocol)
      if (known === undefined) throw new Problem('not_found')
      const [from, until] = [Date.parse(body.from), Date.parse(body.until)]
      const problem = await addBrownout(context, by, known, { from, until })
      if (problem !== undefined) throw noBrownout(problem)
      return undefined
    },
  }),
  operation({
    id: 'removeBrownouts',
    method: 'DELETE',
    path: '/protocols/{protocol}/brownouts',
    tag: 'protocols',
    summary: 'Take back every brown-out of a legacy protocol, or the one that begins at `from`',
    description: '`If-Match` is the `ETag` of the protocol.',
    right: 'run_server',
    status: 204,
    params: byProtocol,
    query: z.strictObject({ from: z.iso.datetime().optional().meta({ description: 'When the one begins.' }) }),
    thing: aProtocol,
    async run({ context, by, params, query: { from } }) {
      const known = findProtocol(params.protocol)
      if (known === undefined) throw new Problem('not_found')
      await removeBrownouts(context, by, known, from === undefined ? 'all' : Date.parse(from))
      return undefined
    },
  }),
]

const brownoutProblems: Readonly<Record<BrownoutProblem, string>> = {
  past: 'It is over already.',
  too_short: 'It has to last a minute.',
  too_long: 'It may last a day at most.',
  too_many: `There can be ${mostBrownouts} at a time.`,
  overlaps: 'Another one is planned for then.',
  after_end: 'The protocol has ended by then.',
  closed: 'The protocol is closed.',
}

function noBrownout(problem: BrownoutProblem): Problem {
  const detail = brownoutProblems[problem]
  const ofTimes = problem === 'past' || problem === 'too_short' || problem === 'too_long'
  if (ofTimes) return new Problem('bad_request', { detail, errors: [{ pointer: '#/until', detail }] })
  return new Problem('conflict', detail)
}
