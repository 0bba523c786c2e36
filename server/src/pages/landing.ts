/**
 * /callback/ and /api/v1/window/close: where QuantiModo apps without a site of their own let the browser end up. The app
 * reads the address by itself; the page reads nothing of it, and gives it to nobody.
 */
import type { FastifyInstance } from 'fastify'
import { sendPage } from '../http/page_headers.ts'
import { type Landing, landing } from './views/landing.tsx'

const landings: Readonly<Record<string, Landing>> = {
  '/callback/': 'back_to_app',
  '/api/v1/window/close': 'close_window',
}

export function registerLandings(app: FastifyInstance): void {
  for (const [path, kind] of Object.entries(landings)) {
    app.get(path, (_request, reply) => sendPage(reply.header('referrer-policy', 'no-referrer'), 200, landing(kind)))
  }
}
