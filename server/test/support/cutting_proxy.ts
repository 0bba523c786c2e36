/** A TCP proxy in front of PostgreSQL that cuts the line exactly where a commit passes. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * Where to cut: `before` the server has heard the commit; `unheard`, when it was passed on but nobody waits for the
 * answer; `after`, when the server has answered and the answer is kept back.
 */
export type Cut = 'before' | 'unheard' | 'after'

export interface CuttingProxy {
  /** The server's URL, by way of this proxy. */
  readonly url: string
  /** Cuts the line of the next commit; resolves when it has. */
  cutNext(cut: Cut): Promise<void>
  /** Refuses new connections, or takes them again. */
  refuse(on: boolean): void
  /** Breaks every connection that stands. */
  breakAll(): void
  close(): Promise<void>
}

/**
 * What commits: COMMIT as a query message of the frontend ('Q', length, text, NUL), or the swap that commits itself, whose
 * prepared statement is bound ('B', length, portal, NUL, statement, NUL, …). The first message of a connection has no
 * type byte.
 */
function createCommitFinder(): (chunk: Buffer) => boolean {
  let pending: Buffer = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    let found = false
    for (;;) {
      const head = started ? 1 : 0
      if (pending.length < head + 4) return found
      const length = head + pending.readUInt32BE(head)
      if (pending.length < length) return found
      const type = started ? String.fromCharCode(pending[0] ?? 0) : ''
      if (type === 'Q' && pending.toString('utf8', 5, length - 1).toLowerCase() === 'commit') found = true
      if (type === 'B' && pending.toString('latin1', 5, length).split('\0')[1]?.startsWith('swap_seen')) found = true
      pending = pending.subarray(length)
      started = true
    }
  }
}

export async function startCuttingProxy(server: string): Promise<CuttingProxy> {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  let waiting: { cut: Cut; done: () => void } | undefined
  let refusing = false

  const proxy = createServer((client) => {
    if (refusing) {
      client.destroy()
      return
    }
    const upstream = connect(Number(target.port), target.hostname)
    const seesCommit = createCommitFinder()
    let withholding: (() => void) | undefined
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    const sever = (done: () => void) => {
      client.destroy()
      upstream.destroy()
      done()
    }
    client.on('data', (chunk) => {
      const commit = seesCommit(chunk)
      const order = waiting
      if (order === undefined || !commit) {
        upstream.write(chunk)
        return
      }
      waiting = undefined
      if (order.cut === 'before') {
        sever(order.done)
      } else if (order.cut === 'unheard') {
        upstream.end(chunk)
        client.destroy()
        order.done()
      } else {
        withholding = () => sever(order.done)
        upstream.write(chunk)
      }
    })
    upstream.on('data', (chunk) => {
      if (withholding !== undefined) withholding()
      else client.write(chunk)
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('no port for the proxy')
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const url = new URL(server)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)

  return {
    url: url.href,
    cutNext: (cut) =>
      new Promise((done) => {
        waiting = { cut, done }
      }),
    refuse(on) {
      refusing = on
    },
    breakAll,
    async close() {
      breakAll()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
