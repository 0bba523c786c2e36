/** One-time credentials and opaque access tokens: one spelling each, and nothing but ours proves. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase62, encodeBase62 } from '../../src/lib/base62.ts'
import {
  decodeAccessToken,
  deriveJti,
  encodeAccessToken,
  type OpaqueToken,
  proveAccessToken,
} from '../../src/protocol/access_token.ts'
import {
  type CredentialKind,
  decodeCredential,
  encodeCredential,
  proveCredential,
} from '../../src/protocol/credential.ts'

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array))
const sender = fc.option(bytes(32), { nil: null })
const bounds = fc.record({ id: bytes(16), key: bytes(16) })
const kinds = fc.constantFrom<CredentialKind>('code', 'refresh', 'device')
const generations = fc.integer({ min: 0, max: 65_535 })
const steps = fc.integer({ min: 0, max: 0xffffffff })
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The text with one character replaced by another. */
const changed = (text: string, at: number, by: number) => {
  const position = at % text.length
  const old = text[position] ?? ''
  const other = alphabet[(alphabet.indexOf(old) + 1 + (by % 61)) % 62] ?? ''
  return text.slice(0, position) + other + text.slice(position + 1)
}

describe('base62', () => {
  test('reads back what it wrote, in one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (array) => {
        const whole = Buffer.from(array.subarray(0, array.length - (array.length % 5)))
        const text = encodeBase62(whole)
        expect(text).toMatch(/^[0-9A-Za-z]*$/)
        expect(text).toHaveLength((whole.length / 5) * 7)
        expect(decodeBase62(text)).toEqual(whole)
      }),
    )
  })

  test('reads nothing that it would not write', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 21 }), fc.stringMatching(/^[0-9A-Za-z]{7}$/)), (text) => {
        const read = decodeBase62(text)
        if (read !== undefined) expect(encodeBase62(read)).toBe(text)
      }),
    )
    expect(decodeBase62('zzzzzzz')).toBeUndefined()
    expect(() => encodeBase62(Buffer.alloc(4))).toThrow(RangeError)
  })
})

describe('one-time credentials', () => {
  test('come back as they were made, and prove for their grant', () => {
    fc.assert(
      fc.property(kinds, bytes(32), generations, bounds, steps, times, (kind, key, generation, bound, step, issued) => {
        const text = encodeCredential(kind, key, { ...bound, generation }, { step, issued })
        expect(text).toMatch(/^(ac|rt|dc)[0-9A-Za-z]{63}$/)
        const read = decodeCredential(text)
        expect(read).toMatchObject({ kind, generation, grantId: bound.id, step, issued })
        if (read === undefined) return
        expect(proveCredential(read, key, bound)).toBe(true)
        expect(encodeCredential(read.kind, key, { ...bound, generation: read.generation }, read)).toBe(text)
      }),
    )
  })

  test('with any other character, prefix, key, grant or sender prove nothing', () => {
    fc.assert(
      fc.property(kinds, bytes(32), bounds, fc.nat(64), fc.nat(60), bytes(32), (kind, key, bound, at, by, other) => {
        const text = encodeCredential(kind, key, { ...bound, generation: 1 }, { step: 3, issued: 1_700_000_000_000 })
        const proves = (of: string, with_ = key, for_: typeof bound = bound) => {
          const read = decodeCredential(of)
          return read !== undefined && proveCredential(read, with_, for_)
        }
        expect(proves(changed(text, at, by))).toBe(false)
        for (const prefix of ['ac', 'rt', 'dc', 'at', 'AC', 'xx']) {
          expect(proves(prefix + text.slice(2))).toBe(text.startsWith(prefix))
        }
        expect(proves(text, other)).toBe(other.equals(key))
        expect(proves(text, key, { ...bound, key: other.subarray(0, 16) })).toBe(
          other.subarray(0, 16).equals(bound.key),
        )
      }),
    )
  })

  test('are not read out of any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(decodeCredential(text)).toBeUndefined()
      }),
    )
    for (const text of ['', 'ac', `ac${'0'.repeat(62)}`, `ac${'0'.repeat(64)}`, `ac${'0'.repeat(63)}`]) {
      expect(decodeCredential(text)).toBeUndefined()
    }
  })
})

describe('access tokens', () => {
  const indexes = fc.uniqueArray(fc.nat(70), { maxLength: 20 }).map((list) => list.sort((a, b) => a - b))
  const made = fc.record({
    jti: bytes(16),
    scope: indexes,
    resources: indexes,
    lifetime: steps,
    issued: times,
    step: steps,
    senderKey: sender,
  })

  test('come back as they were made, and prove for their grant', () => {
    fc.assert(
      fc.property(bounds, bytes(32), generations, made, (bound, key, generation, parts) => {
        const token: OpaqueToken = { ...parts, generation, grantId: bound.id }
        const text = encodeAccessToken(token, key, bound)
        expect(text).toMatch(/^at[0-9A-Za-z]+$/)
        const read = decodeAccessToken(text)
        expect(read).toMatchObject(token)
        if (read === undefined) return
        expect(proveAccessToken(read, key, bound)).toBe(true)
        expect(encodeAccessToken(read, key, bound)).toBe(text)
      }),
    )
  })

  test('with any other character or key prove nothing', () => {
    fc.assert(
      fc.property(bounds, bytes(32), made, fc.nat(300), fc.nat(60), bytes(32), (bound, key, parts, at, by, other) => {
        const token: OpaqueToken = { ...parts, generation: 1, grantId: bound.id }
        const text = encodeAccessToken(token, key, bound)
        const read = decodeAccessToken(changed(text, at, by))
        expect(read !== undefined && proveAccessToken(read, key, bound)).toBe(false)
        const same = decodeAccessToken(text)
        expect(same !== undefined && proveAccessToken(same, other, bound)).toBe(other.equals(key))
        expect(decodeAccessToken(text.slice(0, -7))?.tag.equals(same?.tag ?? Buffer.alloc(0)) ?? false).toBe(false)
      }),
    )
  })

  test('are not read out of any other text, and credentials are none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(decodeAccessToken(text)).toBeUndefined()
      }),
    )
    expect(decodeAccessToken(`at${'0'.repeat(7000)}`)).toBeUndefined()
    const bound = { id: Buffer.alloc(16, 1), key: Buffer.alloc(16, 2) }
    const credential = encodeCredential(
      'refresh',
      Buffer.alloc(32, 3),
      { ...bound, generation: 1 },
      { step: 1, issued: 1 },
    )
    const read = decodeAccessToken(`at${credential.slice(2)}`)
    expect(read !== undefined && proveAccessToken(read, Buffer.alloc(32, 3), bound)).toBe(false)
  })

  test('of the same step and parameters have the same jti, of others another', () => {
    fc.assert(
      fc.property(bounds, steps, made, indexes, bytes(32), (bound, step, parts, other, key) => {
        const jti = deriveJti(bound, step, parts)
        expect(deriveJti(bound, step, parts)).toEqual(jti)
        if (JSON.stringify(other) !== JSON.stringify(parts.scope)) {
          expect(deriveJti(bound, step, { ...parts, scope: other })).not.toEqual(jti)
        }
        expect(deriveJti(bound, (step + 1) % 2 ** 32, parts)).not.toEqual(jti)
        const bound2 = deriveJti(bound, step, { ...parts, senderKey: key })
        expect(bound2.equals(jti)).toBe(parts.senderKey?.equals(key) === true)
      }),
    )
  })
})
