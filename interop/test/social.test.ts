/** The social flow of the QuantiModo documents, literally, with npm `oidc-provider` as the provider. */
import { readFile } from 'node:fs/promises'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, arrival, inChromium, type Page, signIn, useChromium, watchViolations } from '../support/chromium.ts'
import { alice, type ClientDocument, confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { discover, startAuthorization } from '../support/openid_app.ts'
import { agreeAtProvider, leaveFontsOut, type OpenIdProvider, startOpenIdProvider } from '../support/openid_provider.ts'
import { freePort, type RunningServer, startServer } from '../support/server.ts'

inChromium('the social endpoints', () => {
  const openPage = useChromium()
  const name = 'Mood Tracker'
  const scope = 'basic readmeasurements'
  let app: LoopbackApp
  let stranger: LoopbackApp
  let server: RunningServer
  let provider: OpenIdProvider
  let registered: ReturnType<typeof confidentialClient>
  /** Clients of the provider: Consentry, whose SDK is in the app too, and somebody else's. */
  let ours: ClientDocument
  let another: ClientDocument

  beforeAll(async () => {
    app = await startLoopbackApp()
    stranger = await startLoopbackApp()
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    registered = confidentialClient(name, app.redirectUri, { scope, dialects: ['quantimodo'] })
    ours = confidentialClient('Consentry', `${app.origin}/sdk`)
    another = confidentialClient('Another', `${app.origin}/sdk`)
    const { client_id, client_secret } = ours
    server = await startServer([registered], {
      outbound: [issuer],
      more: { providers: [{ id: 'google', kind: 'oidc', issuer, client_id, client_secret }] },
    })
    provider = await startOpenIdProvider(port, [
      { client_id, client_secret, redirect_uris: [`${server.issuer}/login/return/google`, `${app.origin}/sdk`] },
      {
        client_id: another.client_id,
        client_secret: another.client_secret,
        redirect_uris: [...another.redirect_uris],
      },
    ])
    const authorize = new URLSearchParams({
      response_type: 'code',
      client_id: registered.client_id,
      client_secret: registered.client_secret,
      scope,
    })
    app.put('/social_app.js', {
      script: await readFile(new URL('../support/social_app.js', import.meta.url), 'utf8'),
    })
    app.put('/callback', {
      html: `<!doctype html><title>App</title><button>Sign in with Google</button>
        <main data-issuer="${server.issuer}" data-authorize="${authorize.toString().replaceAll('&', '&amp;')}"></main>
        <script type="module" src="/social_app.js"></script>`,
    })
    app.put('/sdk', { html: '<!doctype html><title>App</title>' })
  })
  afterAll(async () => {
    await server?.stop()
    await provider?.stop()
    await stranger?.close()
    await app?.close()
  })

  /** Opens the app's page and presses its button; answers the page and the popup. */
  async function press(page: Page): Promise<Page> {
    await page.goto(app.redirectUri)
    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Sign in with Google' }).click()
    return opened
  }

  /** The app's server: the code for a token, as the documents show it. */
  async function exchange(code: string): Promise<string> {
    const response = await fetch(`${server.issuer}/api/v2/oauth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: registered.client_id,
        client_secret: registered.client_secret,
        redirect_uri: app.redirectUri,
      }),
    })
    expect(response.status).toBe(200)
    const body = (await response.json()) as { readonly access_token: string }
    return body.access_token
  }

  async function user(accessToken: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${accessToken}` }
    return (await fetch(`${server.issuer}/api/v1/user`, { headers })).json()
  }

  /** Agrees on the consent page that a ticket leads to, and reads the user with what comes of it. */
  async function agreeAndReadUser(page: Page, login: string): Promise<unknown> {
    await page.locator('#consent-allow').waitFor()
    expect(page.url()).not.toContain('token=')
    expect(await page.locator('#consent-form').textContent()).toContain(login)
    await allow(page, name)
    await page.waitForURL((url) => url.searchParams.has('code'))
    return user(await exchange(new URL(page.url()).searchParams.get('code') ?? ''))
  }

  test('bring somebody from a popup to the API, and ask for consent each time', async () => {
    const page = await openPage()
    const violations = await watchViolations(page)
    const carol = { loginName: 'carol', email: 'carol@example.com', displayName: 'carol at the provider' }
    const popup = await press(page)
    await agreeAtProvider(popup, 'carol')
    expect(await agreeAndReadUser(page, 'carol')).toMatchObject(carol)

    // The provider asks nothing the second time; we do.
    await press(page)
    expect(await agreeAndReadUser(page, 'carol')).toMatchObject(carol)
    expect(violations).toEqual([])

    await page.goto(`${server.issuer}/account`)
    expect(await page.locator('#login-form').count(), 'no session of ours comes of it').toBe(1)
  })

  test('tell the app that a person said no', async () => {
    const page = await openPage()
    await leaveFontsOut(page)
    const popup = await press(page)
    await popup.getByRole('link', { name: 'Cancel' }).click()
    await page.getByText('Not signed in: access_denied').waitFor()
  })

  test('have a person whose address is taken prove the account in the popup', async () => {
    const page = await openPage()
    const popup = await press(page)
    const violations = await watchViolations(popup)
    await agreeAtProvider(popup, alice.username)
    await popup.getByText('There is an account here with the address').waitFor()
    await signIn(popup)
    expect(await agreeAndReadUser(page, alice.email)).toMatchObject({ loginName: alice.username })
    expect(violations).toEqual([])
  })

  test('answer pages of registered origins alone', async () => {
    const ask = async (origin: string) => {
      const page = await openPage()
      await page.goto(`${origin}/callback`)
      return page.evaluate(async (url) => {
        try {
          return (await fetch(url)).status
        } catch {
          return 'blocked'
        }
      }, `${server.issuer}/api/v2/auth/social/authorizeCode?provider=google&code=none`)
    }
    expect(await ask(app.origin)).toBe(400)
    expect(await ask(stranger.origin)).toBe('blocked')
  })

  describe('by a token of the provider’s SDK', () => {
    /** What the SDK in an app gets from the provider. */
    async function tokensOf(client: ClientDocument, login: string) {
      const config = await discover(provider.issuer, client)
      const { url, checks } = await startAuthorization(config, client, 'openid profile email')
      const page = await openPage()
      await page.goto(url)
      await agreeAtProvider(page, login)
      return openid.authorizationCodeGrant(config, await arrival(page, `${app.origin}/sdk`), checks)
    }

    async function ticketFor(accessToken: string) {
      const query = new URLSearchParams({ provider: 'google', accessToken, client_id: registered.client_id })
      const response = await fetch(`${server.issuer}/api/v2/auth/social/authorizeToken?${query}`)
      return {
        status: response.status,
        body: (await response.json()) as { readonly data?: { readonly token: string } },
      }
    }

    test('take one that was issued to us, and go on as after the popup', async () => {
      const tokens = await tokensOf(ours, 'nadia')
      for (const token of [tokens.access_token, tokens.id_token ?? '']) {
        const { status, body } = await ticketFor(token)
        expect(status).toBe(200)
        const page = await openPage()
        const query = new URLSearchParams({
          token: body.data?.token ?? '',
          response_type: 'code',
          client_id: registered.client_id,
          scope,
        })
        await page.goto(`${server.issuer}/api/v2/oauth/authorize?${query}`)
        expect(await agreeAndReadUser(page, 'nadia')).toMatchObject({ loginName: 'nadia' })
      }
    })

    test('refuse one that was issued to another app, and one that is none', async () => {
      const tokens = await tokensOf(another, 'oscar')
      for (const token of [tokens.access_token, tokens.id_token ?? '', 'none']) {
        expect(await ticketFor(token)).toMatchObject({ status: 401, body: { error: 'invalid_grant' } })
      }
    })
  })
})
