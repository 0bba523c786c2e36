/** Settings: where they come from, what is made of them, and the one line that a wrong one is answered with. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSettings, type Settings, settingsSchema } from '../../src/settings.ts'
import { SettingsError } from '../../src/settings_error.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-settings-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const secret = 'a root secret of the tests, long enough for anybody'

function load(env: Record<string, string>, flags: Record<string, string | undefined> = {}): Settings {
  return loadSettings({ env: { CONSENTRY_SECRET: secret, CONSENTRY_DATA: join(folder, 'data'), ...env }, flags })
}

function file(content: unknown): string {
  const path = join(folder, 'settings.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function problem(env: Record<string, string>, flags: Record<string, string | undefined> = {}): string {
  try {
    load(env, flags)
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  throw new Error('the settings were taken')
}

describe('sources', () => {
  test('flags come before the environment, the environment before the file, the file before the defaults', () => {
    const CONSENTRY_CONFIG = file({ PORT: 1001, HOST: '127.0.0.2', CONSENTRY_LOG_LEVEL: 'warn' })
    const settings = load({ CONSENTRY_CONFIG, PORT: '1002', HOST: '127.0.0.3' }, { PORT: '1003' })
    expect(settings).toMatchObject({ port: 1003, host: '127.0.0.3', logLevel: 'warn', tokenRequestsPerDay: 100_000 })
  })

  test('each setting is shown with where it comes from, and of a secret only that it is set', () => {
    const password = 'hunter-2-in-a-url'
    const CONSENTRY_CONFIG = file({
      HOST: '127.0.0.2',
      SMTP_URL: `smtps://me:${password}@mail.example`,
      MAIL_FROM: 'a@b.example',
    })
    const breach = `https://breach.example/range/?key=${password}&digest=`
    const secretFile = join(folder, 'database_url')
    writeFileSync(secretFile, `postgres://me:${password}@db.example/one`)
    const headersFile = join(folder, 'otlp_headers')
    writeFileSync(headersFile, `authorization=Bearer%20${password}`)
    const signing = `whsec_${Buffer.from(`${password} of 24 bytes or more`).toString('base64')}`
    const env = {
      CONSENTRY_CONFIG,
      DATABASE_URL_FILE: secretFile,
      CONSENTRY_BREACH_CHECK: breach,
      CONSENTRY_OTLP_ENDPOINT: 'https://otlp.example',
      CONSENTRY_OTLP_HEADERS_FILE: headersFile,
      CONSENTRY_LEGACY_LOGIN_URL: 'https://former.example/login',
      CONSENTRY_LEGACY_LOGIN_SECRET: signing,
      PORT: '1002',
    }
    const { shown, collector } = load(env, { PORT: '1003' })
    expect(collector?.headers).toEqual({ authorization: `Bearer ${password}` })
    const by = Object.fromEntries(shown.map(({ name, ...rest }) => [name, rest]))
    expect(by).toMatchObject({
      PORT: { value: '1003', secret: false, from: 'flag' },
      HOST: { value: '127.0.0.2', secret: false, from: 'file' },
      CONSENTRY_ISSUER: { value: 'http://localhost:1003', secret: false, from: 'default' },
      CONSENTRY_SIGNUP: { value: 'open', secret: false, from: 'default' },
      CONSENTRY_AUDIT_RETENTION: { value: '365', secret: false, from: 'default' },
      CONSENTRY_BRAND: { value: null, secret: false, from: 'default' },
      SMTP_URL: { value: null, secret: true, from: 'file' },
      CONSENTRY_SECRET: { value: null, secret: true, from: 'environment' },
      DATABASE_URL: { value: null, secret: true, from: 'environment' },
      DATABASE_URL_FILE: { value: secretFile, secret: false, from: 'environment' },
      CONSENTRY_BREACH_CHECK: { value: null, secret: true, from: 'environment' },
      CONSENTRY_OTLP_HEADERS: { value: null, secret: true, from: 'environment' },
      CONSENTRY_LEGACY_LOGIN_SECRET: { value: null, secret: true, from: 'environment' },
    })
    for (const hidden of [password, secret, signing]) expect(JSON.stringify(shown)).not.toContain(hidden)
    expect(shown.map(({ name }) => name)).toEqual(Object.keys(settingsSchema.shape))
  })

  test('what is empty counts as unset, wherever it stands', () => {
    const CONSENTRY_CONFIG = file({ HOST: '', CONSENTRY_LOG_LEVEL: 'warn' })
    const settings = load({ CONSENTRY_CONFIG, PORT: '', DATABASE_URL: '', CONSENTRY_LOG_LEVEL: '' }, { HOST: '' })
    expect(settings).toMatchObject({ port: 3000, host: '127.0.0.1', databaseUrl: undefined, logLevel: 'warn' })
  })

  test('the file may write numbers and truth values as JSON has them', () => {
    const settings = load({ CONSENTRY_CONFIG: file({ PORT: 1001, CONSENTRY_TRUST_PROXY: 1, CONSENTRY_DEV: true }) })
    expect(settings).toMatchObject({ port: 1001, trustProxy: 1, development: true })
  })

  test('consentry.json in the working folder is read where no file is named', () => {
    const before = process.cwd()
    const working = mkdtempSync(join(tmpdir(), 'consentry-working-'))
    try {
      process.chdir(working)
      expect(load({}).file).toBeUndefined()
      writeFileSync(join(working, 'consentry.json'), '{"PORT": 1004}')
      expect(load({})).toMatchObject({ port: 1004, file: join(process.cwd(), 'consentry.json') })
      expect(load({ CONSENTRY_CONFIG: file({ PORT: 1005 }) })).toMatchObject({ port: 1005 })
    } finally {
      process.chdir(before)
      rmSync(working, { recursive: true, force: true })
    }
  })

  test('a name that only a setting of ours could have is refused, with the one that was meant', () => {
    expect(problem({ CONSENTRY_ISUER: 'x' })).toBe('Unknown setting CONSENTRY_ISUER. Did you mean CONSENTRY_ISSUER?')
    expect(problem({ CONSENTRY_SOMETHING_ELSE: '1' })).toBe('Unknown setting CONSENTRY_SOMETHING_ELSE.')
    expect(problem({ CONSENTRY_CONFIG: file({ CONSENTRY_LOG_LEVL: 'warn' }) })).toBe(
      'Unknown setting CONSENTRY_LOG_LEVL. Did you mean CONSENTRY_LOG_LEVEL?',
    )
    expect(load({ CONSENTRY_ISUER: '' }).port).toBe(3000)
  })

  test('what a cluster says of a service called consentry is no setting', () => {
    const said = {
      CONSENTRY_SERVICE_HOST: '10.0.0.1',
      CONSENTRY_SERVICE_PORT_HTTP: '3000',
      CONSENTRY_PORT: 'tcp://10.0.0.1:3000',
      CONSENTRY_PORT_3000_TCP_ADDR: '10.0.0.1',
    }
    expect(load(said).port).toBe(3000)
  })

  test('a port in CONSENTRY_PORT is refused, as it would be passed over', () => {
    expect(problem({ CONSENTRY_PORT: '4100' })).toBe('Unknown setting CONSENTRY_PORT. Did you mean PORT?')
  })

  test('a data folder that cannot be made is named at once', () => {
    expect(() => loadSettings({ env: { CONSENTRY_DATA: '/proc/nope/deeper' } })).toThrow(
      /^CONSENTRY_DATA cannot be used/,
    )
  })

  test('a file that cannot be used is named', () => {
    expect(problem({ CONSENTRY_CONFIG: join(folder, 'none.json') })).toMatch(/^CONSENTRY_CONFIG cannot be read/)
    expect(problem({ CONSENTRY_CONFIG: file('[]') })).toMatch(/^CONSENTRY_CONFIG .* not a JSON object/)
    expect(problem({ CONSENTRY_CONFIG: file({ PROT: 1 }) })).toBe('Unknown setting PROT. Did you mean PORT?')
  })

  test('null in the file is refused and never read as zero, which would lift a limit', () => {
    const CONSENTRY_CONFIG = file({ CONSENTRY_TOKEN_REQUESTS_PER_DAY: null })
    expect(problem({ CONSENTRY_CONFIG })).toMatch(/^CONSENTRY_TOKEN_REQUESTS_PER_DAY must be a whole number/)
  })
})

describe('a wrong setting is named in one line', () => {
  const wrong: [string, Record<string, string>][] = [
    ['PORT', { PORT: '0' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '0x50' }],
    ['PORT', { PORT: 'http' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'auth.example.com' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'ftp://auth.example.com' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'http://auth.example.com' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'http://localhost.example.com' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'http://0.0.0.0:3000' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'https://auth.example.com?' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'https://auth.example.com#' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'https://me:it@auth.example.com' }],
    ['CONSENTRY_ISSUER', { CONSENTRY_ISSUER: 'https://auth.example.com/realm' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://localhost/consentry' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://:pass word:x' }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET: 'a'.repeat(31) }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET: 'a'.repeat(64) }],
    ['CONSENTRY_SECRET', { CONSENTRY_SECRET_FILE: '/nowhere/secret' }],
    ['CONSENTRY_SECRET_FILE', { CONSENTRY_SECRET: '', CONSENTRY_SECRET_FILE: '/nowhere/secret' }],
    ['CONSENTRY_DIALECTS', { CONSENTRY_DIALECTS: 'oauth,telnet' }],
    ['CONSENTRY_TRUST_PROXY', { CONSENTRY_TRUST_PROXY: 'everybody' }],
    ['CONSENTRY_TRUST_PROXY', { CONSENTRY_TRUST_PROXY: '10.0.0.0/33' }],
    ['CONSENTRY_TLS_CERT', { CONSENTRY_TLS_CERT: '/nowhere/cert.pem' }],
    ['CONSENTRY_TLS_CERT', { CONSENTRY_TLS_KEY: '/nowhere/key.pem' }],
    ['CONSENTRY_APP_REGISTRATION', { CONSENTRY_APP_REGISTRATION: 'maybe' }],
    ['CONSENTRY_TOKEN_REQUESTS_PER_DAY', { CONSENTRY_TOKEN_REQUESTS_PER_DAY: '-1' }],
    ['CONSENTRY_TOKEN_REQUESTS_PER_DAY', { CONSENTRY_TOKEN_REQUESTS_PER_DAY: '1.5' }],
    ['CONSENTRY_DEV', { CONSENTRY_DEV: 'yes' }],
    ['CONSENTRY_DEV', { CONSENTRY_DEV: '1', CONSENTRY_ISSUER: 'https://auth.example.com' }],
    ['CONSENTRY_DEV', { CONSENTRY_DEV: '1', NODE_ENV: 'production' }],
    ['CONSENTRY_CLOCK_OFFSET', { CONSENTRY_CLOCK_OFFSET: '60' }],
    ['CONSENTRY_CLOCK_OFFSET', { CONSENTRY_DEV: '1', CONSENTRY_CLOCK_OFFSET: 'tomorrow' }],
    ['CONSENTRY_LOG_LEVEL', { CONSENTRY_LOG_LEVEL: 'loud' }],
    ['HOST', { HOST: '127.0.0.1\nPORT=1' }],
  ]
  test.each(wrong)('%s, given %j', (name, env) => {
    const message = problem(env)
    expect(message.split(' ')[0]).toBe(name)
    expect(message).not.toContain('\n')
  })

  test('and the line does not repeat what may be a secret', () => {
    expect(problem({ CONSENTRY_SECRET: 'short and secret' })).not.toContain('short and secret')
    expect(problem({ DATABASE_URL: 'mysql://me:hunter2@localhost/x' })).not.toContain('hunter2')
    expect(problem({ DATABASE_URL: 'postgres://:hunter2 x:y' })).not.toContain('hunter2')
  })
})

describe('what is made of them', () => {
  test('the issuer is loopback by default, follows the port, and loses a slash at its end', () => {
    expect(load({ PORT: '4000' }).issuer).toBe('http://localhost:4000')
    expect(load({ CONSENTRY_ISSUER: 'https://auth.example.com/' }).issuer).toBe('https://auth.example.com')
    expect(load({ CONSENTRY_ISSUER: 'http://[::1]:3000' }).issuer).toBe('http://[::1]:3000')
  })

  test('every protocol is open on a loopback issuer, only the standard one elsewhere, unless they are named', () => {
    const https = { CONSENTRY_ISSUER: 'https://auth.example.com' }
    expect([...load({}).dialects]).toEqual(['oauth', 'quantimodo', 'password_token', 'jwt_login'])
    expect([...load({ CONSENTRY_DIALECTS: 'none' }).dialects]).toEqual(['oauth'])
    expect([...load(https).dialects]).toEqual(['oauth'])
    expect([...load({ ...https, CONSENTRY_DIALECTS: 'quantimodo, jwt_login' }).dialects]).toEqual([
      'oauth',
      'quantimodo',
      'jwt_login',
    ])
  })

  test('anybody may register apps on a loopback issuer; elsewhere the operator approves', () => {
    expect(load({}).appRegistration).toBe('open')
    expect(load({ CONSENTRY_ISSUER: 'https://auth.example.com' }).appRegistration).toBe('approval')
  })

  test('proxies are hops or addresses', () => {
    expect(load({}).trustProxy).toBeUndefined()
    expect(load({ CONSENTRY_TRUST_PROXY: '2' }).trustProxy).toBe(2)
    expect(load({ CONSENTRY_TRUST_PROXY: '10.0.0.0/8, ::1' }).trustProxy).toEqual(['10.0.0.0/8', '::1'])
  })

  test('with a certificate the server is https, by default too', () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(cert, 'certificate')
    writeFileSync(key, 'key')
    const tls = { CONSENTRY_TLS_CERT: cert, CONSENTRY_TLS_KEY: key }
    expect(load(tls)).toMatchObject({ issuer: 'https://localhost:3000', https: { cert: 'certificate', key: 'key' } })
    expect(problem({ ...tls, CONSENTRY_ISSUER: 'http://localhost:3000' })).toMatch(/^CONSENTRY_ISSUER must be https/)
  })

  test('the clock moves in development', () => {
    expect(load({ CONSENTRY_DEV: '1', CONSENTRY_CLOCK_OFFSET: '-60' }).clockOffset).toBe(-60_000)
  })
})

describe('addresses that hold a password', () => {
  const at = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  test('may stand in files, as containers and systemd hand them over', () => {
    const DATABASE_URL_FILE = at('database_url', 'postgres://consentry:secret@db/consentry\n')
    const SMTP_URL_FILE = at('smtp_url', 'smtps://me:secret@mail.example.com\n')
    expect(load({ DATABASE_URL_FILE, SMTP_URL_FILE, MAIL_FROM: 'login@example.com' })).toMatchObject({
      databaseUrl: 'postgres://consentry:secret@db/consentry',
      mail: { host: 'mail.example.com', auth: { user: 'me', pass: 'secret' } },
      idle: [],
    })
  })

  test('given closer to the command, take the place of a file that is named farther off, and the other way round', () => {
    const DATABASE_URL_FILE = at('farther', 'postgres://farther/consentry')
    const flags = { DATABASE_URL: 'postgres://closer/consentry' }
    expect(load({ DATABASE_URL_FILE }, flags).databaseUrl).toBe('postgres://closer/consentry')
    const CONSENTRY_CONFIG = file({ DATABASE_URL: 'postgres://in-the-file/consentry' })
    expect(load({ CONSENTRY_CONFIG, DATABASE_URL_FILE }).databaseUrl).toBe('postgres://farther/consentry')
  })

  test('are refused in one line that does not repeat them: twice given, empty, unreadable, or no URL', () => {
    const DATABASE_URL_FILE = at('twice', 'postgres://consentry:secret@db/consentry')
    expect(problem({ DATABASE_URL_FILE, DATABASE_URL: 'postgres://db/consentry' })).toBe(
      'DATABASE_URL and DATABASE_URL_FILE are both set. Set one of them.',
    )
    expect(problem({ SMTP_URL_FILE: at('empty', ' \n') })).toBe('SMTP_URL_FILE names an empty file')
    expect(problem({ SMTP_URL_FILE: '/nowhere/smtp_url' })).toMatch(/^SMTP_URL_FILE cannot be read/)
    for (const content of ['mysql://me:secret@db', 'postgres://me:secret@db\nand more']) {
      const refused = problem({ DATABASE_URL_FILE: at('wrong', content) })
      expect(refused).toMatch(/^DATABASE_URL must be/)
      expect(refused).not.toContain('secret')
    }
  })
})

describe('the root secret', () => {
  test('is made on the first start, long, for nobody else to read, and stays the same', () => {
    const env = { CONSENTRY_SECRET: '', CONSENTRY_DATA: join(folder, 'fresh') }
    const [made = ''] = load(env).secrets
    expect(Buffer.from(made, 'base64url')).toHaveLength(32)
    expect(statSync(join(folder, 'fresh')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'fresh', 'secret')).mode & 0o777).toBe(0o600)
    expect(load(env).secrets).toEqual([made])
  })

  test('is not written anywhere where it is given', () => {
    const path = join(folder, 'root_secret')
    writeFileSync(path, `${secret}\n`)
    const env = { CONSENTRY_SECRET: '', CONSENTRY_SECRET_FILE: path, CONSENTRY_DATA: join(folder, 'untouched') }
    expect(load(env).secrets).toEqual([secret])
    expect(() => statSync(join(folder, 'untouched'))).toThrow('ENOENT')
  })

  test('leaves a folder that is there already as it is', () => {
    const data = join(folder, 'shared')
    mkdirSync(data)
    chmodSync(data, 0o755)
    writeFileSync(join(data, 'notes.txt'), 'mine')
    load({ CONSENTRY_SECRET: '', CONSENTRY_DATA: data })
    expect(statSync(data).mode & 0o777).toBe(0o755)
    expect(readFileSync(join(data, 'notes.txt'), 'utf8')).toBe('mine')
  })
})
