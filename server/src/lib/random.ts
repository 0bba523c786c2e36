/** Random bytes from the operating system's generator, drawn in blocks because single draws cost 2 µs each. */
import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(8192)
let used = pool.length

/** `length` random bytes (at most 1024) in a buffer of their own; bytes handed out are wiped from the pool. */
export function randomBytes(length: number): Buffer {
  const from = draw(length)
  const bytes = Buffer.allocUnsafe(length)
  pool.copy(bytes, 0, from, used)
  pool.fill(0, from, used)
  return bytes
}

/** Takes `length` bytes of the pool, up to `used`; answers where they begin. */
function draw(length: number): number {
  if (length > 1024) throw new RangeError('randomBytes: at most 1024 bytes at a time')
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const from = used
  used += length
  return from
}

/** A random string of `bytes` bytes in base64url, for cookies, nonces and generated secrets. */
export function randomText(bytes: number): string {
  const from = draw(bytes)
  const text = pool.toString('base64url', from, used)
  pool.fill(0, from, used)
  return text
}
