/** /developer/keys: subscription keys of one's own. Every rule is the engine's; here are forms and answers. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { LiveSession } from '../../../engine/account/sessions.ts'
import {
  createKey,
  deleteKey,
  describeKey,
  findOwnKey,
  type KeyOverlap,
  keyCollaboratorLimit,
  keyLimit,
  keyOverlaps,
  leaveKey,
  listDeveloperKeys,
  listKeyCollaborators,
  mayCreateKeys,
  removeKeyCollaborator,
  renameKey,
  rotateKey,
  setKeyEnabled,
} from '../../../engine/developer/developer_keys.ts'
import {
  answerKeyOffer,
  inviteToKey,
  listKeyOffers,
  takeBackInvitation,
} from '../../../engine/developer/key_invitations.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { briefly } from '../../../lib/briefly.ts'
import type { Context } from '../../../runtime/context.ts'
import type { StoredKey } from '../../../runtime/kept/subscription_key_record.ts'
import type { Page } from '../../../words/index.ts'
import { showOnce, takeFlash } from '../../flash.ts'
import { keyPath, paths } from '../../kit/paths.ts'
import {
  goTo,
  noticeOf,
  notTaken,
  PageProblem,
  readSignedForm,
  requireSignedIn,
  type SignedForm,
  type SignedIn,
  secrets,
  type Visit,
  viewerOf,
} from '../../page.ts'
import { appConfirm } from '../app_overview_view.tsx'
import { type SubscriptionKeyProps, subscriptionKey } from './key_view.tsx'
import { keyShown, nameOf, type SubscriptionKeysProps, subscriptionKeys } from './keys_view.tsx'

type KeyRoute = { Params: { handle: string } }

const notices = {
  renamed: 'The name is saved.',
  invited: 'The invitation is on its way.',
  taken_back: 'The invitation is taken back.',
  accepted: 'You share the key now.',
  declined: 'The invitation is declined.',
  unshared: 'The key is no longer shared with that person.',
  disabled: 'The key is switched off.',
  enabled: 'The key is switched on.',
  deleted: 'The key is deleted.',
  left: 'The key is no longer shared with you.',
} as const
type Done = keyof typeof notices

/** The pages are there while the door that asks for keys is open. */
export function keysAreUsed(context: Context): boolean {
  return context.settings.dialects.has('jwt_login')
}

export function registerDeveloperKeys(app: FastifyInstance, context: Context): void {
  if (!keysAreUsed(context)) return
  registerList(app, context)
  registerOne(app, context)
  registerRotation(app, context)
  registerDeletion(app, context)
  registerLeaving(app, context)
}

/** The key, if it is this person's. Others' keys are as good as not there. */
async function requireOwnKey(context: Context, live: LiveSession, handle: string): Promise<StoredKey> {
  const key = await findOwnKey(context, live.account, handle)
  if (key === undefined) throw new PageProblem('not_found')
  return key
}

async function listPage(
  context: Context,
  browser: SignedIn,
  more: Pick<SubscriptionKeysProps, 'notice' | 'problem' | 'add'>,
): Promise<Page> {
  const all = await listDeveloperKeys(context, browser.live.account)
  return subscriptionKeys({
    ...secrets(context, browser, 'account'),
    viewer: viewerOf(browser.live),
    keys: all.filter((key) => key.sharedBy === undefined),
    shared: all.flatMap(({ sharedBy, ...key }) => (sharedBy === undefined ? [] : [{ ...key, sharedBy }])),
    offers: await listKeyOffers(context, browser.live.account),
    limit: keyLimit,
    mayCreate: mayCreateKeys(context, browser.live.account),
    ...more,
  })
}

/** A key on the way to the page that shows it. */
const newKey = z.object({
  name: z.string(),
  subscriptionKey: z.string(),
  /** What becomes of the key that it replaces. */
  before: z.string().optional(),
})
type NewKey = Readonly<z.infer<typeof newKey>>

/** Sends the browser to the page that shows a new key, once. */
function goShow(visit: Omit<Visit<SignedIn>, 'request'>, made: NewKey): FastifyReply {
  return showOnce(visit, paths.newKey, made)
}

