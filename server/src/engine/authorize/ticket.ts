/**
 * Sign-in tickets: a JWT (RFC 7519) by which a person who has proved who they are elsewhere arrives at authorize signed
 * in. A ticket authenticates one authorization request; it makes no session, and the consent that follows is asked for
 * and not remembered.
 *
 * The format: `typ` is ticket+jwt; `iss` we; `aud` our authorization endpoint; `sub` the account; `jti` its name;
 * `iat` to the millisecond, as what ended the account's authorizations a moment before must end older tickets too;
 * `exp` ten minutes later; `client_id` and `redirect_uri` where it is known which request it is for; `browser` (a digest)
 * where it is known whose it is: whoever brings a ticket also answers the consent page, so that a ticket which an app has
 * got in the person's browser must not work in the app's own.
 */
import { z } from 'zod'
import { type Millis, minute, seconds } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account, Acting } from '../../storage/contract.ts'

const ticketType = 'ticket+jwt'
/** How long a ticket may be used. */
export const ticketLife: Millis = 10 * minute

/** A ticket as it travels on in the sealed request that it came with. */
export const ticketSchema = z.object({
  /** Its jti. */
  id: z.string(),
  userId: z.templateLiteral(['usr_', z.string()]),
  /** Milliseconds, as is expiresAt. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** The one browser that it is for, as `browserDigest` names it. */
  browser: z.string().optional(),
  /** The second factor that its person has proved for this request: when, and by what (RFC 8176). */
  factor: z.object({ at: z.number(), amr: z.array(z.string()) }).optional(),
})
export type Ticket = Readonly<z.infer<typeof ticketSchema>>

/** The one request that a ticket may be for. */
export interface TicketBinding {
  readonly clientId?: ClientId | undefined
  readonly redirectUri?: string | undefined
  readonly browser?: string | undefined
}

/** A browser (its cookie's value) as tickets name it. */
export function browserDigest(browser: string): string {
  return sha256(`ticket ${browser}`).toString('base64url').slice(0, 22)
}

/** Makes a ticket for a person who has just been authenticated. */
export function makeTicket(context: Context, userId: UserId, binding: TicketBinding = {}): string {
  const now = context.clock.now()
  return context.signer.sign('ES256', ticketType, {
    iss: context.settings.issuer,
    sub: userId,
    aud: audience(context),
    jti: randomText(16),
    iat: now / 1000,
    exp: seconds(now + ticketLife),
    ...(binding.clientId === undefined ? {} : { client_id: binding.clientId }),
    ...(binding.redirectUri === undefined ? {} : { redirect_uri: binding.redirectUri }),
    ...(binding.browser === undefined ? {} : { browser: binding.browser }),
  })
}

/** The ticket in a text, for this request; undefined where it is none of ours, too old, or for another request. */
export function openTicket(
  context: Context,
  text: string,
  request: { readonly clientId: ClientId; readonly redirectUri: string },
): Ticket | undefined {
  const claims = context.signer.verify(text, ticketType)
  if (claims === undefined || claims.iss !== context.settings.issuer || claims.aud !== audience(context)) {
    return undefined
  }
  const { sub, jti, iat, exp, client_id: clientId, redirect_uri: redirectUri, browser } = claims
  if (typeof sub !== 'string' || typeof jti !== 'string') return undefined
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined
  if (clientId !== undefined && clientId !== request.clientId) return undefined
  if (redirectUri !== undefined && redirectUri !== request.redirectUri) return undefined
  if (browser !== undefined && typeof browser !== 'string') return undefined
  const ticket = { id: jti, userId: sub as UserId, issuedAt: Math.round(iat * 1000), expiresAt: exp * 1000, browser }
  return isCurrent(context, ticket) ? ticket : undefined
}

/** The account that a ticket signs in now, unless it has run out, or been shut or renewed since. */
export async function ticketAccount(context: Context, ticket: Ticket): Promise<Account | undefined> {
  if (!isCurrent(context, ticket)) return undefined
  const account = await context.storage.accounts.find(ticket.userId)
  return account?.enabled === true && account.validAfter <= ticket.issuedAt ? account : undefined
}

/** Who has spent the ticket: this browser (its cookies' values), another one, or nobody yet. */
export async function whoSpent(
  context: Context,
  ticket: Ticket,
  browser: readonly string[],
): Promise<'nobody' | 'this_browser' | 'another_browser'> {
  const { claims } = context.storage
  const kept = keptUntil(ticket)
  if (!(await claims.isClaimed('ticket', claimHash(ticket), kept))) return 'nobody'
  for (const id of browser) if (await claims.isClaimed('ticket', claimHash(ticket, id), kept)) return 'this_browser'
  return 'another_browser'
}

/** Spends the ticket for this browser; false where it was spent before. Of several at once, one gets true. */
export async function spendTicket(
  { storage: { claims } }: { readonly storage: Pick<Acting, 'claims'> },
  ticket: Ticket,
  browser: string,
): Promise<boolean> {
  const kept = keptUntil(ticket)
  if ((await claims.claimOnce('ticket', claimHash(ticket), kept)) === 'seen') return false
  // Told apart from other browsers, so that a second press of a button is no theft.
  await claims.claimOnce('ticket', claimHash(ticket, browser), kept)
  return true
}

function isCurrent(context: Context, ticket: Ticket): boolean {
  return context.clock.now() < ticket.expiresAt
}

function audience(context: Context): string {
  return `${context.settings.issuer}/oauth/authorize`
}

/** A little longer than the ticket may be used, so that no claim is forgotten while its use is under way. */
function keptUntil(ticket: Ticket): Millis {
  return ticket.expiresAt + minute
}

function claimHash(ticket: Ticket, browser = ''): Buffer {
  return sha256(`${ticket.id} ${ticket.expiresAt} ${browser}`)
}
