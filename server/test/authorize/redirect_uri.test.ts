/** Redirect URIs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import type { UserId } from '../../src/protocol/names.ts'
import { expectPage, expectRedirect, liveGrants } from '../support/answers.ts'
import { authorize, authorizeUrl, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const registered = 'https://rp.example/cb'

describe('redirect URIs', () => {
  let h: Harness
  let alice: UserId
  let browser: TestBrowser
  let client: TestClient

  /** A browser that is signed in and whose person has agreed: anything that is let through ends in a code. */
  beforeAll(async () => {
    h = await harness()
    alice = (await addAccount(h)).id
    client = await addClient(h, { redirect_uris: [registered, 'https://rp.example/with?a=1&b=2'] })
    browser = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, { redirect_uri: registered }), { browser })
  })
  afterAll(() => h.close())

  async function refused(uris: readonly string[], of: TestClient = client) {
    const before = await liveGrants(h, alice)
    for (const uri of uris) {
      for (const wrong of [{}, { scope: 'no such scope' }]) {
        const page = await browser.get(authorizeUrl(of, { redirect_uri: uri, ...wrong }))
        expectPage(page, 'invalid_request', uri)
      }
    }
    expect(await liveGrants(h, alice)).toBe(before)
  }

  test('A1: an unregistered redirect URI is a page', async () => {
    await refused(['https://evil.example/', 'https://rp.example/', 'urn:ietf:wg:oauth:2.0:oob', 'cb', '/cb', '//evil'])
  })

  test('A2: each near miss of a registered redirect URI is a page, never a redirect', async () => {
    await refused([
      `${registered}/`,
      'https://rp.example/cb/../x',
      'https://rp.example/x/../cb',
      'https://rp.example/cb/..;/x',
      'https://rp.example/%2e%2e/cb',
      'https://rp.example/%252e%252e/cb',
      'https://rp.example/%63b',
      'https://rp.example/CB',
      'https://RP.example/cb',
      'HTTPS://rp.example/cb',
      'https://rp.example:443/cb',
      'https://rp.example:8443/cb',
      `${registered}?x=1`,
      `${registered}?`,
      'https://rp.example/with?b=2&a=1',
      'https://rp.example/with?a=1&b=2&b=2',
      'https://rp.example/with?a=1',
      `${registered}#frag`,
      `${registered}#`,
      `${registered}\t`,
      `${registered}\n`,
      `${registered}\r\nLocation: https://evil.example`,
      ` ${registered}`,
      `${registered} `,
      'https://rp.ex\u0430mple/cb',
      'https://rp.example/ｃｂ',
      'https://rp。example/cb',
      'http://rp.example/cb',
      'https:/rp.example/cb',
      'https:rp.example/cb',
      'https:///rp.example/cb',
    ])
  })

  test('A2: a NUL in the redirect URI is a page', async () => {
    expectPage(await browser.get(authorizeUrl(client, { redirect_uri: `${registered}\0` })), 'invalid_request')
  })

  test('A3: tricks with the authority are a page', async () => {
    await refused([
      'https://rp.example@evil.example/cb',
      'https://a@b@rp.example/cb',
      'https://user:pass@rp.example/cb',
      'https://rp.example\\@evil.example',
      'https://rp.example\\cb',
      'https:/\\evil.example',
      'https:\\\\evil.example',
      'https://rp.example.evil.example/cb',
      'https://rp.example./cb',
      'https://rpXexample/cb',
      'https://evil.example/https://rp.example/cb',
      'https://evil.example/?https://rp.example/cb',
    ])
  })

  test('A4: wildcards and patterns cannot be registered', () => {
    for (const uri of [
      'https://*.rp.example/cb',
      'https://rp.example/*',
      '*',
      'https://rp.example/(a|b)',
      '^https://',
    ]) {
      expect(problems([uri]), uri).not.toEqual([])
    }
  })

  test('A5: a public client on loopback comes from any port, on the same host and path only', async () => {
    const native = await addClient(h, {
      redirect_uris: ['http://127.0.0.1/cb'],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
    })
    for (const uri of ['http://127.0.0.1/cb', 'http://127.0.0.1:9/cb', 'http://127.0.0.1:65535/cb']) {
      const page = await browser.get(authorizeUrl(native, { redirect_uri: uri }))
      expect(page.location, uri).toMatch(/^\/consent\?/)
    }
    await refused(
      [
        'http://127.0.0.1:9/other',
        'http://127.0.0.1:9/cb/',
        'http://127.0.0.1:9/cb?x',
        'http://127.0.0.1.evil.example/cb',
        'http://127.0.0.1:9@evil.example/cb',
        'http://127.0.0.1:9.evil.example/cb',
        'http://127.0.0.1:99999/cb',
        'http://127.0.0.1:0/cb',
        'http://127.0.0.1:/cb',
        'http://127.0.0.1:9 /cb',
        'http://0.0.0.0/cb',
        'http://2130706433/cb',
        'http://127.1/cb',
        'http://0x7f.0.0.1/cb',
        'http://[::1]:9/cb',
        'http://[::ffff:127.0.0.1]/cb',
        'http://localhost:9/cb',
        'https://127.0.0.1:9/cb',
        'http://127.0.0.1:9/cb#',
      ],
      native,
    )
  })

  test('A5: localhost and [::1] have any port only where they are registered themselves', async () => {
    const native = await addClient(h, {
      redirect_uris: ['http://localhost/cb', 'http://[::1]:5000/cb'],
      token_endpoint_auth_method: 'none',
    })
    for (const uri of ['http://localhost:7777/cb', 'http://[::1]:7777/cb']) {
      expect((await browser.get(authorizeUrl(native, { redirect_uri: uri }))).status, uri).toBe(303)
    }
    await refused(['http://127.0.0.1:7777/cb', 'http://[::2]:7777/cb', 'http://localhost.evil.example/cb'], native)
  })

  test('A5: a confidential web client and an https address have no port rule', async () => {
    const web = await addClient(h, { redirect_uris: ['http://127.0.0.1:5000/cb'] })
    await refused(['http://127.0.0.1:5001/cb', 'http://127.0.0.1/cb'], web)
    const spa = await addClient(h, { redirect_uris: [registered], token_endpoint_auth_method: 'none' })
    await refused(['https://rp.example:8443/cb', 'https://rp.example:443/cb'], spa)
  })

  test('A6: nothing that runs, reads or hides in a browser can be registered', () => {
    for (const uri of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'javascript://rp.example/%0aalert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:https://rp.example/x',
      'about:blank',
      'myapp:/cb',
      'http://rp.example/cb',
      'https://rp.example/cb#x',
      'https://rp.example/cb#',
      'https://u@rp.example/cb',
      'https://rp.example./cb',
      'https://rp.example/a/../cb',
      'https://rp.example/a/..;x/cb',
      'https://rp.example/%2e%2e/cb',
      'https://RP.example/cb',
      'https://r%70.example/cb',
      'https://rp.example/c b',
      'https://rp.example/\u00e4',
      'https:rp.example',
      'https://',
      '//rp.example/cb',
      '',
    ]) {
      expect(problems([uri]), uri).not.toEqual([])
      expect(problems([uri], { application_type: 'native' }), `${uri} (native)`).not.toEqual([])
    }
    expect(problems(['com.example.app:/cb'], { application_type: 'native' })).toEqual([])
    expect(problems(['com.example.app:/cb'])).not.toEqual([])
  })

  test('A6: the host of a redirect URI cannot write into the content policy of our pages', () => {
    for (const host of [
      'rp.example;sandbox',
      'rp.example,evil',
      "rp.example'self'",
      'rp!example',
      'rp$example',
      'a=b',
    ]) {
      expect(problems([`https://${host}/cb`]), host).not.toEqual([])
    }
  })

  test('A6: the other addresses of a client are web addresses', () => {
    for (const member of ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri', 'jwks_uri']) {
      for (const uri of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'file:///x', 'x']) {
        expect(problems([registered], { [member]: uri }), `${member} ${uri}`).not.toEqual([])
      }
    }
    for (const uri of ['javascript:alert(1)', 'https://rp.example/*', 'http://rp.example/bye']) {
      expect(problems([registered], { post_logout_redirect_uris: [uri] }), uri).not.toEqual([])
    }
  })

  test('A7: a missing redirect URI is a page for a sign-in and for a client with several', async () => {
    expectPage(await browser.get(authorizeUrl(client, { redirect_uri: undefined })), 'invalid_request')
    const single = await addClient(h, { redirect_uris: [registered] })
    const openid = authorizeUrl(single, { redirect_uri: undefined, scope: 'openid' })
    expectPage(await browser.get(openid), 'invalid_request')
    const plain = await browser.get(authorizeUrl(single, { redirect_uri: undefined, scope: 'nonsense' }))
    expectRedirect(plain, 'invalid_scope', '', registered)
  })

  test('A8: unknown and disabled clients get the same page', async () => {
    const disabled = await addClient(h, { redirect_uris: [registered] })
    await h.storage.clients.amend(disabled.id, () => ({ status: 'disabled' }))
    h.context.clients.forget()
    const answers = []
    for (const id of [disabled.id, 'nobody', 'constructor', '__proto__', 'x'.repeat(5000), "' or 1=1 --"]) {
      const page = await browser.get(authorizeUrl(id, { redirect_uri: registered }))
      expectPage(page, 'invalid_client', id)
      answers.push(page.body.replace(/<code id="request-id">[^<]*/, ''))
    }
    expect(new Set(answers).size).toBe(1)
  })

  test('A10: response parameters cannot be registered in a query, so none comes twice', async () => {
    for (const name of ['code', 'state', 'iss', 'error', 'error_description', 'access_token', 'id_token', 'response']) {
      expect(problems([`https://rp.example/cb?${name}=evil`]), name).not.toEqual([])
      expect(
        problems([`https://rp.example/cb?x&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=evil`]),
      ).not.toEqual([])
    }
    const page = await browser.follow(
      await browser.get(authorizeUrl(client, { redirect_uri: 'https://rp.example/with?a=1&b=2' })),
    )
    expect(page.location).toMatch(/^https:\/\/rp\.example\/with\?a=1&b=2&code=[^&]+&state=xyz&iss=[^&]+$/)
  })
})

/** What keeps a client document from being registered. */
function problems(redirectUris: readonly string[], more: Record<string, unknown> = {}): readonly unknown[] {
  const result = clientMetadataSchema.safeParse({ redirect_uris: redirectUris, ...more })
  return result.success ? [] : result.error.issues
}
