/** /account/security/totp: adding an authenticator app, its recovery codes, and taking it away (RFC 6238). */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { stopRemoval } from '../../engine/account/factors/lost_factor.ts'
import {
  enrolTotp,
  factorsOf,
  mayEnrol,
  removeTotp,
  renewRecoveryCodes,
} from '../../engine/account/factors/second_factor.ts'
import { appUri, newSeed, openNewSeed, sealNewSeed } from '../../engine/account/factors/totp.ts'
import { passkeysOffered } from '../../engine/account/passkeys/passkeys.ts'
import { isRecent } from '../../engine/account/sessions.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath, ownPath, resumePath } from '../../http/browser/paths.ts'
import { neverCompress } from '../../http/connection/compression.ts'
import { confirm } from '../confirm_view.tsx'
import { leaveFlash, showOnce, takeFlash } from '../flash.ts'
import { enrolling, signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import { type OpenInteraction, openInteraction } from '../sign_in/interaction.ts'
import { goTo, readQuery, type SignedIn, secrets, viewerOf } from '../visit.ts'
import { securityDone } from './security.ts'
import { accountTotp, type NewTotp, type TotpState } from './totp_view.tsx'

const codesSchema = z.array(z.string())

export const totpPages = [
  page({
    path: paths.totp,
    guard: enrolling,
    // Recovery codes are shown once.
    head: false,
    get: async (visit) => {
      const open = await openInteraction(visit, readQuery(visit).get('request'))
      const codes = await takeFlash(visit, paths.totp, codesSchema)
      if (codes === undefined) return show(visit, open, 200, await stateOf(visit))
      const onwardHref = open === undefined ? (nextOf(visit) ?? paths.accountSecurity) : resumePath(open.sealed)
      return show(visit, open, 200, { kind: 'codes', codes, onwardHref })
    },
    post: (visit) => enrol(visit),
  }),

  page({
    path: paths.recoveryCodes,
    guard: signedIn,
    post: async (visit) => {
      const { context, live, by } = visit
      const codes = await renewRecoveryCodes(context, live, by.caller)
      if (codes === 'none') return goTo(visit, paths.totp)
      if (codes === 'sign_in_again') return show(visit, undefined, 403, await stateOf(visit))
      return showOnce(visit, paths.totp, codes)
    },
  }),

  page({
    path: paths.stopRemoval,
    guard: signedIn,
    post: async (visit) => {
      const { account, caller } = visit.by
      await stopRemoval(visit.context, account.id, { actor: account.id, caller })
      return securityDone(visit, 'removal_stopped')
    },
  }),

  page({
    path: paths.removeTotp,
    guard: signedIn,
    get: async (visit) => {
      const { removal } = visit.words.totp
      return confirm({
        ...secrets(visit),
        ...removal,
        id: 'totp-remove',
        action: paths.removeTotp,
        backHref: paths.totp,
      })
    },
    post: async (visit) => {
      const { context, live, by } = visit
      const outcome = await removeTotp(context, live, by.caller)
      if (outcome === 'sign_in_again') return show(visit, undefined, 403, await stateOf(visit))
      return outcome === 'none' ? goTo(visit, paths.totp) : securityDone(visit, 'totp_removed')
    },
  }),
]

async function enrol(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, live, form, reply, by } = visit
  const open = await openInteraction(visit, form.get('request'))
  const seed = openNewSeed(context, live, form.get('seed') ?? '')
  const again = async (status: number, why: Pick<NewTotp, 'problem' | 'retryAfter'>) =>
    show(visit, open, status, { ...(await newTotp(visit, seed)), ...why })
  if (seed === undefined) {
    const state = await stateOf(visit)
    return show(visit, open, 400, state.kind === 'new' ? { ...state, problem: 'new_key' } : state)
  }
  const enrolled = await enrolTotp(context, live, { seed, code: form.get('code') ?? '' }, by.caller)
  switch (enrolled.outcome) {
    case 'enrolled':
      setSession(context, reply, enrolled.token)
      leaveFlash({ ...visit, live: enrolled.live }, paths.totp, enrolled.codes)
      return goTo(visit, interactionPath(paths.totp, open?.sealed, nextOf(visit)))
    case 'wrong':
      return again(400, { problem: 'new_code_wrong' })
    case 'throttled':
      reply.header('retry-after', String(enrolled.retryAfter))
      return again(429, { retryAfter: enrolled.retryAfter })
    case 'sign_in_again':
    case 'not_allowed':
      return show(visit, open, 403, await stateOf(visit))
    case 'has_one':
      return goTo(visit, paths.totp)
  }
}

/** What the account has now. */
async function stateOf(visit: SignedIn): Promise<TotpState> {
  const { context, live } = visit
  const found = await factorsOf(context, live)
  const recent = isRecent(context, live)
  if (found?.totp !== undefined) {
    const { createdAt: since, usedAt } = found.totp
    return { kind: 'on', since, usedAt, codesLeft: found.recovery?.left ?? 0, recent }
  }
  if (context.settings.secondFactor === 'off') return { kind: 'off' }
  if (!(await mayEnrol(context, live))) return { kind: 'needs_link' }
  return recent ? newTotp(visit) : { kind: 'sign_in_again' }
}

/** A new app's seed, or one that was shown before, with its picture. */
async function newTotp(visit: SignedIn, before?: string): Promise<NewTotp> {
  const { context, live } = visit
  const seed = before ?? (await newSeed())
  const { create } = await import('qrcode')
  const uri = await appUri(context, live, seed)
  const { modules } = create(uri, { errorCorrectionLevel: 'M' })
  return { kind: 'new', seed, uri, sealed: sealNewSeed(context, live, seed), qr: modules, next: nextOf(visit) }
}

function nextOf(visit: SignedIn): string | undefined {
  return ownPath(readQuery(visit).get('next'))
}

function show(visit: SignedIn, open: OpenInteraction | undefined, status: number, state: TotpState): FastifyReply {
  const required = visit.browser.live === undefined
  const passkeys = required && passkeysOffered(visit.context)
  const html = accountTotp({
    ...secrets(visit, open?.sealed),
    viewer: viewerOf(visit),
    required,
    passkeyHref: passkeys ? interactionPath(paths.accountPasskeys, open?.sealed, nextOf(visit)) : undefined,
    state,
  })
  return sendPage(neverCompress(visit.reply), status, html)
}
