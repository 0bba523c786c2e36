/** Pages of apps that sign a person out in their browser (OpenID Connect Front-Channel Logout 1.0). */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import type { Account } from '../../src/storage/contract.ts'
import { newTokens, type Tokens } from '../support/answers.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const bye = 'https://app.example/bye'
const out = 'https://app.example/out?from=consentry'
const openid = { scope: 'openid' }

/** The addresses of the frames on a page. */
function framesOn({ body }: Page): readonly URL[] {
  return [...body.matchAll(/<iframe[^>]* src="([^"]*)"/g)].map(([, src = '']) => new URL(src.replaceAll('&amp;', '&')))
}

const policyOf = ({ response }: Page) => String(response.headers['content-security-policy'])

describe('where the operator has switched it on', () => {
  let h: Harness
  let alice: Account
  let app: TestClient
  let browser: TestBrowser
  let tokens: Tokens
  beforeAll(async () => {
    h = await harness({ settings: { frontChannelLogout: true } })
    alice = await addAccount(h)
    app = await shown()
  })
  afterAll(() => h.close())

  const shown = (more: Record<string, unknown> = {}) =>
    addClient(h, { frontchannel_logout_uri: out, post_logout_redirect_uris: [bye], ...more })

  /** Alice in a browser of her own, signed in to the app. */
  async function arrive(of = app): Promise<void> {
    browser = testBrowser(h.app)
    tokens = await newTokens(h, of, openid, browser)
  }
  const confirm = async (ask: Page) => browser.post('/logout', { ...hiddenFields(ask), action: 'confirm' })

  test('the last page loads each app’s own, with the issuer and the session of its ID token, and may frame nothing else', async () => {
    await arrive()
    const other = await shown({
      redirect_uris: ['https://other.example/cb'],
      frontchannel_logout_uri: 'https://other.example/out',
    })
    const { id } = await newTokens(h, other, { ...openid, redirect_uri: 'https://other.example/cb' }, browser)
    await newTokens(h, await addClient(h), openid, browser)
    const ask = await browser.get('/logout')
    expect(ask.body).toContain('id="logout-told"')
    const page = await browser.follow(await confirm(ask))
    expect(page.status).toBe(200)
    expect(page.body).toContain('You are signed out')
    const frames = framesOn(page)
    expect(frames.map(({ origin, pathname }) => origin + pathname).sort()).toEqual([
      'https://app.example/out',
      'https://other.example/out',
    ])
    for (const frame of frames) expect(frame.searchParams.get('iss')).toBe(issuer)
    const [first, second] = [...frames].sort((a, b) => (a.host < b.host ? -1 : 1))
    expect(first?.searchParams.get('from')).toBe('consentry')
    expect(first?.searchParams.get('sid')).toBe(decodeJwt(tokens.id).sid)
    expect(second?.searchParams.get('sid')).toBe(decodeJwt(id).sid)
    const policy = policyOf(page)
    expect(policy).toMatch(/frame-src https:\/\/app\.example https:\/\/other\.example;/)
    expect(policy).not.toContain('script-src')
    expect(page.body).not.toContain('<script')
    expect(page.body).toContain('sandbox="allow-scripts allow-same-origin"')
    expect(policyOf(ask)).not.toContain('frame-src')
    expect((await browser.get('/account')).status).not.toBe(200)
  })

  test('an app that asks with an ID token gets the person back by a page of ours, by itself and by a link', async () => {
    await arrive()
    const asked = { id_token_hint: tokens.id, post_logout_redirect_uri: bye, state: 'a b' }
    const answer = await browser.get(`/oauth/logout?${new URLSearchParams(asked)}`)
    expect(answer.location).toMatch(/^\/logout\?request=/)
    const page = await browser.follow(answer)
    expect(framesOn(page)).toHaveLength(1)
    expect(page.body).toMatch(/<a id="signed-out-onward" href="https:\/\/app\.example\/bye\?state=a%20b"/)
    expect(policyOf(page)).toContain("script-src 'self'")
    const [, script = ''] = /<script src="([^"]*)"/.exec(page.body) ?? []
    const loaded = await browser.get(script)
    expect(loaded.response.headers['content-type']).toContain('javascript')
    expect(loaded.body).toContain('signed-out-onward')
    expect((await browser.get('/account')).status).not.toBe(200)
  })

  test('so does one whose request the person has confirmed', async () => {
    await arrive()
    const asked = { client_id: app.id, post_logout_redirect_uri: bye }
    const ask = await browser.follow(await browser.get(`/oauth/logout?${new URLSearchParams(asked)}`))
    const answer = await confirm(ask)
    expect(answer.location).toMatch(/^\/logout\?request=/)
    const page = await browser.follow(answer)
    expect(framesOn(page)).toHaveLength(1)
    expect(page.body).toContain(`<a id="signed-out-onward" href="${bye}"`)
    // Another browser reads nothing from the address.
    const elsewhere = await testBrowser(h.app).get(answer.location ?? '')
    expect(framesOn(elsewhere)).toEqual([])
    expect(elsewhere.body).not.toContain('app.example')
  })

  test('an app of another session, one that is switched off and one whose address is not of its host are not loaded', async () => {
    const off = await shown()
    await arrive(off)
    browser = testBrowser(h.app)
    const moved = await shown()
    await newTokens(h, moved, openid, browser)
    await newTokens(h, off, openid, browser)
    await h.storage.clients.amend(moved.id, ({ metadata }) => ({
      metadata: { ...metadata, frontchannel_logout_uri: 'https://elsewhere.example/out' },
    }))
    await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
    h.context.clients.forget()
    const page = await browser.follow(await confirm(await browser.get('/logout')))
    expect(page.body).toContain('You are signed out')
    expect(framesOn(page)).toEqual([])
    expect(policyOf(page)).not.toContain('frame-src')
  })

  test('nobody who was not signed in is shown a frame, whatever the link', async () => {
    await arrive()
    const fresh = testBrowser(h.app)
    const page = await fresh.follow(
      await fresh.get(`/oauth/logout?${new URLSearchParams({ id_token_hint: tokens.id })}`),
    )
    expect(page.body).toContain('You are signed out')
    expect(framesOn(page)).toEqual([])
  })

  test('discovery says so', async () => {
    const document = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(document).toMatchObject({ frontchannel_logout_supported: true, frontchannel_logout_session_supported: true })
  })

  test('a developer registers the address, on the host of a redirect URI alone', async () => {
    const own = await addClient(h, {}, { ownerId: alice.id })
    browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    const path = `/developer/apps/${own.id}/settings`
    const send = async (uri: string) => {
      const { csrf = '' } = hiddenFields(await browser.get(path))
      return browser.post(`${path}/sign-out`, { csrf, frontchannel_logout_uri: uri })
    }
    const stored = async () => (await h.storage.clients.find(own.id))?.metadata.frontchannel_logout_uri
    for (const [uri, why] of [
      ['https://elsewhere.example/out', 'must have the scheme, host and port of a redirect URI'],
      ['https://app.example:8443/out', 'must have the scheme, host and port of a redirect URI'],
      ['https://app.example/out#now', 'it has a fragment'],
      ['https://app.example/out?iss=me', 'iss'],
      ['javascript:alert(1)', 'can run code'],
    ] as const) {
      const page = await send(uri)
      expect(page.status, uri).toBe(400)
      expect(page.body, uri).toContain(why)
      expect(await stored()).toBeUndefined()
    }
    expect((await send(out)).location).toContain('done=saved')
    expect(await stored()).toBe(out)
    expect((await browser.get(path)).body).toMatch(
      /id="app-frontchannel-logout-uri"[^>]*value="https:\/\/app\.example\/out/,
    )
    await send('')
    expect(await stored()).toBeUndefined()
  })
})

