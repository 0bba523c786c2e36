/** Libraries that web applications sign people in with, each as its documentation shows it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { Auth, type AuthConfig } from '@auth/core'
import * as arctic from 'arctic'
import express from 'express'
import { requiredScopes, auth as verifyTokens } from 'express-oauth2-jwt-bearer'
import openIdConnect from 'express-openid-connect'
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { comeTo, inChromium, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient, plainSecret } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { userStatus } from '../support/resource_api.ts'
import { freePort, type RunningServer, startServer } from '../support/server.ts'

const tides = 'https://tides.example/'

inChromium('an application', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  /** Where the applications that bring a web server of their own listen. */
  let port: number
  let origin: string
  let listening: Server | undefined

  beforeAll(async () => {
    app = await startLoopbackApp()
    port = await freePort()
    origin = `http://localhost:${port}`
    server = await startServer(
      [
        confidentialClient('Arctic', app.redirectUri, plainSecret),
        // It goes on with its first refresh token, whatever the answer holds.
        confidentialClient('Google Auth', app.redirectUri, { refresh_rotation: 'never' }),
        confidentialClient('Express OIDC', `${origin}/callback`, { post_logout_redirect_uris: [origin] }),
        confidentialClient('Auth Core', `${origin}/auth/callback/consentry`),
      ],
      { more: { resources: [{ resource: tides, token_format: 'jwt' }] } },
    )
  })
  afterEach(async () => {
    listening?.closeAllConnections()
    listening?.close()
    listening = undefined
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  async function listen(made: Server): Promise<void> {
    listening = made.listen(port)
    await once(made, 'listening')
  }

  async function metadata(): Promise<Record<string, string>> {
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`)
    return (await response.json()) as Record<string, string>
  }

  test('with arctic signs a person in, refreshes and revokes', async () => {
    const { authorization_endpoint = '', token_endpoint = '', revocation_endpoint = '' } = await metadata()
    const { client_id, client_secret } = { ...confidentialClient('Arctic', ''), ...plainSecret }
    const client = new arctic.OAuth2Client(client_id, client_secret, app.redirectUri)
    const [state, verifier] = [arctic.generateState(), arctic.generateCodeVerifier()]
    const scopes = ['openid', 'offline_access', 'basic']
    const { S256 } = arctic.CodeChallengeMethod
    const url = client.createAuthorizationURLWithPKCE(authorization_endpoint, state, S256, verifier, scopes)
    const back = await comeTo(await openPage(), url.href, app.redirectUri)
    expect(back.searchParams.get('state')).toBe(state)
    const tokens = await client.validateAuthorizationCode(token_endpoint, back.searchParams.get('code') ?? '', verifier)
    expect(arctic.decodeIdToken(tokens.idToken())).toMatchObject({ aud: client_id })
    const next = await client.refreshAccessToken(token_endpoint, tokens.refreshToken(), scopes)
    expect(await userStatus(server.issuer, next.accessToken())).toBe(200)
    await client.revokeToken(revocation_endpoint, next.refreshToken())
    expect(await userStatus(server.issuer, next.accessToken())).toBe(401)
  })

  test('with google-auth-library signs a person in and gets a new token when the old one has expired', async () => {
    const { authorization_endpoint = '', token_endpoint = '', jwks_uri = '' } = await metadata()
    const { client_id: clientId, client_secret: clientSecret } = confidentialClient('Google Auth', '')
    const client = new OAuth2Client({
      clientId,
      clientSecret,
      redirectUri: app.redirectUri,
      issuers: [server.issuer],
      endpoints: {
        oauth2AuthBaseUrl: authorization_endpoint,
        oauth2TokenUrl: token_endpoint,
        oauth2FederatedSignonJwkCertsUrl: jwks_uri,
      },
    })
    const { codeVerifier, codeChallenge = '' } = await client.generateCodeVerifierAsync()
    const url = client.generateAuthUrl({
      access_type: 'offline',
      scope: ['openid', 'offline_access', 'basic'],
      code_challenge_method: CodeChallengeMethod.S256,
      code_challenge: codeChallenge,
    })
    const back = await comeTo(await openPage(), url, app.redirectUri)
    const { tokens } = await client.getToken({ code: back.searchParams.get('code') ?? '', codeVerifier })
    client.setCredentials({ ...tokens, expiry_date: 1 })
    const { data } = await client.request<{ email?: string }>({ url: `${server.issuer}/api/v3/user` })
    expect(data).toMatchObject({ email: alice.email })
    expect(client.credentials.access_token).not.toBe(tokens.access_token)
    expect((await client.refreshAccessToken()).credentials.access_token).toBeTruthy()
  })

  test('with express-openid-connect signs a person in and out', async () => {
    const { client_id, client_secret } = confidentialClient('Express OIDC', '')
    const application = express()
    application.use(
      openIdConnect.auth({
        issuerBaseURL: server.issuer,
        baseURL: origin,
        clientID: client_id,
        clientSecret: client_secret,
        secret: 'a long secret of the application alone',
        authRequired: false,
        idpLogout: true,
        authorizationParams: { response_type: 'code', scope: 'openid profile email' },
      }),
    )
    application.get('/', async (request, response) => {
      const user = request.oidc.isAuthenticated() ? await request.oidc.fetchUserInfo() : undefined
      response.send(`<title>App</title><p id="who">${user?.preferred_username ?? 'nobody'}</p>`)
    })
    await listen(createServer(application))
    const page = await openPage()
    await comeTo(page, `${origin}/login`, `${origin}/`)
    await page.goto(origin)
    expect(await page.textContent('#who')).toBe(alice.username)
    await page.goto(`${origin}/logout`)
    if (!page.url().startsWith(origin)) await page.click('#logout-confirm')
    await page.waitForURL(`${origin}/`)
    expect(await page.textContent('#who')).toBe('nobody')
  })

  test('with Auth.js signs a person in', async () => {
    const { client_id: clientId, client_secret: clientSecret } = confidentialClient('Auth Core', '')
    const config: AuthConfig = {
      basePath: '/auth',
      secret: 'a long secret of the application alone',
      trustHost: true,
      providers: [
        {
          id: 'consentry',
          name: 'Consentry',
          type: 'oidc',
          issuer: server.issuer,
          clientId,
          clientSecret,
          checks: ['pkce', 'state', 'nonce'],
          // Name and address are told at UserInfo (OIDC Core §5.4).
          idToken: false,
        },
      ],
    }
    await listen(
      createServer(async (request, response) => {
        const body: Buffer[] = []
        for await (const chunk of request) body.push(chunk as Buffer)
        const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
        const asked = new Request(`${origin}${request.url}`, {
          method: request.method ?? 'GET',
          headers,
          ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
        })
        const answer = request.url?.startsWith('/auth') ? await Auth(asked, config) : new Response('the app')
        for (const [name, value] of answer.headers) {
          if (name !== 'set-cookie') response.setHeader(name, value)
        }
        response.setHeader('set-cookie', answer.headers.getSetCookie())
        response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
      }),
    )
    const page = await openPage()
    await page.goto(`${origin}/auth/signin`)
    await page.click('button[type=submit]')
    await comeTo(page, page.url(), `${origin}/`)
    await page.goto(`${origin}/auth/session`)
    expect(await page.textContent('body')).toContain(alice.email)
  })

  test('with express-oauth2-jwt-bearer lets nobody in without a token for it, and the right scope', async () => {
    const application = express()
    application.use(verifyTokens({ issuerBaseURL: server.issuer, audience: tides, strict: true }))
    application.get('/', requiredScopes('readmeasurements'), (request, response) => {
      response.json({ sub: request.auth?.payload.sub })
    })
    application.use(((error, _request, response, _next) => {
      response.status(error.status ?? 500).end()
    }) satisfies express.ErrorRequestHandler)
    await listen(createServer(application))
    const { client_id, client_secret } = { ...confidentialClient('Arctic', ''), ...plainSecret }
    const own = async (more: Record<string, string>) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, ...more })
      const response = await fetch(`${server.issuer}/oauth/token`, { method: 'POST', body })
      return ((await response.json()) as { access_token: string }).access_token
    }
    const status = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return (await fetch(origin, { headers })).status
    }
    expect(await status(await own({ resource: tides, scope: 'readmeasurements' }))).toBe(200)
    expect(await status(await own({ resource: tides, scope: 'basic' }))).toBe(403)
    expect(await status(await own({ scope: 'readmeasurements' }))).toBe(401)
    expect(await status('x.y.z')).toBe(401)
    expect(await status()).toBe(401)
  })
})
