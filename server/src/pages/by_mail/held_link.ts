/**
 * The mailed link that a browser holds for a page. Opening a link moves its token out of the address into a cookie and
 * decides nothing, so that a mail scanner or a prefetch spends nothing; the form behind it needs the cookie.
 */
import type { FastifyReply } from 'fastify'
import { heldFor, openHeld, sealHeld } from '../../engine/account/held_links.ts'
import { readToken } from '../../engine/account/mailed_links.ts'
import { cookieName, readCookies, setCookie, takeCookie } from '../../http/browser/cookies.ts'
import { paths } from '../kit/paths.ts'
import { goTo, PageProblem, readQuery, type Visit } from '../visit.ts'

/** What a browser holds a link as: one that was opened at a page, or one that it waits for. */
export type HeldAs = keyof typeof placeOf

const placeOf = {
  reset: paths.reset,
  verify: paths.verify,
  invitation: paths.invitation,
  waiting: paths.verify,
  keep: paths.keepFactor,
} as const

/** Where the address has a token: keeps it, and sends the browser to the page itself. Throws PageProblem. */
export function keepOpened(visit: Visit, as: Exclude<HeldAs, 'waiting' | 'keep'>): FastifyReply | undefined {
  const token = readQuery(visit).get('token')
  if (token === undefined) return undefined
  const id = readToken(visit.context, token)
  if (id === undefined) throw new PageProblem('mailed_link_over')
  hold(visit, as, id)
  return goTo(visit, placeOf[as])
}

/** Makes the browser hold a link. */
export function hold({ context, reply, browser }: Visit, as: HeldAs, id: string): void {
  const value = sealHeld(context, id, browser.id, as)
  setCookie(context, reply, { name: cookieName(context, `link-${as}`), value, maxAge: heldFor })
}

/** The ID of the link that the browser holds. */
export function heldLink({ context, request, browser }: Visit, as: HeldAs): string | undefined {
  const text = readCookies(request).get(cookieName(context, `link-${as}`))
  return text === undefined ? undefined : openHeld(context, text, browser.ids, as)
}

/** Takes the link from the browser. */
export function letGo({ context, reply }: Visit, as: HeldAs): void {
  takeCookie(context, reply, cookieName(context, `link-${as}`))
}
