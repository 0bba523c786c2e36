/** Whether a request may go on to an API of the operator, asked by the proxy in front of it for each one. */
import { type Millis, seconds } from '../../lib/clock.ts'
import type { GrantContext } from '../../protocol/grant.ts'
import { classesOf } from '../../protocol/openid/acr.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import { formatScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import { ownApi, type RegisteredResource } from '../../runtime/kept/known_resources.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { claimProof } from '../client/dpop.ts'
import { scopeAt } from '../grant/resources.ts'
import { usableScopes } from '../grant/scopes.ts'
import { findTokenSender, judgeToken, type LiveToken, openShownToken, type ShownToken } from './bearer.ts'

/** What a request is let through by. */
export interface Gate {
  readonly resource: RegisteredResource
  /** The scopes that the request needs, all of them; none where any token for the API will do. */
  readonly needed: readonly string[]
  readonly signIn: NeededSignIn
}

/** The sign-in that a request needs (RFC 9470); undefined where any will do, or none. */
export interface NeededSignIn {
  /** Classes, of which it has to be of one. */
  readonly acrValues: readonly string[] | undefined
  /** Seconds that it may lie back at most. */
  readonly maxAge: number | undefined
}

/** Who may go on, as the API is told. */
export interface Admitted {
  readonly token: LiveToken
  /** What the token may do at this API, as of now. */
  readonly scope: readonly string[]
  /** The person as the app knows them; undefined where it acts for itself. */
  readonly user: string | undefined
}

/** Judges a token as of now. Throws Refusal; what is known of the app by then stands in the trace. */
export async function admit(context: Context, gate: Gate, shown: ShownToken, trace: Trace): Promise<Admitted> {
  const { resource, needed, signIn } = gate
  trace.at('access_token')
  const opened = orThrow(await openShownToken(context, shown.text))
  const { clientId, userId } = opened.view.grant
  trace.client(clientId)
  trace.proved(userId)
  const { token, mark } = orThrow(await judgeToken(context, opened))
  trace.at('dpop_proof')
  const sender = orThrow(findTokenSender(context, { ...token, step: opened.step }, shown))
  if (sender === undefined) trace.skip('dpop_proof', 'dpop_once')
  trace.at('audience')
  const usable = await usableScopes(context, token.client, token.scope)
  const scope = scopeAt(context, resource, { scope: usable, resources: token.resources })
  if (scope === undefined) {
    throw new Refusal('token_for_another_resource', {
      expected: resource.uri,
      got: token.resources.join(' ') || ownApi(context.settings.issuer),
    })
  }
  trace.at('needed_scope')
  if (needed.length === 0 ? scope.length === 0 : !needed.every((name) => scope.includes(name))) {
    const wanted = formatScope(needed.length === 0 ? (resource.scope ?? []) : needed)
    throw new Refusal('scope_insufficient', { scope: wanted, expected: wanted, got: formatScope(scope) })
  }
  trace.at('needed_sign_in')
  if (signIn.acrValues === undefined && signIn.maxAge === undefined) trace.skip('needed_sign_in')
  orThrow(whySignInInsufficient(token.grant.context, signIn, context.clock.now()))
  trace.at('plan')
  trace.spends(context.quotas.take('client', clientId))
  if (sender !== undefined) {
    trace.at('dpop_once')
    orThrow(await claimProof(context, sender))
  }
  mark()
  return { token, scope, user: userId === null ? undefined : subjectOf(context, token.client, userId) }
}

/** Why the sign-in behind a grant does not suffice (RFC 9470 §3). Where nobody has signed in, none ever does. */
function whySignInInsufficient(
  { authTime, amr }: Pick<GrantContext, 'authTime' | 'amr'>,
  { acrValues, maxAge }: NeededSignIn,
  now: Millis,
): Refusal | undefined {
  const classes = amr === undefined ? [] : classesOf(amr)
  const isStrong = acrValues === undefined || acrValues.some((one) => classes.includes(one))
  const age = authTime === undefined ? undefined : Math.max(0, seconds(now) - authTime)
  const isRecent = maxAge === undefined || (age !== undefined && age <= maxAge)
  if (isStrong && isRecent) return undefined
  return new Refusal('sign_in_insufficient', {
    expected: described(acrValues, maxAge),
    got: described(classes, age),
    ...(acrValues === undefined ? {} : { acrValues: acrValues.join(' ') }),
    ...(maxAge === undefined ? {} : { maxAge }),
  })
}

function described(classes: readonly string[] = [], age: number | undefined): string {
  const parts = [...classes, ...(age === undefined ? [] : [`${age} s old`])]
  return parts.length === 0 ? 'no sign-in' : parts.join(' ')
}
