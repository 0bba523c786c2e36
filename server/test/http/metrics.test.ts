/** Metrics on the management port: what they count, that they say nothing of anybody, and what is made from their table. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createServer, type Server } from '../../src/app.ts'
import { refusals } from '../../src/protocol/refusal.ts'
import { alertRules, alerts, dashboard, metricsReference, panels } from '../../src/runtime/metrics/monitoring.ts'
import { type MetricName, metricsTable } from '../../src/runtime/metrics/table.ts'
import { loadSettings } from '../../src/settings.ts'
import { freePort } from '../support/command.ts'
import { addAccount, addClient, movableClock, rootSecret } from '../support/harness.ts'
import { copyDatabase } from '../support/template.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The text format of Prometheus, as strict as its own reader: each sample after HELP and TYPE of its metric. */
function readMetrics(text: string): readonly Sample[] {
  const types = new Map<string, string>()
  const helped = new Set<string>()
  return text.split('\n').flatMap((line): Sample[] => {
    if (line === '') return []
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment
      if (kind === 'HELP') helped.add(name)
      else types.set(name, rest)
      return []
    }
    const [, name = '', labelText = '', value = ''] =
      /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)$/.exec(line) ?? []
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')
    expect({ line, helped: helped.has(family), type: types.get(family) }).toMatchObject({ helped: true })
    expect(types.get(family)).toMatch(/^(?:counter|gauge|histogram)$/)
    const labels = Object.fromEntries([...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, k, v]) => [k, v]))
    expect(Number(value), line).not.toBeNaN()
    return [{ name, labels, value: Number(value) }]
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Measured {
  readonly server: Server
  readonly issuer: string
  readonly management: string
  metrics(): Promise<readonly Sample[]>
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
}

async function measured(name: string, more: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const [port, managementPort] = [await freePort(), await freePort()]
  const env = {
    PORT: String(port),
    CONSENTRY_DATA: join(folder, name),
    CONSENTRY_LOG_LEVEL: 'silent',
    CONSENTRY_MANAGEMENT_PORT: String(managementPort),
    ...more,
  }
  const server = await createServer(loadSettings({ env }))
  await server.listen()
  const management = `http://127.0.0.1:${managementPort}`
  const metrics = async () => readMetrics(await (await fetch(`${management}/metrics`)).text())
  return {
    server,
    issuer: `http://localhost:${port}`,
    management,
    metrics,
    async value(name, labels = {}) {
      return (await metrics())
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted))
        .reduce((sum, sample) => sum + sample.value, 0)
    },
  }
}

