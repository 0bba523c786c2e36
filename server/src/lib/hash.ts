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

/** HMAC-SHA-256 over the parts in order. Callers frame parts of variable length themselves. */
export function hmacSha256(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return Buffer.from(mac.digest('binary'), 'latin1')
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
