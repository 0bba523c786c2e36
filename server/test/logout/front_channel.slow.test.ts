/** A person signs out in Chromium: the page of an app is loaded in a frame, and then the browser is back at the app that asked. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizeUrl, verifier } from '../support/browser.ts'
import { inChromium, launchChromium, type TestChromium } from '../support/chromium.ts'
import { freePort } from '../support/command.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

inChromium('signing out at apps by their pages', () => {
  let h: Harness
  let chromium: TestChromium
  let issuer: string
  let server: Server
  let origin: string
  let silent: Server
  let held: string
  const asked: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end('<p>done</p>')
    })
    // A page that never comes must hold nobody up.
    silent = createServer(() => {})
    for (const one of [server, silent]) {
      one.listen(0, '127.0.0.1')
      await once(one, 'listening')
    }
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    held = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const port = await freePort()
    issuer = `http://localhost:${port}`
    h = await harness({ settings: { issuer, frontChannelLogout: true } })
    await h.app.listen({ port, host: '127.0.0.1' })
    await addAccount(h)
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    for (const one of [server, silent]) {
      one?.closeAllConnections()
      one?.close()
    }
    await h?.close()
  })

  const appAt = (of: string) =>
    addClient(h, {
      redirect_uris: [`${of}/cb`],
      frontchannel_logout_uri: `${of}/out`,
      post_logout_redirect_uris: [`${of}/bye`],
    })

  /** Signs alice in to the app; answers the ID token that it gets for its code. */
  async function signIn(context: BrowserContext, app: TestClient, redirectUri: string): Promise<string> {
    // A page of its own, as the app may never answer when the browser comes back.
    const page = await context.newPage()
    await page.goto(issuer + authorizeUrl(app, { redirect_uri: redirectUri, scope: 'openid' }))
    if (new URL(page.url()).pathname === '/login') {
      await page.fill('#username', 'alice')
      await page.fill('#password', alicePassword)
      await page.click('#login-submit')
    }
    const back = page.waitForRequest((request) => request.url().startsWith(`${redirectUri}?`))
    await page.click('#consent-allow', { noWaitAfter: true })
    const code = new URL((await back).url()).searchParams.get('code') ?? ''
    await page.close()
    const answer = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${app.id}:${app.secret}`).toString('base64')}`,
      },
      payload: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }).toString(),
    })
    return answer.json().id_token
  }

  test('the frame is loaded, also beside one that never answers, and the browser goes on by itself', async () => {
    const context = await chromium.newContext()
    const page = await context.newPage()
    const objections: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy|sandbox/i.test(message.text())) objections.push(message.text())
    })
    await signIn(context, await appAt(held), `${held}/cb`)
    const id = await signIn(context, await appAt(origin), `${origin}/cb`)
    const leave = { id_token_hint: id, post_logout_redirect_uri: `${origin}/bye` }
    await page.goto(`${issuer}/oauth/logout?${new URLSearchParams(leave)}`, { waitUntil: 'commit' })
    await page.waitForURL(`${origin}/bye`)
    const frames = asked.filter((url) => url.startsWith('/out'))
    expect(frames).toHaveLength(1)
    expect(frames[0]).toContain(`iss=${encodeURIComponent(issuer)}&sid=`)
    expect(objections).toEqual([])
  })
})
