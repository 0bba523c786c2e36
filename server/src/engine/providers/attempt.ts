/**
 * Signing in through a provider. This file is one attempt: all that we have to know when the browser comes back travels
 * in `state` (RFC 6749 §10.12), sealed for this browser and this provider, so that strangers' attempts store nothing;
 * each comes back once.
 * Not here: speaking to the provider, which is `runtime/providers`. Neighbours: `authorize/` below, whose requests wait
 * meanwhile; `operator/` is beside and unknown. To add: where a person may be on the way to, a kind in `destination.ts`.
 */
import { z } from 'zod'
import { type Millis, minute } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { ProviderPrompt, RelyingParty } from '../../runtime/providers/relying_party.ts'
import { copyIn, openBeside, sealBeside } from '../authorize/begun.ts'
import { askProvider } from './ask.ts'
import { type Destination, keptSchema, partDestination, wholeDestination } from './destination.ts'

const attemptSchema = z.object({
  provider: z.string(),
  destination: keptSchema,
  nonce: z.string(),
  codeVerifier: z.string(),
})
type Attempt = Readonly<z.infer<typeof attemptSchema>>

const attemptLife: Millis = 10 * minute
const attempts = sealed({ purpose: 'provider attempt', schema: attemptSchema, life: attemptLife, version: 1 })

/** Where a provider sends browsers back to. The paths hold no "/callback", which old apps watch for. */
function returnUri(context: Context, providerId: string): string {
  return `${context.settings.issuer}/login/return/${providerId}`
}

/** Starts an attempt of a browser (its cookie's value); answers where to send it. Throws ProviderFailed. */
export function startAttempt(
  context: Context,
  party: RelyingParty,
  browser: string,
  destination: Destination,
): Promise<string> {
  const { id } = party.provider
  const { copy, kept } = partDestination(context, destination)
  const attempt: Attempt = {
    provider: id,
    destination: kept,
    nonce: randomText(24),
    codeVerifier: randomText(32),
  }
  const state = sealBeside(context, attempts, attempt, { copy, place: browser, since: context.clock.now() })
  return party.authorizationUri(returnUri(context, id), { ...attempt, state }, promptOf(destination))
}

/**
 * A sign-in that an app wants anew, or that is to open what a browser left open does not, is wanted at the provider: its
 * own session would satisfy it silently.
 */
function promptOf(destination: Destination): ProviderPrompt | undefined {
  if (destination.kind === 'sign_in' && destination.anew === true) return 'login'
  const request = destination.kind === 'sign_in' ? destination.request : undefined
  if (request === undefined) return undefined
  if (request.prompt.includes('login') || request.maxAge !== undefined) return 'login'
  // A hint of somebody else is met at the provider only by another account.
  const choose = request.prompt.includes('select_account') || request.hintSubject !== undefined
  return choose ? 'select_account' : undefined
}

/** How an attempt came back. What a provider has refused or got wrong is for the destination to tell. */
export type Returned = {
  readonly destination: Destination
  /** The value of the browser's cookie that the attempt was made for. */
  readonly bound: string
} & ({ readonly identity: ProviderIdentity } | { readonly failure: ProviderDenied | ProviderFailed })

/** What was started under a state by this browser at this provider; undefined where nothing was. */
function openAttempt(
  context: Context,
  providerId: string,
  browser: readonly string[],
  state: string,
):
  | {
      readonly attempt: Attempt
      readonly startedAt: Millis
      readonly destination: Destination
      readonly bound: string
    }
  | undefined {
  const opened = openBeside(context, attempts, state, browser)
  if (opened.outcome !== 'open') return undefined
  const { value: attempt, since: startedAt, bound } = opened
  const destination = wholeDestination(context, copyIn(state), attempt.destination)
  if (attempt.provider !== providerId || destination === undefined) return undefined
  return { attempt, startedAt, destination, bound }
}

/**
 * Ends an attempt of a browser (its cookies' values) with what the provider has put into the query of its answer;
 * undefined where the browser has begun none here, or has come back from it before. Throws too_many_failures.
 */
export async function finishAttempt(
  context: Context,
  party: RelyingParty,
  { browser, query }: { readonly browser: readonly string[]; readonly query: string },
  caller: Caller,
): Promise<Returned | undefined> {
  const { id } = party.provider
  const state = stateIn(query)
  if (state === undefined) return undefined
  const opened = openAttempt(context, id, browser, state)
  if (opened === undefined) return undefined
  const { attempt, startedAt, destination, bound } = opened
  const network = networkUnit(caller.address)
  if (!(await context.throttle.take('provider_return', network))) {
    throw tooManyFailures(context.throttle, [['provider_return', network]])
  }
  const kept = startedAt + attemptLife + minute
  // By what only the sealed text holds: a state can be spelled in more ways than one.
  const claim = await context.storage.claims.claimOnce('provider_state', sha256(attempt.nonce), kept)
  if (claim === 'seen') return undefined
  const returnedTo = new URL(`${returnUri(context, id)}?${query}`)
  const answer = await askProvider(context, party, caller, () => party.finish(returnedTo, { ...attempt, state }))
  if (answer instanceof ProviderDenied || answer instanceof ProviderFailed)
    return { destination, bound, failure: answer }
  return { destination, bound, identity: withAuthTime(answer, startedAt) }
}

/** The state in the query of a provider's answer; undefined where it has none, or several. */
export function stateIn(query: string): string | undefined {
  const states = new URLSearchParams(query).getAll('state')
  return states.length === 1 ? states[0] : undefined
}

/** What a provider says of the moment counts to the second and by its own clock: about the attempt's time is now. */
function withAuthTime(identity: ProviderIdentity, startedAt: Millis): ProviderIdentity {
  const { authTime } = identity
  return authTime !== undefined && authTime >= startedAt - minute ? { ...identity, authTime: undefined } : identity
}
