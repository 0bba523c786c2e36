/**
 * Addresses of the QuantiModo documents that browsers are sent to. /callback/ and /api/v1/window/close are where apps
 * without a site of their own let the browser end up: the app reads the address by itself; the page reads nothing of it,
 * and gives it to nobody. /api/v2/auth/… are the former names of our own pages.
 */
import { sendPage } from '../../http/browser/page_headers.ts'
import { queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import type { Context } from '../../runtime/context.ts'
import { unasked } from '../guards.ts'
import { page } from '../page.ts'
import { goTo } from '../visit.ts'
import { type Landing, landing } from './landing_view.tsx'

const landings: Readonly<Record<string, Landing>> = {
  '/callback/': 'back_to_app',
  '/api/v1/window/close': 'close_window',
}

const moved = { login: '/login', register: '/signup', logout: '/logout' } as const

export const landingPages = [
  ...Object.entries(landings).map(([path, kind]) =>
    page({
      path,
      guard: unasked,
      get: ({ reply }) => sendPage(reply.header('referrer-policy', 'no-referrer'), 200, landing(kind)),
    }),
  ),
  ...Object.entries(moved).map(([name, onto]) =>
    page({
      path: `/api/v2/auth/${name}`,
      guard: unasked,
      get: (arrival) => {
        const { context, request } = arrival
        const onward = name === 'logout' ? undefined : authorizeAddress(context, queryOf(request))
        if (onward === undefined) return goTo(arrival, onto)
        if (name === 'register') onward.searchParams.set('register', 'true')
        return goTo(arrival, `${onward.pathname}${onward.search}`)
      },
    }),
  ),
]

/**
 * The address of ours at which an app asks for authorization, where the query names one to go on to: it opens sign-in by
 * itself. Nothing else is gone on to (RFC 9700 §4.11, open redirectors).
 */
function authorizeAddress({ settings }: Context, query: string): URL | undefined {
  const form = parseForm(query)
  const text = form?.get('redirectTo') ?? form?.get('redirect_uri')
  if (text === undefined || !URL.canParse(text, settings.issuer)) return undefined
  const url = new URL(text, settings.issuer)
  const ours = url.origin === new URL(settings.issuer).origin && /^(\/\w+)*\/oauth2?\/authorize$/.test(url.pathname)
  return ours ? url : undefined
}
