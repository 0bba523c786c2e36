/** /developer/apps: registering an app and looking after it. Every rule is the engine's; here are forms and answers. */
import type { FastifyInstance } from 'fastify'
import type { LiveSession } from '../../engine/account/sessions.ts'
import { notAvailable } from '../../engine/client/capabilities.ts'
import { risksOf } from '../../engine/client/risks.ts'
import { isQuantimodoOpen, olderChoiceOf } from '../../engine/developer/client_leniencies.ts'
import {
  addSecret,
  canRemoveSecret,
  type Developer,
  deleteApp,
  endAppTokens,
  findOwnApp,
  mayDelete,
  nextSecretName,
  registerApp,
  registrationFor,
  removeSecret,
  replaceSecret,
  type SecretOverlap,
  secretLimit,
  secretOverlaps,
  usesSecrets,
} from '../../engine/developer/developer_apps.ts'
import { offeredScopes, readScopes } from '../../engine/grant/scopes.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { briefly } from '../../lib/briefly.ts'
import { day } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import { kindOf } from '../../runtime/kept/app_form.ts'
import { type Client, registeredScope } from '../../runtime/kept/clients.ts'
import type { Page } from '../../words/index.ts'
import { leaveFlash, takeFlash } from '../flash.ts'
import { appPath, newSecretPath, paths, secretPath, secretsPath, startPath } from '../kit/paths.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  readSignedForm,
  requireSignedIn,
  type SignedIn,
  secrets,
  viewerOf,
} from '../page.ts'
import { appNew } from './app_new_view.tsx'
import {
  type AppActivity,
  type AppConfirmProps,
  type AppOverviewProps,
  appConfirm,
  appOverview,
} from './app_overview_view.tsx'
import { appSecretReplace, appSecretShown } from './app_secret_view.tsx'
import { appSecrets } from './app_secrets_view.tsx'
import { goShow, newSecret } from './new_secret.ts'
import { readLog } from './requests/read_log.ts'

type AppRoute = { Params: { id: string } }
type SecretRoute = { Params: { id: string; secret: string } }

/** The app, if this person owns it or works on it. Others' apps are as good as not there. */
export async function requireOwnApp(context: Context, live: LiveSession, clientId: string): Promise<Client> {
  const client = await findOwnApp(context, live.account, clientId)
  if (client === undefined) throw new PageProblem('not_found')
  return client
}

export function registerDeveloperApps(app: FastifyInstance, context: Context): void {
  registerNewApp(app, context)
  registerOverview(app, context)
  registerEnding(app, context)
  registerDeletion(app, context)
  registerSecrets(app, context)
  registerSecretReplacement(app, context)
  registerSecretRemoval(app, context)
}

/** What every page about one app begins with. */
export function frame(context: Context, browser: SignedIn, client: Client) {
  return {
    ...secrets(context, browser, 'account'),
    viewer: viewerOf(browser.live),
    app: { clientId: client.id, name: client.name },
    legacy: context.settings.dialects.size > 1 || olderChoiceOf(client).on.length > 0,
  }
}

const notices = {
  tokens_ended: 'All tokens of the app have ended.',
  removed: 'The secret is removed.',
  withdrawn: 'The change is withdrawn.',
  needed: 'This kind of app authenticates with a secret. Add one.',
} as const

function registerNewApp(app: FastifyInstance, context: Context): void {
  app.get(paths.newApp, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const registration = registrationFor(context, browser.live.account)
    if (registration === 'closed') throw new PageProblem('registration_closed')
    const html = appNew({
      ...secrets(context, browser, 'account'),
      viewer: viewerOf(browser.live),
      needsApproval: registration === 'approval',
      name: '',
      kind: 'web',
      redirectUris: '',
      scope: ['openid', 'basic'],
      scopes: await offeredScopes(context),
    })
    return sendPage(reply, 200, html)
  })

  app.post(paths.newApp, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply, 'scope')
    const filled = {
      name: form.get('name') ?? '',
      kind: form.get('kind') ?? '',
      scope: form.all('scope').filter((scope, at, all) => all.indexOf(scope) === at),
    }
    const lines = form.get('redirect_uris') ?? ''
    const redirectUris = lines
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const text = (name: string) => form.get(name) ?? ''
    const details = {
      publisher: text('publisher'),
      website: text('website'),
      policy: text('policy'),
      terms: '',
      logo: '',
    }
    const result = await registerApp(context, by, { ...filled, redirectUris, details })
    const viewer = viewerOf(browser.live)
    if (result.outcome === 'closed') throw new PageProblem('registration_closed')
    if (result.outcome === 'problems') {
      const needsApproval = registrationFor(context, by.account) === 'approval'
      const scopes = await offeredScopes(context)
      const again = { ...secrets(context, browser, 'account'), viewer, needsApproval, redirectUris: lines, scopes }
      return sendPage(reply, 400, appNew({ ...again, ...filled, details, problems: result.problems }))
    }
    const place = startPath(result.clientId)
    if (result.clientSecret !== undefined) leaveFlash(context, reply, browser, { place, value: result.clientSecret })
    return goTo(reply, `${place}?done=registered`)
  })
}