function registerList(app: FastifyInstance, context: Context): void {
  app.get(paths.newKey, { exposeHeadRoute: false }, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const made = await takeFlash(context, request, reply, { browser, place: paths.newKey, shape: newKey })
    if (made === undefined) return goTo(reply, paths.keys)
    return sendPage(reply, 200, keyShown({ viewer: viewerOf(browser.live), ...made }))
  })

  app.get(paths.keys, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    return sendPage(reply, 200, await listPage(context, browser, { notice: noticeOf(request, notices) }))
  })

  app.post(paths.keys, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    if (!mayCreateKeys(context, by.account)) throw new PageProblem('registration_closed')
    const name = form.get('name') ?? ''
    const made = await createKey(context, by, name)
    if (made.problem !== undefined) {
      const { problem } = made
      // Where there is no room there is no field to show it beside.
      const full = (await listDeveloperKeys(context, by.account)).filter((key) => key.sharedBy === undefined)
      const more = full.length < keyLimit ? { add: { name, problem } } : { problem }
      return sendPage(reply, 400, await listPage(context, browser, more))
    }
    return goShow({ context, reply, browser }, { name, subscriptionKey: made.key })
  })
}

async function keyPage(
  context: Context,
  browser: SignedIn,
  key: StoredKey,
  more: Pick<SubscriptionKeyProps, 'notice' | 'problem' | 'rename' | 'add'>,
): Promise<Page> {
  // A use of a moment ago is what one is looking for.
  await briefly(context.subscriptionKeys.flush())
  const { collaborators, invited } = key.record
  const full = collaborators.length + invited.length >= keyCollaboratorLimit
  return subscriptionKey({
    ...secrets(context, browser, 'account'),
    viewer: viewerOf(browser.live),
    subscriptionKey: await describeKey(context, browser.live.account, key),
    collaborators: await listKeyCollaborators(context, key),
    // Somebody who has declined looks like somebody who is not there.
    invited: invited.map(({ username }) => username),
    collaboratorLimit: keyCollaboratorLimit,
    ...more,
    // Where there is no room there is no field to show it beside.
    problem: full ? (more.problem ?? more.add?.problem) : more.problem,
  })
}

function registerOne(app: FastifyInstance, context: Context): void {
  app.get<KeyRoute>('/developer/keys/:handle', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const key = await requireOwnKey(context, browser.live, request.params.handle)
    return sendPage(reply, 200, await keyPage(context, browser, key, { notice: noticeOf(request, notices) }))
  })

  /** A form that changes a key and ends on its page: with what was done, or with why not beside what was filled in. */
  function registerChange(
    path: string,
    done: Done,
    change: (
      key: StoredKey,
      own: SignedForm,
    ) => Promise<
      (Pick<SubscriptionKeyProps, 'problem' | 'rename' | 'add'> & { readonly retryAfter?: number }) | undefined
    >,
  ): void {
    app.post<KeyRoute>(`/developer/keys/:handle${path}`, async (request, reply) => {
      const own = await readSignedForm(context, request, reply)
      const key = await requireOwnKey(context, own.browser.live, request.params.handle)
      const wrong = await change(key, own)
      if (wrong === undefined) return goTo(reply, `${keyPath(request.params.handle)}?done=${done}`)
      return sendPage(reply, notTaken(reply, wrong), await keyPage(context, own.browser, key, wrong))
    })
  }

  registerChange('', 'renamed', async (key, { form, by }) => {
    const name = form.get('name') ?? ''
    const { problem } = await renameKey(context, by, key.id, name)
    return problem === undefined ? undefined : { rename: { name, problem } }
  })

  for (const [path, done, enabled] of [
    ['/disable', 'disabled', false],
    ['/enable', 'enabled', true],
  ] as const) {
    registerChange(path, done, async (key, { by }) => {
      const { problem } = await setKeyEnabled(context, by, key.id, enabled)
      return problem === undefined ? undefined : { problem }
    })
  }

  registerChange('/collaborators', 'invited', async (key, { form, by }) => {
    const username = form.get('username') ?? ''
    const changed = await inviteToKey(context, by, key.id, username)
    if (changed.problem === undefined) return undefined
    const { problem, retryAfter } = changed
    return { add: { username, problem }, ...(retryAfter === undefined ? {} : { retryAfter }) }
  })

  registerChange('/invitations/remove', 'taken_back', async (key, { form, by }) => {
    const { problem } = await takeBackInvitation(context, by, key.id, form.get('username') ?? '')
    return problem === undefined ? undefined : { problem }
  })

  registerChange('/collaborators/remove', 'unshared', async (key, { form, by }) => {
    const { problem } = await removeKeyCollaborator(context, by, key.id, form.get('person') ?? '')
    return problem === undefined ? undefined : { problem }
  })
}

