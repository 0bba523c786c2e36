/** A person without an account opens one in the middle of an authorization and arrives at the app all the same. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrival, inChromium, signIn, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('sign-up on the way to an app', () => {
  const openPage = useChromium()
  const name = 'First Contact'
  let app: LoopbackApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([confidentialClient(name, app.redirectUri)])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  async function start(more: Record<string, string> = {}) {
    const registered = confidentialClient(name, app.redirectUri)
    const config = await discover(server.issuer, registered)
    const started = await startAuthorization(config, registered, 'openid profile email', more)
    const page = await openPage()
    await page.goto(started.url)
    return { page, config, checks: started.checks }
  }

  test('opens an account from the sign-in page, agrees, and arrives', async () => {
    const { page, config, checks } = await start()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.locator('#signup-form').waitFor()
    await page.fill('#email', 'ben@example.com')
    await page.fill('#username', 'ben')
    await page.fill('#password', 'nine ladies dancing')
    await page.click('#signup-submit')
    await allow(page, name)
    const callback = await arrival(page, app.redirectUri)
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)
    const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
    expect(info).toMatchObject({ preferred_username: 'ben', email: 'ben@example.com', email_verified: false })
  })

  test('goes there at once for prompt=create, and finds back to sign-in with an account', async () => {
    const { page, config, checks } = await start({ prompt: 'create' })
    await page.locator('#signup-form').waitFor()
    await page.fill('#email', alice.email)
    await page.fill('#username', alice.username)
    await page.fill('#password', 'ten lords a-leaping')
    await page.click('#signup-submit')
    await page.locator('#signup-form').waitFor()
    await page.getByRole('link', { name: /sign in/i }).click()
    await signIn(page)
    await allow(page, name)
    const tokens = await openid.authorizationCodeGrant(config, await arrival(page, app.redirectUri), checks)
    expect(tokens.claims()?.sub).toBeTruthy()
  })
})
