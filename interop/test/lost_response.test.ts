/**
 * A refresh whose answer never arrives: the connection breaks after the server has committed. The app still holds the
 * old refresh token, tries again as it is, and gets the very answer that was lost.
 */
import * as openid from 'openid-client'
import { AuthorizationCode } from 'simple-oauth2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, authorize, inChromium, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient, publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type LossyProxy, startLossyProxy } from '../support/lossy_proxy.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { type PassportApp, startPassportApp } from '../support/passport_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { freePort, type RunningServer, startServer } from '../support/server.ts'

inChromium('a lost refresh response', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let passportApp: PassportApp
  let proxy: LossyProxy
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    passportApp = await startPassportApp()
    const port = await freePort()
    proxy = await startLossyProxy(port, () => server.port)
    const passportClient = confidentialClient('Passport Office', passportApp.redirectUri)
    server = await startServer(
      [
        publicClient('Pocket', app.redirectUri),
        confidentialClient('Simple', app.redirectUri),
        confidentialClient('Crash', app.redirectUri),
        passportClient,
      ],
      { issuer: proxy.origin },
    )
    passportApp.connect({
      issuer: server.issuer,
      clientId: passportClient.client_id,
      clientSecret: passportClient.client_secret,
      scope: ['basic'],
    })
  })
  afterAll(async () => {
    await server?.stop()
    await proxy?.close()
    await passportApp?.close()
    await app?.close()
  })

  /** Loses the answer to a refresh and answers what the server has said to the two tries after it. */
  async function loseAndRetry<T>(from: 'the start' | 'the middle', refresh: () => Promise<T>): Promise<[T, T]> {
    const lost = proxy.lost
    proxy.loseNextTokenResponse(from)
    await expect(refresh()).rejects.toThrow()
    expect(proxy.lost).toBe(lost + 1)
    return [await refresh(), await refresh()]
  }

  test('openid-client without a secret gets the same refresh token when it tries again', async () => {
    const registered = publicClient('Pocket', app.redirectUri)
    const config = await discover(server.issuer, registered)
    const { url, checks } = await startAuthorization(config, registered, 'openid offline_access basic')
    const callback = await authorize(await openPage(), url, { name: 'Pocket', redirectUri: app.redirectUri })
    const tokens = await openid.authorizationCodeGrant(config, callback, checks)

    const [second, third] = await loseAndRetry('the start', () =>
      openid.refreshTokenGrant(config, tokens.refresh_token ?? ''),
    )
    expect(second.refresh_token).not.toBe(tokens.refresh_token)
    expect(third.refresh_token).toBe(second.refresh_token)
    expect(third.access_token).toBe(second.access_token)
    expect(third.claims()?.sub).toBe(tokens.claims()?.sub)
    const next = await openid.refreshTokenGrant(config, second.refresh_token ?? '')
    expect(await userStatus(server.issuer, next.access_token)).toBe(200)
  })

  async function simpleToken(name: string) {
    const { client_id: id, client_secret: secret } = confidentialClient(name, app.redirectUri)
    const library = new AuthorizationCode({
      client: { id, secret },
      auth: { tokenHost: server.issuer, authorizePath: '/oauth/authorize' },
    })
    const url = library.authorizeURL({ redirect_uri: app.redirectUri, scope: 'basic' })
    const callback = await authorize(await openPage(), url, { name, redirectUri: app.redirectUri })
    return library.getToken({ code: callback.searchParams.get('code') ?? '', redirect_uri: app.redirectUri })
  }

  test('simple-oauth2 gets the same refresh token after half an answer', async () => {
    const token = await simpleToken('Simple')
    const [second, third] = await loseAndRetry('the middle', () => token.refresh())
    expect(second.token.refresh_token).not.toBe(token.token.refresh_token)
    expect(third.token.refresh_token).toBe(second.token.refresh_token)
    expect(third.token.access_token).toBe(second.token.access_token)
    expect((await second.refresh()).token.refresh_token).not.toBe(second.token.refresh_token)
  })

  test('passport-oauth2 gets the same refresh token when it tries again', async () => {
    const page = await openPage()
    await page.goto(`${passportApp.origin}/sign-in`)
    await signIn(page)
    await allow(page, 'Passport Office')
    await page.waitForURL(`${passportApp.origin}/`)
    const first = passportApp.user?.refreshToken ?? ''
    const [second, third] = await loseAndRetry('the start', () => passportApp.refresh(first))
    expect(second.refreshToken).not.toBe(first)
    expect(third).toEqual(second)
  })

  test('the same refresh token comes even where the server was killed right after it had answered', async () => {
    const token = await simpleToken('Crash')
    const answered = await token.refresh()
    await server.crashAndRestart()
    const again = await token.refresh()
    expect(again.token.refresh_token).toBe(answered.token.refresh_token)
    expect(again.token.access_token).toBe(answered.token.access_token)
    expect(await userStatus(server.issuer, String(again.token.access_token))).toBe(200)
  })
})
