/**
 * /login/factor: the second factor of a sign-in, whatever the first one was. A sign-in of ours waits for it sealed; a ticket of
 * an app waits in the app's request, and gets no session by it.
 */
import type { FastifyReply } from 'fastify'
import { keepFactor, removalOf } from '../../engine/account/factors/lost_factor.ts'
import { type Proof, proveFactor } from '../../engine/account/factors/prove.ts'
import { hasAuthenticatorApp } from '../../engine/account/factors/second_factor.ts'
import { type FactorStep, openStep, spendStep } from '../../engine/account/factors/step.ts'
import { startPasskeyFactor } from '../../engine/account/passkeys/prove.ts'
import { amrWith } from '../../engine/account/sessions.ts'
import { ticketAccount } from '../../engine/authorize/ticket.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { factorPath, interactionPath, resumePath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import type { Form } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, PageProblem, readQuery, secrets, type Visit } from '../visit.ts'
import { type FactorProps, factor as view } from './factor_view.tsx'
import { declined, type OpenInteraction, openInteraction, reseal } from './interaction.ts'
import { begin, showSignIn } from './sign_in.ts'

/** A sign-in that waits, and the app's request that it is for, if any. */
export interface Waiting {
  readonly step: FactorStep
  /** The sign-in as it travels; none where it is a ticket's. */
  readonly sealed: string | undefined
  readonly open: OpenInteraction | undefined
}

export const factorPage = page({
  path: paths.factor,
  guard: anyone,
  logged: 'sign_in',
  get: async (visit) => {
    const waiting = await openWaiting(visit, readQuery(visit))
    if ('step' in waiting) return showFactor(visit, waiting, 200, {})
    if (waiting.open === undefined) return goTo(visit, paths.signIn)
    // A ticket may have been proved meanwhile; what comes next is for authorize to say.
    if (waiting.open.request.ticket !== undefined) return goTo(visit, resumePath(waiting.open.sealed))
    return goTo(visit, interactionPath(paths.signIn, waiting.open.sealed))
  },
  post: async (visit) => {
    const { context, form, request } = visit
    const waiting = await openWaiting(visit, form)
    if (form.get('action') === 'cancel') {
      if (waiting.open === undefined) return goTo(visit, paths.signIn)
      return declined(visit, waiting.open, new Refusal('login_cancelled'), {
        endpoint: '/login/factor',
        rule: 'sign_in',
      })
    }
    if (!('step' in waiting)) return stale(visit, waiting.open)
    const { id: step, account } = waiting.step
    const proof = await proveFactor(context, account, { step, code: form.get('code') ?? '' }, callerOf(request))
    if (proof.outcome === 'proved') return passFactor(visit, waiting, ['otp', 'mfa'])
    return notProved(visit, waiting, proof)
  },
})

/** Opens the sign-in that a page or form names, or answers the app's request alone where that is over. Throws Refusal. */
export async function openWaiting(
  visit: Visit,
  fields: Form,
): Promise<Waiting | { readonly open: OpenInteraction | undefined }> {
  const { context, browser } = visit
  const open = await openInteraction(visit, fields.get('request'))
  const sealed = fields.get('step')
  const step = sealed === undefined ? await stepOfTicket(visit, open) : await openStep(context, sealed, browser.ids)
  return step === undefined ? { open } : { step, sealed, open }
}

/** The sign-in by a ticket, whose factor is not proved yet. */
async function stepOfTicket({ context }: Visit, open: OpenInteraction | undefined): Promise<FactorStep | undefined> {
  const ticket = open?.request.ticket
  if (ticket === undefined || ticket.factor !== undefined) return undefined
  const account = await ticketAccount(context, ticket)
  if (account?.secondFactor !== true) return undefined
  return { id: ticket.id, account, first: { amr: [], outdated: false }, expires: ticket.expiresAt }
}

/**
 * Goes on with a sign-in whose second factor was proved; `amr` is what that adds, `mfa` included. A sign-in of ours becomes a
 * session, once; of a ticket the app's request keeps that it was proved.
 */
export async function passFactor(
  visit: Visit,
  { step, sealed, open }: Waiting,
  amr: readonly string[],
): Promise<FastifyReply> {
  const { context, request } = visit
  const { account, first } = step
  if (sealed !== undefined && !(await spendStep(context, step))) return stale(visit, open)
  const proved = amrWith(first.amr, ...amr)
  if (sealed !== undefined) {
    return begin(visit, account, { amr: proved, outdated: first.outdated, open, next: first.next })
  }
  const ticket = open?.request.ticket
  if (open === undefined || ticket === undefined) throw new PageProblem('request_unclear')
  await keepFactor(context, account, callerOf(request), proved)
  const factor = { at: context.clock.now(), amr: [...proved] }
  const next = await reseal(context, { ...open.request, ticket: { ...ticket, factor } }, open.bound)
  return goTo(visit, resumePath(next.sealed))
}

function notProved(
  visit: Visit,
  waiting: Waiting,
  proof: Exclude<Proof, { outcome: 'proved' }>,
): Promise<FastifyReply> {
  if (proof.outcome !== 'throttled') return showFactor(visit, waiting, 401, { problem: proof.outcome })
  return showFactor(visit, waiting, 429, { problem: 'throttled', retryAfter: proof.retryAfter })
}

/** The page, with a button where the account has passkeys. */
export async function showFactor(
  visit: Visit,
  { step, sealed, open }: Waiting,
  status: number,
  shown: Pick<FactorProps, 'problem' | 'retryAfter'>,
): Promise<FastifyReply> {
  const { context, browser } = visit
  const { email, username } = step.account
  const passkey = await startPasskeyFactor(context, step.account, browser.id)
  if (shown.retryAfter !== undefined) visit.reply.header('retry-after', String(shown.retryAfter))
  const html = view({
    ...secrets(visit, open?.sealed),
    ...shown,
    step: sealed,
    account: email ?? username,
    hasApp: await hasAuthenticatorApp(context, step.account),
    passkey,
    clientName: open?.client.name,
    lostHref: sealed === undefined ? undefined : factorPath(sealed, open?.sealed, paths.lostFactor),
    removalAt: await removalOf(context, step.account),
  })
  return sendPage(visit.reply, status, html, { endsAtApp: open !== undefined, scripts: passkey !== undefined })
}

/** The sign-in is over; it begins anew. */
export function stale(visit: Visit, open: OpenInteraction | undefined): Promise<FastifyReply> {
  return showSignIn(visit, open, { status: 400, shown: { problem: 'stale' } })
}
