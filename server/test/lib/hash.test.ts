/** Message authentication against the vectors of RFC 4231 and against node:crypto. */
import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { equalBytes, equalText, hmacSha256 } from '../../src/lib/hash.ts'

test('K172: texts and bytes of every other length are unequal, and no fault', () => {
  const bytes = (length: number) => Buffer.from('a tag of so many bytes').subarray(0, length)
  for (let length = 0; length < 22; length++) {
    for (const other of [0, length - 1, length + 1, 22].filter((one) => one >= 0 && one !== length)) {
      expect(equalBytes(bytes(length), bytes(other)), `${length} ${other}`).toBe(false)
      expect(equalText(bytes(length).toString(), bytes(other).toString()), `${length} ${other}`).toBe(false)
    }
    expect(equalBytes(bytes(length), bytes(length))).toBe(true)
    expect(equalText(bytes(length).toString(), bytes(length).toString())).toBe(true)
  }
  expect(equalBytes(Buffer.from('aX'), Buffer.from('aY'))).toBe(false)
  expect(equalText('aX', 'aY')).toBe(false)
})

describe('HMAC-SHA-256', () => {
  const of = (byte: number, length: number) => Buffer.alloc(length, byte)

  test.each([
    ['4.2', of(0x0b, 20), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      '4.3',
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ['4.4', of(0xaa, 20), of(0xdd, 50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [
      '4.7',
      of(0xaa, 131),
      Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('is that of RFC 4231 §%s', (_, key, message, digest) => {
    expect(hmacSha256(key, message).toString('hex')).toBe(digest)
  })

  test('is that of node:crypto for keys and parts of any length, and nothing is left of the message before', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.nat(1100).map((length) => new Uint8Array(randomBytes(length))),
    )
    fc.assert(
      fc.property(fc.nat(100), fc.array(part, { maxLength: 4 }), (length, parts) => {
        const key = randomBytes(length)
        const mac = createHmac('sha256', key)
        for (const one of parts) mac.update(one)
        expect(hmacSha256(key, ...parts)).toEqual(mac.digest())
      }),
      { numRuns: 500 },
    )
  })
})