/** What the log says of an app's last day, and the newest refusal that it holds. */
async function activityOf(context: Context, client: Client): Promise<AppActivity> {
  const { requests } = context.storage
  await briefly(context.requests.flush())
  const counted = await requests.count(client.id, context.clock.now() - day)
  // After the count, not beside it: an app's log has one read under way and only two more may wait.
  const [lastRefusal] = await requests.list(client.id, 1, undefined, { refused: true })
  return { ...counted, lastRefusal }
}

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

function registerOverview(app: FastifyInstance, context: Context): void {
  /** Where the app may go: through the standard door, the older one, or both. */
  async function endpointsOf({ metadata }: Client) {
    const { issuer } = context.settings
    const standard = [
      { id: 'authorization-endpoint', label: 'Authorize', uri: `${issuer}/oauth/authorize` },
      { id: 'token-endpoint', label: 'Token', uri: `${issuer}/oauth/token` },
    ]
    const older = [
      { id: 'older-authorization-endpoint', label: 'Authorize (legacy)', uri: `${issuer}/api/oauth2/authorize` },
      { id: 'older-token-endpoint', label: 'Token (legacy)', uri: `${issuer}/api/oauth2/token` },
    ]
    return [
      { id: 'issuer', label: 'Issuer', uri: issuer },
      ...(metadata.dialects.includes('oauth') ? standard : []),
      ...(metadata.dialects.includes('quantimodo') && (await isQuantimodoOpen(context)) ? older : []),
      { id: 'discovery', label: 'Discovery', uri: `${issuer}/.well-known/openid-configuration` },
    ]
  }

  async function overview(browser: SignedIn, client: Client, notice: string | undefined): Promise<Page> {
    return appOverview({
      ...frame(context, browser, client),
      status: client.status,
      createdAt: client.createdAt,
      runs: kindOf(client.metadata),
      waiting: client.proposal === undefined ? undefined : waitingMembers(client),
      verification: client.verification,
      method: client.metadata.any_secret_method === true ? undefined : client.metadata.token_endpoint_auth_method,
      confidential: client.confidential,
      scopes: registeredScope(client).map((await readScopes(context.storage)).meaning),
      risks: risksOf(client, context.settings),
      notAvailable: notAvailable(client.metadata),
      endpoints: await endpointsOf(client),
      standard: client.metadata.dialects.includes('oauth'),
      mayDelete: mayDelete(browser.live.account, client),
      activity: await readLog(() => activityOf(context, client)),
      notice,
    })
  }

  app.get<AppRoute>('/developer/apps/:id', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(reply, 200, await overview(browser, client, noticeOf(request, notices)))
  })
}

/** An act that its owner or the operator is asked about first, since it cannot be undone. */
interface ConfirmedAct extends Pick<AppConfirmProps, 'id' | 'heading' | 'text' | 'submit'> {
  /** The last part of the path of both the question and its answer. */
  readonly part: string
  /** Does it; answers where to go on. */
  readonly act: (by: Developer, client: Client) => Promise<string>
}

function registerConfirmed(app: FastifyInstance, context: Context, { part, act, ...question }: ConfirmedAct): void {
  app.get<AppRoute>(`/developer/apps/:id/${part}`, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    if (!mayDelete(browser.live.account, client)) throw new PageProblem('not_allowed')
    const html = appConfirm({
      ...secrets(context, browser, 'account'),
      ...question,
      name: client.name,
      action: `${appPath(client.id)}/${part}`,
      backHref: appPath(client.id),
    })
    return sendPage(reply, 200, html)
  })

  app.post<AppRoute>(`/developer/apps/:id/${part}`, async (request, reply) => {
    const { browser, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    if (!mayDelete(by.account, client)) throw new PageProblem('not_allowed')
    return goTo(reply, await act(by, client))
  })
}

function registerEnding(app: FastifyInstance, context: Context): void {
  registerConfirmed(app, context, {
    part: 'end-tokens',
    id: 'tokens-end',
    heading: 'End all tokens of this app?',
    text: 'Every access and refresh token of the app stops working immediately, and people have to sign in to it again. The app and its secrets stay.',
    submit: 'End all tokens',
    act: async (by, client) => {
      await endAppTokens(context, by, client.id)
      return `${appPath(client.id)}?done=tokens_ended`
    },
  })
}

function registerDeletion(app: FastifyInstance, context: Context): void {
  registerConfirmed(app, context, {
    part: 'delete',
    id: 'app-delete',
    heading: 'Delete this app?',
    text: 'Its client ID, secrets and everything issued to it stop working immediately. You cannot undo this.',
    submit: 'Delete',
    act: async (by, client) => {
      await deleteApp(context, by, client)
      return `${paths.developer}?done=deleted`
    },
  })
}

