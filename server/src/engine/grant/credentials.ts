/**
 * Opening and making the one-time credentials of grants (RFC 6749 §4.1.2, §6). The room knows what a grant carries:
 * scope, resources, lifetimes, and whether it stands.
 * Not here: moving a grant from step to step, which is decided in `protocol/grant.ts` and done by storage. Neighbours:
 * `account/` and `measurements/` are beside and unknown; the other rooms of the engine are above. To add: what a grant
 * is made with, its member in `new_grant.ts`; what ends it, `standing.ts`.
 */
import { hour, type Millis, minute, second } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { longestRefreshTokenTtl } from '../../protocol/client_metadata.ts'
import { type CredentialKind, decodeCredential, encodeCredential, proveCredential } from '../../protocol/credential.ts'
import type { Grant, GrantView } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import { noteSeen } from './use.ts'

export interface OpenedCredential extends GrantView {
  readonly step: number
  readonly issued: number
}

const nobody = { id: Buffer.alloc(16), key: Buffer.alloc(16) }

/** The refusal of each kind that came after its time. */
export const expiredReasons = {
  code: 'code_expired',
  refresh: 'refresh_token_expired',
  device: 'device_code_expired',
} as const satisfies Record<CredentialKind, string>

/** How far the clocks of two nodes may differ. */
export const clockSkew: Millis = minute

/**
 * No credential is older than this and still of any use. What is done about a code that comes twice ends long before.
 */
const longestAge: Readonly<Record<CredentialKind, Millis>> = {
  code: hour,
  device: hour,
  refresh: longestRefreshTokenTtl * second,
}

/**
 * Finds the grant of a presented credential and proves its tag before anything else is looked at. What cannot be one of
 * ours, or is too old, is refused without a read. A wrong tag counts as a guess and has no other effect; a right one is
 * good however much was guessed before. Throws Refusal. `guesser` names the counter of the client and address.
 */
export async function openCredential(
  context: Context,
  text: string,
  kind: CredentialKind,
  guesser: string,
): Promise<OpenedCredential> {
  const presented = decodeCredential(text)
  if (presented === undefined) throw new Refusal('credential_malformed')
  const key = context.keyring.key('credential', presented.generation)
  const age = context.clock.now() - presented.issued
  if (key === undefined || age < -clockSkew) throw new Refusal('credential_not_ours')
  if (age > longestAge[presented.kind]) {
    throw new Refusal(expiredReasons[presented.kind])
  }
  const view = await context.throttle.prove<GrantView | null>('client', guesser, async () => {
    const found = await context.storage.grants.find(presented.grantId)
    // Unknown grants are proved against a dummy, so that time does not tell which ids exist.
    const proved = proveCredential(presented, key, found?.grant ?? nobody)
    return found !== undefined && proved ? { ok: true, value: found } : { ok: false, value: null }
  })
  if (view === undefined) throw tooManyFailures(context.throttle, [['client', guesser]])
  if (view === null) throw new Refusal('credential_not_ours')
  if (presented.kind !== kind) {
    if (presented.kind === 'refresh' && view.grant.senderKey === null) noteSeen(context, view.grant, presented.step)
    throw new Refusal('credential_kind_wrong', { expected: kind, got: presented.kind })
  }
  return { grant: view.grant, standing: view.standing, step: presented.step, issued: presented.issued }
}

/** The grant type of what another server has issued: nothing else begins with a refresh token. */
export const importedGrantType = 'refresh_token'

/**
 * The grant of a refresh token that another server has issued, and that was moved here by its digest. It stands for the first
 * step, so that it is redeemed once, as any other. Throws Refusal. `guesser` names the counter of the client and address.
 */
export async function openImportedToken(context: Context, text: string, guesser: string): Promise<OpenedCredential> {
  const view = await context.throttle.prove<GrantView | null>('client', guesser, async () => {
    const found = await findImportedToken(context, text)
    return found === undefined ? { ok: false, value: null } : { ok: true, value: found }
  })
  if (view === undefined) throw tooManyFailures(context.throttle, [['client', guesser]])
  if (view === null) throw new Refusal('credential_malformed')
  return { ...view, step: 1, issued: view.grant.createdAt }
}

/** The same without a judgement: undefined where no such token was moved here. */
export async function findImportedToken({ storage }: Context, text: string): Promise<GrantView | undefined> {
  const found = await storage.grants.findByHandle(handleDigest(text))
  return found?.grant.context.grantType === importedGrantType ? found : undefined
}

/** The digest under which a grant lies whose token is random text instead of a derived credential. */
export function handleDigest(text: string): Buffer {
  return sha256(text)
}

/** The authorization code of a grant that is offered. */
export function makeCode(context: Context, grant: Grant): string {
  return make(context, 'code', grant, { step: 0, issued: grant.createdAt })
}

/** The device code of a request that a yes will make a grant of, under the same id and key. */
export function makeDeviceCode({ keyring }: Context, request: Pick<Grant, 'id' | 'key'>, issued: Millis): string {
  const bound = { ...request, generation: keyring.generation }
  return encodeCredential('device', keyring.current('credential'), bound, { step: 0, issued })
}

/** The refresh token of a grant's present step; the same text however often it is asked for. */
export function makeRefreshToken(context: Context, grant: Grant): string {
  return make(context, 'refresh', grant, { step: grant.step, issued: grant.steppedAt })
}

function make(
  context: Context,
  kind: CredentialKind,
  grant: Grant,
  at: { readonly step: number; readonly issued: Millis },
): string {
  const key = context.keyring.key('credential', grant.generation)
  // Another node has made the latest step under a root secret that has been given up since.
  if (key === undefined) throw new Refusal('credential_not_ours')
  return encodeCredential(kind, key, grant, at)
}
