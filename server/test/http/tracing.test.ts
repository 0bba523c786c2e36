/** Spans: what a collector is sent of requests, jobs, mails and calls, and that nobody waits for it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/app.ts'
import { jobHandlers } from '../../src/engine/job_handlers.ts'
import { traceParts } from '../../src/runtime/tracing/parts.ts'
import { loadSettings } from '../../src/settings.ts'
import { version } from '../../src/version.ts'
import { hiddenFields, signInOn, testBrowser } from '../support/browser.ts'
import { type Collector, openCollector, type ReceivedSpan } from '../support/collector.ts'
import { freePort } from '../support/command.ts'
import { addAccount, addClient, movableClock, rootSecret, type TestClient } from '../support/harness.ts'
import { postgresUrl } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook_receiver.ts'
import { overWire } from '../support/wire.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Traced {
  readonly server: Server
  readonly issuer: string
  token(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Spans that the collector did not get, as the metrics have it. */
  lost(cause: string): Promise<number>
  /** Once, whoever asks again. */
  close(): Promise<void>
}

let servers = 0

async function traced(more: Readonly<Record<string, string>>): Promise<Traced> {
  const [port, management] = [await freePort(), await freePort()]
  const env = {
    PORT: String(port),
    CONSENTRY_DATA: join(folder, String(servers++)),
    CONSENTRY_LOG_LEVEL: 'silent',
    CONSENTRY_DEV: '1',
    CONSENTRY_MANAGEMENT_PORT: String(management),
    ...more,
  }
  const server = await createServer(loadSettings({ env }))
  await server.listen()
  const issuer = `http://localhost:${port}`
  let closed: Promise<void> | undefined
  return {
    server,
    close() {
      closed ??= server.close()
      return closed
    },
    issuer,
    token: (fields, headers = {}) =>
      fetch(`${issuer}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(fields) }),
    async lost(cause) {
      const text = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text()
      return Number(new RegExp(`^consentry_spans_lost_total\\{cause="${cause}"\\} (\\d+)$`, 'm').exec(text)?.[1])
    },
  }
}

let collector: Collector

const machine = { grant_types: ['client_credentials'], scope: 'email' }
const asMachine = ({ id, secret }: TestClient) => ({
  grant_type: 'client_credentials',
  client_id: id,
  client_secret: secret,
})
const named = (name: string) => (span: ReceivedSpan) => span.name === name
const childrenOf = (parent: ReceivedSpan) =>
  collector.spans.filter(({ traceId, parentSpanId }) => traceId === parent.traceId && parentSpanId === parent.spanId)

const databases = [
  { system: 'sqlite', skip: false },
  { system: 'postgresql', skip: (await postgresUrl()) === undefined },
]

describe.each(databases.filter(({ skip }) => !skip))('a server on $system that has a collector', ({ system }) => {
  let t: Traced
  let drop = async () => {}
  let receiver: WebhookReceiver

  beforeAll(async () => {
    collector = await openCollector()
    receiver = await startWebhookReceiver()
    receiver.status = 404
    const env = {
      CONSENTRY_OTLP_ENDPOINT: collector.origin,
      CONSENTRY_OTLP_HEADERS: 'x-tenant=of%20ours',
      CONSENTRY_OUTBOUND_ALLOW: receiver.origin,
      CONSENTRY_LEGACY_LOGIN_URL: `${receiver.origin}/login?key=of-the-former-server`,
      CONSENTRY_LEGACY_LOGIN_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    }
    if (system === 'sqlite') {
      t = await traced(env)
      return
    }
    const database = await copyDatabase(movableClock(), rootSecret)
    drop = database.drop
    t = await traced({ ...env, DATABASE_URL: database.url, CONSENTRY_SECRET: rootSecret })
  })
  afterAll(async () => {
    await t.close()
    await drop()
    receiver.close()
    await collector.close()
  })

  test('sends a span of each request with its route, protocol and outcome, and those of its storage below it', async () => {
    const app = await addClient(t.server, machine)
    expect((await t.token(asMachine(app))).status).toBe(200)
    expect((await t.token({ ...asMachine(app), client_secret: 'wrong' })).status).toBe(401)
    await fetch(`${t.issuer}/nowhere/at/all?x=1`)
    await fetch(`${t.issuer}/developer/apps/${app.id}?x=1`, { redirect: 'manual' })
    await overWire(t.issuer, `GET /%zz HTTP/1.1\r\nHost: ${new URL(t.issuer).host}\r\nConnection: close\r\n\r\n`)

    const outcome = (wanted: string) => (span: ReceivedSpan) =>
      span.name === 'POST /oauth/token' && span.attributes['consentry.outcome'] === wanted
    const answered = await collector.find(outcome('answered'))
    expect(answered).toMatchObject({
      kind: 2,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/oauth/token',
        'http.response.status_code': 200,
        'consentry.protocol': 'oauth',
        'consentry.endpoint': '/oauth/token',
      },
    })
    expect(answered).not.toHaveProperty('parentSpanId')
    expect(answered).not.toHaveProperty('status')
    expect(answered.attributes).not.toHaveProperty('consentry.reason')

    const stored = childrenOf(answered)
    expect(stored.map(({ name }) => name).join()).toMatch(/\bclients\.find\b.*\bgrants\.\w+/)
    for (const { kind, attributes, startTimeUnixNano, endTimeUnixNano, name } of stored) {
      expect({ kind, attributes }).toEqual({
        kind: 3,
        attributes: { 'db.system.name': system, 'db.operation.name': name },
      })
      expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(answered.startTimeUnixNano))
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
      expect(BigInt(endTimeUnixNano)).toBeLessThanOrEqual(BigInt(answered.endTimeUnixNano))
    }

    const refused = await collector.find(outcome('refused'))
    expect(refused.attributes).toMatchObject({
      'http.response.status_code': 401,
      'consentry.reason': 'client_secret_wrong',
    })
    expect(refused).not.toHaveProperty('status')
    expect(refused.traceId).not.toBe(answered.traceId)

    expect((await collector.find(named('GET'))).attributes).toMatchObject({
      'consentry.protocol': 'none',
      'consentry.endpoint': 'none',
      'http.response.status_code': 404,
    })
    await collector.find(({ attributes }) => attributes['http.response.status_code'] === 400)
    const page = await collector.find(named('GET /developer/apps/:id'))
    expect(page.attributes).toMatchObject({ 'consentry.protocol': 'pages', 'http.response.status_code': 303 })

    expect(collector.resources[0]).toEqual({
      'service.name': 'consentry',
      'service.version': version,
      'service.instance.id': expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(collector.requests[0]).toMatchObject({
      path: 'POST /v1/traces',
      headers: { 'content-type': 'application/json', 'x-tenant': 'of ours' },
    })
  })

  test('sends spans of password checks and of calls to other servers, without the address that was called', async () => {
    await addAccount(t.server)
    const browser = testBrowser(t.server.app, t.issuer)
    expect((await signInOn(browser, await browser.get('/login'))).status).toBe(200)
    const signIn = await collector.find(named('POST /login'))
    const hash = childrenOf(signIn).find(named('password hash'))
    expect(hash?.attributes).toEqual({})
    const act = childrenOf(signIn).find(named('act'))
    expect(act && childrenOf(act).map(({ name }) => name)).toContain('audit.append')

    const stranger = testBrowser(t.server.app, t.issuer)
    expect((await signInOn(stranger, await stranger.get('/login'), 'nobody-here', 'a password of theirs')).status).toBe(
      401,
    )
    const call = await collector.find(named('call legacy_login'))
    expect(call).toMatchObject({
      kind: 3,
      attributes: {
        'consentry.outbound.purpose': 'legacy_login',
        'server.address': '127.0.0.1',
        'http.response.status_code': 404,
      },
    })
    const asking = await collector.find(({ spanId }) => spanId === call.parentSpanId)
    expect(asking.name).toBe('POST /login')
    // Nor do strangers learn of it.
    expect(Object.keys(receiver.received[0]?.headers ?? {})).not.toContain('traceparent')
  })

  test('sends spans of jobs and of the mails in them, each job a trace of its own', async () => {
    await addAccount(t.server, 'bob')
    const browser = testBrowser(t.server.app, t.issuer)
    const page = await browser.get('/forgot')
    await browser.post('/forgot', { ...hiddenFields(page), email: 'bob@example.com' })
    const mail = await collector.find(named('mail send'))
    expect(mail).toMatchObject({ kind: 3, attributes: { 'consentry.mail.way': 'outbox' } })
    const job = await collector.find(({ spanId }) => spanId === mail.parentSpanId)
    expect(job).toMatchObject({
      name: 'job mail.reset',
      kind: 1,
      attributes: { 'consentry.job.kind': 'mail.reset', 'consentry.job.attempt': 1, 'consentry.outcome': 'done' },
    })
    expect(job).not.toHaveProperty('parentSpanId')
    const asked = await collector.find(named('POST /forgot'))
    expect(asked.traceId).not.toBe(job.traceId)
  })

  test('points to the span of a caller, whose trace does not become ours', async () => {
    const app = await addClient(t.server, machine)
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const span = '00f067aa0ba902b7'
    const sound = [`00-${trace}-${span}-01`, `00-${trace}-${span}-00`, `cc-${trace}-${span}-01-more`]
    const broken = [
      `00-${trace}-${span}-01-more`,
      `ff-${trace}-${span}-01`,
      `00-${'0'.repeat(32)}-${span}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `00-${trace.toUpperCase()}-${span}-01`,
      `00-${trace}-${span}`,
      'canary',
    ]
    const before = collector.spans.length
    for (const traceparent of [...sound, ...broken]) {
      expect((await t.token(asMachine(app), { traceparent, tracestate: 'canary=1' })).status).toBe(200)
    }
    const all = () => collector.spans.slice(before).filter(named('POST /oauth/token'))
    await collector.until(() => all().length === sound.length + broken.length)
    expect(all().filter(({ links }) => links !== undefined)).toHaveLength(sound.length)
    for (const { traceId, parentSpanId, links } of all()) {
      expect(traceId).not.toBe(trace)
      expect(parentSpanId).toBeUndefined()
      if (links !== undefined) expect(links).toEqual([{ traceId: trace, spanId: span }])
    }
  })
})

