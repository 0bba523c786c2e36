/** /developer/apps/ID: an app at a glance, and its end: of all its tokens, or of itself. */
import { notAvailable } from '../../../engine/client/capabilities.ts'
import { risksOf } from '../../../engine/client/risks.ts'
import { isOpen } from '../../../engine/developer/client_leniencies.ts'
import { deleteApp, endAppTokens, mayDelete } from '../../../engine/developer/developer_apps.ts'
import { countRequests } from '../../../engine/developer/request_log.ts'
import { isRefusedNow } from '../../../engine/developer/waiting_form.ts'
import { readScopes } from '../../../engine/grant/scopes.ts'
import { appDialect, standardDialect } from '../../../protocol/dialects.ts'
import type { Context } from '../../../runtime/context.ts'
import { kindOf } from '../../../runtime/kept/app_form.ts'
import { type Client, registeredScope } from '../../../runtime/kept/clients.ts'
import { type ConfirmProps, confirm } from '../../confirm_view.tsx'
import { appPath, paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, secrets } from '../../visit.ts'
import { appOwner, frame, type OwnApp, ownApp } from '../own_app.ts'
import { type AppOverviewProps, appOverview } from './overview_view.tsx'

export const appOverviewPages = [
  page({
    path: '/developer/apps/:id',
    guard: ownApp,
    get: async (visit) => {
      const { context, by, client } = visit
      return appOverview({
        ...frame(visit),
        status: client.status,
        refused: client.status === 'pending' && (await isRefusedNow(context, client.id)),
        createdAt: client.createdAt,
        runs: kindOf(client.metadata),
        waiting: client.proposal === undefined ? undefined : waitingMembers(client),
        verification: client.verification,
        method: client.metadata.any_secret_method === true ? undefined : client.metadata.token_endpoint_auth_method,
        confidential: client.confidential,
        scopes: (await readScopes(context)).shown(registeredScope(client)),
        profile: client.metadata.profile,
        risks: risksOf(client, context.settings),
        notAvailable: notAvailable(client.metadata),
        endpoints: await endpointsOf(context, client),
        standard: client.metadata.dialects.includes(standardDialect),
        mayDelete: mayDelete(by.account, client),
        activity: await countRequests(context, client.id),
        plan: await context.quotas.find(`client:${client.id}`),
        notice: noticeOf(visit, visit.words.overview.notices),
      })
    },
  }),

  confirmed({
    part: 'end-tokens',
    id: 'tokens-end',
    question: 'ending',
    act: async ({ context, by, client }) => {
      await endAppTokens(context, by, client.id)
      return `${appPath(client.id)}?done=tokens_ended`
    },
  }),

  confirmed({
    part: 'delete',
    id: 'app-delete',
    question: 'deleting',
    act: async ({ context, by, client }) => {
      await deleteApp(context, by, client)
      return `${paths.developer}?done=deleted`
    },
  }),
]

/** The change that waits for the operator, member by member. */
function waitingMembers({ metadata, proposal }: Client): AppOverviewProps['waiting'] {
  const present: Readonly<Record<string, unknown>> = metadata
  const shown = (value: unknown) => (Array.isArray(value) ? value.join(' ') : String(value ?? ''))
  return Object.entries(proposal?.members ?? {}).map(([name, to]) => ({
    name,
    from: shown(present[name]),
    to: shown(to),
  }))
}

/** Where the app may go: by the standard protocol, the legacy one, or both. */
async function endpointsOf(context: Context, { metadata }: Client): Promise<AppOverviewProps['endpoints']> {
  const { issuer } = context.settings
  const standard = [
    { id: 'authorization-endpoint', uri: `${issuer}/oauth/authorize` },
    { id: 'token-endpoint', uri: `${issuer}/oauth/token` },
  ] as const
  const older = [
    { id: 'older-authorization-endpoint', uri: `${issuer}/api/oauth2/authorize` },
    { id: 'older-token-endpoint', uri: `${issuer}/api/oauth2/token` },
  ] as const
  return [
    { id: 'issuer', uri: issuer },
    ...(metadata.dialects.includes(standardDialect) ? standard : []),
    ...(metadata.dialects.includes(appDialect) && (await isOpen(context, appDialect)) ? older : []),
    { id: 'discovery', uri: `${issuer}/.well-known/openid-configuration` },
  ]
}

/** An act that the owner is asked about first, since it cannot be undone. */
interface ConfirmedAct extends Pick<ConfirmProps, 'id'> {
  readonly question: 'ending' | 'deleting'
  /** The last part of the path of both the question and its answer. */
  readonly part: string
  /** Does it; answers where to go on. */
  readonly act: (visit: OwnApp) => Promise<string>
}

function confirmed({ part, act, id, question }: ConfirmedAct) {
  return page({
    path: `/developer/apps/:id/${part}`,
    guard: appOwner,
    get: (visit) =>
      confirm({
        ...secrets(visit),
        ...visit.words.overview[question],
        id,
        name: visit.client.name,
        action: `${appPath(visit.client.id)}/${part}`,
        backHref: appPath(visit.client.id),
      }),
    post: async (visit) => goTo(visit, await act(visit)),
  })
}
