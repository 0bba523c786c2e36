/** Settings: where they come from, and the one line that stops the start where one is wrong. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadSettings, type Settings, settingsSchema } from '../../src/settings.ts'
import { SettingsError } from '../../src/settings_error.ts'
import { settingsReference } from '../../src/settings_reference.ts'

const secret = 'a root secret of the tests, long enough'
const all = ['oauth', 'quantimodo', 'password_token', 'jwt_login']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function load(env: Record<string, string> = {}, flags: Record<string, string | undefined> = {}): Settings {
  return loadSettings({ env: { CONSENTRY_DATA: join(folder, 'data'), CONSENTRY_SECRET: secret, ...env }, flags })
}

function problem(env: Record<string, string>): string {
  try {
    load(env)
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError)
    return (error as Error).message
  }
  return 'no problem'
}

function write(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('the data API is on where the issuer is loopback or a legacy protocol is open, unless it is said', () => {
  const issuer = { CONSENTRY_ISSUER: 'https://id.example' }
  const secure = { ...issuer, CONSENTRY_TRUST_PROXY: '1' }
  expect(load().dataApi).toBe(true)
  expect(load({ CONSENTRY_DIALECTS: 'none' }).dataApi).toBe(true)
  expect(load(secure).dataApi).toBe(false)
  expect(load({ ...secure, CONSENTRY_DIALECTS: 'none' }).dataApi).toBe(false)
  expect(load({ ...secure, CONSENTRY_DIALECTS: 'jwt_login' }).dataApi).toBe(true)
  expect(load({ CONSENTRY_DATA_API: 'off' }).dataApi).toBe(false)
  expect(load({ ...secure, CONSENTRY_DATA_API: 'on' }).dataApi).toBe(true)
  expect(problem({ CONSENTRY_DATA_API: 'yes' })).toBe('CONSENTRY_DATA_API must be one of on, off')
})

test('a setting that does nothing beside the others is named with what it needs', () => {
  expect(load().idle).toEqual([])
  const given = {
    CONSENTRY_DIALECTS: 'none',
    CONSENTRY_DATA_API: 'off',
    CONSENTRY_PASSWORD_TOKEN_STATUS: '1',
    CONSENTRY_TLS_OLD_CLIENTS: '1',
    CONSENTRY_API_BODY_LIMIT: '2000000',
    MAIL_FROM: 'id@example.com',
  }
  expect(load(given).idle).toEqual([
    'MAIL_FROM (needs SMTP_URL)',
    'CONSENTRY_TLS_OLD_CLIENTS (needs CONSENTRY_TLS_CERT)',
    'CONSENTRY_PASSWORD_TOKEN_STATUS (needs the password_token protocol)',
    'CONSENTRY_API_BODY_LIMIT (needs CONSENTRY_DATA_API=on)',
  ])
  expect(load({ ...given, CONSENTRY_PASSWORD_TOKEN_STATUS: '0' }).idle).toHaveLength(3)
  const used = { CONSENTRY_PASSWORD_TOKEN_STATUS: '1' }
  expect(load({ ...used, CONSENTRY_MEASUREMENTS_PER_ACCOUNT: '5' }).idle).toEqual([])
})

describe('sources', () => {
  test('nothing set is a server on localhost, port 3000', () => {
    expect(load()).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      issuer: 'http://localhost:3000',
      loopback: true,
      databaseUrl: undefined,
      https: undefined,
      apiBodyLimit: 1_000_000,
      trustProxy: undefined,
      development: false,
      clockOffset: 0,
      appRegistration: 'open',
    })
  })

  test('flags come before the environment, the environment before the file, the file before the defaults', () => {
    const CONSENTRY_CONFIG = write('settings.json', '{"PORT": 4001, "HOST": "127.0.0.2"}')
    expect(load({ CONSENTRY_CONFIG })).toMatchObject({ port: 4001, host: '127.0.0.2' })
    expect(load({ CONSENTRY_CONFIG, PORT: '4002' })).toMatchObject({ port: 4002, host: '127.0.0.2' })
    expect(load({ CONSENTRY_CONFIG, PORT: '4002' }, { PORT: '4003' })).toMatchObject({ port: 4003 })
    expect(load({ CONSENTRY_CONFIG: '/nothing' }, { CONSENTRY_CONFIG })).toMatchObject({ port: 4001 })
  })

  test('an empty variable and an empty flag count as unset', () => {
    const CONSENTRY_CONFIG = write('settings.json', '{"PORT": 4001}')
    expect(load({ CONSENTRY_CONFIG, PORT: '' }, { PORT: '' }).port).toBe(4001)
    expect(load({ PORT: '4002' }, { PORT: '' }).port).toBe(4002)
    expect(
      load({ DATABASE_URL: '', CONSENTRY_ISSUER: '', CONSENTRY_DIALECTS: '', CONSENTRY_CONFIG: '' }),
    ).toMatchObject({
      databaseUrl: undefined,
      issuer: 'http://localhost:3000',
    })
  })

  test('the issuer follows the port unless it is set', () => {
    expect(load({ PORT: '4005' }).issuer).toBe('http://localhost:4005')
    expect(load({ PORT: '4005', CONSENTRY_ISSUER: 'https://id.example' }).issuer).toBe('https://id.example')
  })

  test('the reference names every setting', () => {
    const reference = settingsReference()
    for (const name of Object.keys(settingsSchema.shape)) expect(reference).toContain(`| \`${name}\` |`)
  })
})

describe('a wrong setting stops the start with one line that names it', () => {
  test.each<[string, Record<string, string>]>([
    ['PORT', { PORT: 'many' }],
    ['PORT', { PORT: '0' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '1.5' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'id.example' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://db/x' }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET: 'short' }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET: 'x'.repeat(64) }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET: secret, CONSENTRY_SECRET_FILE: '/nothing' }],
    ['CONSENTRY_SECRET_FILE', { CONSENTRY_SECRET: '', CONSENTRY_SECRET_FILE: '/nothing/here' }],
    ['CONSENTRY_DIALECTS', { CONSENTRY_DIALECTS: 'oauth,klingon' }],
    ['CONSENTRY_TRUST_PROXY', { CONSENTRY_TRUST_PROXY: 'everybody' }],
    ['CONSENTRY_TRUST_PROXY', { CONSENTRY_TRUST_PROXY: '10.0.0.0/33' }],
    ['CONSENTRY_TLS_CERT', { CONSENTRY_TLS_CERT: '/nothing' }],
    ['CONSENTRY_TLS_CERT', { CONSENTRY_TLS_KEY: '/nothing' }],
    ['CONSENTRY_APP_REGISTRATION', { CONSENTRY_APP_REGISTRATION: 'sometimes' }],
    ['CONSENTRY_TOKEN_REQUESTS_PER_DAY', { CONSENTRY_TOKEN_REQUESTS_PER_DAY: '-1' }],
    ['CONSENTRY_DEV', { CONSENTRY_DEV: 'yes' }],
    ['CONSENTRY_PASSWORD_TOKEN_STATUS', { CONSENTRY_PASSWORD_TOKEN_STATUS: '400' }],
    ['CONSENTRY_CLOCK_OFFSET', { CONSENTRY_CLOCK_OFFSET: 'soon', CONSENTRY_DEV: '1' }],
    ['CONSENTRY_LOG_LEVEL', { CONSENTRY_LOG_LEVEL: 'loud' }],
    ['CONSENTRY_CONFIG', { CONSENTRY_CONFIG: '/nothing/here.json' }],
  ])('%s: %o', (name, env) => {
    const line = problem(env)
    expect(line).toMatch(new RegExp(`^${name} `))
    expect(line).not.toContain('\n')
  })

  test('and so does a setting that is none, or a file that is no object', () => {
    expect(problem({ CONSENTRY_CONFIG: write('a.json', '{"COLOUR": "red"}') })).toBe('Unknown setting COLOUR.')
    expect(problem({ CONSENTRY_CONFIG: write('b.json', '[]') })).toMatch(/^CONSENTRY_CONFIG cannot be read from /)
    expect(problem({ CONSENTRY_CONFIG: write('c.json', '{') })).toMatch(/^CONSENTRY_CONFIG cannot be read from /)
  })

  test('without showing a secret', () => {
    expect(problem({ CONSENTRY_SECRET: 'hush' })).not.toContain('hush')
    expect(problem({ DATABASE_URL: 'mysql://me:hush@db/x' })).not.toContain('hush')
  })
})

describe('the root secret', () => {
  const withoutSecret = () => ({ CONSENTRY_SECRET: '', CONSENTRY_DATA: join(folder, 'data') })

  test('is made once, in a folder and a file that are ours alone', () => {
    const first = load(withoutSecret()).secrets
    expect(first[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(load(withoutSecret()).secrets).toEqual(first)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'data', 'secret')).mode & 0o777).toBe(0o600)
  })

  test('leaves other files of the folder alone', () => {
    mkdirSync(join(folder, 'data'))
    write('data/notes.txt', 'mine')
    load(withoutSecret())
    expect(readFileSync(join(folder, 'data', 'notes.txt'), 'utf8')).toBe('mine')
  })

  test('is not made where one is given, in a variable or a file', () => {
    expect(load().secrets).toEqual([secret])
    const CONSENTRY_SECRET_FILE = write('root', `${secret}\n`)
    expect(load({ ...withoutSecret(), CONSENTRY_SECRET_FILE }).secrets).toEqual([secret])
    expect(existsSync(join(folder, 'data', 'secret'))).toBe(false)
  })

  test('names CONSENTRY_DATA where the folder cannot be used', () => {
    expect(problem({ ...withoutSecret(), CONSENTRY_DATA: write('file', '') })).toMatch(
      /^CONSENTRY_DATA cannot be used: /,
    )
  })
})

describe('the issuer', () => {
  test.each([
    ['https://id.example', 'https://id.example'],
    ['https://id.example/', 'https://id.example'],
    ['https://id.example:8443', 'https://id.example:8443'],
    ['HTTPS://ID.Example:443', 'https://id.example'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://localhost', 'http://localhost'],
  ])('%s is %s', (given, issuer) => {
    expect(load({ CONSENTRY_ISSUER: given }).issuer).toBe(issuer)
  })

  test.each([
    'http://id.example',
    'http://localhost.example:3000',
    'http://10.0.0.1',
    'ftp://id.example',
    'https://id.example/auth',
    'https://id.example/?x=1',
    'https://id.example/#x',
    'https://me@id.example',
    '//id.example',
  ])('K169: %s is none', (given) => {
    expect(problem({ CONSENTRY_ISSUER: given })).toMatch(/^CONSENTRY_ISSUER [^\n]+$/)
  })
})

describe('what a loopback issuer opens', () => {
  const https = { CONSENTRY_ISSUER: 'https://id.example' }

  test('all dialects, where an https issuer opens the standard alone', () => {
    expect([...load().dialects]).toEqual(all)
    expect([...load(https).dialects]).toEqual(['oauth'])
  })

  test('on either, those that are named; the standard always; none closes the rest', () => {
    for (const env of [{}, https]) {
      expect([...load({ ...env, CONSENTRY_DIALECTS: 'quantimodo, jwt_login' }).dialects]).toEqual([
        'oauth',
        'quantimodo',
        'jwt_login',
      ])
      expect([...load({ ...env, CONSENTRY_DIALECTS: 'none' }).dialects]).toEqual(['oauth'])
    }
  })

  test('registration of apps by anybody, which elsewhere asks for approval', () => {
    expect(load(https).appRegistration).toBe('approval')
    expect(load({ ...https, CONSENTRY_APP_REGISTRATION: 'closed' }).appRegistration).toBe('closed')
  })

  test('development, and with it a moved clock', () => {
    expect(load({ CONSENTRY_DEV: '1', CONSENTRY_CLOCK_OFFSET: '-60' })).toMatchObject({
      development: true,
      clockOffset: -60_000,
    })
    expect(problem({ ...https, CONSENTRY_DEV: '1' })).toBe('CONSENTRY_DEV is for loopback issuers only')
    expect(problem({ CONSENTRY_CLOCK_OFFSET: '60' })).toBe('CONSENTRY_CLOCK_OFFSET needs CONSENTRY_DEV=1')
    expect(problem({ ...https, CONSENTRY_DEV: '0' })).toBe('no problem')
  })
})

test('proxies are a number of hops or addresses', () => {
  expect(load({ CONSENTRY_TRUST_PROXY: '2' }).trustProxy).toBe(2)
  expect(load({ CONSENTRY_TRUST_PROXY: '10.0.0.0/8, ::1' }).trustProxy).toEqual(['10.0.0.0/8', '::1'])
})

test('a certificate comes with its key', () => {
  const CONSENTRY_TLS_CERT = write('cert.pem', 'the certificate')
  const CONSENTRY_TLS_KEY = write('key.pem', 'the key')
  expect(load({ CONSENTRY_TLS_CERT, CONSENTRY_TLS_KEY }).https).toEqual({
    cert: 'the certificate',
    key: 'the key',
    oldClients: false,
  })
  expect(load({ CONSENTRY_TLS_CERT, CONSENTRY_TLS_KEY, CONSENTRY_TLS_OLD_CLIENTS: '1' }).https?.oldClients).toBe(true)
})

test('passkeys are made for the host of the issuer or a parent domain of it, and for no IP address', () => {
  const at = (host: string, id?: string) => ({
    CONSENTRY_ISSUER: `https://${host}`,
    CONSENTRY_TRUST_PROXY: '1',
    ...(id === undefined ? {} : { CONSENTRY_PASSKEY_RP_ID: id }),
  })
  expect(load().passkeyRpId).toBe('localhost')
  expect(load(at('id.login.example')).passkeyRpId).toBe('id.login.example')
  expect(load(at('id.login.example', 'Login.Example')).passkeyRpId).toBe('login.example')
  for (const host of ['192.0.2.7', '[2001:db8::7]']) expect(load(at(host)).passkeyRpId).toBeUndefined()
  expect(load({ CONSENTRY_ISSUER: 'http://127.0.0.1:3000' }).passkeyRpId).toBeUndefined()
  for (const id of ['gin.example', 'example', 'other.example', 'x.id.login.example']) {
    expect(problem(at('id.login.example', id))).toBe(
      'CONSENTRY_PASSKEY_RP_ID must be id.login.example or a parent domain of it',
    )
  }
  expect(problem(at('192.0.2.7', '192.0.2.7'))).toBe(
    'CONSENTRY_PASSKEY_RP_ID needs an issuer with a domain, which an IP address is not',
  )
})

test('a breach service is asked only where it is said, at an https address or one that may be called all the same', () => {
  const check = (value: string, more: Record<string, string> = {}) => ({ CONSENTRY_BREACH_CHECK: value, ...more })
  expect(load().breachService).toBeUndefined()
  expect(load(check('off')).breachService).toBeUndefined()
  expect(load(check('on')).breachService).toBe('https://api.pwnedpasswords.com/range/')
  expect(load(check('https://breaches.example/r?p=')).breachService).toBe('https://breaches.example/r?p=')
  const local = 'http://127.0.0.1:9/range/'
  expect(load(check(local, { CONSENTRY_OUTBOUND_ALLOW: 'http://127.0.0.1:9' })).breachService).toBe(local)
  for (const value of ['yes', local, 'ftp://x.example/', 'https://u:p@x.example/', 'https://x.example/#']) {
    expect(problem(check(value)), value).toBe('CONSENTRY_BREACH_CHECK must be off, on or an https URL')
  }
})

test('a server that people are moved from needs an address that may be called, and a secret that signs', () => {
  const CONSENTRY_LEGACY_LOGIN_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
  const check = (url: string, more: Record<string, string> = {}) => ({
    CONSENTRY_LEGACY_LOGIN_URL: url,
    CONSENTRY_LEGACY_LOGIN_SECRET,
    ...more,
  })
  const url = 'https://old.example/login?from=here'
  const local = 'http://127.0.0.1:9/login'
  expect(load().legacyLogin).toBeUndefined()
  expect(load(check(url)).legacyLogin).toEqual({ url, secret: CONSENTRY_LEGACY_LOGIN_SECRET })
  // Whoever may see the settings learns of the secret only that it is set.
  const shown = load(check(url)).shown.find(({ name }) => name === 'CONSENTRY_LEGACY_LOGIN_SECRET')
  expect(shown).toEqual({ name: 'CONSENTRY_LEGACY_LOGIN_SECRET', value: null, secret: true, from: 'environment' })
  expect(load(check(local, { CONSENTRY_OUTBOUND_ALLOW: 'http://127.0.0.1:9' })).legacyLogin?.url).toBe(local)
  for (const value of ['yes', local, 'ftp://x.example/', 'https://u:p@x.example/', 'https://x.example/#']) {
    expect(problem(check(value)), value).toContain('CONSENTRY_LEGACY_LOGIN_URL must be an https URL')
  }
  const together = 'CONSENTRY_LEGACY_LOGIN_URL goes together with CONSENTRY_LEGACY_LOGIN_SECRET'
  expect(problem({ CONSENTRY_LEGACY_LOGIN_URL: url })).toBe(together)
  expect(problem({ CONSENTRY_LEGACY_LOGIN_SECRET })).toBe(together)
  for (const value of [
    'a secret of sorts',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${'A'.repeat(100)}`,
    `${CONSENTRY_LEGACY_LOGIN_SECRET}!`,
  ]) {
    const found = problem(check(url, { CONSENTRY_LEGACY_LOGIN_SECRET: value }))
    expect(found, value).toBe('CONSENTRY_LEGACY_LOGIN_SECRET must be whsec_ and 24 to 64 random bytes in base64')
  }
})

test('spans go to a collector that is named, over https or on this machine or where it is allowed', () => {
  const check = (url: string, more: Record<string, string> = {}) => ({ CONSENTRY_OTLP_ENDPOINT: url, ...more })
  expect(load().collector).toBeUndefined()
  const uris = {
    'https://otlp.example': 'https://otlp.example/v1/traces',
    'https://otlp.example/': 'https://otlp.example/v1/traces',
    'https://otlp.example/tenant/': 'https://otlp.example/tenant/v1/traces',
    'https://otlp.example/tenant/v1/traces': 'https://otlp.example/tenant/v1/traces',
    'http://127.0.0.1:4318': 'http://127.0.0.1:4318/v1/traces',
  }
  for (const [url, uri] of Object.entries(uris)) {
    expect(load(check(url)).collector, url).toMatchObject({ uri, headers: {}, sampling: 1 })
  }
  const inside = 'http://collector.internal:4318'
  const allow = { CONSENTRY_OUTBOUND_ALLOW: inside }
  expect(load(check(inside, allow)).collector?.allowed).toEqual(new Set([inside]))
  expect(load(check('http://127.0.0.1:4318', allow)).collector?.allowed).toEqual(
    new Set([inside, 'http://127.0.0.1:4318']),
  )
  expect(problem(check(inside))).toContain('CONSENTRY_OTLP_ENDPOINT must be https, unless')
  for (const url of ['4318', 'grpc://127.0.0.1:4317', 'otlp.example']) {
    expect(problem(check(url)), url).toContain('CONSENTRY_OTLP_ENDPOINT must be a URL')
  }
  for (const url of ['https://u:canary@x.example', 'https://x.example?key=canary', 'https://x.example/#canary']) {
    expect(problem(check(url)), url).toContain('CONSENTRY_OTLP_ENDPOINT must have no query')
    expect(problem(check(url)), url).not.toContain('canary')
  }
})

test('what lets us in at the collector is a list of headers, and a message never repeats it', () => {
  const check = (headers: string) => ({
    CONSENTRY_OTLP_ENDPOINT: 'https://otlp.example',
    CONSENTRY_OTLP_HEADERS: headers,
  })
  const taken = check('Authorization=Bearer%20a%2Cb==, x-tenant = one ,')
  expect(load(taken).collector?.headers).toEqual({ authorization: 'Bearer a,b==', 'x-tenant': 'one' })
  for (const headers of ['canary', '=canary', 'a b=canary', 'a=canary%zz', 'a=canary%0d%0ab', 'host=canary']) {
    expect(problem(check(headers)), headers).toMatch(/^CONSENTRY_OTLP_HEADERS /)
    expect(problem(check(headers)), headers).not.toContain('canary')
  }
})

test('the share of requests that are traced is a number from 0 to 1', () => {
  const check = (sampling: string) => ({
    CONSENTRY_OTLP_ENDPOINT: 'https://otlp.example',
    CONSENTRY_OTLP_SAMPLING: sampling,
  })
  for (const [text, share] of Object.entries({ '0': 0, '1': 1, '1.0': 1, '0.05': 0.05, '.5': 0.5 })) {
    expect(load(check(text)).collector?.sampling, text).toBe(share)
  }
  for (const text of ['2', '-0.1', '1.5', '5%', '1e-3', 'all', '0x1']) {
    expect(problem(check(text)), text).toBe('CONSENTRY_OTLP_SAMPLING must be a number from 0 to 1')
  }
  const alone = { CONSENTRY_OTLP_SAMPLING: '0.5', CONSENTRY_OTLP_HEADERS: 'a=b' }
  expect(load(alone).idle).toEqual([
    'CONSENTRY_OTLP_HEADERS (needs CONSENTRY_OTLP_ENDPOINT)',
    'CONSENTRY_OTLP_SAMPLING (needs CONSENTRY_OTLP_ENDPOINT)',
  ])
})
