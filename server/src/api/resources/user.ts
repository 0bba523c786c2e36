/** The person behind the token: `user` and `user/me`. */
import { z } from 'zod'
import type { ApiCaller } from '../../engine/access_tokens/api_caller.ts'
import { formatIso, formatPlain } from '../../engine/measurements/reading/moment.ts'
import { neverCompress } from '../../http/connection/compression.ts'
import {
  type ApiInstance,
  type ApiOptions,
  type ApiVersion,
  apiScopes,
  callerOf,
  noteRecords,
  requireScope,
} from '../caller.ts'
import { errorShape } from '../envelope.ts'
import { isOn, once } from '../query/list_query.ts'
import { authorizedClientsShape, encodeAuthorizedClients } from './app_shape.ts'

const userShape = z
  .object({
    id: z.int().meta({ description: 'The number of the account, the same for every app: no pairwise subject.' }),
    loginName: z.string(),
    displayName: z.string(),
    email: z.string().nullable().optional().meta({ description: 'With the scope `basic` or `email` only.' }),
    administrator: z.boolean(),
    roles: z.array(z.string()),
    avatar: z.string().nullable(),
    accessToken: z.string().meta({ description: 'The access token of this very request.' }),
    accessTokenExpires: z.string().meta({ examples: ['2030-01-31 12:00:00'] }),
    accessTokenExpiresAtMilliseconds: z.int(),
    clientId: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    userRegistered: z.string().meta({ examples: ['2020-01-31 12:00:00'] }),
    authorizedClients: authorizedClientsShape.optional().meta({ description: 'With `includeAuthorizedClients`.' }),
  })
  .meta({ id: 'User' })

const userQuery = z.object({
  includeAuthorizedClients: once.meta({ type: 'boolean', description: 'Also the apps that may act for the person.' }),
})

const wrappedUserShape = z.object({ user: userShape })

/** From this version on the person comes in a member `user`. */
const wrappedFrom = 4

export function registerUser(app: ApiInstance, options: ApiOptions, version: ApiVersion): void {
  for (const path of ['/user', '/user/me']) {
    app.get(
      path,
      {
        onRequest: requireScope(options, ...apiScopes),
        schema: {
          hide: !version.documented || path !== '/user',
          operationId: 'getUser',
          tags: ['user'],
          summary: 'The person behind the token',
          description:
            'Needs one of the scopes `basic`, `readmeasurements` or `writemeasurements`. The e-mail address is there ' +
            'only with `basic` or `email`. The same under `/user/me`. From version 4 on the person comes in a ' +
            'member `user`.',
          security: apiScopes.map((scope) => ({ oauth2: [scope] })),
          querystring: userQuery,
          response: { 200: z.union([userShape, wrappedUserShape]), '4xx': errorShape },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request)
        noteRecords(request, 1)
        // The answer shows the access token.
        neverCompress(reply)
        const user = {
          ...encodeUser(caller),
          ...(isOn(request.query.includeAuthorizedClients) && {
            authorizedClients: await encodeAuthorizedClients(options, request, caller.account),
          }),
        }
        return version.number >= wrappedFrom ? { user } : user
      },
    )
  }
}

function encodeUser({ account, clientId, scope, accessToken, expiresAt }: ApiCaller): z.infer<typeof userShape> {
  const { name, picture } = account.claims
  const mayKnowEmail = scope.includes('basic') || scope.includes('email')
  return {
    id: account.number,
    loginName: account.username,
    displayName: typeof name === 'string' && name !== '' ? name : account.username,
    ...(mayKnowEmail && { email: account.email }),
    administrator: account.roles.includes('owner') || account.roles.includes('admin'),
    roles: [...account.roles],
    avatar: typeof picture === 'string' ? picture : null,
    accessToken,
    accessTokenExpires: formatPlain(expiresAt),
    accessTokenExpiresAtMilliseconds: expiresAt,
    clientId,
    createdAt: formatIso(account.createdAt),
    updatedAt: formatIso(account.updatedAt),
    userRegistered: formatPlain(account.createdAt),
  }
}
