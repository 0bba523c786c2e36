/** A person's no reaches the app as access_denied, with the state that it sent and the issuer that answers. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrival, deny, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('a person who does not want to', () => {
  const openPage = useChromium()
  const name = 'Pushy'
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

  const registered = () => confidentialClient(name, app.redirectUri)

  async function start() {
    const config = await discover(server.issuer, registered())
    return { config, ...(await startAuthorization(config, registered(), 'openid basic')) }
  }

  async function expectDenied(page: Page, started: Awaited<ReturnType<typeof start>>): Promise<void> {
    const callback = await arrival(page, app.redirectUri)
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: started.checks.expectedState,
      iss: server.issuer,
    })
    await expect(openid.authorizationCodeGrant(started.config, callback, started.checks)).rejects.toMatchObject({
      error: 'access_denied',
    })
  }

  /** Arrives by a form on the app's own site: a cross-site POST, without cookies of ours. */
  async function goByPost(page: Page, url: string): Promise<void> {
    const inputs = [...new URL(url).searchParams].map(
      ([parameter, value]) => `<input type="hidden" name="${parameter}" value="${value}">`,
    )
    const action = `${server.issuer}/oauth/authorize`
    app.put('/start', {
      html: `<!doctype html><title>App</title><form method="post" action="${action}">${inputs.join('')}<button>Go</button></form>`,
    })
    await page.goto(`${app.origin}/start`)
    await page.click('button')
  }

  test('denies on the consent page', async () => {
    const started = await start()
    const page = await openPage()
    await page.goto(started.url)
    await signIn(page)
    await deny(page, name)
    await expectDenied(page, started)
  })

  test('cancels on the sign-in page', async () => {
    const started = await start()
    const page = await openPage()
    await page.goto(started.url)
    await page.click('#login-cancel')
    await expectDenied(page, started)
  })

  test('cancels after a wrong password', async () => {
    const started = await start()
    const page = await openPage()
    await page.goto(started.url)
    await signIn(page, { username: 'alice', email: '', password: 'not hers' })
    await page.getByText('Wrong username or password.').waitFor()
    await page.click('#login-cancel')
    await expectDenied(page, started)
  })

  test('cancels on a sign-in page that was reached by POST', async () => {
    const started = await start()
    const page = await openPage()
    await goByPost(page, started.url)
    await page.locator('#login-form').waitFor()
    await page.click('#login-cancel')
    await expectDenied(page, started)
  })

  test('is asked again after a no, by POST too, and then may say yes', async () => {
    const first = await start()
    const page = await openPage()
    await page.goto(first.url)
    await signIn(page)
    await deny(page, name)
    await expectDenied(page, first)

    const second = await start()
    await goByPost(page, second.url)
    await page.click('#consent-allow')
    const callback = await arrival(page, app.redirectUri)
    const tokens = await openid.authorizationCodeGrant(second.config, callback, second.checks)
    expect(tokens.claims()?.sub).toBeDefined()
  })
})
