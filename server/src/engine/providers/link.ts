/** An identity of a provider that waits for its holder to prove the account here that has the same e-mail address. */
import { type Millis, minute } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { UpstreamIdentity } from '../../runtime/providers/provider_identity.ts'
import type { Account } from '../../storage/contract.ts'
import { openBeside, sealBeside } from '../authorize/way_back.ts'
import { type EntryDestination, partDestination, wholeDestination } from './destination.ts'

const linkLife: Millis = 10 * minute
const keyPurpose = 'identity link'

/** An identity that waits for its holder to prove the account here; for one account, in one browser, once. */
export interface PendingLink {
  readonly identity: UpstreamIdentity
  readonly account: UserId
  /**
   * The account's `updatedAt` when this was made. Taking an identity from an account moves it, so that whatever waits at
   * that moment to be linked is void; any other change of the account costs no more than another sign-in.
   */
  readonly asOf: Millis
  /** Where the person goes on to afterwards. */
  readonly destination: EntryDestination
  readonly nonce: string
  readonly startedAt: Millis
}

export function makeLink(
  context: Context,
  of: Pick<PendingLink, 'identity' | 'destination'> & { readonly account: Account },
): PendingLink {
  const { identity, destination, account } = of
  return {
    identity,
    destination,
    account: account.id,
    asOf: account.updatedAt,
    nonce: randomText(16),
    startedAt: context.clock.now(),
  }
}

/** What comes back with the form, for a browser (its cookie's value). It differs in each answer that holds it. */
export function sealLink(context: Context, link: PendingLink, browser: string): string {
  const { copy, kept } = partDestination(context, link.destination)
  const use = { purpose: keyPurpose, place: browser } as const
  return sealBeside(context, copy, JSON.stringify({ ...link, destination: kept }), use)
}

/**
 * What this browser (its cookies' values) has pending, and the cookie that it is bound to; undefined where it has nothing,
 * or no longer.
 */
export function openLink(
  context: Context,
  sealed: string,
  browser: readonly string[],
): { readonly link: PendingLink; readonly bound: string } | undefined {
  const opened = openBeside(context, sealed, keyPurpose, browser)
  if (opened === undefined) return undefined
  const link = JSON.parse(opened.text)
  const destination = wholeDestination(context, opened.copy, link.destination)
  if (destination === undefined || context.clock.now() - link.startedAt > linkLife) return undefined
  return { link: { ...link, destination }, bound: opened.bound }
}

/** Uses the link up; false where that has happened. */
export async function spendLink(context: Context, { nonce, startedAt }: PendingLink): Promise<boolean> {
  const kept = startedAt + linkLife + minute
  return (await context.storage.claims.claimOnce('identity_link', sha256(nonce), kept)) === 'first'
}
