/**
 * Addresses of the QuantiModo documents that browsers are sent to. /callback/ and /api/v1/window/close are where apps
 * without a site of their own let the browser end up: the app reads the address by itself; the page reads nothing of it,
 * and gives it to nobody. /api/v2/auth/… are the former names of our own pages.
 */
import type { FastifyInstance } from 'fastify'
import { sendPage } from '../../http/browser/page_headers.ts'
import { queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import type { Context } from '../../runtime/context.ts'
import { goTo } from '../page.ts'
import { type Landing, landing } from './landing_view.tsx'

const landings: Readonly<Record<string, Landing>> = {
  '/callback/': 'back_to_app',
  '/api/v1/window/close': 'close_window',
}

const moved = { login: '/login', register: '/signup', logout: '/logout' } as const

export function registerLandings(app: FastifyInstance, context: Context): void {
  for (const [path, kind] of Object.entries(landings)) {
    app.get(path, (_request, reply) => sendPage(reply.header('referrer-policy', 'no-referrer'), 200, landing(kind)))
  }
  for (const [name, page] of Object.entries(moved)) {
    app.get(`/api/v2/auth/${name}`, (request, reply) => {
      const onward = name === 'logout' ? undefined : authorizeAddress(context, queryOf(request))
      if (onward === undefined) return goTo(reply, page)
      if (name === 'register') onward.searchParams.set('register', 'true')
      return goTo(reply, `${onward.pathname}${onward.search}`)
    })
  }
}

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
