/**
 * /verify: where an address is proved, by the code in the browser that waits for the mail, or by its link in any. A sign-up
 * goes on from here to what it was for where the same browser proves it; another one is asked for the password first,
 * because whoever signed up there may be somebody else, and it ends at the account. The room has the pages that mails
 * lead to, and those that ask for such a mail.
 * Not here: what a mail says (`engine/mail`), and what a link brings about (`engine/account`). Neighbours: `sign_in/`, to
 * which these pages lead; `account/`, which asks for an address to be proved. To add: a page behind a link, which holds it by
 * `held_link.ts`, and a view.
 */
import type { FastifyReply } from 'fastify'
import { type AddressProof, findAddressProof, mailAddressAgain, proveAddress } from '../../engine/account/addresses.ts'
import { tryCode } from '../../engine/account/mailed_links.ts'
import {
  findSignUp,
  mailSignUpAgain,
  proveSignUp,
  type SignUpAgain,
  type WaitingSignUp,
} from '../../engine/account/mailed_sign_up.ts'
import { findParked } from '../../engine/authorize/request_store.ts'
import {
  findUnprovedAccess,
  mailAccessAgain,
  proveAccess,
  type UnprovedAccess,
} from '../../engine/developer/access_requests.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { heedLanguages, wordsOf } from '../../http/browser/words.ts'
import { callerOf } from '../../http/caller.ts'
import type { Caller } from '../../runtime/context.ts'
import { accessRequested } from '../developer/request_access_view.tsx'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import { type OpenInteraction, reseal } from '../sign_in/interaction.ts'
import { enter } from '../sign_in/sign_in.ts'
import { goTo, noticeOf, notTaken, PageProblem, secrets, tooManyMails, type Visit } from '../visit.ts'
import { heldLink, hold, keepOpened, letGo } from './held_link.ts'
import { addressDone, type VerifyProps, verify as view } from './verify_view.tsx'

/** What is to be proved, and how this browser comes to it. */
interface Proof {
  readonly of:
    | { readonly kind: 'address'; readonly proof: AddressProof }
    | { readonly kind: 'sign_up'; readonly waiting: WaitingSignUp }
    | { readonly kind: 'access'; readonly waiting: UnprovedAccess }
  /** By the code that it waits for, or by a link that was opened in it. */
  readonly by: 'code' | 'link'
  /** Whether it is the browser that asked for the mail. */
  readonly asked: boolean
}

export const verifyPage = page({
  path: paths.verify,
  guard: anyone,
  logged: 'sign_in',
  againAt: ({ method }) => (method === 'POST' ? undefined : ''),
  get: async (visit) => keepOpened(visit, 'verify') ?? show(visit, await findProof(visit), 200),
  post: async (visit) => {
    const { form } = visit
    const proof = await findProof(visit)
    // Another link was opened in this browser since the page was drawn.
    if (form.get('link') !== linkOf(proof).id) throw new PageProblem('mailed_link_over')
    if (form.get('action') === 'again') return mailAgain(visit, proof)
    if (proof.by === 'code') {
      const tried = await tryCode(visit.context, linkOf(proof), form.get('code') ?? '')
      if (tried !== 'right') return show(visit, proof, 400, { code: `mail_code_${tried}` })
    }
    switch (proof.of.kind) {
      case 'address':
        return takeAddress(visit, proof.of.proof)
      case 'sign_up':
        return takeSignUp(visit, proof, proof.of.waiting)
      case 'access':
        return takeAccess(visit, proof.of.waiting)
    }
  },
})

/** What this browser can prove: first what was opened in it, then what it waits for. Throws PageProblem. */
async function findProof(visit: Visit): Promise<Proof> {
  const opened = heldLink(visit, 'verify')
  const waiting = heldLink(visit, 'waiting')
  for (const [id, by] of [
    [opened, 'link'],
    [waiting, 'code'],
  ] as const) {
    const of = id === undefined ? undefined : await findProven(visit, id)
    if (of !== undefined) return { of, by, asked: id === waiting }
  }
  throw new PageProblem('mailed_link_over')
}

async function findProven({ context, request }: Visit, id: string): Promise<Proof['of'] | undefined> {
  const waiting = await findSignUp(context, id)
  if (waiting !== undefined) {
    heedLanguages(request, waiting.content.language)
    return { kind: 'sign_up', waiting }
  }
  const access = await findUnprovedAccess(context, id)
  if (access !== undefined) {
    heedLanguages(request, access.content.language)
    return { kind: 'access', waiting: access }
  }
  const proof = await findAddressProof(context, id)
  return proof && { kind: 'address', proof }
}

