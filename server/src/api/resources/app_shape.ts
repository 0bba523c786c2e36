/** An app as it is answered: public facts, and its secret only to those who have just shown it. */

import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiCaller } from '../../engine/access_tokens/api_caller.ts'
import type { ConnectedApp } from '../../engine/account/apps/connected_apps.ts'
import type { AppDescription } from '../../engine/developer/app_directory.ts'
import { formatIso } from '../../engine/measurements/reading/moment.ts'
import type { ApiOptions } from '../caller.ts'

export const appSettingsShape = z
  .object({
    clientId: z.string(),
    clientSecret: z
      .string()
      .nullable()
      .meta({ description: 'The secret that was sent, where it is right; else null.' }),
    redirectUri: z.string().nullable(),
    appDisplayName: z.string(),
    appDescription: z.string().nullable(),
    homepageUrl: z.string().nullable(),
    iconUrl: z.string().nullable(),
    companyName: z.string().nullable(),
    userId: z.int().nullable().meta({ description: "The owner's, told only where the secret was sent." }),
    collaborators: z.array(z.never()),
    createdAt: z.string().nullable(),
  })
  .meta({ id: 'AppSettings' })

export function encodeApp(
  { client, ownerNumber }: AppDescription,
  secret: string | null,
): z.infer<typeof appSettingsShape> {
  const { metadata } = client
  return {
    clientId: client.id,
    clientSecret: secret,
    redirectUri: metadata.redirect_uris[0] ?? null,
    appDisplayName: client.name,
    appDescription: null,
    homepageUrl: metadata.client_uri ?? null,
    iconUrl: metadata.logo_uri ?? null,
    companyName: null,
    userId: ownerNumber,
    collaborators: [],
    createdAt: formatIso(client.createdAt),
  }
}

const connectedAppShape = appSettingsShape
  .extend({
    scopes: z.array(z.string()),
    authorizedAt: z.string(),
    lastUsedAt: z.string().nullable(),
  })
  .meta({ id: 'AuthorizedApp' })

export const authorizedClientsShape = z
  .object({
    apps: z.array(connectedAppShape),
    individuals: z.array(z.never()),
    studies: z.array(z.never()),
  })
  .meta({ id: 'AuthorizedClients', description: 'Who may act for the person. There are only apps.' })

/** The apps that may act for the person, as `authorizedClients`. */
export async function encodeAuthorizedClients(
  { apps }: Pick<ApiOptions, 'apps'>,
  request: FastifyRequest,
  account: ApiCaller['account'],
): Promise<z.infer<typeof authorizedClientsShape>> {
  const connected = await apps.listConnected(account)
  return {
    apps: await Promise.all(
      connected.map(async (app) => encodeConnected(app, await apps.describe(request, app.clientId))),
    ),
    individuals: [],
    studies: [],
  }
}

/** An app that has been switched off still has what it was given, and is still listed so that it can be taken back. */
function encodeConnected(
  app: ConnectedApp,
  description: AppDescription | undefined,
): z.infer<typeof connectedAppShape> {
  const settings = description && encodeApp(description, null)
  return {
    clientId: app.clientId,
    clientSecret: null,
    redirectUri: settings?.redirectUri ?? null,
    appDisplayName: app.name,
    appDescription: null,
    homepageUrl: settings?.homepageUrl ?? null,
    iconUrl: settings?.iconUrl ?? null,
    companyName: null,
    userId: null,
    collaborators: [],
    createdAt: settings?.createdAt ?? null,
    scopes: [...app.scope],
    authorizedAt: formatIso(app.since),
    lastUsedAt: app.lastUsed === undefined ? null : formatIso(app.lastUsed),
  }
}
