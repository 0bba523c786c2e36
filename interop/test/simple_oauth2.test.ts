/** simple-oauth2: plain OAuth 2 with a secret, without PKCE, by Basic authentication and by body parameters. */
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrival, authorize, inChromium, useChromium } from '../support/chromium.ts'
import { confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { readMeasurements, userStatus, writeMeasurement } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const scope = ['basic', 'readmeasurements', 'writemeasurements']

inChromium('simple-oauth2', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([
      confidentialClient('By header', app.redirectUri),
      confidentialClient('By body', app.redirectUri),
    ])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  function configure(name: string, authorizationMethod: 'header' | 'body') {
    const { client_id: id, client_secret: secret } = confidentialClient(name, app.redirectUri)
    return {
      client: { id, secret },
      auth: {
        tokenHost: server.issuer,
        tokenPath: '/oauth/token',
        authorizePath: '/oauth/authorize',
        revokePath: '/oauth/revoke',
      },
      options: { authorizationMethod },
    }
  }

  for (const [name, method] of [
    ['By header', 'header'],
    ['By body', 'body'],
  ] as const) {
    test(`completes sign-in, consent, code, token, refresh and revocation with the secret in the ${method}`, async () => {
      const library = new AuthorizationCode(configure(name, method))
      const page = await openPage()
      const url = library.authorizeURL({ redirect_uri: app.redirectUri, scope, state: 'a state / with? signs&=' })
      const callback = await authorize(page, url, { name, redirectUri: app.redirectUri })
      expect(callback.searchParams.get('state')).toBe('a state / with? signs&=')
      const code = callback.searchParams.get('code') ?? ''
      const token = await library.getToken({ code, redirect_uri: app.redirectUri })
      expect(token.token).toMatchObject({ token_type: 'Bearer', scope: scope.join(' '), expires_in: 3600 })
      expect(token.expired()).toBe(false)
      const { issuer } = server
      const accessToken = (of: typeof token) => String(of.token.access_token)

      expect(await writeMeasurement(issuer, accessToken(token), 3)).toBe(201)
      expect((await readMeasurements(issuer, accessToken(token))).measurements).toEqual([
        expect.objectContaining({ variableName: 'Overall Mood', value: 3, sourceName: 'interop' }),
      ])

      const refreshed = await token.refresh()
      expect(refreshed.token.refresh_token).not.toBe(token.token.refresh_token)
      expect(await userStatus(issuer, accessToken(refreshed))).toBe(200)
      await refreshed.revoke('access_token')
      expect(await userStatus(issuer, accessToken(refreshed))).toBe(401)

      const last = await refreshed.refresh()
      expect(await userStatus(issuer, accessToken(last))).toBe(200)
      await last.revokeAll()
      expect(await userStatus(issuer, accessToken(last))).toBe(401)
      await expect(last.refresh()).rejects.toThrow(/400/)
    })
  }

  test('gets no more than it was allowed', async () => {
    const library = new AuthorizationCode(configure('By header', 'header'))
    const page = await openPage()
    const url = library.authorizeURL({
      redirect_uri: app.redirectUri,
      scope: 'readmeasurements',
      prompt: 'consent',
    } as Parameters<typeof library.authorizeURL>[0])
    const callback = await authorize(page, url, { name: 'By header', redirectUri: app.redirectUri })
    const code = callback.searchParams.get('code') ?? ''
    const token = await library.getToken({ code, redirect_uri: app.redirectUri })
    expect((await readMeasurements(server.issuer, String(token.token.access_token))).status).toBe(200)
    expect(await writeMeasurement(server.issuer, String(token.token.access_token), 5)).toBe(403)
    await expect(token.refresh({ scope: 'writemeasurements' })).rejects.toThrow(/400/)
    expect((await token.refresh({ scope: 'readmeasurements' })).token.scope).toBe('readmeasurements')
  })

  test('is refused a code that it exchanges a second time, and what the code gave ends', async () => {
    const library = new AuthorizationCode(configure('By body', 'body'))
    const page = await openPage()
    const url = library.authorizeURL({
      redirect_uri: app.redirectUri,
      scope,
      prompt: 'consent',
    } as Parameters<typeof library.authorizeURL>[0])
    await authorize(page, url, { name: 'By body', redirectUri: app.redirectUri })
    const code = (await arrival(page, app.redirectUri)).searchParams.get('code') ?? ''
    const token = await library.getToken({ code, redirect_uri: app.redirectUri })
    expect(await userStatus(server.issuer, String(token.token.access_token))).toBe(200)
    await expect(library.getToken({ code, redirect_uri: app.redirectUri })).rejects.toThrow(/400/)
    expect(await userStatus(server.issuer, String(token.token.access_token))).toBe(401)
  })

  test('gets tokens of its own by client_credentials', async () => {
    const { client, auth, options } = configure('By header', 'header')
    const { tokenHost, tokenPath } = auth
    const library = new ClientCredentials({ client, auth: { tokenHost, tokenPath }, options })
    const token = await library.getToken({ scope: 'readmeasurements' })
    expect(token.token).toMatchObject({ token_type: 'Bearer', scope: 'readmeasurements' })
    expect(token.token.refresh_token).toBeUndefined()
  })
})
