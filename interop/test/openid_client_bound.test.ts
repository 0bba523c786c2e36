/** openid-client where tokens are bound to its key (RFC 9449): pushed requests, nonces, an exchange, and leaving again. */
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { comeTo, inChromium, useChromium } from '../support/chromium.ts'
import { confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover } from '../support/openid_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const tides = 'https://tides.example/'

inChromium('openid-client with tokens that are bound to its key', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  const name = 'Bound Client'

  beforeAll(async () => {
    app = await startLoopbackApp()
    const exchanges = { subject_token_type: accessTokenType, resource: tides, scope: 'basic' }
    server = await startServer(
      [
        confidentialClient(name, app.redirectUri, {
          dpop_bound_access_tokens: true,
          require_dpop_nonce: true,
          require_pushed_authorization_requests: true,
          post_logout_redirect_uris: [`${app.origin}/callback`],
          may_act: 'agent',
        }),
        confidentialClient('Agent', '', {
          redirect_uris: [],
          grant_types: [exchangeGrant],
          token_exchanges: [{ ...exchanges, subject_client: 'bound-client' }],
        }),
      ],
      { more: { resources: [{ resource: tides }] } },
    )
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  test('pushes, signs in, refreshes, lets another app act for it, revokes and signs out', async () => {
    const registered = confidentialClient(name, app.redirectUri)
    const config = await discover(server.issuer, registered)
    const keys = await client.randomDPoPKeyPair('ES256')
    const DPoP = client.getDPoPHandle(config, keys)
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
    const asked = {
      redirect_uri: app.redirectUri,
      scope: 'openid offline_access basic',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
    }
    const unpushed = client.buildAuthorizationUrl(config, asked)
    const page = await openPage()
    expect(new URL((await comeTo(page, unpushed.href, app.redirectUri)).href).searchParams.get('error')).toBe(
      'invalid_request',
    )
    const url = await client.buildAuthorizationUrlWithPAR(config, asked, { DPoP })
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const back = await comeTo(page, url.href, app.redirectUri)
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
    const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
    expect(tokens.token_type).toBe('dpop')
    const sub = tokens.claims()?.sub ?? ''
    expect((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).sub).toBe(sub)

    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
    const user = new URL(`${server.issuer}/api/v3/user`)
    const options = { DPoP }
    const read = await client.fetchProtectedResource(
      config,
      next.access_token,
      user,
      'GET',
      undefined,
      undefined,
      options,
    )
    expect(read.status).toBe(200)

    const agent = await discover(server.issuer, confidentialClient('Agent', ''))
    const exchange = { subject_token: next.access_token, subject_token_type: accessTokenType, resource: tides }
    await expect(client.genericGrantRequest(agent, exchangeGrant, exchange)).rejects.toMatchObject({
      error: 'invalid_dpop_proof',
    })
    const acting = client.getDPoPHandle(agent, keys)
    const made = await client.genericGrantRequest(agent, exchangeGrant, exchange, { DPoP: acting })
    expect(made).toMatchObject({ token_type: 'dpop', issued_token_type: accessTokenType, scope: 'basic' })

    await client.tokenRevocation(config, next.refresh_token ?? '')
    expect(await client.tokenIntrospection(config, next.access_token)).toEqual({ active: false })
    expect(await client.tokenIntrospection(agent, made.access_token)).toEqual({ active: false })

    const afterwards = `${app.origin}/callback`
    const leave = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: afterwards,
      state: 'gone',
    })
    await page.goto(leave.href)
    if (!page.url().startsWith(afterwards)) await page.click('#logout-confirm')
    await page.waitForURL(`${afterwards}?state=gone`)
  })
})
