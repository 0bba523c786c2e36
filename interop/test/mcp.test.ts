/**
 * The client of the MCP TypeScript SDK, in Node and in Chromium: from the address of a protected MCP server alone to its tools.
 * It finds the authorization server, registers itself, sends the person, and comes back with a token for that server.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allow, arrival, authorize, inChromium, type Page, signIn, useChromium } from '../support/chromium.ts'
import { alice, dev } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { callTool, connect, McpApp, transportTo } from '../support/mcp_app.ts'
import { type McpSetting, startMcpServer } from '../support/mcp_server.ts'

inChromium('the MCP SDK', () => {
  const openPage = useChromium()
  let back: LoopbackApp
  let setting: McpSetting

  beforeAll(async () => {
    back = await startLoopbackApp()
    setting = await startMcpServer()
  })
  afterAll(async () => {
    await setting?.stop()
    await back?.close()
  })

  /** Connects for the first time, which sends the person away, and comes back with a code that becomes tokens. */
  async function signInto(app: McpApp, page: Page, person = alice): Promise<URL> {
    const transport = transportTo(setting.url, app)
    await expect(connect(setting.url, app)).rejects.toBeInstanceOf(UnauthorizedError)
    const sentTo = app.sentTo ?? new URL('about:blank')
    const name = app.clientMetadata.client_name ?? ''
    const callback = await authorize(page, sentTo.href, { name, redirectUri: back.redirectUri }, person)
    expect(callback.searchParams.get('iss')).toBe(setting.consentry.issuer)
    await transport.finishAuth(callback.searchParams.get('code') ?? '')
    return sentTo
  }

  test('signs in to a server of which it knows nothing but the address', async () => {
    const app = new McpApp('Note taker', back.redirectUri)
    const sentTo = await signInto(app, await openPage())
    expect(Object.fromEntries(sentTo.searchParams)).toMatchObject({
      resource: setting.url.href,
      scope: 'notes.read',
      code_challenge_method: 'S256',
    })
    expect(app.held).toMatchObject({ scope: 'notes.read', refresh_token: expect.any(String) })
    const client = await connect(setting.url, app)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_notes', 'add_note'])
    expect(await callTool(client, 'list_notes')).toBe('There is no note yet.')
    await client.close()
  })

  test('names the place that the person is sent to, and warns that any program could be there', async () => {
    const app = new McpApp('Stranger', back.redirectUri)
    await expect(connect(setting.url, app)).rejects.toBeInstanceOf(UnauthorizedError)
    const page = await openPage()
    await page.goto(app.sentTo?.href ?? '')
    await signIn(page)
    await page.locator('#consent-allow').waitFor()
    const text = (await page.textContent('#consent-form')) ?? ''
    expect(text).toContain(`The answer goes to a program on this computer (${new URL(back.origin).host})`)
    expect(text).toContain('This app has registered itself')
    expect(text).toContain('Read your notes')
  })

  test('asks for more where a tool needs it, and the person has to agree again', async () => {
    // Without refresh tokens: the SDK refreshes what it has before it asks for more.
    const app = new McpApp('Writer', back.redirectUri, { grant_types: ['authorization_code'] })
    const page = await openPage()
    await signInto(app, page, dev)
    const client = await connect(setting.url, app)
    await expect(callTool(client, 'add_note', { text: 'Buy tea' })).rejects.toBeInstanceOf(UnauthorizedError)
    expect(app.sentTo?.searchParams.get('scope')).toBe('notes.read notes.write')
    await page.goto(app.sentTo?.href ?? '')
    await allow(page, 'Writer')
    const callback = await arrival(page, back.redirectUri)
    await transportTo(setting.url, app).finishAuth(callback.searchParams.get('code') ?? '')
    const again = await connect(setting.url, app)
    expect(await callTool(again, 'add_note', { text: 'Buy tea' })).toBe('Note 1 is written.')
    expect(await callTool(again, 'list_notes')).toBe('Buy tea')
  })

  test('refreshes by itself once its access token is worth nothing', async () => {
    const app = new McpApp('Patient', back.redirectUri)
    await signInto(app, await openPage())
    const before = app.held
    const revoked = await fetch(`${setting.consentry.issuer}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: before?.access_token ?? '', client_id: app.information?.client_id ?? '' }),
    })
    expect(revoked.status).toBe(200)
    const client = await connect(setting.url, app)
    expect((await client.listTools()).tools).toHaveLength(2)
    expect(app.held?.access_token).not.toBe(before?.access_token)
    expect(app.held?.refresh_token).not.toBe(before?.refresh_token)
  })

  test('registers anew where the server no longer knows it', async () => {
    const app = new McpApp('Forgotten', back.redirectUri)
    await signInto(app, await openPage())
    const issuer = setting.consentry.issuer
    app.information = { client_id: 'an-app-that-is-gone', issuer }
    if (app.held !== undefined) app.held = { ...app.held, access_token: 'at-none' }
    app.sentTo = undefined
    await expect(connect(setting.url, app)).rejects.toBeInstanceOf(UnauthorizedError)
    expect(app.information?.client_id).not.toBe('an-app-that-is-gone')
    expect(app.sentTo).toBeDefined()
  })

  test('signs in from a page, by scripts of three origins', async () => {
    back.put('/mcp_sdk.js', { script: await bundle() })
    const script = await readFile(fileURLToPath(new URL('../support/mcp_page.js', import.meta.url)), 'utf8')
    back.put('/mcp_page.js', { script })
    back.put('/notes', {
      html: `<!doctype html><title>Notes</title><main data-server="${setting.url.href}"></main><script type="module" src="/mcp_page.js"></script>`,
    })
    const page = await openPage()
    await page.goto(`${back.origin}/notes`)
    await signIn(page)
    await allow(page, 'Page of notes')
    await expect.poll(() => page.textContent('main').catch(() => '')).toBe('2 tools. There is no note yet.')
  })
})

/** The client of the SDK as one module for browsers. */
async function bundle(): Promise<string> {
  const sdk = '@modelcontextprotocol/sdk/client'
  const entry = `export { Client } from '${sdk}/index.js'
export { StreamableHTTPClientTransport } from '${sdk}/streamableHttp.js'`
  const built = await rolldown({
    input: 'entry',
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? fileURLToPath(new URL('entry.js', import.meta.url)) : undefined),
        load: (id) => (id.endsWith('/entry.js') ? entry : undefined),
      },
    ],
  })
  const { output } = await built.generate({ format: 'esm' })
  await built.close()
  return output[0].code
}
