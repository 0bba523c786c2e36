/** The server as a whole: what is set, what is kept for how long, what is to be seen to, and what it was used for. */
import { z } from 'zod'
import { type Checked, checkServer, repairCommands } from '../../../engine/operator/checks/checks.ts'
import { retained, retentionOf } from '../../../engine/operator/retention.ts'
import { serverUsage } from '../../../engine/operator/usage.ts'
import { en } from '../../../words/en/index.ts'
import { sayCheck } from '../../../words/say_check.ts'
import { type Operation, operation } from '../operation.ts'
import { pageOf } from '../pages.ts'
import { moment, momentOf } from '../shapes.ts'

const setting = z.object({
  name: z.string().meta({ examples: ['CONSENTRY_ISSUER'] }),
  value: z.string().nullable().meta({ description: 'Null where there is none, and always for a secret.' }),
  secret: z.boolean().meta({ description: 'Whether it is a secret that is set.' }),
  from: z.enum(['flag', 'environment', 'file', 'default']).meta({ description: 'Where it comes from.' }),
})

/** As the API spells what is kept. */
const spelled = (what: string) => what.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const retention = z.object(
  Object.fromEntries(
    retained.map((what) => [
      spelled(what),
      z.int().meta({ description: `${en.consoleSettings.kept[what]}: days that they are kept.` }),
    ]),
  ),
)

const check = z.object({
  id: z.string(),
  state: z.enum(['ok', 'todo', 'problem']).meta({ description: '`todo` can wait; `problem` cannot.' }),
  case: z.string().meta({ description: 'What was found, in one word.' }),
  title: z.string(),
  text: z.string().meta({ description: 'What was found, in a sentence.' }),
  repair: z.string().nullable().meta({ description: 'What to do; null where all is well.' }),
  command: z.string().nullable().meta({ description: 'A command or a setting that repairs it, where there is one.' }),
})

function shown(found: Checked): z.output<typeof check> {
  const { title, repair } = en.checks.each[found.id]
  return {
    id: found.id,
    state: found.state,
    case: found.case,
    title,
    text: sayCheck(en, found),
    repair: found.state === 'ok' ? null : repair,
    command: found.state === 'ok' ? null : (repairCommands[found.id] ?? null),
  }
}

export const serverOperations: readonly Operation[] = [
  operation({
    id: 'listSettings',
    method: 'GET',
    path: '/settings',
    tag: 'server',
    summary: 'List the settings in force, each with where it comes from',
    description: 'They are those of the node that answers. They are changed where it is started.',
    right: 'read',
    answer: pageOf(setting),
    run: async ({ context }) => ({ body: { items: context.settings.shown.map((one) => ({ ...one })), next: null } }),
  }),
  operation({
    id: 'getRetention',
    method: 'GET',
    path: '/retention',
    tag: 'server',
    summary: 'Read for how many days what is written down is kept',
    right: 'read',
    answer: retention,
    async run({ context }) {
      const kept = retentionOf(context.settings)
      return { body: Object.fromEntries(retained.map((what) => [spelled(what), kept[what]])) }
    },
  }),
  operation({
    id: 'listChecks',
    method: 'GET',
    path: '/checks',
    tag: 'server',
    summary: 'List what is to be seen to, as the console and doctor find it',
    description: 'What doctor has to call somebody for (TLS and mail as seen from outside, egress) is not among it.',
    right: 'read',
    answer: pageOf(check),
    run: async ({ context }) => ({ body: { items: (await checkServer(context)).map(shown), next: null } }),
  }),
  operation({
    id: 'getUsage',
    method: 'GET',
    path: '/usage',
    tag: 'server',
    summary: 'Read what the server was used for in the last thirty days',
    right: 'read',
    answer: z.object({
      days: z.array(
        z.object({
          day: z.string().meta({ examples: ['2026-11-28'] }),
          sign_ins: z.int(),
          failed_sign_ins: z.int().meta({ description: 'Sign-ins that were refused.' }),
          token_requests: z.int(),
        }),
      ),
      protocols: z
        .array(z.object({ protocol: z.string(), client_id: z.string(), count: z.int(), last_at: moment }))
        .meta({ description: 'Uses of each protocol by each app, the most used first; at most a hundred.' }),
    }),
    async run({ context }) {
      const { days, protocols } = await serverUsage(context)
      return {
        body: {
          days: days.map(({ day, signIns, failedSignIns, tokenRequests }) => {
            return { day, sign_ins: signIns, failed_sign_ins: failedSignIns, token_requests: tokenRequests }
          }),
          protocols: protocols.map(({ dialect, clientId, count, lastAt }) => {
            return { protocol: dialect, client_id: clientId, count, last_at: momentOf(lastAt) }
          }),
        },
      }
    },
  }),
]
