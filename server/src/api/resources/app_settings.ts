/** What a registered app is called and looks like: `appSettings`. */
import { z } from 'zod'
import { type ApiInstance, type ApiOptions, type ApiVersion, refuseTwoTokens } from '../caller.ts'
import { badRequest, errorShape, notFound } from '../envelope.ts'
import { once } from '../query/list_query.ts'
import { appSettingsShape, encodeApp } from './app_shape.ts'

const settingsQuery = z.object({
  clientId: once,
  client_id: once.meta({ description: 'Another name of `clientId`.' }),
  client_secret: once.meta({ description: "Shown again in the answer where it is the app's." }),
  clientSecret: once.meta({ description: 'Another name of `client_secret`.' }),
})

const answerShape = z.object({
  appSettings: appSettingsShape,
  status: z.string(),
  success: z.boolean(),
  code: z.int(),
  description: z.string(),
  summary: z.string(),
})

export function registerAppSettings(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  const { apps } = options
  app.get(
    '/appSettings',
    {
      onRequest: refuseTwoTokens(options),
      schema: {
        hide: !version.documented,
        operationId: 'getAppSettings',
        tags: ['apps'],
        summary: 'What an app is called and looks like',
        description:
          'Needs no token. `clientSecret` is null unless the right one was sent; wrong ones are counted, and after ' +
          'many of them answers have to wait. Better keep secrets out of addresses.',
        security: [],
        querystring: settingsQuery,
        response: { 200: answerShape, '4xx': errorShape },
      },
    },
    async (request) => {
      const { query } = request
      const clientId = query.clientId || query.client_id
      const secret = query.client_secret || query.clientSecret
      if (clientId === undefined || clientId === '') throw badRequest('clientId: is missing.')
      const description = await apps.describe(request, clientId, secret === '' ? undefined : secret)
      if (description === undefined) throw notFound('There is no app with this client id.')
      return {
        appSettings: encodeApp(description, description.secretProved ? (secret ?? null) : null),
        status: 'OK',
        success: true,
        code: 200,
        description: 'What the app is called and looks like.',
        summary: 'App settings',
      }
    },
  )
}
