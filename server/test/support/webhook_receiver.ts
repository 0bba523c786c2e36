/** A receiver of webhooks at a real address on loopback, which notes what comes. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>

export async function startWebhookReceiver() {
  const received: Received[] = []
  const receiver = { received, status: 204, headers: {}, origin: '', close: () => {} }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ body, headers: request.headers })
      response.writeHead(receiver.status, receiver.headers).end(receiver.status === 204 ? undefined : 'an answer')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  receiver.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  receiver.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return receiver
}
