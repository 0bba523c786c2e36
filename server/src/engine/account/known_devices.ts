/**
 * Browsers that have signed in to an account before. What they are known by travels in a cookie of theirs, sealed: a few
 * accounts, each by a digest, with a name under which guesses from that browser are counted. A password that is changed
 * ends it, because the digest holds the password's hash. Whoever steals it may guess as often as anybody, and no more.
 */
import { day, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import { openText, sealText } from '../../runtime/keys/sealed.ts'
import type { Account } from '../../storage/contract.ts'

const keyPurpose = 'known device'
const place = 'known device'
/** How many accounts a browser is known to. */
const most = 5
/** How long a browser that does not sign in again is known. */
export const deviceLife: Millis = 180 * day

interface Known {
  readonly account: string
  /** Under which guesses are counted; another one after each right sign-in, so that a thief's guesses end there. */
  readonly device: string
  readonly since: Millis
}

/** The name under which guesses at this account are counted for the browser that sent `sealed`; undefined for others. */
export function knownDevice(context: Context, sealed: string | undefined, account: Account): string | undefined {
  const wanted = digestOf(account)
  return readKnown(context, sealed).find((one) => one.account === wanted)?.device
}

/** What the browser that sent `sealed` keeps from now on: it has just signed in to the account. */
export function rememberDevice(context: Context, sealed: string | undefined, account: Account): string {
  const known: Known = { account: digestOf(account), device: randomText(12), since: context.clock.now() }
  const others = readKnown(context, sealed).filter((one) => one.account !== known.account)
  return sealText(context, keyPurpose, JSON.stringify([known, ...others].slice(0, most)), place)
}

function readKnown(context: Context, sealed: string | undefined): readonly Known[] {
  const opened = sealed && openText(context, keyPurpose, sealed, [place])
  if (!opened) return []
  const now = context.clock.now()
  return (JSON.parse(opened.text) as Known[]).filter(({ since }) => now - since <= deviceLife)
}

/** 120 bits of it: the cookie is to be short, and it is sealed. */
function digestOf({ id, passwordHash }: Account): string {
  return sha256(`${id} ${passwordHash ?? ''}`)
    .toString('base64url')
    .slice(0, 20)
}
