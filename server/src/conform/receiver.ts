/** Where a server tells a client that a person has signed out (OpenID Connect Back-Channel Logout 1.0 §2.5). */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { second } from '../lib/clock.ts'
import { isLoopback } from './metadata.ts'

export interface Receiver {
  readonly uri: string
  /** The first logout token that comes within the time; undefined where none does. */
  next(): Promise<string | undefined>
  close(): Promise<void>
}

/** How long a server may take to tell. */
const patience = 15 * second

/** Listens where the URI says: on this machine alone where it is of this machine. */
export async function openReceiver(uri: string): Promise<Receiver> {
  const { hostname, port, protocol, pathname } = new URL(uri)
  const came: string[] = []
  let heard = (): void => undefined
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const token = new URLSearchParams(body).get('logout_token')
      const fits = request.method === 'POST' && request.url?.split('?', 1)[0] === pathname && token !== null
      response.writeHead(fits ? 200 : 400, { 'cache-control': 'no-store' }).end()
      if (fits) came.push(token)
      heard()
    })
  })
  server.listen(
    Number(port) || (protocol === 'https:' ? 443 : 80),
    isLoopback(uri) ? hostname.replace(/^\[|\]$/g, '') : undefined,
  )
  await once(server, 'listening')
  return {
    uri,
    async next() {
      const late = new AbortController()
      const told = new Promise<void>((resolve) => {
        heard = () => resolve()
      })
      if (came.length === 0) await Promise.race([told, wait(patience, undefined, { signal: late.signal })])
      late.abort()
      return came.shift()
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
