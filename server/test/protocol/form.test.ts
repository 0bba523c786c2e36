/** Reading forms strictly, and Basic credentials out of headers. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeClient } from '../../src/http/bodies/token_form.ts'
import { parseForm } from '../../src/lib/form.ts'

const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((value) => value.isWellFormed() && !value.includes('\0'))
const pairs = fc.array(fc.tuple(text, text), { maxLength: 20 })

describe('forms', () => {
  test('are read as URLSearchParams writes them, in order, with every repetition', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const form = parseForm(new URLSearchParams(list).toString())
        const names = [...new Set(list.map(([name]) => name))]
        expect(form?.names).toEqual(names)
        for (const name of names) {
          const values = list.filter(([other]) => other === name).map(([, value]) => value)
          expect(form?.get(name)).toBe(values[0] || undefined)
          expect(form?.all(name)).toEqual(values.filter((value) => value !== ''))
          expect(form?.repeated.includes(name)).toBe(values.length > 1)
          expect(form?.has(name)).toBe(true)
        }
      }),
    )
  })

  test('never throw, and what they let through has neither NUL nor half a character', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[%a-fA-F0-9=&+\0]*$/)), (raw) => {
        const form = parseForm(raw)
        for (const name of form?.names ?? []) {
          for (const value of [name, ...(form?.all(name) ?? [])]) {
            expect(value.isWellFormed()).toBe(true)
            expect(value).not.toContain('\0')
          }
        }
      }),
    )
  })

  test('with broken encoding or too many parameters are none', () => {
    for (const raw of ['a=%', 'a=%zz', 'a=%c3%28', '%ff=a', 'a=%ed%a0%80', 'a=%00', 'a=b&c=%']) {
      expect(parseForm(raw), raw).toBeUndefined()
    }
    expect(parseForm('a=b&'.repeat(200))?.all('a')).toHaveLength(200)
    expect(parseForm('a=b&'.repeat(201))).toBeUndefined()
    expect(parseForm('')?.names).toEqual([])
    expect(parseForm('&&=&')?.names).toEqual([''])
    expect(parseForm('a+b=c+d%2B')?.get('a b')).toBe('c d+')
  })

  test('names of the object prototype are names', () => {
    const form = parseForm('__proto__=x&constructor=y')
    expect(form?.get('__proto__')).toBe('x')
    expect(form?.get('constructor')).toBe('y')
    expect(form?.get('toString')).toBeUndefined()
    expect(form?.has('hasOwnProperty')).toBe(false)
  })
})

describe('Basic credentials', () => {
  const none = parseForm('')
  const decoded = (header: string) => {
    if (none === undefined) throw new Error('the empty form is a form')
    return decodeClient(header, none)
  }

  test('of any id and secret come back exactly', () => {
    fc.assert(
      fc.property(
        text.filter((id) => id !== ''),
        text,
        (clientId, secret) => {
          const joined = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
          const header = `Basic ${Buffer.from(joined).toString('base64')}`
          expect(decoded(header)).toEqual({ method: 'client_secret_basic', clientId, secret })
        },
      ),
    )
  })

  test('in any other form are refused, never guessed at', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map((part) => `Basic ${part}`),
        ),
        (header) => {
          let answer: ReturnType<typeof decoded>
          try {
            answer = decoded(header)
          } catch (error) {
            expect(error).toMatchObject({ reason: 'client_authentication_malformed' })
            return
          }
          const again = Buffer.from(header.replace(/^Basic +/i, ''), 'base64').toString()
          expect(again).toContain(':')
          expect(answer.method).toBe('client_secret_basic')
        },
      ),
    )
  })
})
