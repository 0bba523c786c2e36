/**
 * Proving a second factor by a code: of the authenticator app, or a recovery code. Guesses are limited for each sign-in, for
 * the account from all addresses together, and for each authenticator (NIST SP 800-63B §5.2.2).
 */
import { day, type Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import { openFactor } from '../../../runtime/keys/factor_secrets.ts'
import type { Attempted, ThrottleKeys } from '../../../runtime/limits/throttle.ts'
import type { Account, Factors } from '../../../storage/contract.ts'
import { guessedAt } from '../known_devices.ts'
import { digestOfCode, recoveryCodeIn } from './recovery_codes.ts'
import { stepOf } from './totp.ts'

/** Wrong codes in a row after which an authenticator stands still, until another one or a mailed link frees it. */
const failuresAllowed = 100

/** Wrong codes are told by mail once in this time. */
const toldAgainAfter: Millis = day

export type Proof =
  | { readonly outcome: 'proved'; readonly by: 'totp' }
  | { readonly outcome: 'proved'; readonly by: 'recovery_code'; readonly left: number }
  /** Of the app the code was right, and used before. */
  | { readonly outcome: 'code_wrong' | 'code_used' | 'stands_still' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

type Judged = Exclude<Proof, { readonly outcome: 'throttled' }>

/** Judges a code for one sign-in, which `step` names. A right one is spent by that. */
export async function proveFactor(
  context: Context,
  account: Account,
  { step, code }: { readonly step: string; readonly code: string },
  caller: Caller,
): Promise<Proof> {
  const guesses: ThrottleKeys = [
    ['factor_request', step],
    ['factor', guessedAt(account)],
  ]
  const proof = await context.throttle.guard<Proof>(guesses, () => judge(context, account, code, caller))
  if (proof !== undefined) return proof
  context.audit.record('second_factor_limited', { subject: account.id, caller })
  return { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

async function judge(context: Context, account: Account, text: string, caller: Caller): Promise<Attempted<Proof>> {
  const found = await context.storage.factors.find(account.id)
  const recoveryCode = recoveryCodeIn(text)
  const isRecovery = recoveryCode !== undefined
  const of = isRecovery ? found?.recovery : found?.totp
  // Whoever has used up the tries of an authenticator learns nothing more by it.
  if (of !== undefined && of.failures >= failuresAllowed) return { ok: false, value: { outcome: 'stands_still' } }
  const proof = isRecovery
    ? await proveByRecovery(context, account, { code: recoveryCode, found }, caller)
    : await proveByApp(context, account, text, found)
  if (proof.outcome === 'proved') return { ok: true, value: proof }
  await noteFailure(context, account.id, isRecovery ? 'recovery_code' : 'totp', caller)
  return { ok: false, value: proof }
}

/** Counts a wrong code against its authenticator and tells the holder, whose first factor somebody knows. */
function noteFailure(context: Context, userId: UserId, by: 'totp' | 'recovery_code', caller: Caller): Promise<void> {
  return act(context, { caller }, async (acting, record) => {
    await acting.factors.countFailure(userId, by === 'totp' ? 'totp' : 'recovery')
    await record('second_factor_failed', { subject: userId, detail: { by } })
    const once = { id: `factor_failed ${userId}`, pause: toldAgainAfter }
    await sendMail(context, acting, 'factor_failed', { ids: { userId }, once })
  })
}

async function proveByApp(
  context: Context,
  { id }: Account,
  text: string,
  found: Factors | undefined,
): Promise<Judged> {
  const code = text.replace(/\s/g, '')
  if (found?.totp === undefined || !/^[0-9]{6}$/.test(code)) return { outcome: 'code_wrong' }
  const seed = openFactor(context.keyring, 'totp', id, found.totp.seed)
  const step = await stepOf(seed, code, context.clock.now())
  if (step === undefined) return { outcome: 'code_wrong' }
  return (await context.storage.factors.useTotp(id, step))
    ? { outcome: 'proved', by: 'totp' }
    : { outcome: 'code_used' }
}

/** Strikes the code together with the event that tells of it. */
async function proveByRecovery(
  context: Context,
  { id }: Account,
  { code, found }: { readonly code: string; readonly found: Factors | undefined },
  caller: Caller,
): Promise<Judged> {
  if (found?.recovery === undefined) return { outcome: 'code_wrong' }
  const digest = digestOfCode(context, id, found.recovery.key, code)
  return act<Judged>(context, { actor: id, caller }, async (acting, record) => {
    const left = await acting.factors.useRecoveryCode(id, digest)
    if (left === undefined) return { outcome: 'code_wrong' }
    await record('recovery_code_used', { detail: { left } })
    await sendMail(context, acting, 'factor_changed', { ids: { userId: id, change: 'recovery_code' } })
    return { outcome: 'proved', by: 'recovery_code', left }
  })
}
