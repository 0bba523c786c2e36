/**
 * A sign-in that waits for its second factor: who proved the first one, and how. It is sealed to the browser and travels in the
 * address of the page that asks, so that nothing is stored for it, and it ends in one session at most.
 */
import { z } from 'zod'
import { type Millis, minute } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import { randomText } from '../../../lib/random.ts'
import type { Context } from '../../../runtime/context.ts'
import { sealed } from '../../../runtime/keys/sealed.ts'
import type { Account } from '../../../storage/contract.ts'
import { mayEnter } from '../sessions.ts'

const life: Millis = 10 * minute

const stepSchema = z.object({
  id: z.string(),
  userId: z.templateLiteral(['usr_', z.string()]),
  /** How the first factor was proved (RFC 8176). */
  amr: z.array(z.string()),
  /** Whether the password is one that would not be taken as a new one. */
  outdated: z.boolean(),
  /** The page of ours that waits, if any. */
  next: z.string().optional(),
})
const steps = sealed({ purpose: 'factor step', schema: stepSchema, life, version: 1 })

/** What is known after the first factor. */
export type FirstFactor = Omit<z.infer<typeof stepSchema>, 'id' | 'userId'>

/** A sign-in that waits, as its page has brought it back. */
export interface FactorStep {
  /** Under which its tries are counted. */
  readonly id: string
  readonly account: Account
  readonly first: FirstFactor
  /** After which it is over. */
  readonly expires: Millis
}

/** Seals a sign-in for a browser (its cookie's value). */
export function sealStep(context: Context, { id: userId }: Account, first: FirstFactor, browser: string): string {
  return steps.seal(context, { ...first, id: randomText(16), userId }, { place: browser })
}

/** The sign-in that this browser (its cookies' values) brings back; undefined where it is over or the account has changed. */
export async function openStep(
  context: Context,
  text: string,
  browser: readonly string[],
): Promise<FactorStep | undefined> {
  const opened = steps.open(context, text, { places: browser })
  if (opened.outcome !== 'open') return undefined
  const { id, userId, ...first } = opened.value
  const account = await context.storage.accounts.find(userId)
  if (account === undefined || !mayEnter(context, account) || account.validAfter > opened.since) return undefined
  return { id, account, first, expires: opened.since + life }
}

/** Ends a sign-in: of any number that end the same one, one gets true. */
export async function spendStep(context: Context, { id, expires }: FactorStep): Promise<boolean> {
  return (await context.storage.claims.claimOnce('factor_step', sha256(id), expires + minute)) === 'first'
}
