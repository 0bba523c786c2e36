/** What the answers of security.md look like: a page that goes nowhere, an error at the client, a token refusal. */
import { expect } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  type Page,
  post,
  type TestBrowser,
  type TokenAnswer,
} from './browser.ts'
import { callback, type Harness, issuer, type TestClient } from './harness.ts'

/** PAGE: an HTML error page and no redirect. */
export function expectPage(page: Page, error: string, of = ''): void {
  expect(page.status, `${of} ${page.location ?? ''}`).toBe(400)
  expect(page.location, of).toBeUndefined()
  expect(page.response.headers['content-type'], of).toBe('text/html; charset=utf-8')
  expect(page.body, of).toContain('id="oauth-error"')
  expect(page.body, of).toContain(`OAuth error: ${error}<`)
}

/** RED: a redirect to the client with error, state and issuer, and no code. */
export function expectRedirect(page: Page, error: string, of = '', to = callback): URL {
  expect(page.status, `${of} ${page.body.slice(0, 300)}`).toBe(303)
  const location = new URL(page.location ?? '')
  expect(`${location.origin}${location.pathname}`, of).toBe(to)
  expect(location.searchParams.get('error'), of).toBe(error)
  expect(location.searchParams.get('iss'), of).toBe(issuer)
  expect(location.searchParams.has('code'), of).toBe(false)
  return location
}

/** T400: the refusal of a JSON endpoint, with exactly two members and nothing that a cache may keep. */
export function expectRefusal(answer: TokenAnswer, error: string, status = 400, of = ''): void {
  expect(answer.body.error, `${of} ${JSON.stringify(answer.body)}`).toBe(error)
  expect(answer.status, of).toBe(status)
  expect(Object.keys(answer.body), of).toEqual(['error', 'error_description'])
  expect(answer.headers['cache-control'], of).toBe('no-store')
  expect(answer.headers['content-type'], of).toMatch(/^application\/json/)
}

/** How many grants a person has, ended ones left out: what must not change by a refused request. */
export async function liveGrants(h: Harness, userId: UserId): Promise<number> {
  return (await h.storage.grants.listByUser(userId, 1000)).filter(({ grant }) => grant.state !== 'ended').length
}

/** Whether introspection calls the token live, asked by the client it was issued to. */
export async function isActive(h: Harness, client: TestClient, token: string | undefined): Promise<boolean> {
  const answer = await post(h.app, '/oauth/introspect', client, { token: token ?? '' })
  expect(answer.status).toBe(200)
  return (answer.body as unknown as { active: boolean }).active
}

/** Whether userinfo or, without openid, at least its scope check is reached by the token. */
export async function userinfoStatus(h: Harness, accessToken: string | undefined): Promise<number> {
  const response = await h.app.inject({
    url: '/oauth/userinfo',
    headers: { authorization: `Bearer ${accessToken}` },
  })
  return response.statusCode
}

/** A code of a client for its person, by the whole flow. */
export async function newCode(
  h: Harness,
  client: TestClient,
  more: Record<string, string | undefined> = {},
  browser?: TestBrowser,
): Promise<string> {
  const { code } = await authorize(h.app, authorizeUrl(client, more), browser === undefined ? {} : { browser })
  expect(code).not.toBe('')
  return code
}

export interface Tokens {
  readonly access: string
  readonly refresh: string
  readonly id: string
  readonly body: TokenAnswer['body']
}

/** Tokens of a client for its person, by the whole flow. */
export async function newTokens(
  h: Harness,
  client: TestClient | { readonly id: string },
  more: Record<string, string | undefined> = {},
  browser?: TestBrowser,
): Promise<Tokens> {
  const code = await newCode(h, client as TestClient, more, browser)
  const redirect = more.redirect_uri === undefined ? {} : { redirect_uri: more.redirect_uri }
  const { status, body } = await exchangeCode(h.app, client, code, redirect)
  expect(status, JSON.stringify(body)).toBe(200)
  return { access: body.access_token ?? '', refresh: body.refresh_token ?? '', id: body.id_token ?? '', body }
}

/** A public client as the token helpers take it. */
export function publicClient(client: TestClient): { readonly id: string } {
  return { id: client.id }
}