describe('a server with a management port', () => {
  let m: Measured
  beforeAll(async () => {
    m = await measured('counted')
  })
  afterAll(() => m.server.close())

  const token = (fields: Readonly<Record<string, string>>) =>
    fetch(`${m.issuer}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) })

  test('counts requests by protocol, endpoint and outcome, and refusals by reason', async () => {
    const { id, secret } = await addClient(m.server, {
      grant_types: ['client_credentials'],
      scope: 'email',
    })
    const machine = { grant_type: 'client_credentials', client_id: id }
    const before = await m.value('consentry_commit_batch_size_sum')
    expect((await token({ ...machine, client_secret: secret })).status).toBe(200)
    expect((await token({ ...machine, client_secret: 'wrong' })).status).toBe(401)
    await fetch(`${m.issuer}/nowhere/at/all`)
    await fetch(`${m.issuer}/login`)

    const requests = 'consentry_requests_total'
    const tokens = { protocol: 'oauth', endpoint: '/oauth/token' }
    expect(await m.value(requests, { ...tokens, outcome: 'answered' })).toBe(1)
    expect(await m.value(requests, { ...tokens, outcome: 'refused' })).toBe(1)
    expect(await m.value(requests, { protocol: 'pages', endpoint: '/login', outcome: 'answered' })).toBe(1)
    expect(await m.value(requests, { protocol: 'none', endpoint: 'none', outcome: 'refused' })).toBe(1)
    expect(await m.value('consentry_refusals_total', { reason: 'client_secret_wrong' })).toBe(1)
    expect(await m.value('consentry_request_duration_seconds_count', tokens)).toBe(2)
    expect((await m.value('consentry_commit_batch_size_sum')) - before).toBeGreaterThanOrEqual(1)
  })

  test('says how jobs, passwords, process and event loop are', async () => {
    expect(await m.value('consentry_jobs', { kind: 'sweep', state: 'waiting' })).toBe(1)
    expect(await m.value('consentry_database_up')).toBe(1)
    expect(await m.value('consentry_password_checks')).toBe(0)
    expect(await m.value('consentry_build_info', { database: 'sqlite', node: process.versions.node })).toBe(1)
    expect(await m.value('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(await m.value('process_start_time_seconds')).toBeGreaterThan(1.7e9)
    const loop = (await m.metrics()).filter(({ name }) => name === 'consentry_event_loop_delay_seconds')
    expect(loop.map(({ labels }) => labels.statistic)).toEqual(['mean', 'p99', 'max'])
  })

  test('has health, readiness and version there, and no page or token endpoint', async () => {
    for (const path of ['/healthz', '/readyz', '/version']) expect((await fetch(m.management + path)).status).toBe(200)
    for (const path of ['/', '/oauth/token', '/login']) expect((await fetch(m.management + path)).status).toBe(404)
    const { headers } = await fetch(`${m.management}/metrics`)
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  test('has no metrics on the public port', async () => {
    for (const path of ['/metrics', '/metrics/', '//metrics', '/admin/../metrics']) {
      const answer = await fetch(m.issuer + path)
      expect(answer.status).not.toBe(200)
      expect(await answer.text()).not.toContain('consentry_requests_total')
    }
  })

  test('shows nothing that a request said', async () => {
    const { id } = await addAccount(m.server, 'canary-person')
    const canary = 'canary-5c1b7e'
    const asked: [string, RequestInit?][] = [
      [`/oauth/authorize?client_id=${canary}&state=${canary}&login_hint=${canary}@example.com`],
      ['/oauth/token', { method: 'POST', body: new URLSearchParams({ grant_type: canary, code: canary }) }],
      [`/${canary}?q=${canary}`],
      [`/developer/apps/${canary}`],
      [`/api/v3/variables/${canary}`, { headers: { authorization: `Bearer ${canary}` } }],
      ['/login', { headers: { 'user-agent': canary, cookie: `x=${canary}`, traceparent: canary, host: canary } }],
      [`/oauth/token?${canary}`, { method: 'DELETE', headers: { 'x-forwarded-for': '203.0.113.77' } }],
    ]
    for (const [path, init] of asked) await fetch(m.issuer + path, { redirect: 'manual', ...init })
    const text = await (await fetch(`${m.management}/metrics`)).text()
    for (const secret of [canary, 'canary-person', id, '203.0.113.77', '127.0.0.1']) expect(text).not.toContain(secret)
    const paths = (await m.metrics()).map(({ labels }) => labels.endpoint).filter((path) => path?.includes('apps'))
    expect(paths).toContain('/developer/apps/:id')
  })
})

test('connections of PostgreSQL are counted by pool', async () => {
  const { url, drop } = await copyDatabase(movableClock(), rootSecret)
  const m = await measured('postgres', { DATABASE_URL: url, CONSENTRY_SECRET: rootSecret })
  try {
    expect(await m.value('consentry_database_connections_limit', { pool: 'tokens' })).toBeGreaterThan(1)
    expect(await m.value('consentry_database_connections', { pool: 'tokens' })).toBeGreaterThan(0)
    const waiting = (await m.metrics()).filter(({ name }) => name === 'consentry_database_queries_waiting')
    expect(waiting.map(({ labels }) => labels.pool)).toEqual(['tokens', 'shared', 'reads'])
    expect(await m.value('consentry_build_info', { database: 'postgres' })).toBe(1)
  } finally {
    await m.server.close()
    await drop()
  }
})

test('the management port is on this machine unless it is said, and is not the public one', () => {
  const env = { CONSENTRY_DATA: join(folder, 'settings'), CONSENTRY_MANAGEMENT_PORT: '9464' }
  expect(loadSettings({ env }).management).toEqual({ port: 9464, host: '127.0.0.1' })
  expect(loadSettings({ env: { ...env, CONSENTRY_MANAGEMENT_PORT: '' } }).management).toBeUndefined()
  expect(() => loadSettings({ env: { ...env, PORT: '9464' } })).toThrow('CONSENTRY_MANAGEMENT_PORT')
})

describe('the table of metrics', () => {
  const names = Object.keys(metricsTable) as MetricName[]

  test('has names, units, help and labels as Prometheus asks for them', () => {
    for (const [name, { type, help, labels, buckets }] of Object.entries(metricsTable)) {
      expect(name).toMatch(/^(?:consentry|process)_[a-z]+(?:_[a-z]+)*$/)
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
      expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|hours|kilobytes|count|sum|bucket|counter|gauge)(?:_|$)/)
      expect(help).toMatch(/^[A-Z1].*\.$/)
      for (const label of labels) expect(label).toMatch(/^(?!le$|quantile$)[a-z]+$/)
      expect(buckets !== undefined, name).toBe(type === 'histogram')
      expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual(buckets ?? [])
    }
  })

  test('is what dashboard, alert rules and page are made from; npm run docs:metrics writes them anew', () => {
    const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
    expect(read('deploy/grafana/consentry.json')).toBe(dashboard())
    expect(read('deploy/prometheus/consentry_rules.yml')).toBe(alertRules())
    expect(read('docs/operating/monitoring.md')).toContain(metricsReference())
    const { groups } = parse(alertRules()) as { groups: { rules: { alert: string; expr: string }[] }[] }
    expect(groups[0]?.rules.map(({ alert, expr }) => ({ alert, expr }))).toEqual(
      alerts.map(({ name, expr }) => ({ alert: name, expr })),
    )
  })

  const expressions = [
    ...panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    ...alerts.map((one) => one.expr),
  ]

  test('has every metric and label that they ask for, and each metric is asked for somewhere', () => {
    const used = new Set<string>()
    for (const expr of expressions) {
      const found = [...expr.matchAll(/\b(?:consentry|process)_\w+/g)].map(([name]) => name)
      const metrics = found.map((name) =>
        names.find((known) => name.replace(/_(?:bucket|sum|count)$/, '') === known || name === known),
      )
      expect(metrics, expr).not.toContain(undefined)
      for (const name of metrics) used.add(name as string)
      const known = new Set([
        'le',
        'instance',
        'job',
        ...metrics.flatMap((name) => (name ? metricsTable[name].labels : [])),
      ])
      const labels = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '))
      const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
      for (const label of [...labels, ...matched]) expect(known.has(label), `${label} in ${expr}`).toBe(true)
      for (const [, reason = ''] of expr.matchAll(/reason="(\w+)"/g)) expect(Object.keys(refusals)).toContain(reason)
    }
    expect(names.filter((name) => !used.has(name))).toEqual([])
  })
})
