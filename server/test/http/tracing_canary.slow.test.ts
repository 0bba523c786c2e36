/** Whatever requests hold, and whoever they are from: nothing of it is in any span. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/app.ts'
import { addAuditWebhook, testAuditWebhook } from '../../src/engine/operator/webhooks.ts'
import { loadSettings } from '../../src/settings.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  post,
  refresh,
  testBrowser,
  token,
} from '../support/browser.ts'
import { type Collector, openCollector } from '../support/collector.ts'
import { freePort } from '../support/command.ts'
import { addAccount, addClient, addSubscriptionKey, byCommand } from '../support/harness.ts'
import { routesOf } from '../support/routes.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook_receiver.ts'
import { overWire } from '../support/wire.ts'

const canary = 'canary-5c1b7e'
const address = '203.0.113.77'

let folder: string
let collector: Collector
let receiver: WebhookReceiver
let server: Server
let issuer: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  collector = await openCollector()
  receiver = await startWebhookReceiver()
  const port = await freePort()
  issuer = `http://localhost:${port}`
  const env = {
    PORT: String(port),
    CONSENTRY_DATA: folder,
    CONSENTRY_LOG_LEVEL: 'silent',
    CONSENTRY_DEV: '1',
    CONSENTRY_TRUST_PROXY: '1',
    CONSENTRY_FRONT_CHANNEL_TOKENS: '1',
    CONSENTRY_OTLP_ENDPOINT: collector.origin,
    CONSENTRY_OUTBOUND_ALLOW: receiver.origin,
    CONSENTRY_LEGACY_LOGIN_URL: `${receiver.origin}/login?key=${canary}`,
    CONSENTRY_LEGACY_LOGIN_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  }
  server = await createServer(loadSettings({ env }))
  await server.listen()
}, 60_000)
afterAll(async () => {
  await collector.close()
  receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

/** In every place where a request can say something. */
const headers = {
  authorization: `Bearer ${canary}`,
  cookie: `${canary}=${canary}; session=${canary}`,
  'user-agent': canary,
  referer: `https://${canary}.example/${canary}?${canary}`,
  'accept-language': canary,
  'x-forwarded-for': address,
  'x-request-id': canary,
  'subscription-key': canary,
  dpop: canary,
  traceparent: canary,
  tracestate: `${canary}=1`,
  baggage: `${canary}=${canary}`,
}
const fields = {
  grant_type: 'password',
  client_id: canary,
  client_secret: canary,
  username: canary,
  email: `${canary}@example.com`,
  password: canary,
  code: canary,
  refresh_token: canary,
  token: canary,
  scope: canary,
  state: canary,
  redirect_uri: `https://${canary}.example/`,
  [canary]: canary,
}
const bodies = [
  ['application/x-www-form-urlencoded', new URLSearchParams(fields).toString()],
  ['application/json', JSON.stringify(fields)],
  [`text/${canary}`, canary],
] as const

test('no span holds anything of any request', async () => {
  const secrets = [canary, address, ...(await rightRequests())]
  const query = new URLSearchParams(fields).toString()
  for (const { path, methods } of routesOf(server.app)) {
    const at = `${issuer}${path.replace(/:\w+(?:\([^)]*\))?|\*/g, canary)}`
    for (const method of methods) {
      if (method === 'GET' || method === 'HEAD') {
        await fetch(`${at}?${query}`, { method, headers, redirect: 'manual' })
        continue
      }
      for (const [type, body] of bodies) {
        await fetch(at, { method, headers: { ...headers, 'content-type': type }, body, redirect: 'manual' })
      }
    }
  }
  for (const line of [`GET /${canary}`, `GET /%zz${canary}`, `PROPFIND /${canary}`, `${canary} /`, `GET ${canary}`]) {
    await overWire(issuer, `${line} HTTP/1.1\r\nHost: ${canary}.example\r\nConnection: close\r\n\r\n`)
  }
  await server.close()

  const names = new Set(collector.spans.map(({ name }) => name))
  const wanted = [
    'POST /oauth/token',
    'POST /login',
    'job webhooks.deliver',
    'call webhook',
    'call legacy_login',
    'mail send',
  ]
  for (const name of [...wanted, 'GET /oauth/forward-auth/:proxy']) expect(names, name).toContain(name)
  expect(names.size).toBeGreaterThan(200)
  const text = collector.texts.join('\n')
  for (const secret of secrets) expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
}, 120_000)

/** What people and apps do that is right; answers what it was about. */
async function rightRequests(): Promise<string[]> {
  const { app } = server
  const person = await addAccount(server, `${canary}-person`, { password: `${canary} a password`, roles: ['owner'] })
  await addSubscriptionKey(server.context, `${canary}-key`, person.id)
  const client = await addClient(
    server,
    { client_name: canary, dialects: ['oauth', 'quantimodo'] },
    { ownerId: person.id },
  )
  const hook = await addAuditWebhook(server.context, byCommand, {
    uri: `${receiver.origin}/${canary}?${canary}`,
    events: [],
  })
  if ('problem' in hook) throw new Error('the webhook was not taken')
  await testAuditWebhook(server.context, byCommand, hook.id)
  const username = person.username
  const password = `${canary} a password`
  const browser = testBrowser(app, issuer)
  const url = authorizeUrl(client, { scope: 'basic offline_access readmeasurements writemeasurements', state: canary })
  const { code } = await authorize(app, url, { username, password, browser })
  const { body } = await exchangeCode(app, client, code)
  expect(body.access_token).toBeDefined()
  const again = (await refresh(app, client, body.refresh_token ?? '')).body
  const access = again.access_token ?? ''
  const bearer = { authorization: `Bearer ${access}`, 'x-forwarded-for': address }
  for (const path of ['/oauth/introspect', '/oauth/revoke'])
    await post(app, path, client, { token: body.access_token ?? '' })
  for (const path of ['/api/v3/measurements', '/api/v3/user', '/oauth/userinfo', `/api/v1/measurements?${canary}`]) {
    await fetch(issuer + path, { headers: bearer })
  }
  await fetch(`${issuer}/api/v3/measurements`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: JSON.stringify([{ variableName: canary, value: 1, timestamp: 1_700_000_000, note: canary }]),
  })
  await token(app, client, { grant_type: 'client_credentials' })
  const legacy = await authorize(app, authorizeUrl(client).replace('/oauth/', '/api/v1/oauth2/'), { browser })
  const fields = {
    client_id: client.id,
    client_secret: client.secret,
    code: legacy.code,
    grant_type: 'authorization_code',
  }
  for (const path of ['/api/v1/oauth2/token', '/oauth2/token', '/v1/oauth/']) {
    await fetch(issuer + path, { method: 'POST', body: new URLSearchParams({ ...fields, username, password }) })
  }
  await fetch(`${issuer}/account`, { headers: { cookie: [...browser.cookies].map((one) => one.join('=')).join('; ') } })
  const page = await browser.get('/forgot')
  await browser.post('/forgot', { ...hiddenFields(page), email: person.email ?? '' })
  await collector.until(() => collector.spans.some(({ name }) => name === 'call webhook'))
  await collector.until(() => collector.spans.some(({ name }) => name === 'mail send'))
  const cookies = [...browser.cookies.values()]
  const credentials = [
    code,
    legacy.code,
    body.access_token,
    body.refresh_token,
    access,
    again.refresh_token,
    client.secret,
  ]
  return [
    person.id,
    person.username,
    client.id,
    hook.id,
    hook.secret,
    ...credentials.filter((one) => one !== undefined),
    ...cookies,
  ]
}
