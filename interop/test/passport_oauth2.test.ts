/** passport-oauth2 in an express application: state and PKCE kept in a session, the secret in the body. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, deny, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient } from '../support/documents.ts'
import { type PassportApp, startPassportApp } from '../support/passport_app.ts'
import { readMeasurements, userStatus, writeMeasurement } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('passport-oauth2', () => {
  const openPage = useChromium()
  const name = 'Passport Office'
  let app: PassportApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startPassportApp()
    const document = confidentialClient(name, app.redirectUri, { require_pkce: true })
    server = await startServer([document])
    app.connect({
      issuer: server.issuer,
      clientId: document.client_id,
      clientSecret: document.client_secret,
      scope: ['basic', 'readmeasurements', 'writemeasurements'],
    })
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  const outcome = (page: Page) => page.locator('#outcome').textContent()

  test('is told when the person says no', async () => {
    const page = await openPage()
    await page.goto(`${app.origin}/sign-in`)
    await signIn(page)
    await deny(page, name)
    await page.waitForURL(`${app.origin}/not-signed-in`)
    expect(await outcome(page)).toMatch(/^not signed in: \S/)
    expect(app.user).toBeUndefined()
  })

  test('signs a person in, writes and reads measurements, and refreshes', async () => {
    const page = await openPage()
    await page.goto(`${app.origin}/sign-in`)
    await signIn(page)
    await allow(page, name)
    await page.waitForURL(`${app.origin}/`)
    expect(await outcome(page)).toBe('signed in')

    const user = app.user
    expect(user?.scope).toBe('basic readmeasurements writemeasurements')
    expect(await writeMeasurement(server.issuer, user?.accessToken ?? '', 2)).toBe(201)
    expect((await readMeasurements(server.issuer, user?.accessToken ?? '')).measurements).toEqual([
      expect.objectContaining({ variableName: 'Overall Mood', value: 2 }),
    ])

    const refreshed = await app.refresh(user?.refreshToken ?? '')
    expect(refreshed.refreshToken).not.toBe(user?.refreshToken)
    expect(await userStatus(server.issuer, refreshed.accessToken)).toBe(200)
  })

  test('signs a person in again without a question', async () => {
    const page = await openPage()
    await page.goto(`${app.origin}/sign-in`)
    await signIn(page)
    await page.waitForURL(`${app.origin}/`)
    await page.context().clearCookies({ domain: '127.0.0.1' })
    await page.goto(`${app.origin}/sign-in`)
    await page.waitForURL(`${app.origin}/`)
    expect(await outcome(page)).toBe('signed in')
  })
})
