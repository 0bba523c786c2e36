/** The sample of an API of one's own, as it stands in examples/own_api: a process of its own behind a real nginx. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../cli/output.ts'
import { apply } from '../providers/setting.ts'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, post, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const nginx = process.env.NGINX_PATH ?? '/usr/sbin/nginx'
const there = existsSync(nginx)
if (!there) console.warn(`No nginx at ${nginx} (NGINX_PATH): the sample of an own API did NOT run.`)

const sample = fileURLToPath(new URL('../../../examples/own_api', import.meta.url))
const secret = 'a secret of the orders API, for tests alone'
const scope = 'offline_access orders.read orders.write'

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe.skipIf(!there)('an API behind nginx', () => {
  let h: Harness
  let folder: string
  let at: string
  let consentry: string
  let app: TestClient
  let browser: TestBrowser
  const running: ChildProcess[] = []

  beforeAll(async () => {
    h = await harness({ settings: { trustProxy: ['127.0.0.1'] }, ownApp: true })
    const alice = await addAccount(h)
    consentry = await h.app.listen({ port: 0, host: '127.0.0.1' })
    const [web, api] = [await freePort(), await freePort()]
    at = `http://127.0.0.1:${web}`
    folder = mkdtempSync(join(tmpdir(), 'consentry-own-api-'))
    const read = (name: string) =>
      readFileSync(join(sample, name), 'utf8').replaceAll('127.0.0.1:8080', `127.0.0.1:${web}`)
    const conf = read('nginx.conf').replace('127.0.0.1:3000', new URL(consentry).host)
    writeFileSync(join(folder, 'nginx.conf'), conf.replace('127.0.0.1:8081', `127.0.0.1:${api}`))
    writeFileSync(join(folder, 'secret'), `${secret}\n`)
    await apply(h, JSON.parse(read('operator.json').replace('SECRET_OF_THE_API', secret)))
    app = await addClient(h, { scope }, { ownerId: alice.id })
    running.push(spawn(process.execPath, [join(sample, 'api.mjs')], { env: { PORT: String(api) }, stdio: 'inherit' }))
    running.push(spawn(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' }))
    await vi.waitFor(() => fetch(`${at}/orders`), { timeout: 30_000, interval: 50 })
    await vi.waitFor(() => fetch(`http://127.0.0.1:${api}/`), { timeout: 30_000, interval: 50 })
    browser = (await authorize(h.app, authorizeUrl(app, { scope }))).browser
  })
  afterAll(async () => {
    for (const child of running.filter(({ exitCode }) => exitCode === null)) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
    await h.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const tokens = (more: Record<string, string | undefined>) => newTokens(h, app, { resource: at, ...more }, browser)

  async function call(path: string, access?: string, more: RequestInit & { headers?: Record<string, string> } = {}) {
    const response = await fetch(`${at}${path}`, {
      ...more,
      headers: { 'user-agent': 'Teapot/1', ...(access && { authorization: `Bearer ${access}` }), ...more.headers },
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      challenge: response.headers.get('www-authenticate'),
      body: text.startsWith('{') ? JSON.parse(text) : text,
    }
  }

  const forged = {
    'consentry-client': 'the-shop',
    'consentry-user': 'mallory',
    'consentry-scope': 'orders.report',
    'consentry-token': 'x',
    'consentry-expires': '9999999999',
    consentry_user: 'mallory',
  }

  test('lets nobody through without a token, and says where to learn about it', async () => {
    for (const headers of [{}, forged]) {
      const { status, challenge } = await call('/orders', undefined, { headers })
      expect(status).toBe(401)
      expect(challenge).toMatch(/^Bearer scope="orders\.read", resource_metadata="/)
    }
    const document = await call('/.well-known/oauth-protected-resource')
    expect(document).toMatchObject({
      status: 200,
      body: {
        resource: at,
        authorization_servers: [issuer],
        scopes_supported: ['orders.read', 'orders.write', 'orders.report'],
      },
    })
  })

  test('K173: learns who calls by a token, and nothing that a client has forged', async () => {
    const { access } = await tokens({ scope: 'orders.read' })
    const said = (await post(h.app, '/oauth/introspect', app, { token: access })).body as unknown as { sub: string }
    const caller = { client: app.id, user: said.sub, scope: 'orders.read' }
    expect(await call('/orders', access)).toMatchObject({ status: 200, body: { caller } })
    expect(await call('/orders', access, { headers: forged })).toMatchObject({ status: 200, body: { caller } })
    // Of an app without a person there is no user, and a forged one does not take the place.
    const own = { grant_type: 'client_credentials', scope: 'orders.read', resource: at }
    const { body } = await token(h.app, app, own)
    expect(await call('/orders', body.access_token, { headers: forged })).toMatchObject({
      status: 200,
      body: { caller: { client: app.id, user: null, scope: 'orders.read' } },
    })
  })

  test('is reached for what the scope allows, whatever the address looks like', async () => {
    const { access } = await tokens({ scope: 'orders.read' })
    for (const path of ['/orders/report', '//orders//report', '/orders/%72eport', '/x/../orders/report?y=1']) {
      const refused = await call(path, access)
      expect(refused, path).toMatchObject({ status: 403 })
      expect(refused.challenge).toContain('error="insufficient_scope"')
      expect(refused.challenge).toContain('scope="orders.report"')
    }
    expect((await call('/orders', access, { method: 'POST', body: 'cups' })).status).toBe(403)
    expect((await call('/_consentry', access)).status).toBe(404)
    const writer = await tokens({ scope: 'orders.write' })
    const made = await call('/orders', writer.access, { method: 'POST', body: 'cups' })
    expect(made).toMatchObject({ status: 201, body: { order: { what: 'cups' } } })
  })

  test('is closed to a token from the moment in which it is revoked', async () => {
    const { access } = await tokens({ scope: 'orders.read' })
    expect((await call('/orders', access)).status).toBe(200)
    await post(h.app, '/oauth/revoke', app, { token: access })
    expect((await call('/orders', access)).status).toBe(401)
    await h.context.requests.flush()
    const page = await browser.get(`/developer/apps/${app.id}/requests`)
    expect(page.body).toContain('data-reason="token_revoked"')
  })

  test('says at the end of a plan that it is used up and when to come again, and before what is left of it', async () => {
    await apply(h, { plans: [{ name: 'three', per_day: 3 }] })
    const { access } = await tokens({ scope: 'orders.read' })
    await h.storage.planHolders.put({ holder: `client:${app.id}`, plan: 'three' })
    await h.context.quotas.refresh()
    for (const left of [2, 1, 0]) {
      const answer = await call('/orders', access)
      expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, expect.stringContaining(`r=${left};`)])
    }
    const refused = await call('/orders', access)
    expect(refused).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('ratelimit')).toContain('"day";r=0;')
    expect(refused.headers.get('ratelimit-policy')).toBe('"day";q=3;w=86400')
    await h.storage.planHolders.delete(`client:${app.id}`)
    await h.context.quotas.refresh()
    expect(await call('/orders', access)).toMatchObject({ status: 200 })
  })

  test('has its calls in the log of the app, sent from the log of nginx, each of them once', async () => {
    const { access } = await tokens({ scope: 'orders.read' })
    await call('/orders?page=7', access)
    await call('/nothing', access, { headers: { 'user-agent': 'He said "tea"\\' } })
    const log = join(folder, 'usage.log')
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('/nothing'), { timeout: 30_000, interval: 50 })
    const send = () =>
      runCommand(
        [
          '--json',
          'usage',
          'send',
          '--from',
          log,
          '--server',
          consentry,
          '--client',
          'orders-api',
          '--secret-file',
          join(folder, 'secret'),
        ],
        {},
      )
    const first = await send()
    expect(first.stderr).toBe('')
    const sent = JSON.parse(first.stdout)
    expect(sent).toMatchObject({ skipped: 0, refused: [] })
    expect(sent.accepted).toBe(readFileSync(log, 'utf8').trim().split('\n').length)
    expect(JSON.parse((await send()).stdout)).toMatchObject({ accepted: 0, refused: [] })
    // Sent again from the beginning it counts once all the same.
    rmSync(`${log}.sent`)
    expect(JSON.parse((await send()).stdout).accepted).toBe(sent.accepted)
    const records = await h.storage.requests.list(app.id, 500)
    const reported = records.filter(({ ruleset }) => ruleset === 'usage')
    expect(reported).toHaveLength(sent.accepted)
    expect(reported.find(({ endpoint }) => endpoint === '/nothing')).toMatchObject({
      status: 404,
      method: 'GET',
      userAgent: 'He said "tea"\\',
      cause: 'Reported by Orders. It needs the scope orders.read.',
    })
    const page = await browser.get(`/developer/apps/${app.id}/requests`)
    expect(page.body).toContain('GET /orders<')
    expect(page.body).not.toContain('page=7')
  })
})
