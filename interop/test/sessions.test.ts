/** One browser, several tabs and people: who is signed in, and what ends when they leave. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrival, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient, dev } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('a browser session', () => {
  const openPage = useChromium()
  const name = 'Session Watcher'
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

  async function startIn(page: Page, scope: string, more: Record<string, string> = {}) {
    const config = await discover(server.issuer, registered())
    const started = await startAuthorization(config, registered(), scope, more)
    await page.goto(started.url)
    return {
      finish: async () => openid.authorizationCodeGrant(config, await arrival(page, app.redirectUri), started.checks),
      refresh: (token: string | undefined) => openid.refreshTokenGrant(config, token ?? ''),
    }
  }

  async function signOut(page: Page): Promise<void> {
    await page.goto(`${server.issuer}/logout`)
    await page.click('#logout-confirm')
    await page.getByText('You are signed out').waitFor()
  }

  test('ends with sign-out, and so does a sign-in that was not to outlast it', async () => {
    const page = await openPage()
    const first = await startIn(page, 'openid basic', { prompt: 'consent' })
    await signIn(page)
    await allow(page, name)
    const signedIn = await first.finish()
    const second = await startIn(page, 'openid basic offline_access', { prompt: 'consent' })
    await allow(page, name)
    const offline = await second.finish()
    expect(await userStatus(server.issuer, signedIn.access_token)).toBe(200)
    const { cookies } = await page.context().storageState()

    await signOut(page)
    expect(await userStatus(server.issuer, signedIn.access_token)).toBe(401)
    expect(await userStatus(server.issuer, offline.access_token)).toBe(200)
    expect((await second.refresh(offline.refresh_token)).access_token).toBeTruthy()

    const silent = await startIn(page, 'openid', { prompt: 'none' })
    await expect(silent.finish()).rejects.toMatchObject({ error: 'login_required' })
    const kept = await openPage({ storageState: { cookies, origins: [] } })
    const replayed = await startIn(kept, 'openid', { prompt: 'none' })
    await expect(replayed.finish()).rejects.toMatchObject({ error: 'login_required' })
  })

  test('is there for a second tab that was still asking for a password', async () => {
    const one = await openPage()
    const two = await one.context().newPage()
    const first = await startIn(one, 'openid basic', { prompt: 'consent' })
    const second = await startIn(two, 'openid basic', { prompt: 'consent' })
    await signIn(one)
    await signIn(two)
    await allow(two, name)
    expect((await second.finish()).claims()?.sub).toBeTruthy()
    await one.reload()
    await allow(one, name)
    expect((await first.finish()).claims()?.sub).toBeTruthy()
  })

  test('does not let one person agree on a page that was shown to another', async () => {
    const one = await openPage()
    await startIn(one, 'openid basic', { prompt: 'consent' })
    await signIn(one)
    await one.locator('#consent-allow').waitFor()
    const two = await one.context().newPage()
    await signOut(two)
    await two.goto(`${server.issuer}/login`)
    await signIn(two, dev)
    await two.waitForURL(`${server.issuer}/account`)
    await one.click('#consent-allow')
    await one.getByText('This form has expired').waitFor()
    expect(one.url().startsWith(server.issuer)).toBe(true)
  })

  test('arrives with a code that works where Allow is pressed twice', async () => {
    const page = await openPage()
    const started = await startIn(page, 'openid basic', { prompt: 'consent' })
    await signIn(page)
    await page.locator('#consent-allow').waitFor()
    await page.dblclick('#consent-allow')
    expect((await started.finish()).access_token).toBeTruthy()
  })
})
