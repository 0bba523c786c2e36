/** The redirect URI rules for any string (RFC 9700 §2.1, RFC 8252 §7.3). */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appendQuery, isLoopback, matchRedirectUri, redirectUriProblem } from '../../src/protocol/redirect_uri.ts'

const registered = ['https://rp.example/cb', 'http://127.0.0.1/cb', 'http://[::1]:4000/cb?x=1', 'com.example.app:/cb']

/** Strings near a registered one: pieces cut out, doubled, encoded, put between. */
const near = fc
  .tuple(fc.constantFrom(...registered), fc.nat(40), fc.nat(4), fc.string({ maxLength: 6 }))
  .map(([uri, at, cut, text]) => uri.slice(0, at) + text + uri.slice(at + cut))

describe('redirect URIs', () => {
  test('without the port rule nothing matches but what is registered, character by character', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true }), near),
        (text) => {
          expect(matchRedirectUri(text, registered, false)).toBe(registered.includes(text) ? text : undefined)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('with the port rule the URL parser agrees: same scheme, host, path and query, and only loopback', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const matched = matchRedirectUri(text, registered, true)
        if (matched === undefined || matched === text) return
        const [asked, known] = [new URL(text), new URL(matched)]
        asked.port = ''
        known.port = ''
        expect(asked.href).toBe(known.href)
        expect(asked.protocol).toBe('http:')
        expect(isLoopback(asked.hostname)).toBe(true)
        expect(asked.username + asked.password + asked.hash).toBe('')
      }),
      { numRuns: 2000 },
    )
  })

  test('on loopback every port from 1 to 65535 matches, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 99_999 }), (port) => {
        const matched = matchRedirectUri(`http://127.0.0.1:${port}/cb`, registered, true)
        expect(matched).toBe(port >= 1 && port <= 65_535 ? 'http://127.0.0.1/cb' : undefined)
      }),
    )
  })

  test('what can be registered is read by the URL parser as it is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string(), near),
        fc.boolean(),
        (text, native) => {
          if (redirectUriProblem(text, native) !== undefined) return
          const url = new URL(text)
          expect(text.startsWith(url.protocol)).toBe(true)
          expect(url.hash).toBe('')
          if (url.protocol === 'https:' || url.protocol === 'http:') {
            expect(url.username).toBe('')
            expect(text.startsWith(`${url.protocol}//${url.hostname}`)).toBe(true)
            expect(url.host).not.toMatch(/[;, ']/)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('response parameters come last, once each, and are read back as they were', () => {
    fc.assert(
      fc.property(fc.constantFrom(...registered), fc.string({ unit: 'grapheme' }), (uri, state) => {
        const url = new URL(
          appendQuery(uri, [
            ['code', 'c'],
            ['state', state],
          ]),
        )
        expect(url.searchParams.getAll('code')).toEqual(['c'])
        expect(url.searchParams.getAll('state')).toEqual([state])
        expect(url.href.startsWith(uri.split('?')[0] ?? '')).toBe(true)
      }),
    )
  })
})
