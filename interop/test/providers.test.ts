/** People sign in through providers of other people: npm `oidc-provider`, and npm `oauth2-mock-server`. */
import { OAuth2Server } from 'oauth2-mock-server'
import * as openid from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { allow, arrival, inChromium, type Page, signIn, useChromium, watchViolations } from '../support/chromium.ts'
import { alice, confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import {
  agreeAtProvider,
  leaveFontsOut,
  type OpenIdProvider,
  signInAtProvider,
  startOpenIdProvider,
} from '../support/openid_provider.ts'
import { freePort, type RunningServer, startServer } from '../support/server.ts'

inChromium('sign-in through a provider', () => {
  const openPage = useChromium()
  const name = 'Diary'
  const atProvider = { client_id: 'consentry', client_secret: 'a secret of Consentry and the provider' }
  let app: LoopbackApp
  let server: RunningServer
  let provider: OpenIdProvider
  let other: OAuth2Server

  beforeAll(async () => {
    app = await startLoopbackApp()
    other = new OAuth2Server()
    await other.issuer.keys.generate('RS256')
    await other.start(0, '127.0.0.1')
    other.issuer.url = `http://127.0.0.1:${other.address().port}`
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    server = await startServer([confidentialClient(name, app.redirectUri)], {
      outbound: [issuer, other.issuer.url],
      more: {
        providers: [
          { id: 'google', kind: 'oidc', issuer, ...atProvider },
          { id: 'mock', kind: 'oidc', issuer: other.issuer.url, client_id: 'consentry', client_secret: 'any' },
        ],
      },
    })
    provider = await startOpenIdProvider(port, [
      { ...atProvider, redirect_uris: [`${server.issuer}/login/return/google`] },
    ])
  })
  afterAll(async () => {
    await server?.stop()
    await provider?.stop()
    await other?.stop()
    await app?.close()
  })

  async function start(page: Page) {
    const client = confidentialClient(name, app.redirectUri)
    const config = await discover(server.issuer, client)
    const { url, checks } = await startAuthorization(config, client, 'openid profile email basic')
    await page.goto(url)
    /** What the app learns of the person once the page is back. */
    const finish = async () => {
      const callback = await arrival(page, app.redirectUri)
      const tokens = await openid.authorizationCodeGrant(config, callback, checks)
      return openid.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
    }
    return { finish }
  }

  /** Ends the person's session with us, not the one at the provider. */
  async function forget(page: Page): Promise<void> {
    await page.context().clearCookies({ domain: 'localhost' })
  }

  test('brings somebody new to the app, and the second time asks them nothing', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    const first = await start(page)
    // The very first visits may come before the provider has described itself.
    const offered = page.locator('#login-with-google:not([disabled])')
    await page.locator('#login-form').waitFor()
    for (let visits = 1; visits < 20 && (await offered.count()) === 0; visits++) await page.reload()
    await offered.click()
    await agreeAtProvider(page, 'carol')
    await allow(page, name)
    const known = await first.finish()
    expect(known).toMatchObject({ name: 'carol at the provider', preferred_username: 'carol' })

    await forget(page)
    const second = await start(page)
    await page.click('#login-with-google')
    expect(await second.finish()).toEqual(known)
    expect(violations).toEqual([])
  })

  test('works for a person whose browser runs no script', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    const { finish } = await start(page)
    await page.click('#login-with-google')
    await agreeAtProvider(page, 'dora')
    await allow(page, name)
    expect(await finish()).toMatchObject({ preferred_username: 'dora' })
  })

  test('asks for the password of the account that has the address, once, and opens that account from then on', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    const first = await start(page)
    await page.click('#login-with-google')
    await agreeAtProvider(page, alice.username)
    await page.getByText(`There is an account here with the address ${alice.email}`).waitFor()
    await page.fill('#password', alice.password)
    await page.click('#login-submit')
    await allow(page, name)
    const known = await first.finish()
    expect(known).toMatchObject({ name: 'Alice Liddell', preferred_username: alice.username })

    await forget(page)
    const second = await start(page)
    await page.click('#login-with-google')
    expect(await second.finish()).toEqual(known)
    expect(violations).toEqual([])
  })

  test('leads somebody who says no at the provider back to the sign-in page, where a password works', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    const { finish } = await start(page)
    await leaveFontsOut(page)
    await page.click('#login-with-google')
    const cancel = page.getByRole('link', { name: 'Cancel' })
    await cancel.waitFor()
    await page.goBack()
    await page.click('#login-with-google')
    await cancel.click()
    await page.getByText('You were not signed in with Google.').waitFor()
    await signIn(page)
    await allowIfAsked(page)
    expect(await finish()).toMatchObject({ preferred_username: alice.username })
    expect(violations).toEqual([])
  })

  test('takes what a provider signs with a key that is new since the last sign-in', async () => {
    for (const login of ['before', 'after']) {
      const page = await openPage()
      const { finish } = await start(page)
      await page.click('#login-with-google')
      await agreeAtProvider(page, login)
      await allow(page, name)
      expect(await finish()).toMatchObject({ preferred_username: login })
      provider.rotateKey()
    }
  })

  test('works with a second provider, whose people are others', async () => {
    const told = { email: 'john@example.com', email_verified: true, name: 'John Doe', preferred_username: 'john' }
    other.service.on('beforeTokenSigning', ({ payload }) => Object.assign(payload, told))
    for (const at of ['first', 'second']) {
      const page = await openPage()
      const violations = await watchViolations(page)
      const { finish } = await start(page)
      await page.click('#login-with-mock')
      if (at === 'first') await allow(page, name)
      expect(await finish()).toMatchObject({ name: 'John Doe', preferred_username: 'john' })
      expect(violations).toEqual([])
    }
  })

  test('follows a provider that sends people on to a house of its own, such as that of their employer', async () => {
    const employer = await startLoopbackApp()
    other.service.once('beforeAuthorizeRedirect', ({ url }) => {
      employer.put('/silent', { location: url.href })
      url.href = `${employer.origin}/silent`
    })
    const page = await openPage()
    const violations = await watchViolations(page)
    const { finish } = await start(page)
    await page.click('#login-with-mock')
    await expect.poll(() => violations.length > 0 || page.url().startsWith(app.redirectUri)).toBe(true)
    expect(violations).toEqual([])
    expect(await finish()).toMatchObject({ preferred_username: 'john' })
    await employer.close()
  })

  describe('while the provider', () => {
    afterEach(async () => {
      provider.silentAt(undefined)
      await provider.stop()
      await provider.start()
    })

    test('stops answering in the middle, the page says so and a password works', async () => {
      const page = await openPage()
      const { finish } = await start(page)
      await page.click('#login-with-google')
      await signInAtProvider(page, 'elsa')
      const agree = page.getByRole('button', { name: 'Continue' })
      await agree.waitFor()
      provider.silentAt('/token')
      await agree.click()
      // The provider is silent to the end of the test.
      await page.getByText('Signing in with Google did not work.').waitFor()
      await signIn(page)
      await allowIfAsked(page)
      expect(await finish()).toMatchObject({ preferred_username: alice.username })
    })

    // A server that has just started knows nothing of the provider yet.
    test.each([
      ['refuses connections', () => provider.stop(), true],
      // It may still answer, so its button is not taken away after a second.
      ['never answers', () => provider.silentAt('/'), false],
    ])('%s, its button says so as soon as it is known, and a password works', async (_how, fail, known) => {
      await fail()
      await server.crashAndRestart()
      const page = await openPage()
      const { finish } = await start(page)
      await page.locator('#login-with-mock').waitFor()
      // A page waits a second at most to hear of a provider, which a busy machine may need to ask it.
      const saysSo = async () => {
        if ((await page.locator('#login-with-google').isDisabled()) === known) return true
        await page.reload()
        return false
      }
      await expect.poll(saysSo).toBe(true)
      expect(await page.locator('#login-with-google-why').count()).toBe(known ? 1 : 0)
      await signIn(page)
      await allowIfAsked(page)
      expect(await finish()).toMatchObject({ preferred_username: alice.username })
    })
  })

  /** The tests share alice, who may have agreed before. */
  async function allowIfAsked(page: Page): Promise<void> {
    await page.locator('#consent-allow').or(page.getByText('Back at the app.')).waitFor()
    if (await page.locator('#consent-allow').count()) await allow(page, name)
  }
})
