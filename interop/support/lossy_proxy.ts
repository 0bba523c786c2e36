/** A reverse proxy in front of the server whose connection to the app breaks at the worst moment, when told to. */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'

export interface LossyProxy {
  readonly origin: string
  /**
   * Breaks the connection of the next token request once the server has answered in full: before the app has seen
   * anything of the answer, or after half of it.
   */
  loseNextTokenResponse(from: 'the start' | 'the middle'): void
  /** Token responses that were lost so far. */
  readonly lost: number
  close(): Promise<void>
}

/** Listens on the given port, which is the issuer's, and passes everything on to the server behind. */
export async function startLossyProxy(port: number, serverPort: () => number): Promise<LossyProxy> {
  let next: 'the start' | 'the middle' | undefined
  let lost = 0
  const proxy = createServer((incoming, outgoing) => {
    const onward = httpRequest(
      {
        host: '127.0.0.1',
        port: serverPort(),
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      },
      async (answer) => {
        const body = Buffer.concat(await answer.toArray())
        const lose = incoming.url === '/oauth/token' ? next : undefined
        if (lose !== undefined) {
          next = undefined
          lost += 1
        }
        if (lose === 'the start') {
          incoming.socket.destroy()
          return
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        if (lose === 'the middle') {
          outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy())
          return
        }
        outgoing.end(body)
      },
    )
    onward.on('error', () => incoming.socket.destroy())
    incoming.pipe(onward)
  })
  proxy.listen(port, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    origin: `http://localhost:${port}`,
    loseNextTokenResponse(from) {
      next = from
    },
    get lost() {
      return lost
    },
    async close() {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
