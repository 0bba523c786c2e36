/**
 * Bytes as letters and digits only, because old clients cut URLs by hand and choke on anything else. Five bytes
 * become seven characters (62^7 > 2^40), so plain numbers do, the width is fixed and there is one spelling per value.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const values = new Int8Array(128).fill(-1)
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i
const codes = Buffer.from(alphabet, 'latin1')

const blockBytes = 5
const blockChars = 7
const blockLimit = 2 ** 40

/** Encodes bytes whose length is a multiple of five. Throws RangeError otherwise. */
export function encodeBase62(bytes: Uint8Array): string {
  if (bytes.length % blockBytes !== 0) throw new RangeError('base62: length must be a multiple of five bytes')
  const out = Buffer.allocUnsafe((bytes.length / blockBytes) * blockChars)
  for (let i = 0, o = 0; i < bytes.length; i += blockBytes, o += blockChars) {
    let value = 0
    for (let k = 0; k < blockBytes; k++) value = value * 256 + (bytes[i + k] as number)
    for (let k = blockChars - 1; k >= 0; k--) {
      const quotient = Math.floor(value / 62)
      out[o + k] = codes[value - quotient * 62] as number
      value = quotient
    }
  }
  return out.toString('latin1')
}

/** The bytes of a base62 text, or undefined where it is not one that `encodeBase62` would write. */
export function decodeBase62(text: string): Buffer | undefined {
  if (text.length % blockChars !== 0) return undefined
  const out = Buffer.allocUnsafe((text.length / blockChars) * blockBytes)
  for (let i = 0, o = 0; i < text.length; i += blockChars, o += blockBytes) {
    let value = 0
    for (let k = 0; k < blockChars; k++) {
      const code = text.charCodeAt(i + k)
      const digit = code < 128 ? (values[code] as number) : -1
      if (digit < 0) return undefined
      value = value * 62 + digit
    }
    if (value >= blockLimit) return undefined
    for (let k = blockBytes - 1; k >= 0; k--) {
      const quotient = Math.floor(value / 256)
      out[o + k] = value - quotient * 256
      value = quotient
    }
  }
  return out
}

/** Encodes any bytes: as many as are missing to the next block follow, each with their number (1 to 5). */
export function encodePaddedBase62(bytes: Uint8Array): string {
  const missing = blockBytes - (bytes.length % blockBytes)
  return encodeBase62(Buffer.concat([bytes, Buffer.alloc(missing, missing)]))
}

/** The bytes of a padded base62 text, or undefined where it is not one that `encodePaddedBase62` would write. */
export function decodePaddedBase62(text: string): Buffer | undefined {
  const bytes = decodeBase62(text)
  const missing = bytes?.at(-1) ?? 0
  if (bytes === undefined || missing < 1 || missing > blockBytes) return undefined
  return bytes.subarray(-missing).every((byte) => byte === missing) ? bytes.subarray(0, -missing) : undefined
}
