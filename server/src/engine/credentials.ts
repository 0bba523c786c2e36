/** Opening and making the one-time credentials of grants (RFC 6749 §4.1.2, §6). */
import { sha256 } from '../lib/hash.ts'
import { type CredentialKind, decodeCredential, encodeCredential, proveCredential } from '../protocol/credential.ts'
import type { Grant, GrantView } from '../protocol/grant.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Caller, Context } from './context.ts'
import { networkUnit } from './network.ts'

export interface OpenedCredential extends GrantView {
  readonly step: number
  readonly issued: number
}

const noKey = Buffer.alloc(32)
const nobody = { id: Buffer.alloc(16), key: Buffer.alloc(16), senderKey: null }

/**
 * Finds the grant of a presented credential and proves its tag before anything else is looked at; a wrong tag has no
 * effect but to count as a guess. Throws Refusal. `guesser` names the counter of the client and address.
 */
export async function openCredential(
  context: Context,
  text: string,
  kind: CredentialKind,
  guesser: string,
): Promise<OpenedCredential> {
  const presented = decodeCredential(text)
  if (presented === undefined) {
    context.throttle.fail('client', guesser)
    throw new Refusal('credential_malformed')
  }
  const view = await context.storage.grants.find(presented.grantId)
  const key = context.keyring.key('credential', presented.generation)
  // Unknown grants are proved against a dummy, so that time does not tell which ids exist.
  const proved = proveCredential(presented, key ?? noKey, view?.grant ?? nobody)
  if (view === undefined || key === undefined || !proved) {
    context.throttle.fail('client', guesser)
    throw new Refusal('credential_not_ours')
  }
  if (presented.kind !== kind) throw new Refusal('credential_kind_wrong', { expected: kind, got: presented.kind })
  return { grant: view.grant, standing: view.standing, step: presented.step, issued: presented.issued }
}

/**
 * The name under which guesses at a client from a network are counted. Ids that no client has share one, so that made-up
 * names neither fill the store nor push other counters out.
 */
export function guesserKey(clientId: string | undefined, caller: Caller): string {
  return `${clientId ?? ''} ${networkUnit(caller.address)}`
}

/** The digest under which a grant lies whose token is random text instead of a derived credential. */
export function handleDigest(text: string): Buffer {
  return sha256(text)
}

/** The authorization code of a grant that is offered. */
export function makeCode(context: Context, grant: Grant): string {
  return make(context, 'code', grant, 0, grant.createdAt)
}

/** The refresh token of a grant's present step; the same text however often it is asked for. */
export function makeRefreshToken(context: Context, grant: Grant): string {
  return make(context, 'refresh', grant, grant.step, grant.steppedAt)
}

function make(context: Context, kind: CredentialKind, grant: Grant, step: number, issued: number): string {
  const key = context.keyring.key('credential', grant.generation)
  if (key === undefined) throw new Error('credentials: the root secret of this grant is not known')
  return encodeCredential(kind, key, grant.generation, grant, step, issued)
}
