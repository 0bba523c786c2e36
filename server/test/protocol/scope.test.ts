/** Scope algebra (RFC 6749 §3.3). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatScope, isWithin, maxScopeLength, parseScope } from '../../src/protocol/scope.ts'

const token = fc.stringMatching(/^[!#-[\]-~]{1,12}$/)
const list = fc.uniqueArray(token, { maxLength: 20 })

describe('scopes', () => {
  test('are read back as they were written, in order', () => {
    fc.assert(
      fc.property(list, (scope) => {
        expect(parseScope(formatScope(scope))).toEqual(scope)
      }),
    )
  })

  test('come once each, however often they were sent and however many spaces lie between', () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (scope, spaces) => {
        expect(parseScope([...scope, ...scope].join(' '.repeat(spaces)))).toEqual([...new Set(scope)])
      }),
    )
  })

  test('with any other character are none', () => {
    fc.assert(
      fc.property(fc.constantFrom('"', '\\', '\t', '\n', '\0', 'é', '\u2003', '\u007f'), token, (bad, good) => {
        expect(parseScope(`${good} ${good}${bad}`)).toBeUndefined()
      }),
    )
  })

  test('within is a partial order: reflexive, transitive, and both ways only for equal sets', () => {
    fc.assert(
      fc.property(list, list, list, (a, b, c) => {
        expect(isWithin(a, a)).toBe(true)
        expect(isWithin(a, [...a, ...b])).toBe(true)
        expect(isWithin([], a)).toBe(true)
        if (isWithin(a, b) && isWithin(b, c)) expect(isWithin(a, c)).toBe(true)
        if (isWithin(a, b) && isWithin(b, a)) expect(new Set(a)).toEqual(new Set(b))
      }),
    )
  })

  test('are bounded in length and number', () => {
    expect(parseScope('x'.repeat(maxScopeLength))).toHaveLength(1)
    expect(parseScope('x'.repeat(maxScopeLength + 1))).toBeUndefined()
    const many = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`).join(' ')
    expect(parseScope(many(64))).toHaveLength(64)
    expect(parseScope(many(65))).toBeUndefined()
    expect(parseScope('')).toEqual([])
    expect(parseScope('   ')).toEqual([])
  })
})
