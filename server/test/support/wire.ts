/** Requests as bytes on a socket of their own, for what no HTTP client would send. */
import { connect } from 'node:net'

export interface WireAnswer {
  /** Everything that came back until the connection was closed. */
  readonly text: string
  /** Bytes that could be written until then. */
  readonly written: number
}

/**
 * Sends `head`, then whatever `more` yields for as long as it yields and the other side takes it; resolves once the
 * connection has ended.
 */
export function overWire(
  address: string,
  head: string,
  more: () => string | Buffer | undefined = () => undefined,
): Promise<WireAnswer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname)
    const write = () => {
      for (;;) {
        const piece = socket.writable ? more() : undefined
        if (piece === undefined || !socket.write(piece)) return
      }
    }
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
    socket.on('drain', write)
    // A server that ends the connection resets it where bytes still come in.
    socket.on('error', () => {})
    socket.on('end', () => socket.destroy())
    socket.on('close', () => resolve({ text, written: socket.bytesWritten }))
    socket.write(head)
    write()
  })
}