describe('where it is off, as it is unless somebody says so', () => {
  let h: Harness
  let alice: Account
  beforeAll(async () => {
    h = await harness()
    alice = await addAccount(h)
  })
  afterAll(() => h.close())

  test('no page is loaded, discovery does not name it, and the portal has no field for it', async () => {
    const app = await addClient(
      h,
      { frontchannel_logout_uri: out, frontchannel_logout_session_required: true, post_logout_redirect_uris: [bye] },
      { ownerId: alice.id },
    )
    const other = await addClient(h, {}, { ownerId: alice.id })
    const browser = testBrowser(h.app)
    const { id } = await newTokens(h, app, openid, browser)
    expect((await browser.get(`/developer/apps/${other.id}/settings`)).body).not.toContain('frontchannel_logout_uri')
    expect((await browser.get(`/developer/apps/${app.id}/settings`)).body).toContain(
      'This server does not load such pages',
    )
    const asked = { id_token_hint: id, post_logout_redirect_uri: bye }
    expect((await browser.get(`/oauth/logout?${new URLSearchParams(asked)}`)).location).toBe(bye)
    const document = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(document).not.toHaveProperty('frontchannel_logout_supported')
  })

  test('the operator’s document is judged all the same', () => {
    const client = { client_id: 'any', redirect_uris: ['https://app.example/cb'] }
    const parse = (uri: string) =>
      parseDocument(JSON.stringify({ clients: [{ ...client, frontchannel_logout_uri: uri }] }))
    expect(() => parse('https://elsewhere.example/out')).toThrow(
      'clients[0].frontchannel_logout_uri: must have the scheme, host and port of a redirect URI',
    )
    expect(() => parse('https://app.example/out')).not.toThrow()
  })
})
