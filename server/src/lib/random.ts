/** Random bytes from the operating system's generator, drawn in blocks because single draws cost 2 µs each. */
import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(8192)
let used = pool.length

/** `length` random bytes (at most 1024) in a buffer of their own; bytes handed out are wiped from the pool. */
export function randomBytes(length: number): Buffer {
  if (length > 1024) throw new RangeError('randomBytes: at most 1024 bytes at a time')
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + length))
  pool.fill(0, used, used + length)
  used += length
  return bytes
}

/** A random string of `bytes` bytes in base64url, for cookies, nonces and generated secrets. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