const afterRotation = {
  none: 'The old key no longer works.',
  day: 'The old key works for 1 more day.',
  week: 'The old key works for 7 more days.',
  month: 'The old key works for 30 more days.',
} as const satisfies Record<KeyOverlap, string>

function registerRotation(app: FastifyInstance, context: Context): void {
  app.post<KeyRoute>('/developer/keys/:handle/rotate', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const key = await requireOwnKey(context, browser.live, request.params.handle)
    const overlap = form.get('overlap') ?? ''
    if (!Object.hasOwn(keyOverlaps, overlap)) {
      const problem = 'Choose how long the old one works.'
      return sendPage(reply, 400, await keyPage(context, browser, key, { problem }))
    }
    const made = await rotateKey(context, by, key.id, overlap as KeyOverlap)
    if (made.problem !== undefined) {
      return sendPage(reply, 400, await keyPage(context, browser, key, { problem: made.problem }))
    }
    const name = nameOf(key.record.name)
    const before = afterRotation[overlap as KeyOverlap]
    return goShow({ context, reply, browser }, { name, subscriptionKey: made.key, before })
  })
}

function registerDeletion(app: FastifyInstance, context: Context): void {
  app.get<KeyRoute>('/developer/keys/:handle/delete', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { handle } = request.params
    const key = await requireOwnKey(context, browser.live, handle)
    const html = appConfirm({
      ...secrets(context, browser, 'account'),
      id: 'key-delete',
      heading: 'Delete this key?',
      name: nameOf(key.record.name),
      text: 'Every app that still sends it is refused at once. This cannot be undone.',
      submit: 'Delete',
      action: keyPath(handle, 'delete'),
      backHref: keyPath(handle),
    })
    return sendPage(reply, 200, html)
  })

  app.post<KeyRoute>('/developer/keys/:handle/delete', async (request, reply) => {
    const { browser, by } = await readSignedForm(context, request, reply)
    await deleteKey(context, by, await requireOwnKey(context, browser.live, request.params.handle))
    return goTo(reply, `${paths.keys}?done=deleted`)
  })
}

function registerLeaving(app: FastifyInstance, context: Context): void {
  app.post<KeyRoute>('/developer/keys/:handle/answer', { config: { drawnAt: paths.keys } }, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const answer = form.get('answer')
    if (answer !== 'accepted' && answer !== 'declined') throw new PageProblem('request_unclear')
    const offers = await listKeyOffers(context, by.account)
    if (!offers.some(({ handle }) => handle === request.params.handle)) throw new PageProblem('not_found')
    const { problem } = await answerKeyOffer(context, by, request.params.handle, answer)
    if (problem === undefined) return goTo(reply, `${paths.keys}?done=${answer}`)
    return sendPage(reply, 409, await listPage(context, browser, { problem }))
  })

  app.post<KeyRoute>('/developer/keys/:handle/leave', { config: { drawnAt: paths.keys } }, async (request, reply) => {
    const { by } = await readSignedForm(context, request, reply)
    const { problem } = await leaveKey(context, by, request.params.handle)
    if (problem !== undefined) throw new PageProblem('not_found')
    return goTo(reply, `${paths.keys}?done=left`)
  })
}
