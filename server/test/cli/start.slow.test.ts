/** The command itself, as an operator starts it: the committed bin, a data folder of its own, signals, exit codes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeProblem } from '../../src/cli/node_lines.ts'
import { buildCommand } from '../support/command.ts'

const bin = fileURLToPath(new URL('../../bin/consentry.js', import.meta.url))
const children = new Set<ChildProcess>()
let folder: string

beforeAll(async () => {
  await buildCommand()
  folder = mkdtempSync(join(tmpdir(), 'consentry-start-'))
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Running {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

function start(args: readonly string[], env: Record<string, string> = {}, program = bin): Running {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { PATH, ...env } })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => {
      children.delete(child)
      resolve({ code, ...output })
    })
  })
  return { child, output, ended }
}

/** Resolves with what the process has printed once that holds `text`; rejects where it ends before. */
function printed({ child, output, ended }: Running, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (output.stdout.includes(text)) resolve(output.stdout)
    }
    child.stdout?.on('data', look)
    look()
    void ended.then(({ code, stderr }) => reject(new Error(`it ended with ${code}: ${stderr}`)))
  })
}

function listenAnywhere(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    })
  })
}

async function freePort(): Promise<number> {
  const { server, port } = await listenAnywhere()
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('serve', () => {
  test('prints address, protocols and the one-time link, answers, and stops when it is told to', async () => {
    const port = await freePort()
    const running = start(['serve', '--port', `${port}`, '--data', 'first'], { CONSENTRY_LOG_LEVEL: 'warn' })
    const text = await printed(running, '/setup?token=')
    expect(text).toContain(`http://localhost:${port}`)
    expect(text).toContain('protocols  oauth, quantimodo, password_token, jwt_login')
    expect(text).toContain('CONSENTRY_DIALECTS=none')
    expect(text).not.toContain('\u001b')
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    const discovery = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer: `http://localhost:${port}` })
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(join(folder, 'first', 'secret'))).toBe(true)
  })

  test('gives one JSON document with --json, and a link at each start', async () => {
    const port = await freePort()
    const links: unknown[] = []
    for (let round = 0; round < 2; round++) {
      const running = start(['serve', '--json', '--data', 'second'], { PORT: `${port}` })
      const document = JSON.parse(await printed(running, '}')) as Record<string, unknown>
      expect(document).toMatchObject({ name: 'consentry', issuer: `http://localhost:${port}` })
      expect(document.node_problem).toBe(nodeProblem(process.versions.node, Date.now()) ?? null)
      links.push(document.setup_url)
      running.child.kill('SIGINT')
      expect((await running.ended).code).toBe(0)
    }
    for (const link of links) expect(link).toMatch(/\/setup\?token=/)
  })

  test('says in one line what to do where the port is in use', async () => {
    const { server, port } = await listenAnywhere()
    const { code, stderr, stdout } = await start(['serve', '--port', `${port}`, '--data', 'third'], {
      CONSENTRY_LOG_LEVEL: 'fatal',
    }).ended
    await new Promise((resolve) => server.close(resolve))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`consentry: Port ${port} is in use. Choose another with --port or PORT.\n`)
  })

  test('says in one line that a host is none of this machine', async () => {
    const port = await freePort()
    const env = { PORT: `${port}`, HOST: '203.0.113.1', CONSENTRY_LOG_LEVEL: 'fatal' }
    const { code, stderr } = await start(['serve', '--data', 'fourth'], env).ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'consentry: HOST 203.0.113.1 is not an address of this machine. Try 127.0.0.1.\n',
    })
  })
})

describe('one data folder', () => {
  const serve = async (data: string) =>
    start(['serve', '--port', `${await freePort()}`, '--data', data], { CONSENTRY_LOG_LEVEL: 'fatal' })

  test('has one server, beside which commands work; one that died is not in the way of the next', async () => {
    const first = await serve('shared')
    await printed(first, 'is running')
    const lock = join(folder, 'shared', 'consentry.lock')
    expect(statSync(lock).mode & 0o777).toBe(0o600)
    const held = `process ${first.child.pid} on host ${hostname()}`
    expect(await (await serve('shared')).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `consentry: Another server runs on ${join(folder, 'shared')} (${held}).\n`,
    })
    const command = start(['client', 'create', 'Beside', '--redirect-uri', 'https://a.example/cb', '--data', 'shared'])
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' })
    first.child.kill('SIGKILL')
    await first.ended
    expect(existsSync(lock)).toBe(true)
    const second = await serve('shared')
    await printed(second, 'is running')
    second.child.kill('SIGTERM')
    expect((await second.ended).code).toBe(0)
    expect(existsSync(lock)).toBe(false)
  })

  test('is taken over from what is no lock, and given back by a server that could not start', async () => {
    const { server, port } = await listenAnywhere()
    mkdirSync(join(folder, 'left'))
    writeFileSync(join(folder, 'left', 'consentry.lock'), '4711 somewhere else\n'.repeat(50))
    const failed = start(['serve', '--port', `${port}`, '--data', 'left'], { CONSENTRY_LOG_LEVEL: 'fatal' })
    expect((await failed.ended).stderr).toContain(`Port ${port} is in use.`)
    await new Promise((resolve) => server.close(resolve))
    expect(existsSync(join(folder, 'left', 'consentry.lock'))).toBe(false)
  })
})

describe('what goes wrong has one line and an exit code', () => {
  test('a wrong setting', async () => {
    const { code, stderr, stdout } = await start(['serve'], { PORT: 'eighty' }).ended
    expect({ code, stderr, stdout }).toEqual({
      code: 3,
      stderr: 'consentry: PORT must be a number from 1 to 65535\n',
      stdout: '',
    })
  })

  test('a database out of reach', async () => {
    const { code, stderr } = await start(['serve', '--json', '--data', 'fifth'], {
      DATABASE_URL: `postgres://consentry:hunter2@127.0.0.1:${await freePort()}/consentry`,
      CONSENTRY_LOG_LEVEL: 'silent',
    }).ended
    expect(code).toBe(4)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'database' } })
    expect(stderr).not.toContain('hunter2')
  })

  test('a wrong command line, as JSON where that was asked for', async () => {
    const plain = await start(['serve', '--nope']).ended
    expect(plain).toMatchObject({ code: 2, stdout: '' })
    expect(plain.stderr).toBe("consentry: unknown option '--nope' (--help shows what there is)\n")
    const json = await start(['serve', '--nope', '--json']).ended
    expect(json).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'usage' } })
  })
})

test('the bundled command judges a new password in its thread, and ends', async () => {
  const data = join(folder, 'judging')
  const judged = async (password: string) => {
    const running = start(['user', 'create', 'alice', '--password-stdin', '--data', data])
    running.child.stdin?.end(password)
    return running.ended
  }
  const weak = await judged('passwordpassword')
  expect(weak.code).not.toBe(0)
  expect(weak.stderr).toContain('This password is too common.')
  expect((await judged('lantern meadow copper')).code).toBe(0)
})

test('the command works through a link from anywhere, and --help lists every setting', async () => {
  const link = join(folder, 'consentry')
  symlinkSync(bin, link)
  const { code, stdout } = await start(['--version'], {}, link).ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: '0.2.0\n' })
  const help = await start(['serve', '--help'], {}, link).ended
  expect(help.code).toBe(0)
  expect(help.stdout).toContain('CONSENTRY_TRUST_PROXY')
  expect(help.stdout).toContain('PORT = 3000')
})
