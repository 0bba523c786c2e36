/**
 * Browsers that have signed in to an account before. What they are known by travels in a cookie of theirs, sealed: a few
 * accounts, each by a digest, with a name under which guesses from that browser are counted. A password that is changed
 * ends it, because the digest holds the password's hash. Whoever steals it may guess as often as anybody, and no more.
 */
import { z } from 'zod'
import { day, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { Account } from '../../storage/contract.ts'

const place = 'known device'
/** How many accounts a browser is known to. */
const most = 5
/** How long a browser that does not sign in again is known. */
export const deviceLife: Millis = 180 * day

const knownSchema = z.object({
  account: z.string(),
  /** The same whatever the password: the browser of a changed password is no new one. Not there in older ones. */
  holder: z.string().optional(),
  /** Under which guesses are counted; another one after each right sign-in, so that a thief's guesses end there. */
  device: z.string(),
  since: z.number(),
})
type Known = Readonly<z.infer<typeof knownSchema>>

const devices = sealed({ purpose: 'known device', schema: z.array(knownSchema), life: deviceLife, version: 1 })

/** The name under which guesses at this account are counted for the browser that sent `cookie`; undefined for others. */
export function knownDevice(context: Context, cookie: string | undefined, account: Account): string | undefined {
  const wanted = digestOf(account)
  const known = readKnown(context, cookie).find((one) => one.account === wanted)
  return known && sinceForgiven(known.device, account)
}

/** The name under which guesses at this account are counted for everybody else. */
export function guessedAt(account: Account): string {
  return sinceForgiven(account.id, account)
}

/**
 * Another name after the operator has forgiven the account what was guessed, so that every node counts from nothing at once,
 * whatever it remembers.
 */
function sinceForgiven(name: string, { guessesForgivenAt }: Account): string {
  return guessesForgivenAt === null ? name : `${name} ${guessesForgivenAt}`
}

/** Whether the browser that sent `cookie` has signed in to this account before, with whatever password. */
export function isKnownBrowser(context: Context, cookie: string | undefined, account: Account): boolean {
  const known = readKnown(context, cookie)
  return known.some(({ holder }) => holder === holderOf(account)) || knownDevice(context, cookie, account) !== undefined
}

/** What the browser that sent `cookie` keeps from now on: it has just signed in to the account. */
export function rememberDevice(context: Context, cookie: string | undefined, account: Account): string {
  const holder = holderOf(account)
  const known: Known = { account: digestOf(account), holder, device: randomText(12), since: context.clock.now() }
  const others = readKnown(context, cookie).filter((one) => one.account !== known.account && one.holder !== holder)
  return devices.seal(context, [known, ...others].slice(0, most), { place })
}

function readKnown(context: Context, cookie: string | undefined): readonly Known[] {
  const opened = devices.open(context, cookie ?? '', { places: [place] })
  if (opened.outcome !== 'open') return []
  const now = context.clock.now()
  return opened.value.filter(({ since }) => now - since <= deviceLife)
}

/** 60 bits, which name it among five. */
function holderOf({ id }: Account): string {
  return sha256(id).toString('base64url').slice(0, 10)
}

/** 120 bits of it: the cookie is to be short, and it is sealed. */
function digestOf({ id, passwordHash }: Account): string {
  return sha256(`${id} ${passwordHash ?? ''}`)
    .toString('base64url')
    .slice(0, 20)
}
