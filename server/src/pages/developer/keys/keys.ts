/** /developer/keys: subscription keys of one's own. Every rule is the engine's; here are forms and answers. */

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  createKey,
  deleteKey,
  describeKey,
  findOwnKey,
  type KeyOverlap,
  keyLimit,
  keyOverlaps,
  listDeveloperKeys,
  mayCreateKeys,
  renameKey,
  rotateKey,
  type SubscriptionKey,
  setKeyEnabled,
} from '../../../engine/developer/developer_keys.ts'
import { describeTeam, listOffers } from '../../../engine/developer/sharing.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { briefly } from '../../../lib/briefly.ts'
import { anyHas } from '../../../protocol/dialects.ts'
import type { Context } from '../../../runtime/context.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import type { Page, Words } from '../../../words/index.ts'
import { confirm } from '../../confirm_view.tsx'
import { showOnce, takeFlash } from '../../flash.ts'
import { further, type Guard, signedIn } from '../../guards.ts'
import { keyPath, paths } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import { goTo, noticeOf, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { sharingPages } from '../sharing.ts'
import { type SubscriptionKeyProps, subscriptionKey } from './key_view.tsx'
import { keyShown, nameOf, type SubscriptionKeysProps, subscriptionKeys } from './keys_view.tsx'

type Done = keyof Words['keys']['notices']

/** A key on the way to the page that shows it. */
const newKey = z.object({
  name: z.string(),
  subscriptionKey: z.string(),
  /** What becomes of the key that it replaces. */
  before: z.string().optional(),
})
type NewKey = Readonly<z.infer<typeof newKey>>

/** Whether the pages are there: while the protocol that asks for keys is open. */
export function keysAreUsed(context: Context): boolean {
  return anyHas(context.settings.dialects, 'subscriptionKeys')
}

/** A request about a key by somebody who has it. */
interface OwnKey extends SignedIn {
  readonly key: SubscriptionKey
}

/** Whoever has the key that the address names. Everybody else is told that there is no such key. */
const ownKey: Guard<OwnKey> = further(signedIn, async (visit) => {
  // A use of a moment ago is what one is looking for.
  await briefly(visit.context.subscriptionKeys.flush())
  const key = await findOwnKey(visit.context, visit.by.account, handleIn(visit))
  if (key === undefined) throw new PageProblem('not_found')
  return { key }
})

function handleIn(visit: SignedIn): string {
  return partOfPath(visit, 'handle')
}

const oneKey = `${paths.keys}/:handle`

const listPages = [
  page({
    path: paths.newKey,
    guard: signedIn,
    head: false,
    get: async (visit) => {
      const made = await takeFlash(visit, paths.newKey, newKey)
      return made === undefined ? goTo(visit, paths.keys) : keyShown({ viewer: viewerOf(visit), ...made })
    },
  }),

  page({
    path: paths.keys,
    guard: signedIn,
    get: (visit) => drawList(visit, { notice: noticeOf(visit, visit.words.keys.notices) }),
    post: async (visit) => {
      const { context, reply, form, by } = visit
      if (!mayCreateKeys(context, by.account)) throw new PageProblem('registration_closed')
      const name = form.get('name') ?? ''
      const made = await createKey(context, by, name)
      if (made.problem === undefined) return show(visit, { name, subscriptionKey: made.key })
      const { problem } = made
      // Where there is no room there is no field to show it beside.
      const own = (await listDeveloperKeys(context, by.account)).filter((key) => key.sharedBy === undefined)
      return sendPage(
        reply,
        400,
        await drawList(visit, own.length < keyLimit ? { add: { name, problem } } : { problem }),
      )
    },
  }),
]

/** What could not be taken, for the page of the key. */
type Wrong = Pick<SubscriptionKeyProps, 'problem' | 'rename'>

/** A form that changes a key and ends on its page: with what was done, or with why not beside what was filled in. */
function change(part: string, done: Done, make: (visit: OwnKey & WithForm) => Promise<Wrong>) {
  return page({
    path: `${oneKey}${part}`,
    guard: ownKey,
    post: async (visit) => {
      const wrong = await make(visit)
      if (wrong.problem === undefined && wrong.rename === undefined) {
        return goTo(visit, `${keyPath(handleIn(visit))}?done=${done}`)
      }
      return sendPage(visit.reply, 400, await drawOne(visit, wrong))
    },
  })
}

const keyPages = [
  page({
    path: oneKey,
    guard: ownKey,
    get: (visit) => drawOne(visit, { notice: noticeOf(visit, visit.words.keys.notices) }),
  }),

  change('', 'renamed', async ({ context, key, form, by }) => {
    const name = form.get('name') ?? ''
    const { problem } = await renameKey(context, by, key.id, name)
    return problem === undefined ? {} : { rename: { name, problem } }
  }),
  change('/disable', 'disabled', ({ context, key, by }) => setKeyEnabled(context, by, key.id, false)),
  change('/enable', 'enabled', ({ context, key, by }) => setKeyEnabled(context, by, key.id, true)),
  page({
    path: `${oneKey}/rotate`,
    guard: ownKey,
    post: async (visit) => {
      const { context, reply, key, form, by } = visit
      const say = visit.words.keys
      const refuse = async (problem: FormProblem) => sendPage(reply, 400, await drawOne(visit, { problem }))
      const overlap = form.get('overlap') ?? ''
      if (!isOverlap(overlap)) return refuse('overlap_missing')
      const made = await rotateKey(context, by, key.id, overlap)
      if (made.problem !== undefined) return refuse(made.problem)
      return show(visit, {
        name: nameOf(say, key.name),
        subscriptionKey: made.key,
        before: say.afterReplacing[overlap],
      })
    },
  }),

  page({
    path: `${oneKey}/delete`,
    guard: ownKey,
    get: (visit) =>
      confirm({
        ...secrets(visit),
        id: 'key-delete',
        ...visit.words.keys.deleting,
        name: nameOf(visit.words.keys, visit.key.name),
        action: keyPath(handleIn(visit), 'delete'),
        backHref: keyPath(handleIn(visit)),
      }),
    post: async (visit) => {
      await deleteKey(visit.context, visit.by, visit.key)
      return goTo(visit, `${paths.keys}?done=deleted`)
    },
  }),
]

export const subscriptionKeysPages = [
  ...listPages,
  ...keyPages,
  ...sharingPages({
    kind: 'key',
    path: oneKey,
    part: 'handle',
    owner: ownKey,
    idOf: ({ key }) => key.id,
    people: { path: oneKey, shown: (visit) => keyPath(handleIn(visit)) },
    draw: drawOne,
    list: paths.keys,
    drawList,
  }),
]

function isOverlap(text: string): text is KeyOverlap {
  return Object.hasOwn(keyOverlaps, text)
}

/** Sends the browser to the page that shows a new key, once. */
function show(visit: SignedIn, made: NewKey): FastifyReply {
  return showOnce(visit, paths.newKey, made)
}

async function drawList(
  visit: SignedIn,
  more: Pick<SubscriptionKeysProps, 'notice' | 'problem' | 'add'>,
): Promise<Page> {
  const { context, by } = visit
  const all = await listDeveloperKeys(context, by.account)
  return subscriptionKeys({
    ...secrets(visit),
    viewer: viewerOf(visit),
    keys: all.filter((key) => key.sharedBy === undefined),
    shared: all.flatMap(({ sharedBy, ...key }) => (sharedBy === undefined ? [] : [{ ...key, sharedBy }])),
    offers: await listOffers(context, by.account, 'key'),
    limit: keyLimit,
    mayCreate: mayCreateKeys(context, by.account),
    ...more,
  })
}

async function drawOne(
  visit: OwnKey,
  more: Pick<SubscriptionKeyProps, 'notice' | 'problem' | 'rename' | 'add'>,
): Promise<Page> {
  const { context, key, by } = visit
  const team = await describeTeam(context, { kind: 'key', id: key.id })
  return subscriptionKey({
    ...secrets(visit),
    viewer: viewerOf(visit),
    subscriptionKey: await describeKey(context, by.account, key),
    plan: await context.quotas.find(`key:${key.id}`),
    ...team,
    ...more,
    // Where there is no room there is no field to show it beside.
    problem: team.full ? (more.problem ?? more.add?.problem) : more.problem,
  })
}
