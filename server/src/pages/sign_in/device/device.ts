/**
 * /device: where a person types the code of a device that cannot show a browser, compares what asks, and decides (RFC 8628
 * §3.3). The code alone decides nothing, however it came here.
 */
import type { FastifyReply } from 'fastify'
import { operatorDocuments } from '../../../engine/account/terms/terms.ts'
import {
  allowDevice,
  type ClaimedRequest,
  claimByCode,
  type Decider,
  denyDevice,
  openClaim,
} from '../../../engine/authorize/device/decide.ts'
import { lifetimesOf, stayOf } from '../../../engine/grant/lifetimes.ts'
import { readScopes } from '../../../engine/grant/scopes.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { readTypedCode, spellTypedCode } from '../../../lib/text/typed_code.ts'
import { standardDialect } from '../../../protocol/dialects.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import { Trace } from '../../../runtime/log/trace.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { describeApp, describeServices } from '../../describe_app.ts'
import { signedIn } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import { goTo, notTaken, PageProblem, partOfPath, readQuery, type SignedIn, secrets } from '../../visit.ts'
import { type Asked, consentRead, readDigest } from '../consent/consent_read.ts'
import { describeAccount, describeScopes } from '../consent/describe_asked.ts'
import { deviceDone, deviceEntry, device as view } from './device_view.tsx'

const entryPage = page({
  path: paths.device,
  guard: signedIn,
  get: (visit) => {
    const done = readQuery(visit).get('done')
    if (done === 'allowed' || done === 'denied') return deviceDone({ done })
    return deviceEntry({ ...secrets(visit), problem: done === 'over' ? 'device_code_over' : undefined })
  },
  post: claim,
})

/** The same with the code filled in, as a device may draw it for a camera. */
const filledPage = page({
  path: `${paths.device}/:code`,
  guard: signedIn,
  get: (visit) => deviceEntry({ ...secrets(visit), code: codeOfPath(visit) }),
})

const decisionPage = page({
  path: paths.deviceDecision,
  guard: signedIn,
  get: async (visit) => {
    const sealed = readQuery(visit).get('request')
    if (sealed === undefined) return goTo(visit, paths.device)
    const claimed = await openOwn(visit, sealed)
    if (claimed === undefined) return over(visit)
    return decision(visit, sealed, claimed)
  },
  post: async (visit) => {
    const { context, form } = visit
    const sealed = form.get('request')
    const decided = form.get('decision')
    if (sealed === undefined || (decided !== 'allow' && decided !== 'deny')) throw new PageProblem('request_unclear')
    const claimed = await openOwn(visit, sealed)
    if (claimed === undefined) return over(visit)
    if (decided === 'deny') {
      if (!(await denyDevice(context, claimed))) return over(visit)
      note(visit, claimed, new Refusal('consent_denied'))
      return goTo(visit, `${paths.device}?done=denied`)
    }
    return allow(visit, sealed, claimed)
  },
})

export const devicePages = [entryPage, filledPage, decisionPage]

/** A code in the address, in the spelling in which people are shown codes; empty where it is none. */
function codeOfPath(visit: SignedIn): string | undefined {
  const code = readTypedCode(partOfPath(visit, 'code'))
  return code && spellTypedCode(code)
}

async function claim(visit: SignedIn & WithForm): Promise<FastifyReply> {
  const { context, form, words } = visit
  const typed = (form.get('user_code') ?? '').slice(0, 40)
  const claimed = await claimByCode(context, typed, deciderOf(visit))
  if (typeof claimed === 'object' && 'claim' in claimed) {
    return goTo(visit, `${paths.deviceDecision}?request=${encodeURIComponent(claimed.claim)}`)
  }
  const problem: FormProblem =
    claimed === 'unknown'
      ? 'device_code_unknown'
      : { key: 'device_codes_too_many', wait: words.time.waiting(claimed.retryAfter) }
  const status = notTaken(visit, claimed === 'unknown' ? {} : claimed)
  return sendPage(visit.reply, status, deviceEntry({ ...secrets(visit), code: typed, problem }))
}

function deciderOf({ live, by, browser }: SignedIn): Decider {
  return { live, caller: by.caller, browser }
}

/** The request that this person has claimed in this browser; undefined where it is over. Throws PageProblem, Refusal. */
async function openOwn(visit: SignedIn, sealed: string): Promise<ClaimedRequest | undefined> {
  const claimed = orThrow(await openClaim(visit.context, sealed, deciderOf(visit)))
  if (claimed === 'not_yours') throw new PageProblem('form_refused')
  return claimed === 'over' ? undefined : claimed
}

/** Back to where the code is typed, with what has become of it. */
function over(visit: SignedIn): FastifyReply {
  return goTo(visit, `${paths.device}?done=over`)
}

async function decision(visit: SignedIn, sealed: string, claimed: ClaimedRequest): Promise<FastifyReply> {
  const { context, live, reply } = visit
  const { request, before, userCode, sameNetwork } = claimed
  const asked = await askedOf(visit, claimed)
  const html = view({
    ...secrets(visit, sealed),
    ...describeAccount(context, live.account),
    ...asked,
    server: new URL(context.settings.issuer).host,
    read: readDigest(consentRead(visit.words, request.scope, asked)),
    before: before && {
      scope: request.scope.includes('offline_access') ? before.scope : [...before.scope, 'offline_access'],
    },
    code: spellTypedCode(userCode),
    askedAt: request.askedAt,
    network: sameNetwork ? undefined : request.network.name,
  })
  return sendPage(reply, 200, html)
}

async function allow(visit: SignedIn & WithForm, sealed: string, claimed: ClaimedRequest): Promise<FastifyReply> {
  const { context, form, words } = visit
  const read = consentRead(words, claimed.request.scope, await askedOf(visit, claimed))
  // What the page said has changed since: it is read again before it is agreed to.
  if (form.get('read') !== readDigest(read)) return decision(visit, sealed, claimed)
  switch (await allowDevice(context, claimed, deciderOf(visit), read)) {
    case 'over':
      return over(visit)
    case 'session_over':
      return goTo(visit, paths.device)
    case 'allowed':
      note(visit, claimed)
      return goTo(visit, `${paths.device}?done=allowed`)
  }
}

/** Notes the decision in the app's log. */
function note({ context, by }: SignedIn, { client }: ClaimedRequest, refusal?: Refusal): void {
  const trace = new Trace(paths.deviceDecision, 'POST', by.caller, { ruleset: 'device:decided' })
  trace.at('sign_in')
  trace.at('consent')
  trace.client(client.id)
  trace.proved(refusal === undefined ? by.account.id : undefined)
  trace.note('The person agreed. The device gets its tokens when it asks next.')
  context.requests.record(trace, 303, refusal)
}

/** Who asks, what for, and for how long. */
async function askedOf({ context }: SignedIn, { request, client }: ClaimedRequest): Promise<Asked> {
  const { scope, resources } = request
  const stay = stayOf(context.settings, client, { dialect: standardDialect, scope })
  const scopes = await readScopes(context)
  return {
    client: await describeApp(context, client),
    scopes: describeScopes(scopes, scope, stay),
    stay,
    services: await describeServices(context, scopes, scope, resources),
    redirect: undefined,
    policies: operatorDocuments(context),
    ...(stay === undefined
      ? { ends: { seconds: lifetimesOf(context.settings, client, standardDialect).accessToken, withSession: false } }
      : {}),
  }
}
