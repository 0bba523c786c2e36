/** Secrets of apps. */
import { z } from 'zod'
import { addAppSecret, removeAppSecret, type SecretBar } from '../../../engine/operator/app_secrets.ts'
import { Problem } from '../../../http/problem_details.ts'
import { nameProblem } from '../../../protocol/visible_name.ts'
import { en } from '../../../words/en/index.ts'
import { sayProblem } from '../../../words/form_problem.ts'
import { type Operation, operation, text } from '../operation.ts'
import { anApp, byClientId, clientSecret, oneApp, requireApp, requireOwnerFor } from './apps.ts'

export const appSecretOperations: readonly Operation[] = [
  operation({
    id: 'addAppSecret',
    method: 'POST',
    path: '/apps/{client_id}/secrets',
    tag: 'apps',
    summary: 'Give an app another secret',
    description: 'With `replaces`, the other one ends: at once, or after `overlap` seconds.',
    right: 'apps',
    status: 201,
    params: byClientId,
    body: z.strictObject({
      name: text.max(100),
      replaces: text.max(100).optional().meta({ description: 'ID of the secret that it takes the place of.' }),
      overlap: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(0)
        .meta({ description: 'Seconds.' }),
    }),
    answer: oneApp.extend({ client_secret: clientSecret }),
    thing: anApp,
    problems: ['conflict'],
    examples: { body: { name: 'deployment 2' } },
    async run(call) {
      const { context, by, params, body } = call
      requireOwnerFor(call, (await requireApp(context, params.client_id)).metadata)
      const name = nameProblem(body.name)
      if (name !== undefined)
        throw new Problem('bad_request', { errors: [{ pointer: '#/name', detail: sayProblem(en, name) }] })
      const replaces = body.replaces === undefined ? undefined : { id: body.replaces, overlap: body.overlap * 1000 }
      const added = await addAppSecret(context, by, params.client_id, { name: body.name, replaces })
      if (typeof added === 'string') throw barred(added)
      return { once: { client_secret: added.text } }
    },
  }),
  operation({
    id: 'removeAppSecret',
    method: 'DELETE',
    path: '/apps/{client_id}/secrets/{secret}',
    tag: 'apps',
    summary: 'Remove a secret of an app, and what it got by itself',
    description: '`If-Match` is the `ETag` of the app.',
    right: 'apps',
    status: 204,
    params: byClientId.extend({ secret: text.max(100) }),
    thing: anApp,
    problems: ['conflict'],
    async run(call) {
      const { context, by, params } = call
      requireOwnerFor(call, (await requireApp(context, params.client_id)).metadata)
      const bar = await removeAppSecret(context, by, params.client_id, params.secret)
      if (bar !== undefined) throw barred(bar)
      return undefined
    },
  }),
]

const bars: Readonly<Record<Exclude<SecretBar, 'unknown_app' | 'unknown_secret'>, string>> = {
  no_secrets: 'The app proves itself without a secret.',
  name_taken: 'Another secret has this name.',
  replaced_already: 'That secret has been replaced already.',
  full: 'The app has as many secrets as it may.',
  last: 'It is the last one that works.',
}

function barred(bar: SecretBar): Problem {
  if (bar === 'unknown_app' || bar === 'unknown_secret') return new Problem('not_found')
  return new Problem('conflict', bars[bar])
}