function isOverlap(text: string): text is SecretOverlap {
  return Object.hasOwn(secretOverlaps, text)
}

function secretsPage(
  context: Context,
  browser: SignedIn,
  client: Client,
  more: { notice?: string | undefined; problem?: string; add?: { name: string; problem: string } },
): Page {
  const now = context.clock.now()
  return appSecrets({
    ...frame(context, browser, client),
    usesSecrets: usesSecrets(client),
    limit: secretLimit,
    secrets: client.secrets.map(({ id, name, createdAt, expiresAt }) => ({
      id,
      name,
      createdAt,
      expiresAt,
      expired: expiresAt !== null && expiresAt <= now,
      removable: canRemoveSecret(client.secrets, id, now),
    })),
    ...more,
  })
}

function registerSecrets(app: FastifyInstance, context: Context): void {
  app.get<AppRoute>('/developer/apps/:id/secret', { exposeHeadRoute: false }, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const shown = await takeFlash(context, request, reply, {
      browser,
      place: newSecretPath(client.id),
      shape: newSecret,
    })
    if (shown === undefined) return goTo(reply, secretsPath(client.id))
    const { replaces: old, ...made } = shown
    const worksUntil = old !== undefined && old.ends > context.clock.now() ? old.ends : undefined
    const replaces = old === undefined ? undefined : { name: old.name, worksUntil }
    const html = appSecretShown({ ...frame(context, browser, client), ...made, replaces })
    return sendPage(reply, 200, html)
  })

  app.get<AppRoute>('/developer/apps/:id/secrets', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(reply, 200, secretsPage(context, browser, client, { notice: noticeOf(request, notices) }))
  })

  app.post<AppRoute>('/developer/apps/:id/secrets', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const name = form.get('name') ?? ''
    const added = await addSecret(context, by, client.id, name)
    if (added.problem === undefined) {
      return goShow({ context, reply, browser }, client.id, { secret: added.secret, name: name.trim() })
    }
    const { problem } = added
    // Where there is no room there is no field to show it beside.
    const field = usesSecrets(client) && client.secrets.length < secretLimit
    return sendPage(reply, 400, secretsPage(context, browser, client, field ? { add: { name, problem } } : { problem }))
  })
}

function registerSecretReplacement(app: FastifyInstance, context: Context): void {
  app.get<SecretRoute>('/developer/apps/:id/secrets/:secret/replace', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const secret = client.secrets.find(({ id }) => id === request.params.secret)
    if (secret === undefined) throw new PageProblem('not_found')
    const name = nextSecretName(client.secrets, secret.name)
    return sendPage(reply, 200, appSecretReplace({ ...frame(context, browser, client), secret, name }))
  })

  app.post<SecretRoute>('/developer/apps/:id/secrets/:secret/replace', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const overlap = form.get('overlap') ?? ''
    if (!isOverlap(overlap)) throw new PageProblem('request_unclear')
    const name = form.get('name') ?? ''
    const secret = client.secrets.find(({ id }) => id === request.params.secret)
    const added = await replaceSecret(context, by, client.id, { id: request.params.secret, overlap, name })
    if (added.problem === undefined) {
      const replaces = secret && { name: secret.name, ends: added.oldEnds }
      return goShow({ context, reply, browser }, client.id, { secret: added.secret, name: name.trim(), replaces })
    }
    const { problem } = added
    if (added.field !== 'name' || secret === undefined)
      return sendPage(reply, 400, secretsPage(context, browser, client, { problem }))
    const html = appSecretReplace({ ...frame(context, browser, client), secret, name, problem, overlap })
    return sendPage(reply, 400, html)
  })
}

function registerSecretRemoval(app: FastifyInstance, context: Context): void {
  app.get<SecretRoute>('/developer/apps/:id/secrets/:secret/remove', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const secret = client.secrets.find(({ id }) => id === request.params.secret)
    if (secret === undefined) throw new PageProblem('not_found')
    const html = appConfirm({
      ...secrets(context, browser, 'account'),
      id: 'secret-remove',
      heading: 'Remove this secret?',
      name: secret.name,
      text: `Every instance of ${client.name} that still uses it is refused at once.`,
      submit: 'Remove',
      action: secretPath(client.id, secret.id, 'remove'),
      backHref: secretsPath(client.id),
    })
    return sendPage(reply, 200, html)
  })

  app.post<SecretRoute>('/developer/apps/:id/secrets/:secret/remove', async (request, reply) => {
    const { browser, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const { problem } = await removeSecret(context, by, client.id, request.params.secret)
    if (problem === undefined) return goTo(reply, `${secretsPath(client.id)}?done=removed`)
    return sendPage(reply, 400, secretsPage(context, browser, client, { problem }))
  })
}
