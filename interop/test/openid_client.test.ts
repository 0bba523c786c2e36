/** openid-client: the certified OpenID Connect client, from discovery to revocation. */
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrival, authorize, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient, everyScope, publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { readMeasurements, userStatus, writeMeasurement } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('openid-client', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  const name = 'Openid Client'

  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([
      confidentialClient(name, app.redirectUri),
      confidentialClient('Elliptic', app.redirectUri, { id_token_signed_response_alg: 'ES256' }),
      publicClient('Pocket', app.redirectUri),
    ])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  const registered = () => confidentialClient(name, app.redirectUri)
  const start = (config: client.Configuration, more: Record<string, string> = {}) =>
    startAuthorization(config, registered(), everyScope, more)

  async function signInAndExchange(config: client.Configuration, page: Page, clientName = name) {
    // The tests share a person, who may have agreed before.
    const { url, checks } = await start(config, { prompt: 'consent' })
    const callback = await authorize(page, url, { name: clientName, redirectUri: app.redirectUri })
    return client.authorizationCodeGrant(config, callback, checks)
  }

  test('discovers, signs in, is allowed, and writes and reads measurements', async () => {
    const config = await discover(server.issuer, registered())
    const tokens = await signInAndExchange(config, await openPage())
    const claims = tokens.claims()
    expect(claims?.aud).toBe('openid-client')
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
    expect(info).toMatchObject({ name: 'Alice Liddell', email: alice.email, preferred_username: 'alice' })

    expect(await writeMeasurement(server.issuer, tokens.access_token, 4)).toBe(201)
    const read = await readMeasurements(server.issuer, tokens.access_token)
    expect(read.measurements).toEqual([expect.objectContaining({ variableName: 'Overall Mood', value: 4 })])
  })

  test('refreshes, introspects, and revokes to the effect that the API answers 401 at once', async () => {
    const config = await discover(server.issuer, registered(), client.ClientSecretBasic(registered().client_secret))
    const first = await signInAndExchange(config, await openPage())
    const second = await client.refreshTokenGrant(config, first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.claims()?.sub).toBe(first.claims()?.sub)
    expect(await userStatus(server.issuer, second.access_token)).toBe(200)
    expect(await client.tokenIntrospection(config, second.access_token)).toMatchObject({
      active: true,
      client_id: 'openid-client',
    })

    await client.tokenRevocation(config, second.access_token)
    expect(await userStatus(server.issuer, second.access_token)).toBe(401)
    expect(await client.tokenIntrospection(config, second.access_token)).toEqual({ active: false })

    const third = await client.refreshTokenGrant(config, second.refresh_token ?? '')
    expect(await userStatus(server.issuer, third.access_token)).toBe(200)
    await client.tokenRevocation(config, third.refresh_token ?? '')
    expect(await userStatus(server.issuer, third.access_token)).toBe(401)
    await expect(client.refreshTokenGrant(config, third.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('is asked for neither password nor consent the second time', async () => {
    const config = await discover(server.issuer, registered())
    const page = await openPage()
    await signInAndExchange(config, page)
    const { url, checks } = await start(config)
    await page.goto(url)
    const tokens = await client.authorizationCodeGrant(config, await arrival(page, app.redirectUri), checks)
    expect(tokens.claims()?.nonce).toBe(checks.expectedNonce)
  })

  test('is told by prompt=none whether somebody is signed in', async () => {
    const config = await discover(server.issuer, registered())
    const page = await openPage()
    const stranger = await start(config, { prompt: 'none' })
    await page.goto(stranger.url)
    await expect(
      client.authorizationCodeGrant(config, await arrival(page, app.redirectUri), stranger.checks),
    ).rejects.toMatchObject({ error: 'login_required' })

    await signInAndExchange(config, page)
    const silent = await start(config, { prompt: 'none' })
    await page.goto(silent.url)
    const tokens = await client.authorizationCodeGrant(config, await arrival(page, app.redirectUri), silent.checks)
    expect(tokens.claims()?.sub).toBeDefined()
  })

  test('gets a sign-in anew for prompt=login and max_age, and auth_time says so', async () => {
    const config = await discover(server.issuer, registered())
    const page = await openPage()
    const before = await signInAndExchange(config, page)
    for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
      const { url, checks } = await start(config, more)
      await page.goto(url)
      await signIn(page)
      const tokens = await client.authorizationCodeGrant(config, await arrival(page, app.redirectUri), {
        ...checks,
        maxAge: 5,
      })
      expect(tokens.claims()?.auth_time).toBeGreaterThanOrEqual(before.claims()?.auth_time ?? Number.NaN)
    }
  })

  test('verifies ID tokens that are signed with ES256', async () => {
    const config = await discover(server.issuer, confidentialClient('Elliptic', app.redirectUri))
    const tokens = await signInAndExchange(config, await openPage(), 'Elliptic')
    const header = JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString()) as unknown
    expect(header).toMatchObject({ alg: 'ES256' })
  })

  test('works without a secret, and asks a person anew each time', async () => {
    const config = await discover(server.issuer, publicClient('Pocket', app.redirectUri))
    const page = await openPage()
    const tokens = await signInAndExchange(config, page, 'Pocket')
    expect(await client.refreshTokenGrant(config, tokens.refresh_token ?? '')).toMatchObject({ token_type: 'bearer' })
    const again = await start(config)
    await page.goto(again.url)
    await allow(page, 'Pocket')
    await client.authorizationCodeGrant(config, await arrival(page, app.redirectUri), again.checks)
  })

  test('works for a person whose browser runs no script', async () => {
    const config = await discover(server.issuer, registered())
    const { url, checks } = await start(config, { prompt: 'consent' })
    const page = await openPage({ javaScriptEnabled: false })
    const callback = await authorize(page, url, { name, redirectUri: app.redirectUri })
    expect((await client.authorizationCodeGrant(config, callback, checks)).access_token).toBeTruthy()
  })

  test('gets a token of its own by client_credentials, which opens no person’s data', async () => {
    const config = await discover(server.issuer, registered())
    const tokens = await client.clientCredentialsGrant(config, { scope: 'readmeasurements' })
    expect(tokens.refresh_token).toBeUndefined()
    expect(await userStatus(server.issuer, tokens.access_token)).toBe(403)
  })
})