function linkOf({ of }: Proof): WaitingSignUp['link'] {
  return of.kind === 'address' ? of.proof.link : of.waiting.link
}

function done(visit: Visit): void {
  letGo(visit, 'verify')
  letGo(visit, 'waiting')
}

async function takeAddress(visit: Visit, proof: AddressProof): Promise<FastifyReply> {
  const result = await proveAddress(visit.context, proof, callerOf(visit.request))
  if (result === 'over') throw new PageProblem('mailed_link_over')
  done(visit)
  const signedIn = visit.browser.live?.account.id === proof.account.id
  if (signedIn) return goTo(visit, `${paths.accountEmail}?${result === 'taken' ? 'refused' : 'done'}=${result}`)
  return sendPage(visit.reply, 200, addressDone({ email: proof.email, taken: result === 'taken' }))
}

async function takeAccess(visit: Visit, waiting: UnprovedAccess): Promise<FastifyReply> {
  if ((await proveAccess(visit.context, waiting, callerOf(visit.request))) === 'over') {
    throw new PageProblem('mailed_link_over')
  }
  done(visit)
  return sendPage(visit.reply, 200, accessRequested({ email: waiting.content.email }))
}

async function takeSignUp(visit: Visit & WithForm, proof: Proof, waiting: WaitingSignUp): Promise<FastifyReply> {
  const { context, request, form } = visit
  const again: SignUpAgain = {
    username: form.get('username'),
    password: proof.asked ? undefined : (form.get('password') ?? ''),
  }
  const result = await proveSignUp(context, waiting, again, callerOf(request))
  switch (result.outcome) {
    case 'over':
      throw new PageProblem('mailed_link_over')
    case 'throttled':
      return show(visit, proof, notTaken(visit, result), { problems: { form: tooManyMails(visit, result) } })
    case 'problems':
      return show(visit, proof, 400, {
        problems: result.problems,
        username: again.username ?? waiting.content.username,
      })
    case 'signed_up': {
      done(visit)
      const open = proof.asked ? await openWaiting(visit, waiting) : undefined
      return enter(visit, result.account, { amr: ['pwd'], open, next: proof.asked ? waiting.content.next : undefined })
    }
  }
}

/** The app's request that the sign-up was for, unless it has waited for too long by now. */
async function openWaiting(
  { context, browser }: Visit,
  { content }: WaitingSignUp,
): Promise<OpenInteraction | undefined> {
  const parked = content.request === undefined ? undefined : findParked(context, content.request, browser)
  return parked && reseal(context, parked.request, parked.bound)
}

/** Sends what this browser waits for once more. Only the newest mail counts from then on. */
async function mailAgain(visit: Visit, proof: Proof): Promise<FastifyReply> {
  const { request } = visit
  if (!proof.asked) throw new PageProblem('request_unclear')
  const caller = callerOf(request)
  const asked = await mailOf(visit, proof.of, caller)
  switch (asked.outcome) {
    case 'mailed':
      hold(visit, 'waiting', asked.linkId)
      return goTo(visit, `${paths.verify}?sent=again`)
    case 'throttled':
      return show(visit, proof, notTaken(visit, asked), { problems: { form: tooManyMails(visit, asked) } })
    case 'problem':
      return show(visit, proof, 400, { problems: { form: asked.problem } })
    // The page about the address says that a change needs a recent sign-in, and leads to one.
    default:
      return goTo(visit, `${paths.accountEmail}?refused=${asked.outcome}`)
  }
}

function mailOf({ context, browser }: Visit, of: Proof['of'], caller: Caller) {
  if (of.kind === 'address') return mailAddressAgain(context, of.proof, browser.live, caller)
  if (of.kind === 'access') return mailAccessAgain(context, of.waiting, caller)
  return mailSignUpAgain(context, of.waiting, caller)
}

type Shown = Pick<VerifyProps, 'code' | 'problems' | 'username'>

async function show(visit: Visit, proof: Proof, status: number, shown: Shown = {}): Promise<FastifyReply> {
  const { context, reply } = visit
  const { of, by, asked } = proof
  const open = of.kind === 'sign_up' && asked ? await openWaiting(visit, of.waiting) : undefined
  const html = view({
    ...secrets(visit),
    ...shown,
    notice: noticeOf(visit, wordsOf(visit.request).verify.notices, 'sent'),
    link: linkOf(proof).id,
    of: of.kind,
    by,
    email: of.kind === 'address' ? of.proof.email : of.waiting.content.email,
    account: of.kind === 'address' ? of.proof.account.username : undefined,
    clientName: open?.client.name,
    passwordMinimum: of.kind === 'sign_up' && !asked ? context.settings.passwordMinimum : undefined,
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}
