/** Digests, message authentication and constant-time comparison over node:crypto. */
import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto'

/**
 * SHA-256 of a string (as UTF-8) or bytes. The digest comes over as text, one character for each byte, because memory
 * of its own for 32 bytes costs more than the digest.
 */
export function sha256(data: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1')
}

/** SHA-512 of a string (as UTF-8) or bytes. */
export function sha512(data: string | Uint8Array): Buffer {
  return hash('sha512', data, 'buffer')
}

/** Bytes that SHA-256 works on at a time. */
const block = 64
/** Where a message is put together behind the inner key, and its digest behind the outer one. */
const inner = Buffer.alloc(1024)
const outer = Buffer.alloc(block + 32)

/**
 * HMAC-SHA-256 (RFC 2104 §2) over the parts in order. Callers frame parts of variable length themselves. What is short
 * is digested in two single calls, which takes a third of what an Hmac object does.
 */
export function hmacSha256(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  let end = block
  for (const part of parts) end += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  if (key.length > block || end > inner.length) return longHmac(key, parts)
  let at = putKey(inner, key, 0x36)
  for (const part of parts) {
    if (typeof part === 'string') at += inner.write(part, at)
    else {
      inner.set(part, at)
      at += part.length
    }
  }
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), putKey(outer, key, 0x5c), 'binary')
  return sha256(outer)
}

/** Puts a key, padded to a block with zeros, in front; each of its bytes is combined with `mask`. */
function putKey(into: Buffer, key: Uint8Array, mask: number): number {
  into.fill(mask, 0, block)
  for (let i = 0; i < key.length; i++) into[i] = mask ^ (key[i] as number)
  return block
}

function longHmac(key: Uint8Array, parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** 32 bytes derived from `secret` for one purpose (RFC 5869, HKDF-SHA-256). */
export function deriveKey(secret: Uint8Array, purpose: string, salt: Uint8Array = new Uint8Array()): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32))
}

/** Whether two byte strings are equal, without telling by its time where they differ. Lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Whether two strings are equal, compared through their digests so that neither length nor content leaks by time. */
export function equalText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}
