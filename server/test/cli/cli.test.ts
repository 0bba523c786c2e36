/** The command as people start it: a process, its output, its exit code. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { version } from '../../src/version.ts'
import { buildCommand, type CommandLine, commandLine, freePort, type Serving } from '../support/command.ts'

// Processes start slowly where many do so at once.
vi.setConfig({ testTimeout: 120_000 })

let cli: CommandLine
beforeAll(buildCommand, 120_000)
beforeEach(() => {
  cli = commandLine()
})
afterEach(() => cli.close())

const secret = 'a client secret of the operator, long enough'
const meadow = {
  client_id: 'meadow',
  client_secret: secret,
  grant_types: ['client_credentials'],
  scope: 'basic readmeasurements',
}

function write(document: unknown): string {
  const path = join(cli.folder, 'operator.json')
  writeFileSync(path, JSON.stringify(document))
  return path
}

async function askForToken({ port }: Serving, id: string, password: string) {
  const response = await fetch(`http://127.0.0.1:${port}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('the command', () => {
  test('says its version, and what there is with an example', async () => {
    expect(await cli.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const help = await cli.run(['--help'])
    expect(help.code).toBe(0)
    for (const name of ['serve', 'apply', 'user', 'client', 'migrate', 'init', 'keys', 'doctor'])
      expect(help.stdout).toContain(`\n  ${name}`)
    expect(help.stdout).toContain('Exit codes:')
  })

  test('reads a password and a document from standard input', async () => {
    const argv = ['user', 'create', 'alice', '--password-stdin']
    expect(await cli.run(argv, { input: 'correct horse battery\n' })).toEqual({
      code: 0,
      stdout: 'user alice made\n',
      stderr: '',
    })
    // A document compares by verifying, so it tells which password is the present one.
    const input = JSON.stringify({ users: [{ username: 'alice', password: 'correct horse battery' }] })
    expect((await cli.run(['apply', '-'], { input })).stdout).toBe('nothing to change\n')
    expect((await cli.run(['user', 'create', 'bob'])).stderr).toMatch(/--password-stdin\.\n$/)
  })
})

describe('consentry serve', () => {
  test('says in JSON where it is, answers there, and ends with 0 when it is told to', async () => {
    const server = await cli.serve()
    expect(server.said).toMatchObject({
      name: 'consentry',
      version,
      issuer: server.issuer,
      dialects: ['oauth', 'quantimodo', 'password_token', 'jwt_login'],
    })
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200)
    expect((await server.stop('SIGTERM')).code).toBe(0)
  })

  test('takes a document up at once while it runs, and a second time there is nothing to change', async () => {
    const server = await cli.serve()
    expect((await askForToken(server, 'meadow', secret)).status).toBe(401)
    const file = write({ clients: [meadow] })
    expect(await cli.run(['apply', file, '--dry-run'])).toMatchObject({ code: 0, stdout: '+ client meadow\n' })
    expect((await askForToken(server, 'meadow', secret)).status).toBe(401)
    expect(await cli.run(['apply', file])).toEqual({ code: 0, stdout: '+ client meadow\n', stderr: '' })
    const answer = await askForToken(server, 'meadow', secret)
    expect(answer).toMatchObject({ status: 200, body: { scope: 'basic readmeasurements' } })
    expect(await cli.run(['apply', '-'], { input: JSON.stringify({ clients: [meadow] }) })).toEqual({
      code: 0,
      stdout: 'nothing to change\n',
      stderr: '',
    })
    const changed = write({ clients: [{ ...meadow, client_secret: `new ${secret}`, scope: 'basic' }] })
    expect((await cli.run(['apply', changed])).stdout).toBe('~ client meadow: scope, client_secret\n')
    expect((await askForToken(server, 'meadow', secret)).status).toBe(401)
    expect(await askForToken(server, 'meadow', `new ${secret}`)).toMatchObject({
      status: 200,
      body: { scope: 'basic' },
    })
  })

  test('names the port that is in use', async () => {
    const port = await freePort()
    const other = createServer().listen(port, '127.0.0.1')
    try {
      expect(await cli.run(['serve'], { env: { PORT: String(port) } })).toEqual({
        code: 1,
        stdout: '',
        stderr: `consentry: Port ${port} is in use. Choose another with --port or PORT.\n`,
      })
    } finally {
      other.close()
    }
  })

  test('offers setup links until somebody has used one: at each start, and by setup-link', async () => {
    // A link is bound to the issuer, which must not move with the port.
    const first = await cli.serve()
    const pathOf = (link: unknown) => String(link).slice(first.issuer.length)
    const path = pathOf(first.said.setup_url)
    await first.stop()
    const second = await cli.serve(first.port)
    const asked = await cli.run(['setup-link', '--json'], { env: { PORT: String(first.port) } })
    const { setup_url: another } = JSON.parse(asked.stdout)
    for (const link of [second.said.setup_url, another]) {
      expect((await fetch(`${second.issuer}${pathOf(link)}`)).status).toBe(200)
    }
    expect((await setUp(second, path)).status).toBe(303)
    for (const link of [path, pathOf(second.said.setup_url), pathOf(another)]) {
      expect((await fetch(`${second.issuer}${link}`)).status).toBe(410)
    }
    const late = await cli.run(['setup-link'], { env: { PORT: String(first.port) } })
    expect([late.code, late.stdout, late.stderr]).toEqual([
      1,
      '',
      'consentry: There is an administrator already. See: user list\n',
    ])
    await second.stop()
    expect((await cli.serve(first.port)).said.setup_url).toBeNull()
  })
})

/** Opens the setup page and sends its form as a browser does. */
async function setUp({ issuer }: Serving, path: string): Promise<Response> {
  const page = await fetch(`${issuer}${path}`)
  const body = await page.text()
  const hidden = [...body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    /name="([^"]*)"/.exec(tag)?.[1] ?? '',
    /value="([^"]*)"/.exec(tag)?.[1] ?? '',
  ])
  return fetch(`${issuer}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      cookie: page.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';', 1)[0])
        .join('; '),
      origin: issuer,
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams([
      ...hidden,
      ['username', 'alice'],
      ['email', 'alice@example.com'],
      ['password', 'correct horse battery'],
    ]),
  })
}
