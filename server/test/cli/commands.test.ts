/** The commands beside serve and apply: what they make, print and refuse. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (argv: readonly string[]) => runCommand(argv, env)

function write(document: unknown): string {
  const path = join(folder, 'operator.json')
  writeFileSync(path, JSON.stringify(document))
  return path
}

describe('every command', () => {
  test.each([
    'serve',
    'apply',
    'user create',
    'user set-password',
    'client create',
    'migrate',
    'backup',
    'restore',
    'recover',
    'check',
  ])('has help for %s', async (name) => {
    const { code, stdout } = await run([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: consentry ${name}`)
  })

  test('ends with 2 for a wrong command line and with 3 for a wrong setting, in one line', async () => {
    expect((await run(['fly'])).code).toBe(2)
    expect((await run(['apply'])).code).toBe(2)
    const wrong = await runCommand(['migrate'], { ...env, PORT: 'many' })
    expect(wrong).toMatchObject({ code: 3, stdout: '' })
    expect(wrong.stderr).toMatch(/^consentry: PORT [^\n]+\n$/)
  })

  test('brings the database up to date, as often as one likes', async () => {
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await run(['migrate', '--json'])
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ driver: 'sqlite', state: 'up_to_date' })
    }
  })
})

describe('consentry user', () => {
  test('makes an account and changes its password', async () => {
    const argv = ['user', 'create', 'alice', '--email', 'alice@example.com', '--role', 'owner']
    const made = await run([...argv, '--password', 'correct horse battery', '--json'])
    expect(made.code).toBe(0)
    expect(JSON.parse(made.stdout)).toMatchObject({
      username: 'alice',
      email: 'alice@example.com',
      roles: ['owner'],
      id: expect.stringMatching(/^usr_/),
    })
    // The document compares by verifying, so it tells which password is the present one.
    const same = write({ users: [{ username: 'alice', password: 'correct horse battery' }] })
    expect((await run(['apply', same])).stdout).toBe('nothing to change\n')
    expect(await run(['user', 'set-password', 'alice', '--password', 'another horse'])).toEqual({
      code: 0,
      stdout: 'user alice password changed\n',
      stderr: '',
    })
    expect((await run(['apply', same, '--dry-run'])).stdout).toBe('~ user alice: password\n')
  })

  test('refuses a name that is taken and a weak password', async () => {
    await run(['user', 'create', 'alice', '--password', 'correct horse battery'])
    expect(await run(['user', 'create', 'ALICE', '--password', 'correct horse battery'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'consentry: That username is taken.\n',
    })
    expect((await run(['user', 'create', 'bob', '--password', 'short'])).code).toBe(2)
    expect((await run(['user', 'create', 'bob', '--role', 'king', '--password', 'correct horse'])).code).toBe(2)
    expect((await run(['user', 'set-password', 'bob', '--password', 'correct horse'])).code).toBe(1)
  })
})

describe('consentry client', () => {
  test('registers an app that authenticates, whose id and secret are letters and digits', async () => {
    await run(['user', 'create', 'alice', '--password', 'correct horse battery'])
    const redirects = ['--redirect-uri', 'http://localhost:8080/cb', 'https://app.example/cb']
    const { code, stdout } = await run(['client', 'create', 'My app', ...redirects, '--owner', 'alice', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      client_id: expect.stringMatching(/^[A-Za-z0-9]{21}$/),
      client_secret: expect.stringMatching(/^[A-Za-z0-9]{49}$/),
      client_name: 'My app',
      redirect_uris: ['http://localhost:8080/cb', 'https://app.example/cb'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: 'basic readmeasurements writemeasurements openid profile email offline_access',
    })
  })

  test('lets a waiting app in and switches one off', async () => {
    await run([
      'client',
      'create',
      'Phones',
      '--public',
      '--redirect-uri',
      'https://app.example/cb',
      '--client-id',
      'one',
    ])
    const off = await run(['client', 'disable', 'one', '--json'])
    expect(JSON.parse(off.stdout)).toEqual({ client_id: 'one', enabled: false })
    expect((await run(['client', 'enable', 'one'])).stdout).toBe('one is enabled\n')
    const nobody = await run(['client', 'enable', 'nobody'])
    expect([nobody.code, nobody.stderr]).toEqual([1, 'consentry: No client nobody.\n'])
  })

  test('without the data API, an app asks for a sign-in alone, and a scope of that API is unknown', async () => {
    const off = { ...env, CONSENTRY_DATA_API: 'off' }
    const argv = ['client', 'create', 'My app', '--redirect-uri', 'https://app.example/cb', '--json']
    const { code, stdout } = await runCommand(argv, off)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).scope).toBe('openid profile email offline_access')
    const refused = await runCommand([...argv, '--scope', 'openid readmeasurements'], off)
    expect(refused.code).toBe(2)
    expect(refused.stderr + refused.stdout).toContain('Unknown scope readmeasurements.')
  })

  test('registers a public app without secret, under an id of its own if that is free', async () => {
    const argv = ['client', 'create', 'Phones', '--public', '--redirect-uri', 'https://app.example/cb']
    const first = await run([...argv, '--client-id', 'phones', '--json'])
    expect(JSON.parse(first.stdout)).toMatchObject({
      client_id: 'phones',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    })
    expect(first.stdout).not.toContain('client_secret')
    expect((await run([...argv, '--client-id', 'phones'])).code).toBe(1)
  })

  test('refuses a scope that means nothing here, and takes it once a resource has it', async () => {
    const argv = ['client', 'create', 'X', '--redirect-uri', 'https://a.example/cb', '--scope', 'basic foo bar']
    const refused = await run(argv)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^consentry: Unknown scopes foo, bar\. Known: openid [^\n]+\n$/)
    const resources = [{ resource: 'https://api.example', scopes: ['foo', 'bar'] }]
    expect((await run(['apply', write({ resources })])).code).toBe(0)
    expect((await run(argv)).code).toBe(0)
  })

  test('says which redirect URI it cannot register, and why', async () => {
    const ran = await run(['client', 'create', 'X', '--redirect-uri', 'https://a.example/cb', 'http://b.example/cb'])
    expect(ran).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'consentry: --redirect-uri http://b.example/cb cannot be registered: http is for loopback addresses only; use https\n',
    })
    expect((await run(['client', 'create', 'X'])).stderr).toMatch(/^consentry: --redirect-uri is empty/)
  })
})
