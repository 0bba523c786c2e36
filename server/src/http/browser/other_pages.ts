/**
 * What takes a person's password from an app is no place for other people's pages: any page could send guesses from the
 * browser of whoever looks at it, and use up the attempts of everybody behind the same address.
 */
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'

/**
 * Lets through what comes from a program, and from pages at an origin that an approved app here has registered (Fetch
 * standard; W3C Fetch Metadata): an app in development is anybody's. Throws other_page; nothing is counted then.
 */
export async function refuseOtherPages(context: Context, request: FastifyRequest): Promise<void> {
  const { origin, 'sec-fetch-mode': mode } = request.headers
  if (mode === 'navigate') throw new Refusal('other_page', { cause: 'A page sent a form here.' })
  if (origin === undefined || (await context.clients.hasOrigin(origin, 'enabled'))) return
  throw new Refusal('other_page', { got: origin })
}
