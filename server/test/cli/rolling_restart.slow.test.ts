/**
 * Two nodes on one PostgreSQL behind the proxy of `deploy/haproxy`, which repeats nothing and keeps its connections: a rolling
 * restart is noticed by nobody, and a node that is killed takes nothing along.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { authorize, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { buildCommand, type CommandLine, commandLine, freePort, type Serving } from '../support/command.ts'
import { addAccount, addClient, harness, movableClock, rootSecret, type TestClient } from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'
import { copyDatabase } from '../support/template.ts'

const haproxy = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((path) => existsSync(path))
const configuration = new URL('../../../deploy/haproxy/haproxy.cfg', import.meta.url)

interface Answered {
  /** 0 where the connection broke before an answer came. */
  readonly status: number
  readonly body: string
}

describe.runIf(haproxy !== undefined && (await postgresUrl()) !== undefined)('behind the sample proxy', () => {
  let folder: string
  let cli: CommandLine
  let database: TestDatabase
  let proxy: ChildProcess
  let entry: number
  let app: TestClient
  let chains: { refresh: string; access: string }[]
  const ports: number[] = []
  const nodes: Serving[] = []

  beforeAll(async () => {
    await buildCommand()
    folder = mkdtempSync(join(tmpdir(), 'consentry-rolling-'))
    cli = commandLine()
    const clock = movableClock()
    database = await copyDatabase(clock, rootSecret)
    const h = await harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    await addAccount(h)
    app = await addClient(h)
    chains = []
    for (let one = 0; one < 4; one++) {
      const { code } = await authorize(h.app, authorizeUrl(app))
      const { body } = await exchangeCode(h.app, app, code)
      chains.push({ refresh: body.refresh_token ?? '', access: body.access_token ?? '' })
    }
    await h.close()
    ports.push(await freePort(), await freePort())
    for (const at of [0, 1]) await start(at)
    await startProxy()
  }, 300_000)
  afterAll(async () => {
    proxy?.kill('SIGKILL')
    await cli.close()
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(at: number): Promise<void> {
    nodes[at] = await cli.serve(ports[at], {
      DATABASE_URL: database.url,
      CONSENTRY_SECRET: rootSecret,
      CONSENTRY_ISSUER: 'http://localhost:3000',
      CONSENTRY_TRUST_PROXY: '127.0.0.1',
    })
  }

  async function startProxy(): Promise<void> {
    const pem = join(folder, 'tls.pem')
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', cert, '-subj', '/CN=localhost'])
    writeFileSync(pem, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'))
    entry = await freePort()
    const file = join(folder, 'haproxy.cfg')
    const health = await freePort()
    const socket = `global\n  stats socket ${join(folder, 'stats')} level user`
    writeFileSync(
      file,
      readFileSync(configuration, 'utf8')
        .replace(/^global$/m, socket)
        .replace('127.0.0.1:8404', `127.0.0.1:${health}`),
    )
    proxy = spawn(haproxy ?? '', ['-db', '-f', file], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        LISTEN_HTTP: `127.0.0.1:${await freePort()}`,
        LISTEN_HTTPS: `127.0.0.1:${entry}`,
        NODE_A: `127.0.0.1:${ports[0]}`,
        NODE_B: `127.0.0.1:${ports[1]}`,
        TLS_PEM: pem,
      },
    })
    await untilBothUp()
  }

  /** Whether the proxy holds both nodes for ready. */
  async function bothUp(): Promise<boolean> {
    const asked = connect(join(folder, 'stats'))
    asked.on('error', () => {})
    asked.end('show stat\n')
    const lines = (await text(asked).catch(() => '')).split('\n').filter((line) => /^nodes,node-/.test(line))
    return lines.length === 2 && lines.every((line) => line.split(',')[17] === 'UP')
  }

  const untilBothUp = () =>
    vi.waitFor(async () => expect(await bothUp()).toBe(true), { timeout: 60_000, interval: 100 })

  const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false })
  afterAll(() => agent.destroy())

  function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answered> {
    return new Promise((resolve) => {
      const sent = request({
        host: '127.0.0.1',
        port: entry,
        method,
        path,
        agent,
        headers: { host: 'localhost:3000', ...headers },
      })
      sent.once('error', () => resolve({ status: 0, body: '' }))
      sent.once('response', (response) => {
        text(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, body }),
          () => resolve({ status: 0, body: '' }),
        )
      })
      sent.end(body)
    })
  }

  function form(path: string, fields: Record<string, string>): Promise<Answered> {
    const basic = Buffer.from(`${app.id}:${app.secret}`).toString('base64')
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }
    return ask('POST', path, headers, new URLSearchParams(fields).toString())
  }

  const isActive = async (token: string) => {
    const { status, body } = await form('/oauth/introspect', { token })
    return status === 200 ? (JSON.parse(body) as { active: boolean }).active : status
  }

  /** What callers do at once until `until` is over; answers what came, by who asked and status. */
  async function load(until: Promise<unknown>): Promise<{ told: Map<string, number>; acknowledged: string[] }> {
    let over = false
    void until.finally(() => {
      over = true
    })
    const told = new Map<string, number>()
    const acknowledged: string[] = []
    const tell = (who: string, status: number) => {
      const what = `${who} ${status}`
      told.set(what, (told.get(what) ?? 0) + 1)
      return status
    }
    const again = async (work: () => Promise<unknown>) => {
      while (!over) await work()
    }
    const keep = ({ body }: Answered) => {
      const { access_token: access, refresh_token: refresh } = JSON.parse(body) as Record<string, string>
      if (access !== undefined) acknowledged.push(access)
      return { access: access ?? '', refresh: refresh ?? '' }
    }
    await Promise.all([
      ...chains.map((chain) =>
        again(async () => {
          const answer = await form('/oauth/token', { grant_type: 'refresh_token', refresh_token: chain.refresh })
          // What did not come is asked for again with the same token, as honest clients do.
          if (tell('refresh', answer.status) === 200) Object.assign(chain, keep(answer))
        }),
      ),
      again(async () => {
        const answer = await form('/oauth/token', { grant_type: 'client_credentials' })
        if (tell('token', answer.status) === 200) keep(answer)
      }),
      again(async () => {
        const active = await isActive(chains[0]?.access ?? '')
        tell('introspection', typeof active === 'number' ? active : 200)
        if (active === false) tell('introspection of a live token', 0)
      }),
      again(async () => tell('page', (await ask('GET', '/login', { accept: 'text/html' })).status)),
      again(async () => {
        const authorization = `Bearer ${chains[1]?.access ?? ''}`
        tell('api', (await ask('GET', '/api/v3/user', { authorization })).status)
      }),
    ])
    return { told, acknowledged }
  }

  test('a rolling restart is noticed by nobody: every answer is the one that is due', async () => {
    const restarted = (async () => {
      for (const at of [0, 1, 0, 1].slice(0, Math.max(2, rounds(4)))) {
        expect(await nodes[at]?.stop('SIGTERM')).toMatchObject({ code: 0 })
        await start(at)
        await untilBothUp()
      }
    })()
    const { told } = await load(restarted)
    await restarted
    expect([...told.keys()].sort()).toEqual(['api 200', 'introspection 200', 'page 200', 'refresh 200', 'token 200'])
  }, 300_000)

  test('a node that is killed again and again takes nothing along, and no honest client is logged out', async () => {
    const killed = (async () => {
      for (let kill = 0; kill < rounds(20); kill++) {
        const at = kill % 2
        await nodes[at]?.stop('SIGKILL')
        await start(at)
        await untilBothUp()
      }
    })()
    const { told, acknowledged } = await load(killed)
    await killed
    // What was on its way through the node that died is lost on the wire (0, 502, 503, 504); nothing is refused.
    const statuses = new Set([...told.keys()].map((what) => what.split(' ').at(-1)))
    expect([...statuses].filter((status) => !['200', '0', '502', '503', '504'].includes(status ?? ''))).toEqual([])
    expect(told.has('introspection of a live token 0')).toBe(false)
    for (const { refresh } of chains) {
      expect(await form('/oauth/token', { grant_type: 'refresh_token', refresh_token: refresh })).toMatchObject({
        status: 200,
      })
    }
    const sample = acknowledged.filter((_, at) => at % Math.ceil(acknowledged.length / 500) === 0)
    expect(sample.length).toBeGreaterThan(0)
    for (const access of sample) expect(await isActive(access)).toBe(true)
  }, 600_000)
})
