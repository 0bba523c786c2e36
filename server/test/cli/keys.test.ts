/** `consentry keys`, `doctor` and `init` as their users run them. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/app.ts'
import { lookAtNode } from '../../src/cli/doctor.ts'
import { nodeProblem } from '../../src/cli/node_lines.ts'
import { loadSettings } from '../../src/settings.ts'
import { freePort } from '../support/command.ts'
import { startProvider } from '../support/test_provider.ts'
import { runCommand } from './output.ts'

interface Finding {
  readonly check: string
  readonly state: string
  readonly repair?: string
}

let folder: string
let env: Record<string, string>
let running: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data'), CONSENTRY_LOG_LEVEL: 'silent' }
})
afterEach(async () => {
  await running?.close()
  running = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<Server> {
  running = await createServer(loadSettings({ env }))
  return running
}

async function stop(): Promise<void> {
  await running?.close()
  running = undefined
}

async function findings(more: Record<string, string> = {}) {
  const { code, stdout } = await runCommand(['doctor', '--json'], { ...env, ...more })
  const found = (JSON.parse(stdout) as { findings: Finding[] }).findings
  for (const { state, repair } of found) if (state === 'problem') expect(repair).toMatch(/\w/)
  return { code, of: (check: string) => found.find((finding) => finding.check === check)?.state }
}

describe('consentry keys', () => {
  test('lists what there is, and rotates beside a running server, which follows', async () => {
    const { context } = await start()
    const { code, stdout } = await runCommand(['keys', 'list', '--json'], env)
    expect(code).toBe(0)
    const { keys } = JSON.parse(stdout) as { keys: { kid: string; alg: string; state: string }[] }
    expect(keys.map(({ alg, state }) => `${alg} ${state}`)).toEqual([
      'EdDSA signing',
      'EdDSA next',
      'ES256 signing',
      'ES256 next',
      'RS256 signing',
      'RS256 next',
    ])
    expect(stdout).not.toMatch(/sealed|"d"/)
    expect((await runCommand(['keys', 'list'], env)).stdout).toMatch(/ES256 {2}signing {2}since \d{4}-/)

    const early = await runCommand(['keys', 'rotate', '--json'], env)
    expect(early.code).toBe(1)
    expect(JSON.parse(early.stderr).error.code).toBe('too_early')
    const rotated = await runCommand(['keys', 'rotate', '--alg', 'ES256', '--now', '--json'], env)
    expect(rotated.code).toBe(0)
    const next = keys.find(({ alg, state }) => alg === 'ES256' && state === 'next')?.kid
    expect(JSON.parse(rotated.stdout).rotations).toMatchObject([{ alg: 'ES256', kid: next, outcome: 'rotated' }])
    await context.signer.reload()
    const signed = context.signer.sign('ES256', 'JWT', {})
    expect(JSON.parse(Buffer.from(signed.split('.')[0] ?? '', 'base64url').toString()).kid).toBe(next)
    expect((await runCommand(['keys', 'rotate', '--alg', 'HS256'], env)).code).toBe(2)
  })

  test('does not rotate under a secret that is not that of the database', async () => {
    await start()
    const wrong = { ...env, CONSENTRY_SECRET: 'not the secret of this database, though long' }
    const { code, stderr } = await runCommand(['keys', 'rotate', '--now'], wrong)
    expect(code).toBe(3)
    expect(stderr).toContain('root secret')
    await running?.context.signer.reload()
    expect(running?.context.signer.keys().every(({ state }) => state !== 'retired')).toBe(true)
  })
})

describe('consentry doctor', () => {
  test('finds nothing to repair with a sound server, running or not', async () => {
    await start()
    expect((await findings()).code).toBe(0)
    await stop()
    const { code, of } = await findings()
    expect(code).toBe(0)
    for (const check of ['issuer', 'data folder', 'secret file', 'database', 'clock', 'root secret', 'signing keys']) {
      expect(of(check), check).toBe('ok')
    }
  })

  test('names open files, a wrong secret and a database that is out of reach, each with its repair', async () => {
    await start()
    await stop()
    chmodSync(join(folder, 'data'), 0o755)
    chmodSync(join(folder, 'data', 'secret'), 0o644)
    const open = await findings()
    expect(open.code).toBe(1)
    expect([open.of('data folder'), open.of('secret file')]).toEqual(['problem', 'problem'])
    const wrong = await findings({ CONSENTRY_SECRET: 'not the secret of this database, though long' })
    expect([wrong.code, wrong.of('root secret')]).toEqual([1, 'problem'])
    const gone = await findings({ DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none' })
    expect([gone.code, gone.of('database')]).toEqual([1, 'problem'])
    const text = await runCommand(['doctor'], env)
    expect(text.stdout).toContain(`chmod 600 ${join(folder, 'data', 'secret')}`)
  })

  test('changes nothing: in an empty folder it makes none, and says that a server would', async () => {
    const { code, of } = await findings()
    expect([code, of('database'), of('server')]).toEqual([0, 'ok', 'warning'])
    expect((await runCommand(['doctor'], env)).stdout).toContain(
      'If it runs on another port, give this command the same PORT.',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  test('leaves a database of an older release as it is', async () => {
    await start()
    await stop()
    const path = join(folder, 'data', 'consentry.db')
    const database = new DatabaseSync(path)
    database.exec('delete from kysely_migration where name = (select max(name) from kysely_migration)')
    database.close()
    const before = readFileSync(path)
    const { code, of } = await findings()
    expect([code, of('database')]).toEqual([0, 'warning'])
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('asks the server at the issuer whether it is ready, and whether it is this one', async () => {
    const port = await freePort()
    env.PORT = String(port)
    const server = await start()
    await server.listen()
    expect((await findings()).of('server')).toBe('ok')
    const other = await findings({ CONSENTRY_ISSUER: `http://127.0.0.1:${port}` })
    expect([other.code, other.of('server')]).toEqual([1, 'problem'])
    server.context.alarms.raise('database_behind')
    expect((await findings()).of('server')).toBe('problem')
  })

  test('names keys that nobody looks after, once a server should have', async () => {
    await start()
    await stop()
    const late = await findings({ CONSENTRY_DEV: '1', CONSENTRY_CLOCK_OFFSET: String(92 * 86_400) })
    expect([late.code, late.of('signing keys'), late.of('clock')]).toEqual([1, 'problem', 'ok'])
  })

  test('asks each provider whether people can be sent to it, and names those that do not answer', async () => {
    const provider = await startProvider()
    try {
      const { issuer, clientId, clientSecret } = provider
      const both = { client_id: clientId, client_secret: clientSecret }
      const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
      const file = join(folder, 'providers.json')
      const entries = [
        { id: 'google', kind: 'oidc', issuer, ...both },
        { id: 'gone', kind: 'oidc', issuer: `${issuer}/gone`, ...both },
        { id: 'silent', kind: 'oauth2', ...endpoints, ...both },
      ]
      writeFileSync(file, JSON.stringify({ providers: entries }))
      expect((await runCommand(['apply', file], env)).code).toBe(0)
      const allowed = await findings({ CONSENTRY_OUTBOUND_ALLOW: issuer })
      expect(allowed.code).toBe(1)
      expect([allowed.of('provider google'), allowed.of('provider gone'), allowed.of('provider silent')]).toEqual([
        'ok',
        'problem',
        'problem',
      ])
      expect((await findings()).of('provider google'), 'an http address on loopback').toBe('problem')
      const { stdout } = await runCommand(['doctor'], { ...env, CONSENTRY_OUTBOUND_ALLOW: issuer })
      expect(stdout).toContain('/login/return/google')
      expect(stdout).not.toContain(clientSecret)
    } finally {
      await provider.close()
    }
  })

  test('warns of a Node.js that gets no repairs any more', () => {
    expect(lookAtNode('20.1.0', Date.parse('2026-05-01')).state).toBe('warning')
    expect(lookAtNode('22.1.0', Date.parse('2026-05-01')).state).toBe('ok')
    expect(lookAtNode('99.0.0', Date.parse('2026-05-01')).state).toBe('ok')
    const until = '2027-04-30'
    const sentence = `Node 20 has had no security fixes since 2026-04-30; Consentry supports it until ${until}`
    expect(nodeProblem('20.20.2', Date.parse('2026-11-27'))).toBe(sentence)
    for (const page of ['README.md', 'server/README.md']) {
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
      expect(text, page).toMatch(new RegExp(`supported\\s+until\\s+${until}`))
    }
  })
})

describe('consentry init', () => {
  test('writes a file that the server takes, closed to others, and never over another', async () => {
    const path = join(folder, 'consentry.json')
    const argv = ['init', '--config', path, '--issuer', 'https://login.example.com/', '--data', join(folder, 'data')]
    const made = await runCommand(argv, {})
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).toContain(`consentry serve --config ${path}`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const settings = loadSettings({ env: { CONSENTRY_CONFIG: path } })
    expect(settings).toMatchObject({ issuer: 'https://login.example.com', port: 3000, data: join(folder, 'data') })
    expect([...settings.dialects]).toEqual(['oauth'])

    writeFileSync(path, 'mine')
    const again = await runCommand([...argv, '--json'], {})
    expect(again.code).toBe(1)
    expect(JSON.parse(again.stderr).error.code).toBe('file_exists')
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  test('writes the file that CONSENTRY_CONFIG names, which the next commands read', async () => {
    const path = join(folder, 'named.json')
    const made = await runCommand(['init', '--yes', '--port', '4321'], { CONSENTRY_CONFIG: path })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).not.toContain('--config')
    expect(loadSettings({ env: { CONSENTRY_CONFIG: path } }).port).toBe(4321)
  })

  test('takes the port of a loopback issuer, and nothing that a start would refuse', async () => {
    const path = join(folder, 'local.json')
    const init = (...more: string[]) => runCommand(['init', '--config', path, ...more], {})
    expect((await init('--issuer', 'http://login.example.com')).code).toBe(3)
    expect((await init('--yes', '--port', '0')).code).toBe(3)
    expect((await init('--yes', '--dialects', 'latin')).code).toBe(3)
    expect((await init('--issuer', 'http://localhost:4000', '--dialects', 'quantimodo')).code).toBe(0)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ PORT: 4000, CONSENTRY_DIALECTS: 'quantimodo' })
  })
})
