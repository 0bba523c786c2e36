/** What apps are told through the back channel (OpenID Connect Back-Channel Logout 1.0), at a real address on loopback. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type LogoutReceiver = Awaited<ReturnType<typeof startLogoutReceiver>>

/** The server of an app, which notes what it is told, and each request that it refuses. */
export async function startLogoutReceiver() {
  const bodies: string[] = []
  const receiver = { bodies, refused: 0, status: 200, origin: '', close: () => {} }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (receiver.status === 200) bodies.push(`${request.method} ${request.headers['content-type']} ${body}`)
      else receiver.refused++
      response.writeHead(receiver.status).end()
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
