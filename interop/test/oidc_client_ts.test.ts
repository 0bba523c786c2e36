/** oidc-client-ts in a page without a server behind it: tokens bound to a key that never leaves the browser. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { comeTo, inChromium, useChromium } from '../support/chromium.ts'
import { alice, publicClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('oidc-client-ts', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  beforeAll(async () => {
    app = await startLoopbackApp()
    server = await startServer([
      publicClient('Page', `${app.origin}/page`, {
        post_logout_redirect_uris: [`${app.origin}/left`],
        dpop_bound_access_tokens: true,
      }),
    ])
    const library = createRequire(import.meta.url).resolve('oidc-client-ts')
    const script = new URL('../browser/oidc-client-ts.min.js', `file://${library}`)
    app.put('/oidc.js', { script: await readFile(script, 'utf8') })
    app.put('/page.js', { script: pageScript(server.issuer, app.origin) })
    app.put('/page', {
      html: '<!doctype html><title>App</title><main></main><button id="leave">Leave</button><script src="/oidc.js"></script><script src="/page.js"></script>',
    })
    app.put('/left', { html: '<!doctype html><title>App</title><main>Left</main>' })
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  test('signs a person in, refreshes with its key, calls the API, and signs out', async () => {
    const page = await openPage()
    await comeTo(page, `${app.origin}/page?start`, `${app.origin}/page?code=`)
    await page.waitForFunction(() => document.querySelector('main')?.textContent !== '')
    expect(JSON.parse((await page.textContent('main')) ?? '')).toEqual({
      email: alice.email,
      type: 'DPoP',
      refreshed: true,
      status: 200,
    })
    await page.click('#leave')
    await page.waitForURL((url) => url.href.startsWith(`${app.origin}/left`) || url.pathname.endsWith('/logout'))
    if (!page.url().startsWith(app.origin)) await page.click('#logout-confirm')
    await page.waitForURL((url) => url.href.startsWith(`${app.origin}/left`))
  })
})

const pageScript = (issuer: string, origin: string) => `
const manager = new oidc.UserManager({
  authority: '${issuer}',
  client_id: 'page',
  redirect_uri: '${origin}/page',
  post_logout_redirect_uri: '${origin}/left',
  scope: 'openid offline_access basic',
  automaticSilentRenew: false,
  dpop: { bind_authorization_code: true, store: new oidc.IndexedDbDPoPStore() },
})
document.querySelector('#leave').onclick = () => manager.signoutRedirect()
const tell = (what) => { document.querySelector('main').textContent = JSON.stringify(what) }
async function back() {
  const first = await manager.signinCallback()
  const user = await manager.signinSilent()
  const url = '${issuer}/api/v3/user'
  const proof = await manager.dpopProof(url, user, 'GET')
  const response = await fetch(url, { headers: { authorization: 'DPoP ' + user.access_token, dpop: proof } })
  tell({
    email: (await response.json()).email,
    type: user.token_type,
    refreshed: user.refresh_token !== first.refresh_token,
    status: response.status,
  })
}
if (location.search === '?start') manager.signinRedirect()
else back().catch((error) => tell(String(error)))
`
