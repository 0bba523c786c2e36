/** An identity of a provider that waits for its holder to prove the account here that has the same e-mail address. */
import { z } from 'zod'
import { type Millis, minute } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import { identitySchema } from '../../runtime/providers/provider_identity.ts'
import type { Account } from '../../storage/contract.ts'
import { copyIn, openBeside, sealBeside } from '../authorize/begun.ts'
import { type EntryDestination, keptEntrySchema, partDestination, wholeDestination } from './destination.ts'

const linkLife: Millis = 10 * minute

const linkSchema = z.object({
  identity: identitySchema,
  account: z.templateLiteral(['usr_', z.string()]),
  /**
   * The account's `updatedAt` when this was made. Taking an identity from an account moves it, so that whatever waits at
   * that moment to be linked is void; any other change of the account costs no more than another sign-in.
   */
  asOf: z.number(),
  nonce: z.string(),
  destination: keptEntrySchema,
})

const links = sealed({ purpose: 'identity link', schema: linkSchema, life: linkLife, version: 1 })

/** An identity that waits for its holder to prove the account here; for one account, in one browser, once. */
export interface PendingLink extends Readonly<Omit<z.infer<typeof linkSchema>, 'destination'>> {
  /** Where the person goes on to afterwards. */
  readonly destination: EntryDestination
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
  const { startedAt, destination, ...rest } = link
  const { copy, kept } = partDestination(context, destination)
  return sealBeside(context, links, { ...rest, destination: kept }, { copy, place: browser, since: startedAt })
}

/**
 * What this browser (its cookies' values) has pending, and the cookie that it is bound to; undefined where it has nothing,
 * or no longer.
 */
export function openLink(
  context: Context,
  text: string,
  browser: readonly string[],
): { readonly link: PendingLink; readonly bound: string } | undefined {
  const opened = openBeside(context, links, text, browser)
  if (opened.outcome !== 'open') return undefined
  const { value, since, bound } = opened
  const destination = wholeDestination(context, copyIn(text), value.destination)
  return destination && { link: { ...value, destination, startedAt: since }, bound }
}

/** Uses the link up; false where that has happened. */
export async function spendLink(context: Context, { nonce, startedAt }: PendingLink): Promise<boolean> {
  const kept = startedAt + linkLife + minute
  return (await context.storage.claims.claimOnce('identity_link', sha256(nonce), kept)) === 'first'
}