describe('a collector', () => {
  let t: Traced
  let app: TestClient
  const open = async (more: Readonly<Record<string, string>> = {}) => {
    t = await traced({ CONSENTRY_OTLP_ENDPOINT: collector.origin, ...more })
    app = await addClient(t.server, machine)
  }
  beforeEach(async () => {
    collector = await openCollector()
  })
  afterEach(async () => {
    await t.close()
    await collector.close()
  })

  test('gets what is left when the server ends', async () => {
    await open()
    await t.token(asMachine(app))
    await t.close()
    expect(collector.spans.filter(named('POST /oauth/token'))).toHaveLength(1)
  })

  test('gets no request of which the operator wants no share, whatever the caller asks for', async () => {
    await open({ CONSENTRY_OTLP_SAMPLING: '0' })
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    expect((await t.token(asMachine(app), { traceparent })).status).toBe(200)
    await t.close()
    expect(collector.requests).toEqual([])
  })

  test('gets about the share that the operator wants', async () => {
    await open({ CONSENTRY_OTLP_SAMPLING: '0.25' })
    for (let i = 0; i < 400; i++) await t.server.app.inject({ url: '/version' })
    await t.close()
    const share = collector.spans.filter(named('GET /version')).length / 400
    // Six standard deviations around it.
    expect(share).toBeGreaterThan(0.12)
    expect(share).toBeLessThan(0.38)
    expect(share).not.toBe(0)
  })

  test('that says that it is busy is sent the same again after the time that it asks for', async () => {
    await open()
    for (const status of [429, 502, 503, 504]) collector.answers.push({ status, headers: { 'retry-after': '0' } })
    await t.token(asMachine(app))
    await collector.find(named('POST /oauth/token'))
    const texts = collector.requests.slice(0, 5).map(({ text }) => text)
    expect(texts).toHaveLength(5)
    expect(new Set(texts).size).toBe(1)
    expect(await t.lost('not_taken')).toBe(0)
  })

  test('that refuses spans is not sent them again, and they are counted', async () => {
    await open()
    collector.answers.push({ status: 400, headers: { 'retry-after': '0' } })
    await t.token(asMachine(app))
    await collector.until(() => collector.requests.length >= 1)
    await expect.poll(() => t.lost('not_taken')).toBeGreaterThan(0)
    const lost = await t.lost('not_taken')
    collector.answers.push({ status: 200, body: '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}' })
    await t.token(asMachine(app))
    await expect.poll(() => t.lost('not_taken')).toBe(lost + 1)
  })

  test('that hangs delays no request, and what does not fit meanwhile is dropped and counted', async () => {
    await open()
    collector.answers.push('hang')
    await t.token(asMachine(app))
    await collector.until(() => collector.requests.length === 1)
    collector.answers.push(...Array.from({ length: 100 }, () => 'hang' as const))
    // More than wait and are under way together.
    for (let i = 0; i < 3500; i++) await t.server.app.inject({ url: '/readyz' })
    expect(await t.lost('queue_full')).toBeGreaterThan(0)
    expect((await t.token(asMachine(app))).status).toBe(200)
    collector.wakeUp()
  })

  test('gets spans that end while the first act is under way, and nothing else is asked of the database in it', async () => {
    await open({ CONSENTRY_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` })
    const setting = {
      uri: `${collector.origin}/v1/traces`,
      headers: {},
      sampling: 1,
      allowed: new Set([collector.origin]),
    }
    const { storage, log, mailer } = t.server.context
    const parts = { storage, mailer, handlers: jobHandlers }
    const { tracer, storage: own } = traceParts(parts, { collector: setting, log, release: version })
    const span = tracer?.begin({ name: 'one', kind: 'internal' })
    if (tracer === undefined || span === undefined) throw new Error('there is no tracer')
    await tracer.within(span, () => own.act(({ accounts }) => accounts.findByLogin('nobody')))
    const verb = await collector.find(named('accounts.findByLogin'))
    const act = await collector.find(named('act'))
    expect(verb.parentSpanId).toBe(act.spanId)
    expect(act.parentSpanId).toBe(span.id)
    await tracer.close()
  })

  test('that is away fails no request', async () => {
    await open({ CONSENTRY_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` })
    expect((await t.token(asMachine(app))).status).toBe(200)
    await t.close()
  })
})

test('without a collector nothing is wrapped', async () => {
  const t = await traced({})
  try {
    expect(t.server.app.hasRequestDecorator('span')).toBe(false)
    expect(t.server.context.outbound.around).toBeUndefined()
    expect(await t.lost('queue_full')).toBeNaN()
  } finally {
    await t.close()
  }
})
