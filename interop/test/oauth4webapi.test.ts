/** oauth4webapi: the strict client, which takes no step that a specification does not name. */
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { comeTo, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { confidentialClient, everyScope, publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const insecure = { [oauth.allowInsecureRequests]: true }
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const tides = 'https://tides.example/'

inChromium('oauth4webapi', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  let as: oauth.AuthorizationServer
  let assertionKeys: oauth.CryptoKeyPair
  let afterwards: string

  beforeAll(async () => {
    app = await startLoopbackApp()
    afterwards = `${app.origin}/callback`
    assertionKeys = await oauth.generateKeyPair('ES256', { extractable: true })
    const jwk = await crypto.subtle.exportKey('jwk', assertionKeys.publicKey)
    const { client_secret: _none, ...keyed } = confidentialClient('Keyed', app.redirectUri, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...jwk, alg: 'ES256', use: 'sig' }] },
      dpop_bound_access_tokens: true,
      require_dpop_nonce: true,
      require_pushed_authorization_requests: true,
      post_logout_redirect_uris: [afterwards],
    })
    const exchanger = confidentialClient('Exchanger', '', {
      redirect_uris: [],
      grant_types: [exchangeGrant],
      token_exchanges: [
        { subject_token_type: accessTokenType, subject_client: 'secretive', resource: tides, scope: 'basic' },
      ],
    })
    const device = { redirect_uris: [], grant_types: [deviceGrant, 'refresh_token'], application_type: 'native' }
    server = await startServer(
      [
        keyed,
        confidentialClient('Secretive', app.redirectUri, { may_act: 'exchanger' }),
        exchanger,
        publicClient('Pocket Key', app.redirectUri, { dpop_bound_access_tokens: true }),
        publicClient('Box', '', device),
      ],
      { more: { resources: [{ resource: tides, token_format: 'jwt' }] } },
    )
    const issuer = new URL(server.issuer)
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  const secretOf = (name: string) => oauth.ClientSecretBasic(confidentialClient(name, '').client_secret)

  /** Sends a request anew once, where the server wants its nonce in the proof. */
  async function withNonce<T>(send: () => Promise<T>): Promise<T> {
    return send().catch((error: unknown) => {
      if (oauth.isDPoPNonceError(error)) return send()
      throw error
    })
  }

  interface Way {
    readonly client: oauth.Client
    readonly auth: oauth.ClientAuth
    readonly scope: string
    readonly pushed?: boolean
    readonly options?: { readonly DPoP?: oauth.DPoPHandle }
  }

  /** Code with PKCE, state and nonce, pushed or not. */
  async function signedIn(page: Page, { client, auth, scope, pushed = false, options = {} }: Way) {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const nonce = oauth.generateRandomNonce()
    const asked = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: app.redirectUri,
      response_type: 'code',
      scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    let query = asked
    if (pushed) {
      const request_uri = await withNonce(async () => {
        const response = await oauth.pushedAuthorizationRequest(as, client, auth, asked, { ...options, ...insecure })
        return (await oauth.processPushedAuthorizationResponse(as, client, response)).request_uri
      })
      query = new URLSearchParams({ client_id: client.client_id, request_uri })
    }
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = query.toString()
    const back = await comeTo(page, url.href, app.redirectUri)
    const params = oauth.validateAuthResponse(as, client, back, state)
    return withNonce(async () => {
      const sent = { ...options, ...insecure }
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        auth,
        params,
        app.redirectUri,
        verifier,
        sent,
      )
      return oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      })
    })
  }

  const refreshed = ({ client, auth, options = {} }: Way, token: string | undefined) =>
    withNonce(async () => {
      const sent = { ...options, ...insecure }
      const response = await oauth.refreshTokenGrantRequest(as, client, auth, token ?? '', sent)
      return oauth.processRefreshTokenResponse(as, client, response)
    })

  const introspected = async ({ client, auth }: Way, token: string) =>
    oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, token, insecure))

  const revoked = async ({ client, auth }: Way, token: string) =>
    oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, token, insecure))

  test('pushes its request, signs in, and uses tokens bound to its key, with nonces and private_key_jwt', async () => {
    const client: oauth.Client = { client_id: 'keyed' }
    const key = await oauth.generateKeyPair('ES256')
    const options = { DPoP: oauth.DPoP(client, key) }
    const auth = oauth.PrivateKeyJwt({ key: assertionKeys.privateKey })
    const way = { client, auth, scope: everyScope, pushed: true, options }
    const page = await openPage()
    const tokens = await signedIn(page, way)
    expect(tokens.token_type).toBe('dpop')
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    const info = await withNonce(async () => {
      const response = await oauth.userInfoRequest(as, client, tokens.access_token, { ...options, ...insecure })
      return oauth.processUserInfoResponse(as, client, claims?.sub ?? '', response)
    })
    expect(info.preferred_username).toBe('alice')

    const next = await refreshed(way, tokens.refresh_token)
    const user = new URL(`${server.issuer}/api/v3/user`)
    const read = (token: string, sent: object) =>
      withNonce(() =>
        oauth.protectedResourceRequest(token, 'GET', user, undefined, undefined, { ...sent, ...insecure }),
      )
    expect((await read(next.access_token, options)).status).toBe(200)
    await expect(read(next.access_token, {})).rejects.toThrow()
    const thief = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
    await expect(read(next.access_token, thief)).rejects.toThrow()

    expect(await introspected(way, next.access_token)).toMatchObject({
      active: true,
      cnf: { jkt: await options.DPoP.calculateThumbprint() },
    })
    await revoked(way, next.refresh_token ?? '')
    expect(await introspected(way, next.access_token)).toEqual({ active: false })

    const leave = new URL(as.end_session_endpoint ?? '')
    leave.search = new URLSearchParams({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: afterwards,
      state: 'gone',
    }).toString()
    await page.goto(leave.href)
    await page.waitForURL((at) => at.href.startsWith(afterwards) || at.pathname.endsWith('/logout'))
    if (!page.url().startsWith(afterwards)) await page.click('#logout-confirm')
    await page.waitForURL(`${afterwards}?state=gone`)
  })

  test('without a secret, refreshes with the same key alone', async () => {
    const client: oauth.Client = { client_id: 'pocket-key' }
    const options = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
    const way = { client, auth: oauth.None(), scope: 'openid offline_access basic', options }
    const tokens = await signedIn(await openPage(), way)
    const next = await refreshed(way, tokens.refresh_token)
    const other = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) }
    await expect(refreshed({ ...way, options: other }, next.refresh_token)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect((await refreshed(way, next.refresh_token)).token_type).toBe('dpop')
  })

  test('exchanges a token for one for another API, whose signature and audience it checks there', async () => {
    const way = { client: { client_id: 'secretive' }, auth: secretOf('Secretive'), scope: 'openid basic' }
    const { access_token: subject } = await signedIn(await openPage(), way)
    const client = { client_id: 'exchanger' }
    const asked = { subject_token: subject, subject_token_type: accessTokenType, resource: tides }
    const response = await oauth.genericTokenEndpointRequest(
      as,
      client,
      secretOf('Exchanger'),
      exchangeGrant,
      asked,
      insecure,
    )
    const made = await oauth.processGenericTokenEndpointResponse(as, client, response)
    expect(made).toMatchObject({ issued_token_type: accessTokenType, scope: 'basic' })
    const request = new Request(tides, { headers: { authorization: `Bearer ${made.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(as, request, tides, insecure)
    expect(claims).toMatchObject({ client_id: 'exchanger', act: { sub: 'exchanger' } })
  })

  test('on a device, polls until a person has allowed it', async () => {
    const client = { client_id: 'box' }
    const auth = oauth.None()
    const asked = await oauth.processDeviceAuthorizationResponse(
      as,
      client,
      await oauth.deviceAuthorizationRequest(as, client, auth, { scope: 'openid offline_access basic' }, insecure),
    )
    const poll = async () => {
      const response = await oauth.deviceCodeGrantRequest(as, client, auth, asked.device_code, insecure)
      return oauth.processDeviceCodeResponse(as, client, response)
    }
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    const page = await openPage()
    await page.goto(asked.verification_uri_complete ?? '')
    await signIn(page)
    await page.click('#device-continue')
    await page.click('#consent-allow')
    await page.waitForSelector('#device-allowed')
    expect(await poll()).toMatchObject({ token_type: 'bearer', scope: 'openid offline_access basic' })
  })
})
