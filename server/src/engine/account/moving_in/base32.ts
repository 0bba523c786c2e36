/** Base32 without padding, as authenticator apps take seeds. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31]
}

/** Whether an authenticator's seed: base32, of 10 to 128 bytes. */
export function isSeed(text: string): boolean {
  return /^[A-Z2-7]{16,205}=*$/.test(text)
}
