/** PKCE (RFC 7636). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeChallenge, isCodeChallenge, isCodeVerifier, provesChallenge } from '../../src/protocol/pkce.ts'

const verifiers = fc.stringMatching(/^[A-Za-z0-9\-._~]{43,128}$/)

test('the example of RFC 7636 Appendix B holds', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  expect(codeChallenge(verifier)).toBe(challenge)
  expect(provesChallenge(verifier, challenge)).toBe(true)
})

test('a verifier proves its own challenge and no other', () => {
  fc.assert(
    fc.property(verifiers, verifiers, (one, other) => {
      expect(isCodeVerifier(one)).toBe(true)
      expect(isCodeChallenge(codeChallenge(one))).toBe(true)
      expect(provesChallenge(one, codeChallenge(one))).toBe(true)
      expect(provesChallenge(one, codeChallenge(other))).toBe(one === other)
      expect(provesChallenge(one, one)).toBe(false)
    }),
  )
})

test('other characters and lengths are neither', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(isCodeVerifier(text)).toBe(/^[A-Za-z0-9\-._~]+$/.test(text) && text.length >= 43 && text.length <= 128)
    }),
  )
  for (const text of ['x'.repeat(42), 'x'.repeat(129), `${'x'.repeat(43)}\n`]) expect(isCodeVerifier(text)).toBe(false)
  for (const text of ['x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(43)}\n`, `${'x'.repeat(42)}=`]) {
    expect(isCodeChallenge(text)).toBe(false)
  }
})
