/** What ends at once, and for whom, when an app or a person takes a token back. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorize, inChromium, useChromium } from '../support/chromium.ts'
import { confidentialClient, everyScope } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('/oauth/revoke', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer

  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([
      confidentialClient('Leaver', app.redirectUri),
      confidentialClient('Bystander', app.redirectUri),
    ])
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  async function obtain(name: string) {
    const registered = confidentialClient(name, app.redirectUri)
    const config = await discover(server.issuer, registered)
    const { url, checks } = await startAuthorization(config, registered, everyScope, { prompt: 'consent' })
    const callback = await authorize(await openPage(), url, { name, redirectUri: app.redirectUri })
    return { config, tokens: await openid.authorizationCodeGrant(config, callback, checks) }
  }

  test('makes the API answer 401 to an access token at once, and to no other', async () => {
    const one = await obtain('Leaver')
    const other = await obtain('Leaver')
    expect(await userStatus(server.issuer, one.tokens.access_token)).toBe(200)
    await openid.tokenRevocation(one.config, one.tokens.access_token)
    expect(await userStatus(server.issuer, one.tokens.access_token)).toBe(401)
    expect(await userStatus(server.issuer, other.tokens.access_token)).toBe(200)
    const renewed = await openid.refreshTokenGrant(one.config, one.tokens.refresh_token ?? '')
    expect(await userStatus(server.issuer, renewed.access_token)).toBe(200)
  })

  test('ends the whole authorization with its refresh token, even where the hint is wrong', async () => {
    const { config, tokens } = await obtain('Leaver')
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await openid.tokenRevocation(config, renewed.refresh_token ?? '', { token_type_hint: 'access_token' })
    expect(await userStatus(server.issuer, tokens.access_token)).toBe(401)
    expect(await userStatus(server.issuer, renewed.access_token)).toBe(401)
    await expect(openid.fetchUserInfo(config, renewed.access_token, openid.skipSubjectCheck)).rejects.toThrow()
    await expect(openid.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('revoked'),
    })
  })

  test('survives a restart of the server', async () => {
    const { config, tokens } = await obtain('Leaver')
    const kept = await obtain('Leaver')
    await openid.tokenRevocation(config, tokens.access_token)
    await server.crashAndRestart()
    expect(await userStatus(server.issuer, tokens.access_token)).toBe(401)
    expect(await userStatus(server.issuer, kept.tokens.access_token)).toBe(200)
  })

  test('does nothing for another app, and tells it nothing', async () => {
    const { tokens } = await obtain('Leaver')
    const stranger = await discover(server.issuer, confidentialClient('Bystander', app.redirectUri))
    await openid.tokenRevocation(stranger, tokens.access_token)
    await openid.tokenRevocation(stranger, tokens.refresh_token ?? '')
    expect(await userStatus(server.issuer, tokens.access_token)).toBe(200)
    expect(await openid.tokenIntrospection(stranger, tokens.access_token)).toEqual({ active: false })
  })
})
