/** What clients of MCP servers look for and do, which know nothing of this server beforehand (RFC 8414, RFC 8707, RFC 9728). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apply } from '../providers/setting.ts'
import { expectRefusal } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, post, refresh, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const notes = 'https://notes.example/mcp'
const trees = 'https://trees.example'
const redirectUri = 'http://127.0.0.1:49152/callback'

let h: Harness
let api: TestClient
beforeAll(async () => {
  const registrationScopes = ['openid', 'offline_access', 'notes.read', 'notes.write', 'trees.read', 'trees.fell']
  h = await harness({ settings: { dynamicRegistration: 'open', registrationScopes } })
  await addAccount(h)
  api = await addClient(h, { grant_types: [], redirect_uris: [], scope: '' }, { id: 'notes-mcp' })
  await apply(h, {
    resources: [
      { resource: notes, client_id: api.id, scopes: ['notes.read', 'notes.write', 'notes.erase'] },
      { resource: trees, scopes: ['trees.read', { name: 'trees.fell', for: 'first_party' }] },
    ],
  })
})
afterAll(() => h.close())

async function register(
  body: Record<string, unknown>,
): Promise<{ readonly client_id: string; readonly scope: string }> {
  const response = await h.app.inject({ method: 'POST', url: '/oauth/register', payload: body })
  expect(response.statusCode, response.body).toBe(201)
  return response.json()
}
const program = (more: Record<string, unknown> = {}) => ({
  client_name: 'Note taker',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...more,
})

describe('the document of the authorization server', () => {
  test('stands at both addresses for an issuer without a path, and says what MCP clients must know', async () => {
    for (const url of ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']) {
      const response = await h.app.inject({
        url,
        headers: { origin: 'https://page.example', accept: 'application/json', 'mcp-protocol-version': '2025-11-25' },
      })
      expect(response.headers['access-control-allow-origin']).toBe('*')
      expect(response.json(), url).toMatchObject({
        issuer,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        registration_endpoint: `${issuer}/oauth/register`,
        token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
        scopes_supported: expect.arrayContaining(['offline_access', 'notes.read']),
      })
    }
  })

  test('is at no address of an issuer with a path, as it is of none: a client would take it for another server', async () => {
    const forms = [
      '/.well-known/oauth-authorization-server/tenant',
      '/.well-known/openid-configuration/tenant',
      '/tenant/.well-known/openid-configuration',
    ]
    for (const url of forms) expect((await h.app.inject(url)).statusCode, url).toBe(404)
  })
})

describe('an app that registers itself', () => {
  test('for one scope of an API may ask for the others of that API, and of no other', async () => {
    const app = await register(program({ scope: 'notes.read' }))
    expect(app.scope).toBe('notes.read notes.write')
    const again = await register(program({ scope: 'notes.read' }))
    expect(again.client_id).toBe(app.client_id)
    expect((await register(program({ scope: 'openid' }))).scope).toBe('openid')
    expect((await register(program({ scope: 'trees.read openid' }))).scope).toBe('trees.read openid trees.fell')
  })

  test('gets no scope that only the operator’s own apps may have, whatever it is registered for', async () => {
    const app = { id: (await register(program({ scope: 'trees.read' }))).client_id }
    const asked = authorizeUrl(app.id, { redirect_uri: redirectUri, scope: 'trees.fell', resource: trees })
    expectErrorAt(await h.app.inject(asked), 'invalid_scope')
  })

  test('asks for more where the API wants more, and the person agrees to that as well', async () => {
    const app = { id: (await register(program({ scope: 'notes.read' }))).client_id }
    for (const scope of ['notes.read', 'notes.read notes.write']) {
      const asked = authorizeUrl(app.id, { redirect_uri: redirectUri, scope, resource: notes })
      const { code } = await authorize(h.app, asked)
      const { body } = await exchangeCode(h.app, app, code, { redirect_uri: redirectUri, resource: notes })
      expect(body).toMatchObject({ scope, refresh_token: expect.any(String) })
      const { body: said } = await post(h.app, '/oauth/introspect', api, { token: String(body.access_token) })
      expect(said).toMatchObject({ active: true, scope, aud: [notes] })
    }
  })
})

describe('the identifier of an API', () => {
  const spellings = [`${notes}/`, 'HTTPS://Notes.Example/mcp', 'https://notes.example:443/mcp']

  test('means the same in capitals, with the usual port and with a slash at its end', async () => {
    const app = await addClient(h, { scope: 'notes.read offline_access' })
    for (const resource of spellings) {
      const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'notes.read', resource }))
      const { body } = await exchangeCode(h.app, app, code, { resource })
      const { body: said } = await post(h.app, '/oauth/introspect', api, { token: String(body.access_token) })
      expect(said, resource).toMatchObject({ active: true, aud: [notes] })
      const refreshed = await refresh(h.app, app, String(body.refresh_token), { resource: notes })
      expect(refreshed.status, JSON.stringify(refreshed.body)).toBe(200)
      const again = await refresh(h.app, app, String(refreshed.body.refresh_token), { resource })
      expect(again.status, resource).toBe(200)
    }
    for (const resource of [trees, `${trees}/`]) {
      const machine = await addClient(h, { grant_types: ['client_credentials'], scope: 'trees.read' })
      const own = await token(h.app, machine, { grant_type: 'client_credentials', resource })
      expect(own.status, resource).toBe(200)
    }
  })

  test('is another one with another path, query, host, port or scheme, and none with a fragment', async () => {
    const others = [
      'https://notes.example/MCP',
      'https://notes.example/mcp?x=1',
      'https://notes.example/mcp//',
      'https://notes.example/',
      'https://notes.example:444/mcp',
      'http://notes.example/mcp',
      'https://user@notes.example/mcp',
      `${notes}#part`,
    ]
    const app = await addClient(h, { scope: 'notes.read', grant_types: ['authorization_code', 'client_credentials'] })
    for (const resource of others) {
      const own = await token(h.app, app, { grant_type: 'client_credentials', resource })
      expectRefusal(own, 'invalid_target')
      expectErrorAt(await h.app.inject(authorizeUrl(app, { scope: 'notes.read', resource })), 'invalid_target')
    }
    const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'notes.read', resource: notes }))
    expectRefusal(await exchangeCode(h.app, app, code, { resource: trees }), 'invalid_target')
  })
})

function expectErrorAt(response: { readonly headers: Readonly<Record<string, unknown>> }, error: string): void {
  const location = new URL(String(response.headers.location))
  expect(location.searchParams.get('error')).toBe(error)
  expect(location.searchParams.get('iss')).toBe(issuer)
}
