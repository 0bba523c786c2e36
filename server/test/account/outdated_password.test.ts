/** Passwords from before the present rules, and judging new ones. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPasswordStrength } from '../../src/engine/account/passwords/strength.ts'
import { PasswordQueueFull } from '../../src/runtime/limits/passwords.ts'
import { allowOn, authorizeUrl, hiddenFields, type Page, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness } from '../support/harness.ts'

const next = 'lantern meadow copper'

describe('I129: a password from before the present rules', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness({ settings: { passwordMinimum: 15 } })
    await addAccount(h)
    await addAccount(h, 'bob', { password: 'zq8#kd!vb' })
    await addAccount(h, 'carol', { password: 'passwordpassword' })
  })
  afterEach(() => h.close())

  const later = (page: Page) => /id="outdated-password-later"[^>]*href="([^"]*)"/.exec(page.body)?.[1] ?? ''

  test('is asked to be changed at each sign-in, and may be changed later: the app’s request goes on', async () => {
    const client = await addClient(h)
    for (let i = 0; i < 2; i++) {
      const browser = testBrowser(h.app)
      const login = await browser.follow(await browser.get(authorizeUrl(client)))
      const asked = await signInOn(browser, login, 'bob', 'zq8#kd!vb')
      expect(asked.status).toBe(200)
      expect(asked.body).toContain('Choose a stronger password')
      expect(asked.body).toContain('Change it now')
      expect(asked.response.headers['content-security-policy']).not.toContain('form-action')
      const consent = await browser.follow(await browser.get(later(asked)))
      const page = i === 0 ? await allowOn(browser, consent) : consent
      expect(page.location ?? '').toContain('code=')
    }
  })

  test('is changed there, and the app’s request goes on; nobody is asked again', async () => {
    const client = await addClient(h)
    const browser = testBrowser(h.app)
    const login = await browser.follow(await browser.get(authorizeUrl(client)))
    const asked = await signInOn(browser, login, 'carol', 'passwordpassword')
    const change = (page: Page, fields: Record<string, string>) =>
      browser.post('/login/password', { ...hiddenFields(page), ...fields })
    const weak = await change(asked, { 'current-password': 'passwordpassword', 'new-password': 'zq8#kd!vb' })
    expect(weak.status).toBe(400)
    expect(weak.body).toContain('Use at least 15 characters.')
    const wrong = await change(weak, { 'current-password': 'guess', 'new-password': next })
    expect(wrong.body).toContain('That is not your current password.')
    const fields = { 'current-password': 'passwordpassword', 'new-password': next }
    const consent = await browser.follow(await change(wrong, fields))
    expect((await allowOn(browser, consent)).location).toContain('code=')
    const again = testBrowser(h.app)
    expect((await signInOn(again, await again.get('/login'), 'carol', next)).path).toBe('/account')
  })

  test('leads to the page of ours that was asked for, and one that is fine is asked nothing', async () => {
    const browser = testBrowser(h.app)
    const login = await browser.get('/login?next=/account/apps')
    const asked = await signInOn(browser, login, 'bob', 'zq8#kd!vb')
    expect(later(asked)).toBe('/account/apps')
    const fine = testBrowser(h.app)
    expect((await signInOn(fine, await fine.get('/login'))).path).toBe('/account')
    const wrong = testBrowser(h.app)
    expect((await signInOn(wrong, await wrong.get('/login'), 'bob', 'zq8#kd!vx')).status).toBe(401)
  })

  test('the page is for who is signed in, and takes no form without its token', async () => {
    const stranger = testBrowser(h.app)
    expect((await stranger.get('/login/password')).location).toBe('/login')
    const odd = await stranger.get(`/login/password?request=${encodeURIComponent('ė💥\r\nx: y')}`)
    expect([odd.status, odd.location]).toEqual([303, `/login?request=${encodeURIComponent('ė💥\r\nx: y')}`])
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'bob', 'zq8#kd!vb')
    const forged = { csrf: 'x', 'current-password': 'zq8#kd!vb', 'new-password': next }
    expect((await browser.post('/login/password', forged)).status).toBe(403)
    const again = testBrowser(h.app)
    expect((await signInOn(again, await again.get('/login'), 'bob', next)).status).toBe(401)
  })
})

describe('I129: judging passwords', () => {
  const slow = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', ({ text }) => {
      if (text === 'breaks') throw new Error('broken')
      while (text === 'slow');
      parentPort.postMessage(4)
    })
    parentPort.postMessage('ready')`

  test('one that takes too long, or breaks what judges it, is not accepted, and the next is judged all the same', async () => {
    const strength = createPasswordStrength(slow, 1000)
    const texts = ['fine', 'slow', 'fine', 'breaks', 'fine']
    expect(await Promise.all(texts.map((text) => strength.score(text, [])))).toEqual([4, undefined, 4, undefined, 4])
  })

  test('a hundred may wait, and the server goes on meanwhile', async () => {
    const strength = createPasswordStrength(slow, 1000)
    const first = strength.score('slow', [])
    const waiting = Array.from({ length: 100 }, () => strength.score('fine', []))
    expect(() => strength.score('fine', [])).toThrow(PasswordQueueFull)
    expect(await first).toBeUndefined()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([4]))
  })

  test('comes after a budget: whoever has used it up has nothing judged', async () => {
    const h = await harness()
    const browser = testBrowser(h.app)
    const form = { ...hiddenFields(await browser.get('/signup')), username: 'mallory', email: 'mallory@example.com' }
    for (let i = 0; i < 100; i++) await h.context.throttle.take('new_password', '127.0.0.1')
    const hash = vi.spyOn(h.context.passwords, 'hash')
    const closed = await browser.post('/signup', { ...form, password: 'password' })
    expect(closed.status).toBe(429)
    expect(Number(closed.response.headers['retry-after'])).toBeGreaterThan(0)
    expect(closed.body).not.toContain('too common')
    expect(hash).not.toHaveBeenCalled()
    const alice = await addAccount(h)
    for (let i = 0; i < 100; i++) await h.context.throttle.take('new_password', alice.id)
    await signInOn(browser, await browser.get('/login'))
    const page = await browser.get('/account/security')
    const fields = { ...hiddenFields(page), 'current-password': alicePassword, 'new-password': next }
    expect((await browser.post('/account/security', fields)).status).toBe(429)
    await h.close()
  })
})
