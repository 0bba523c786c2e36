/** /account/security/passkeys: one's own passkeys, adding one, giving it a name and taking it away. */
import type { FastifyReply } from 'fastify'
import { addingBarred, addPasskey, startAdding } from '../../engine/account/passkeys/add.ts'
import {
  allPasskeysOf,
  findOwnPasskey,
  type Passkey,
  passkeyHandle,
  passkeyLimit,
  passkeysOffered,
  removePasskey,
  renamePasskey,
} from '../../engine/account/passkeys/passkeys.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath, ownPath } from '../../http/browser/paths.ts'
import { agentInWords } from '../../words/user_agent.ts'
import { confirm } from '../confirm_view.tsx'
import { leaveFlash } from '../flash.ts'
import { enrolling, further, signedIn } from '../guards.ts'
import { passkeyPath, paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { type OpenInteraction, openInteraction } from '../sign_in/interaction.ts'
import { goTo, noticeOf, PageProblem, partOfPath, readQuery, type SignedIn, secrets, viewerOf } from '../visit.ts'
import { accountPasskeys, type PasskeyRefusal, renamePasskeyForm } from './passkeys_view.tsx'

/** Throws PageProblem where this server has no passkeys. */
function requirePasskeys({ context }: SignedIn) {
  if (!passkeysOffered(context)) throw new PageProblem('not_found')
  return {}
}

/** Whoever is signed in, where this server has passkeys. */
const holder = further(signedIn, requirePasskeys)

/** The holder of the passkey that the address names. */
const ownPasskey = further(holder, async (visit) => {
  const passkey = await findOwnPasskey(visit.context, visit.by.account, partOfPath(visit, 'passkey'))
  if (passkey === undefined) throw new PageProblem('not_found')
  return { passkey, handle: passkeyHandle(passkey) }
})

const problemStatus = { stale: 400, refused: 400, too_many: 409, sign_in_again: 403, needs_link: 403 } as const

export const passkeysPages = [
  page({
    path: paths.accountPasskeys,
    guard: further(enrolling, requirePasskeys),
    get: async (visit) => {
      const open = await openRequest(visit)
      return show(visit, 200, { notice: noticeOf(visit, visit.words.passkeys.notices), open })
    },
    post: async (visit) => {
      const { context, form, live, browser, by } = visit
      const open = await openRequest(visit)
      const answer = {
        state: form.get('ceremony') ?? '',
        credential: form.get('credential') ?? '',
        browsers: browser.ids,
        name: form.get('name') ?? '',
        unnamed: visit.words.passkeys.unnamed,
      }
      const added = await addPasskey(context, live, answer, by.caller)
      switch (added.outcome) {
        case 'added':
          return goTo(visit, `${paths.accountPasskeys}?done=added`)
        case 'turned_on':
          setSession(context, visit.reply, added.token)
          leaveFlash({ ...visit, live: added.live }, paths.totp, added.codes)
          return goTo(visit, interactionPath(paths.totp, open?.sealed, nextOf(visit) ?? paths.accountPasskeys))
        default:
          return show(visit, problemStatus[added.outcome], { refused: added.outcome, open })
      }
    },
  }),

  page({
    path: `${paths.accountPasskeys}/:passkey/rename`,
    guard: ownPasskey,
    get: (visit) => renamePasskeyForm({ ...secrets(visit), id: visit.handle, name: visit.passkey.name }),
    post: async (visit) => {
      const { context, reply, live, form, by, handle } = visit
      const name = form.get('name') ?? ''
      const outcome = await renamePasskey(context, live, { handle, name }, by.caller)
      if (outcome === 'renamed') return goTo(visit, `${paths.accountPasskeys}?done=renamed`)
      if (outcome === 'not_found') throw new PageProblem('not_found')
      if (outcome === 'session_over') return goTo(visit, paths.accountPasskeys)
      return sendPage(reply, 400, renamePasskeyForm({ ...secrets(visit), id: handle, name, problem: outcome }))
    },
  }),

  page({
    path: `${paths.accountPasskeys}/:passkey/remove`,
    guard: ownPasskey,
    get: (visit) =>
      confirm({
        ...secrets(visit),
        ...visit.words.passkeys.removing,
        id: 'passkey-remove',
        name: visit.passkey.name,
        action: passkeyPath(visit.handle, 'remove'),
        backHref: paths.accountPasskeys,
      }),
    post: async (visit) => {
      const outcome = await removePasskey(visit.context, visit.live, visit.handle, visit.by.caller)
      if (outcome === 'removed') return goTo(visit, `${paths.accountPasskeys}?done=removed`)
      if (outcome === 'not_found') throw new PageProblem('not_found')
      return show(visit, problemStatus[outcome], { refused: outcome })
    },
  }),
]

async function show(
  visit: SignedIn,
  status: number,
  {
    open,
    ...more
  }: {
    readonly notice?: string | undefined
    readonly refused?: PasskeyRefusal | undefined
    readonly open?: OpenInteraction | undefined
  },
): Promise<FastifyReply> {
  const { context, live, browser, request, words } = visit
  const next = nextOf(visit)
  const passkeys = await allPasskeysOf(context, live.account)
  const barred = await addingBarred(context, live)
  const mayAdd = barred === undefined && passkeys.length < passkeyLimit
  const html = accountPasskeys({
    ...secrets(visit, open?.sealed),
    viewer: viewerOf(visit),
    required: browser.live === undefined ? { appHref: interactionPath(paths.totp, open?.sealed, next) } : undefined,
    next,
    passkeys: passkeys.map((passkey) => shown(context.settings.passkeyRpId, passkey)),
    adding: mayAdd ? await startAdding(context, live, browser.id) : undefined,
    suggested: agentInWords(words.kit, request.headers['user-agent'] ?? null),
    barred,
    turnsOn: context.settings.secondFactor !== 'off' && !live.account.secondFactor,
    ...more,
  })
  return sendPage(visit.reply, status, html, { scripts: true })
}

/** The app's request that waits until there is a second factor, as the address or the form carries it. Throws Refusal. */
function openRequest(visit: SignedIn): Promise<OpenInteraction | undefined> {
  return openInteraction(visit, readQuery(visit).get('request'))
}

/** Where the person goes on to afterwards. */
function nextOf(visit: SignedIn): string | undefined {
  return ownPath(readQuery(visit).get('next'))
}

function shown(rpId: string | undefined, passkey: Passkey) {
  return {
    id: passkeyHandle(passkey),
    name: passkey.name,
    synced: passkey.synced,
    elsewhere: passkey.rpId === rpId ? undefined : passkey.rpId,
    added: passkey.createdAt,
    lastUsed: passkey.usedAt,
  }
}
