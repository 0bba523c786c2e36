/** The reference at the front door: the client that it signs people in with, and what browsers keep of its files. */
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { registerClient } from '../../src/engine/client/register_client.ts'
import { planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import { referenceClient } from '../../src/runtime/kept/builtin_clients.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import { authorizeUrl, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, type Harness, harness, rootSecret, testSettings } from '../support/harness.ts'

describe('at the front door', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness()
  })
  afterEach(() => h.close())

  const redirect = `http://localhost:3000${referenceClient.redirectPath}`
  const ask = { id: referenceClient.clientId, secret: '' }

  test('the client of the reference asks every time, gets no refresh token, and sends people nowhere else', async () => {
    await addAccount(h)
    const browser = testBrowser(h.app)
    const scope = 'basic readmeasurements'
    for (const visit of ['first', 'second']) {
      let shown = await browser.get(authorizeUrl(ask, { redirect_uri: redirect, scope }))
      while (shown.location !== undefined) shown = await browser.follow(shown)
      if (shown.body.includes('id="login-form"')) shown = await signInOn(browser, shown, 'alice')
      while (shown.location !== undefined) shown = await browser.follow(shown)
      expect(shown.body, visit).toContain('id="consent-allow"')
    }
    const elsewhere = await browser.get(authorizeUrl(ask, { redirect_uri: 'https://evil.example/', scope }))
    expect(elsewhere.body).toContain('OAuth error: invalid_request')
    expect((await h.context.clients.find(ask.id))?.metadata.grant_types).toEqual(['authorization_code'])
  })

  test('it follows the issuer, belongs to nobody, and neither a document nor a developer changes it', async () => {
    const settings = { ...testSettings, issuer: 'https://id.example' }
    const { context } = h
    await createContext({ settings, storage: h.storage, secrets: [rootSecret], log: context.log })
    const record = await h.storage.clients.find(ask.id)
    expect(record).toMatchObject({
      ownerId: null,
      metadata: { redirect_uris: [`https://id.example${referenceClient.redirectPath}`] },
    })
    const entry = { client_id: ask.id, redirect_uris: ['https://evil.example/'] }
    expect(() => parseDocument(JSON.stringify({ clients: [entry] }))).toThrow(/clients\[0\]\.client_id: is that of/)
    const metadata = clientMetadataSchema.parse({ redirect_uris: ['https://evil.example/'] })
    expect(await registerClient(context.storage, { clientId: ask.id, ownerId: null, metadata }, 0)).toBe('taken')
    expect(await planApply(context, parseDocument('{"clients":[]}'), { prune: true })).toEqual([])
  })

  test('its files are kept by browsers for as long as they are the same, and compressed once', async () => {
    const page = await h.app.inject({ url: '/docs/api' })
    const files = [...page.body.matchAll(/(?:src|href)="(\/docs\/api\/static\/[^"]+)"/g)].map(([, path]) => path ?? '')
    expect(files).toHaveLength(4)
    for (const url of files) {
      const file = await h.app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
      expect(file.headers['cache-control'], url).toBe('public, max-age=31536000, immutable')
      expect(file.headers['content-encoding'], url).toBe('gzip')
      expect(gunzipSync(file.rawPayload).length, url).toBeGreaterThan(file.rawPayload.length)
      const other = await h.app.inject({ url: url.replace(/\?v=.*/, '?v=other') })
      expect([other.statusCode, other.headers['cache-control']]).toEqual([200, 'no-cache'])
    }
    // The address of the last one holds a code.
    const back = await h.app.inject({ url: `${referenceClient.redirectPath}?code=ac_x&state=y` })
    expect(back.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    expect(back.headers['content-security-policy']).toBe(page.headers['content-security-policy'])
  })
})
