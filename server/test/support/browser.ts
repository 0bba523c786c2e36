/** A browser as far as HTTP goes: it keeps cookies, follows our redirects and fills in our forms. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { codeChallenge } from '../../src/protocol/pkce.ts'
import { alicePassword, callback, issuer, type TestClient } from './harness.ts'

export interface Page {
  readonly response: LightMyRequestResponse
  readonly status: number
  readonly body: string
  readonly location: string | undefined
  readonly path: string
}

export interface TestBrowser {
  readonly cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Page>
  post(path: string, fields: Record<string, string> | string, headers?: Record<string, string>): Promise<Page>
  /** Follows redirects within the server; stops at a page or at a redirect elsewhere. */
  follow(page: Page): Promise<Page>
}

/** `at` is where the server is reached: its issuer. */
export function testBrowser(app: FastifyInstance, at = issuer): TestBrowser {
  const cookies = new Map<string, string>()
  async function send(
    method: 'GET' | 'POST',
    path: string,
    payload: string | undefined,
    headers: Record<string, string>,
  ): Promise<Page> {
    const response = await app.inject({
      method,
      url: path,
      headers: {
        host: new URL(at).host,
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        accept: 'text/html',
        'user-agent': 'TestBrowser/1.0',
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    for (const header of [response.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (header.split(';', 1)[0] ?? '').split(/=(.*)/s)
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.location
    return { response, status: response.statusCode, body: response.body, location, path }
  }
  const browser: TestBrowser = {
    cookies,
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    post: (path, fields, headers = {}) =>
      send('POST', path, typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(), {
        origin: new URL(at).origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      }),
    async follow(page) {
      let present = page
      for (let hops = 0; hops < 10; hops++) {
        const to = present.location
        if (present.status !== 303 || to === undefined) return present
        if (to.startsWith(at)) present = await browser.get(to.slice(at.length))
        else if (to.startsWith('/')) present = await browser.get(to)
        else return present
      }
      throw new Error('too many redirects')
    },
  }
  return browser
}

/** The hidden fields of a page's form. */
export function hiddenFields(page: Page): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [input] of page.body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1]
    if (name !== undefined) fields[name] = (/value="([^"]*)"/.exec(input)?.[1] ?? '').replaceAll('&amp;', '&')
  }
  return fields
}

export const verifier = 'a-code-verifier-that-is-long-enough-for-rfc-7636-of-course'

/** The authorization URL of a client with PKCE, state and whatever else is given; undefined takes a parameter out. */
export function authorizeUrl(client: TestClient | string, more: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: typeof client === 'string' ? client : client.id,
    redirect_uri: callback,
    scope: 'basic readmeasurements',
    state: 'xyz',
    code_challenge: codeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return `/oauth/authorize?${query}`
}

/** Signs in on the page that is showing. */
export async function signInOn(
  browser: TestBrowser,
  page: Page,
  username = 'alice',
  password = alicePassword,
): Promise<Page> {
  return browser.follow(await browser.post('/login', { ...hiddenFields(page), username, password }))
}

/** Allows on the consent page that is showing; answers the redirect to the client. */
export async function allowOn(browser: TestBrowser, page: Page): Promise<Page> {
  return browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })
}

/** Sign-in and consent, as far as they are asked for, up to the redirect to the client. */
export async function authorize(
  app: FastifyInstance,
  url: string,
  options: { readonly browser?: TestBrowser; readonly username?: string; readonly password?: string } = {},
): Promise<{ readonly location: URL; readonly code: string; readonly browser: TestBrowser }> {
  const browser = options.browser ?? testBrowser(app)
  let page = await browser.follow(await browser.get(url))
  if (page.body.includes('id="login-form"')) page = await signInOn(browser, page, options.username, options.password)
  if (page.body.includes('id="consent-allow"')) page = await allowOn(browser, page)
  if (page.location === undefined) throw new Error(`no redirect but ${page.status}: ${page.body.slice(0, 2000)}`)
  const location = new URL(page.location)
  return { location, code: location.searchParams.get('code') ?? '', browser }
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  readonly body: Record<string, string> & { readonly expires_in: number }
}

/** POST /oauth/token as a client with client_secret_basic, or as a public one where it has no secret. */
export async function token(
  app: FastifyInstance,
  client: { readonly id: string; readonly secret?: string },
  parameters: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  return post(app, '/oauth/token', client, parameters, headers)
}

export async function post(
  app: FastifyInstance,
  url: string,
  client: { readonly id: string; readonly secret?: string },
  parameters: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const form = new URLSearchParams(parameters)
  const basic = Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret ?? '')}`)
  if (client.secret === undefined) form.append('client_id', client.id)
  const response = await app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.secret === undefined ? {} : { authorization: `Basic ${basic.toString('base64')}` }),
      ...headers,
    },
    payload: form.toString(),
  })
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.body === '' ? {} : response.json(),
  } as TokenAnswer
}

/** Exchanges a code that `authorizeUrl` has asked for. */
export function exchangeCode(
  app: FastifyInstance,
  client: { readonly id: string; readonly secret?: string },
  code: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const parameters = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...more,
  }
  return token(app, client, parameters, headers)
}

export function refresh(
  app: FastifyInstance,
  client: { readonly id: string; readonly secret?: string },
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<TokenAnswer> {
  return token(app, client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more })
}

/** Whether the resource API takes the token: its status for GET user. */
export async function apiStatus(app: FastifyInstance, accessToken: string): Promise<number> {
  const response = await app.inject({ url: '/api/v3/user', headers: { authorization: `Bearer ${accessToken}` } })
  return response.statusCode
}
