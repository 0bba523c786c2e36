/** openid-client on a device that shows no browser: it polls, while a person decides in Chromium (RFC 8628). */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inChromium, signIn, useChromium } from '../support/chromium.ts'
import { everyScope, publicClient } from '../support/documents.ts'
import { discover } from '../support/openid_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('openid-client on a device without a browser', () => {
  const openPage = useChromium()
  let server: RunningServer
  const television = publicClient('Television', '', {
    redirect_uris: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    application_type: 'native',
  })

  beforeAll(async () => {
    server = await startServer([television])
  })
  afterAll(async () => {
    await server?.stop()
  })

  test('polls until the person has allowed it, and refreshes what it gets', async () => {
    const config = await discover(server.issuer, television)
    const asked = await openid.initiateDeviceAuthorization(config, { scope: everyScope })
    const polled = openid.pollDeviceAuthorizationGrant(config, asked)
    const page = await openPage()
    await page.goto(asked.verification_uri_complete ?? '')
    await signIn(page)
    expect(await page.inputValue('#user-code')).toBe(asked.user_code)
    await page.click('#device-continue')
    expect(await page.textContent('#device-code')).toBe(asked.user_code)
    await page.click('#consent-allow')
    await page.waitForSelector('#device-allowed')
    const tokens = await polled
    expect(tokens.claims()?.aud).toBe('television')
    expect(await userStatus(server.issuer, tokens.access_token)).toBe(200)
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(await userStatus(server.issuer, refreshed.access_token)).toBe(200)
  })

  test('is told of a no, where the code was typed by hand', async () => {
    const config = await discover(server.issuer, television)
    const asked = await openid.initiateDeviceAuthorization(config, { scope: 'basic' })
    const polled = openid.pollDeviceAuthorizationGrant(config, asked)
    const refused = expect(polled).rejects.toMatchObject({ error: 'access_denied' })
    const page = await openPage()
    await page.goto(asked.verification_uri)
    await signIn(page)
    await page.fill('#user-code', asked.user_code.toLowerCase().replace('-', ''))
    await page.click('#device-continue')
    await page.click('#consent-deny')
    await page.waitForSelector('#device-denied')
    await refused
  })
})
