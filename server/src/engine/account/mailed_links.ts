/**
 * Links and six-digit codes that are mailed. What is stored is an ID; link and code are made from it with a key of the
 * server when the mail is built, so that neither a copy of the database nor a job in the queue opens anything. A newer one
 * of a kind ends the older one, and so does a change of the password or address, or the end of the account.
 */
import { z } from 'zod'
import { day, hour, type Millis, minute } from '../../lib/clock.ts'
import { equalText, hmacSha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import { normalizeLogin } from '../../protocol/account_names.ts'
import type { Context } from '../../runtime/context.ts'
import { type MailQueue, sendMail } from '../../runtime/jobs/queue.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { Account, MailedLink, MailedLinkKind } from '../../storage/contract.ts'

/** What links are made with. */
export type LinkContext = Pick<Context, 'keyring' | 'clock'>

/** How long a link is good. */
const linkLives: Readonly<Record<MailedLinkKind, Millis>> = {
  reset: hour,
  verification: day,
  address: day,
  sign_up: day,
  access: day,
  invitation: 7 * day,
}

/** How long the code beside a link is good (OWASP ASVS 5 V6.5.5). */
const codeLife: Millis = 10 * minute
/** Tries at one code, and at all codes of one subject in a day. */
const triesAtCode = 5
const triesInDay = 50

const contents = sealed({
  purpose: 'mailed content',
  schema: z.record(z.string(), z.unknown()),
  life: 8 * day,
  version: 1,
})

/** What a new link is about. */
export interface LinkSubject {
  readonly subject: string
  /** The account whose change ends the link. */
  readonly account?: Account | undefined
  /** Whether the link goes with the account when that is deleted; not where nobody may learn that there is one. */
  readonly known?: boolean
  /** What it brings about, for `findLink`. */
  readonly content?: Readonly<Record<string, unknown>>
}

/** A link that is still to be stored and mailed. */
export function newLink(context: LinkContext, kind: MailedLinkKind, about: LinkSubject): Omit<MailedLink, 'tries'> {
  const id = randomText(16)
  const now = context.clock.now()
  const { subject, account, known = false, content } = about
  return {
    id,
    kind,
    subject,
    userId: known && account !== undefined ? account.id : null,
    standing: account === undefined ? randomText(16) : standingOf(context.keyring.current(purpose), account),
    madeAt: now,
    expiresAt: now + linkLives[kind],
    content: content === undefined ? null : contents.seal(context, content, { place: id }),
  }
}

/** What stands for an address in `subject`: nobody who reads the database learns the address. */
export function addressSubject({ keyring }: LinkContext, email: string): string {
  return hmacSha256(keyring.current(purpose), 'subject\0', normalizeLogin(email)).toString('base64url')
}

/** The secret part of a mailed link: 128 bits that name it and 128 that prove it. */
export function linkToken({ keyring }: LinkContext, id: string): string {
  return `${id}${tagOf(keyring.current(purpose), id)}`
}

/** The ID in a token of ours, whether or not there is still a link of it. */
export function readToken({ keyring }: LinkContext, token: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{44}$/.test(token)) return undefined
  const id = token.slice(0, 22)
  const right = keyring.all(purpose).some((key) => equalText(tagOf(key, id), token.slice(22)))
  return right ? id : undefined
}

/** The code beside the link: six digits. */
export function codeOf({ keyring }: LinkContext, id: string): string {
  return codeUnder(keyring.current(purpose), id)
}

/**
 * The link of that ID, while it is good and of one of the kinds, and what it brings about; undefined also where that is not
 * of the shape, or was sealed under a secret that is gone. Who it is about is for the caller to ask.
 */
export async function findLink<Content>(
  context: Pick<Context, 'storage'> & LinkContext,
  id: string,
  kinds: readonly MailedLinkKind[],
  shape: z.ZodType<Content>,
): Promise<{ readonly link: MailedLink; readonly content: Content } | undefined> {
  const link = await context.storage.mailedLinks.find(id)
  if (link === undefined || !kinds.includes(link.kind) || context.clock.now() >= link.expiresAt) return undefined
  const opened = contents.open(context, link.content ?? '', { places: [link.id] })
  const read = opened.outcome === 'open' ? shape.safeParse(opened.value) : undefined
  return read?.success === true ? { link, content: read.data } : undefined
}

/** Stores a link and has it mailed: both or neither. */
export async function mailLink(
  context: Pick<Context, 'storage'> & MailQueue,
  link: Omit<MailedLink, 'tries'>,
  mail: 'sign_up' | 'access_proof' | 'reset',
): Promise<void> {
  await context.storage.act(async (acting) => {
    await acting.mailedLinks.put(link)
    await sendMail(context, acting, mail, { ids: { linkId: link.id } })
  })
}

/** Whether nothing of the account has changed that ends the link. */
export function isStanding({ keyring }: LinkContext, link: MailedLink, account: Account): boolean {
  return account.enabled && keyring.all(purpose).some((key) => equalText(standingOf(key, account), link.standing))
}

/** Until when the code of a link is good. */
function codeEnds({ madeAt }: MailedLink): Millis {
  return madeAt + codeLife
}

/**
 * Whether a code is that of the link. Each try counts before it is judged, so that codes sent at once gain nothing. 'over':
 * too long has passed, or too many were tried; the link beside it is still good.
 */
export async function tryCode(
  context: Pick<Context, 'storage' | 'clock' | 'keyring'>,
  link: MailedLink,
  code: string,
): Promise<'right' | 'wrong' | 'over'> {
  const { storage, clock, keyring } = context
  const now = clock.now()
  const counter = `mailed code ${link.subject}`
  if (now >= codeEnds(link) || (await storage.failures.count(counter, day, now)) >= triesInDay) return 'over'
  if (!(await storage.mailedLinks.tryCode(link.id, triesAtCode))) return 'over'
  const given = code.replaceAll(/[\s-]/g, '')
  if (keyring.all(purpose).some((key) => equalText(codeUnder(key, link.id), given))) return 'right'
  await storage.failures.add(counter, day, now)
  return link.tries + 1 >= triesAtCode ? 'over' : 'wrong'
}

const purpose = 'mailed link'

/** 22 characters. */
function tagOf(key: Buffer, id: string): string {
  return hmacSha256(key, 'token\0', id).subarray(0, 16).toString('base64url')
}

function codeUnder(key: Buffer, id: string): string {
  const number = hmacSha256(key, 'code\0', id).readUIntBE(0, 6)
  return String(number % 1_000_000).padStart(6, '0')
}

/** Changes with the password, the address, and what ends everything of the account. */
function standingOf(key: Buffer, { id, passwordHash, email, validAfter }: Account): string {
  const parts = [id, passwordHash ?? '', email ?? '', String(validAfter)]
  return hmacSha256(key, 'standing\0', parts.join('\0')).subarray(0, 16).toString('base64url')
}
