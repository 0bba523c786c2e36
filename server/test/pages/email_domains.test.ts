/** E-mail addresses at domains beyond ASCII: one address is one account, however it is spelled and wherever it comes in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonicalEmail } from '../../src/protocol/account_names.ts'
import { hiddenFields, signInOn, testBrowser } from '../support/browser.ts'
import { alicePassword, type Harness, harness } from '../support/harness.ts'

let h: Harness
beforeEach(async () => {
  h = await harness()
})
afterEach(() => h.close())

async function signUp(username: string, email: string) {
  const browser = testBrowser(h.app)
  const fields = { username, email, password: alicePassword }
  const form = hiddenFields(await browser.get('/signup'))
  return browser.follow(await browser.post('/signup', { ...form, ...fields }))
}

describe('an address', () => {
  test.each([
    ['maria@xn--mller-kva.example', 'maria@müller.example'],
    ['joe@bücher.example', 'joe@xn--bcher-kva.example'],
    ['joe@BÜCHER.example', 'joe@bücher.example'],
    ['joe@bu\u0308cher.example', 'joe@XN--BCHER-KVA.example'],
  ])('signed up as %s is signed in to as %s, and is nobody else’s to take', async (first, second) => {
    expect((await signUp('first', first)).path).toBe('/account')
    const browser = testBrowser(h.app)
    expect((await signInOn(browser, await browser.get('/login'), second)).path).toBe('/account')
    const again = await signUp('second', second)
    expect([again.status, again.path]).toEqual([400, '/signup'])
  })

  test('is left as it is where its domain is none', () => {
    for (const text of ['joe@bücher.example/evil', 'joe@ü@', '@bücher.example', 'bücher']) {
      expect(canonicalEmail(text)).toBe(text)
    }
    expect(canonicalEmail(' Joe@Example.com ')).toBe('Joe@Example.com')
    expect(canonicalEmail('joe@127.1')).toBe('joe@127.1')
  })
})
