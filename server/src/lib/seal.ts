/** Authenticated encryption of small values (AES-256-GCM, random 96-bit nonce), bound to a context that must match. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { randomBytes } from './random.ts'

const nonceBytes = 12
const tagBytes = 16

/** Encrypts `plain` under a 32-byte key; only the same key and `context` open it again. */
export function seal(key: Uint8Array, plain: Uint8Array | string, context: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(typeof plain === 'string' ? Buffer.from(plain) : plain), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

/** The plain bytes, or undefined where key, context or content do not agree. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
