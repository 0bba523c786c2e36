/** People and apps of another server, brought by the command: who comes, with what, and who does not. */
import { writeFileSync } from 'node:fs'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { Secret } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../../src/engine/account/accounts.ts'
import { type Kind, kinds, type Place } from '../backup/place.ts'
import { signInOn, testBrowser, token } from '../support/browser.ts'
import { codeOf, enterCode } from '../support/factors.ts'
import { addAccount, type Harness } from '../support/harness.ts'
import {
  fileOf,
  hashesOf,
  keycloakArgon2,
  keycloakClient,
  keycloakOtp,
  keycloakPassword,
  keycloakUser,
  newFolder,
  password,
  realm,
} from './files.ts'

const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const

interface Report {
  readonly complete: boolean
  readonly users: Readonly<Record<'imported' | 'already_there' | 'changed_here' | 'skipped', number>>
  readonly clients: Readonly<Record<'imported' | 'already_there' | 'skipped', number>>
  readonly refresh_tokens: Readonly<Record<'imported' | 'already_there' | 'skipped', number>>
  readonly passwords: Readonly<Record<string, number>>
  readonly changed_here: readonly string[]
  readonly skipped: readonly Readonly<Record<'at' | 'kind' | 'name' | 'reason' | 'member' | 'text', string>>[]
  readonly notes: readonly Readonly<Record<'at' | 'kind' | 'name' | 'reason' | 'of' | 'why' | 'text', string>>[]
}

describe.each(await kinds())('an import into $name', (kind: Kind) => {
  let place: Place
  let h: Harness
  beforeAll(async () => {
    place = await kind.full()
    h = await place.serve()
    // The command goes by the clock of the machine, which must not be ahead of this server's.
    h.clock.move(600_000)
  })
  afterAll(async () => {
    await h.close()
    await place.close()
  })

  async function imported(from: string, file: string, ...more: string[]): Promise<Report> {
    const { code, stdout, stderr } = await place.run('import', '--from', from, file, '--json', ...more)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Report
  }

  const signInAs = async (login: string, text = password) =>
    (await signIn(h.context, { login, password: text }, caller)).outcome
  const find = (login: string) => h.storage.accounts.findByLogin(login)

  test('of a Keycloak realm brings people with their passwords, names and dates, while the server runs', async () => {
    const users = [
      keycloakUser('anna', { attributes: { locale: ['de'], phoneNumber: ['+47 1'], shoeSize: ['39'] } }),
      keycloakUser('ben', { credentials: [await keycloakArgon2()], emailVerified: false }),
      keycloakUser('carl', { credentials: [keycloakPassword('pbkdf2-sha256')], enabled: false }),
      keycloakUser('dora', { credentials: [keycloakPassword('pbkdf2')] }),
      keycloakUser('emil', { credentials: [] }),
      keycloakUser('Frida@Example.com', { email: 'frida@example.com' }),
    ]
    const file = fileOf(realm(users), 'acme-realm.json')
    const planned = await imported('keycloak', file, '--dry-run')
    expect(planned).toMatchObject({ dry_run: true, users: { imported: 6, skipped: 0 } })
    expect(await find('anna')).toBeUndefined()

    const report = await imported('keycloak', file)
    expect(report).toMatchObject({
      complete: true,
      users: { imported: 6, already_there: 0, changed_here: 0, skipped: 0 },
      passwords: { 'pbkdf2-sha512': 2, argon2id: 1, 'pbkdf2-sha256': 1, 'pbkdf2-sha1': 1, none: 1 },
    })
    expect(report.notes.map(({ name, reason, of }) => [name, reason, of])).toEqual([
      ['anna', 'members_left_out', 'attributes shoeSize'],
    ])
    expect(await find('anna')).toMatchObject({
      username: 'anna',
      email: 'anna@example.com',
      emailVerified: true,
      enabled: true,
      roles: [],
      createdAt: 1_600_000_000_000,
      claims: { name: 'Anna Meadow', given_name: 'Anna', family_name: 'Meadow', locale: 'de', phone_number: '+47 1' },
    })
    for (const login of ['anna', 'anna@example.com', 'ben', 'dora', 'frida@example.com', 'frida']) {
      expect(await signInAs(login)).toBe('signed_in')
    }
    for (const login of ['carl', 'emil']) expect(await signInAs(login)).toBe('wrong')
    expect(await find('ben')).toMatchObject({ emailVerified: false })

    // Whoever has signed in has another hash by now, and is nobody else for it.
    expect(await imported('keycloak', file)).toMatchObject({
      users: { imported: 0, already_there: 6, changed_here: 0, skipped: 0 },
    })
    const events = await h.storage.audit.search(1000, { type: 'user_imported' })
    expect(events.events).toHaveLength(6)
    expect(events.events[0]).toMatchObject({
      operator: expect.stringMatching(/^command:/),
      detail: { source: 'keycloak' },
    })
  })

  test('run again leaves alone who was changed or deleted here, and takes who is new', async () => {
    const users = ['gina', 'hugo', 'ida'].map((name) => keycloakUser(name))
    await imported('keycloak', fileOf(realm(users)))
    const [gina, hugo] = [await find('gina'), await find('hugo')]
    if (gina === undefined || hugo === undefined) throw new Error('nobody')
    h.clock.move(1000)
    await h.storage.accounts.update(gina.id, { email: 'gina@elsewhere.example' })
    expect(await h.storage.accounts.erase(hugo.id)).toBe('erased')
    const report = await imported('keycloak', fileOf(realm([...users, keycloakUser('jon')])))
    expect(report.users).toEqual({ imported: 1, already_there: 1, changed_here: 1, skipped: 1 })
    expect(report.changed_here).toEqual(['gina'])
    expect(report.skipped).toMatchObject([{ at: 'users[1]', name: 'hugo', reason: 'deleted_here' }])
    expect(await find('gina')).toMatchObject({ email: 'gina@elsewhere.example' })
    expect(await find('hugo')).toBeUndefined()
  })

  test('reads a folder whose users lie in files of their own, in their order', async () => {
    const folder = newFolder()
    fileOf({ realm: 'acme', clients: [] }, 'acme-realm.json', folder)
    for (const part of [0, 1, 2, 10]) {
      fileOf({ realm: 'acme', users: [keycloakUser(`part${part}`)] }, `acme-users-${part}.json`, folder)
    }
    fileOf('not of the export', 'README.txt', folder)
    expect(await imported('keycloak', folder)).toMatchObject({ users: { imported: 4 } })
    expect(await signInAs('part10')).toBe('signed_in')
  })

  test('names each of those whom it cannot take, with the reason', async () => {
    await addAccount(h, 'taken')
    const users = [
      keycloakUser('taken', { email: 'other@example.com' }),
      keycloakUser('other', { email: 'TAKEN@example.com' }),
      keycloakUser('twice'),
      keycloakUser('TWICE', { email: 'second@example.com' }),
      { id: 'x', enabled: true },
      { username: 7 },
      'nobody',
      keycloakUser('service-account-api', { serviceAccountClientId: 'api' }),
      keycloakUser('costly', {
        credentials: [
          { ...keycloakPassword(), credentialData: '{"algorithm":"pbkdf2-sha512","hashIterations":999999999}' },
        ],
      }),
      keycloakUser('broken', { credentials: [{ type: 'password', secretData: 'not json', credentialData: '{}' }] }),
      keycloakUser('no mail', { email: 'not an address' }),
    ]
    const report = await imported('keycloak', fileOf(realm(users)))
    expect(report.skipped.map(({ at, name, reason }) => [at, name, reason])).toEqual(
      [
        ['users[4]', '', 'no_name'],
        ['users[3]', 'TWICE', 'twice_in_file'],
        ['users[5]', '', 'unreadable'],
        ['users[6]', '', 'unreadable'],
        ['users[7]', 'service-account-api', 'service_account'],
        ['users[0]', 'taken', 'username_taken'],
        ['users[1]', 'other', 'email_taken'],
      ].sort(
        (a, b) => report.skipped.findIndex(({ at }) => at === a[0]) - report.skipped.findIndex(({ at }) => at === b[0]),
      ),
    )
    expect(report.skipped.every(({ text }) => text.endsWith('.'))).toBe(true)
    expect(report.notes.map(({ name, reason, of }) => [name, reason, of])).toEqual([
      ['costly', 'hash_too_costly', undefined],
      ['broken', 'hash_unknown', undefined],
      ['no mail', 'email_left_out', undefined],
      ['no mail', 'username_changed', 'nomail'],
    ])
    expect(report.users.imported).toBe(4)
  })

  test('tells people of each kind in one line, with how many and the first of them', async () => {
    const old = { credentials: [keycloakPassword(), keycloakOtp('the seed of many', { digits: 8 })] }
    const users = [
      ...Array.from({ length: 30 }, (_, at) => keycloakUser(`many${at}`, old)),
      keycloakUser('many30', { email: 'not an address' }),
      keycloakUser('Many1'),
    ]
    const { code, stdout } = await place.run('import', '--from', 'keycloak', fileOf(realm(users)), '--dry-run')
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(2)).toEqual([
      '! 1 × The file has this name, address or ID before: users[31] Many1',
      '~ 30 × came without an authenticator that cannot be moved: users[0] many0 (otp), users[1] many1 (otp), users[2] many2 (otp) and 27 more',
      '~ 1 × came without its e-mail address, which is none: users[30] many30',
      'With --json each of them is named.',
      '',
    ])
    const report = await imported('keycloak', fileOf(realm(users)), '--dry-run')
    expect(report.notes).toHaveLength(31)
  })

  test('gives people whose name cannot be a username another one', async () => {
    const mail = (local: string) => keycloakUser(`${local}@a.example`, { email: `${local}@a.example` })
    const other = keycloakUser('info@b.example', { email: 'info@b.example' })
    expect(await imported('keycloak', fileOf(realm([mail('info'), other, mail('taken')])))).toMatchObject({
      users: { imported: 3 },
      notes: [],
    })
    expect(await find('info@a.example')).toMatchObject({ username: 'info' })
    expect(await find('info@b.example')).toMatchObject({ username: 'info2' })
    expect((await find('taken@a.example'))?.username).toMatch(/^taken-/)
    expect(await signInAs('info@b.example')).toBe('signed_in')
  })

  test('brings authenticator apps that work here, and names the others', async () => {
    const seed = 'the seed of kurt 1234'
    const users = [
      keycloakUser('kurt', { credentials: [keycloakPassword(), keycloakOtp(seed)] }),
      keycloakUser('lena', {
        credentials: [keycloakPassword(), keycloakOtp(seed, { digits: 8 }), { type: 'webauthn' }],
      }),
    ]
    const report = await imported('keycloak', fileOf(realm(users)))
    expect(report.notes.map(({ name, reason, of }) => [name, reason, of])).toEqual([
      ['lena', 'authenticator_left_out', 'otp'],
      ['lena', 'authenticator_left_out', 'webauthn'],
    ])
    const browser = testBrowser(h.app)
    const asked = await browser.follow(await signInOn(browser, await browser.get('/login'), 'kurt', password))
    const done = await enterCode(browser, asked, codeOf(Secret.fromUTF8(seed).base32, h.clock))
    expect(done.status).toBe(200)
    expect(done.body).toContain('kurt')
    expect(JSON.stringify(await h.storage.factors.find((await find('kurt'))?.id ?? 'usr_'))).not.toContain(seed)
    expect(await signInAs('lena')).toBe('signed_in')
  })

  test('brings the clients of a realm, whose secrets work', async () => {
    const clients = [
      keycloakClient('journal'),
      keycloakClient('spa', { publicClient: true, secret: undefined }),
      keycloakClient('robot', {
        standardFlowEnabled: false,
        serviceAccountsEnabled: true,
        redirectUris: [],
        defaultClientScopes: ['readmeasurements'],
      }),
      keycloakClient('short', {
        secret: 'hunter2',
        serviceAccountsEnabled: true,
        defaultClientScopes: ['readmeasurements'],
      }),
      keycloakClient('mixed', {
        redirectUris: ['https://app.example/cb', 'https://app.example/*', '/relative'],
        directAccessGrantsEnabled: true,
      }),
      keycloakClient('star', { redirectUris: ['*'] }),
      keycloakClient('masked', { secret: '**********' }),
      keycloakClient('off', { enabled: false }),
      keycloakClient('saml', { protocol: 'saml' }),
      keycloakClient('only-api', { bearerOnly: true }),
      keycloakClient('account-console'),
      keycloakClient('with space'),
      // An ID that is an address is that of an app which publishes its own document there.
      keycloakClient('https://app.example/client.json'),
      keycloakClient('HTTPS://app.example'),
    ]
    const report = await imported('keycloak', fileOf(realm([], clients)))
    expect(report.clients).toEqual({ imported: 7, already_there: 0, skipped: 7 })
    expect(report.skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ['star', 'redirect_uri_wildcard'],
      ['saml', 'not_openid_connect'],
      ['only-api', 'no_sign_in'],
      ['account-console', 'built_in'],
      ['with space', 'client_id_unsound'],
      ['https://app.example/client.json', 'client_id_unsound'],
      ['HTTPS://app.example', 'client_id_unsound'],
    ])
    expect(report.notes.map(({ name, reason, of, why }) => [name, reason, of, why])).toEqual([
      ['spa', 'pkce_needed', undefined, undefined],
      ['mixed', 'grant_type_left_out', 'password', undefined],
      ['mixed', 'redirect_uri_left_out', 'https://app.example/*', 'wildcard'],
      ['masked', 'secret_hidden', undefined, undefined],
    ])
    expect((await h.storage.clients.find('journal'))?.metadata).toMatchObject({
      client_name: 'The app journal',
      redirect_uris: ['https://app.example/cb'],
      post_logout_redirect_uris: ['https://app.example/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email address phone offline_access',
    })
    const asRobot = (id: string, secret: string) => token(h.app, { id, secret }, { grant_type: 'client_credentials' })
    const secret = keycloakClient('robot').secret
    expect((await asRobot('robot', secret)).status).toBe(200)
    expect((await asRobot('robot', `${secret}x`)).status).toBe(401)
    expect((await asRobot('short', 'hunter2')).status).toBe(200)
    expect((await asRobot('short', 'hunter2')).status).toBe(200)
    expect((await asRobot('short', 'hunter3')).status).toBe(401)
    expect((await h.storage.clients.find('off'))?.status).toBe('disabled')
    expect(JSON.stringify(await h.storage.clients.find('journal'))).not.toContain(secret)
    expect(await imported('keycloak', fileOf(realm([], clients)))).toMatchObject({
      clients: { imported: 0, already_there: 7, skipped: 7 },
    })
  })

  test('of Hydra keeps hashed secrets, and knows their digests after the first use', async () => {
    const secret = 'a-secret-that-hydra-made~1'
    const hashes = await hashesOf(secret)
    const client = (client_id: string, more: object = {}) => ({
      client_id,
      client_name: '',
      client_secret_expires_at: 0,
      client_uri: '',
      contacts: [],
      grant_types: ['client_credentials'],
      jwks: {},
      metadata: {},
      owner: '',
      redirect_uris: [],
      response_types: ['code'],
      scope: 'basic offline',
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
      userinfo_signed_response_alg: 'none',
      ...more,
    })
    const items = [
      client('hydra-bcrypt', { client_secret: await bcrypt(secret, 4) }),
      client('hydra-pbkdf2', { client_secret: hashes['pbkdf2-sha256'] }),
      client('hydra-none'),
    ]
    const report = await imported('hydra', fileOf({ items, next_page_token: '' }))
    expect(report).toMatchObject({ clients: { imported: 3 }, notes: [{ name: 'hydra-none', reason: 'secret_hidden' }] })
    const as = (id: string, given: string) => token(h.app, { id, secret: given }, { grant_type: 'client_credentials' })
    for (const id of ['hydra-bcrypt', 'hydra-pbkdf2']) {
      const before = (await h.storage.clients.find(id))?.secrets[0]
      expect(before).toMatchObject({ imported: expect.stringMatching(/^\$(2b|pbkdf2)/) })
      expect((await as(id, 'wrong')).status).toBe(401)
      // Neither the hash itself nor what stands in place of the digest is the secret.
      expect((await as(id, before?.imported ?? '')).status).toBe(401)
      expect((await as(id, secret)).status).toBe(200)
      const after = (await h.storage.clients.find(id))?.secrets
      expect(after).toHaveLength(1)
      expect(after?.[0]?.imported).toBeUndefined()
      expect((await as(id, secret)).status).toBe(200)
    }
    expect((await as('hydra-none', secret)).status).toBe(401)
  })

  test('of Auth0 brings users by their hashes, in lines and lists, and applications', async () => {
    const hashes = await hashesOf()
    const lines = [
      {
        _id: { $oid: '60425da93519d90068f82966' },
        email_verified: true,
        email: 'mona@example.com',
        passwordHash: hashes.bcrypt,
        password_set_date: { $date: '2021-03-05T16:34:49.502Z' },
        tenant: 'acme',
        connection: 'Username-Password-Authentication',
        _tmp_is_unique: true,
      },
      {
        _id: { $oid: '60425da93519d90068f82967' },
        email: 'nils@example.com',
        email_verified: false,
        passwordHash: hashes.bcrypt,
      },
    ]
    const report = await imported('auth0', fileOf(lines.map((line) => JSON.stringify(line)).join('\n'), 'users.ndjson'))
    expect(report).toMatchObject({ users: { imported: 2 }, passwords: { bcrypt: 2 }, skipped: [] })
    expect(await find('mona@example.com')).toMatchObject({ username: 'mona', emailVerified: true })
    expect(await signInAs('mona@example.com')).toBe('signed_in')

    const [, , , salt, key] = (hashes.scrypt ?? '').split('$')
    const users = [
      {
        user_id: 'auth0|60425da93519d90068f82966',
        email: 'mona@example.com',
      },
      {
        user_id: 'auth0|2',
        email: 'olga@example.com',
        email_verified: true,
        blocked: true,
        created_at: '2020-01-02T03:04:05.000Z',
        name: 'Olga',
        nickname: 'olli',
        picture: 'https://s.gravatar.com/avatar/x.png',
        password_hash: hashes['bcrypt 2y'],
        identities: [{ connection: 'google-oauth2', provider: 'google-oauth2', user_id: '1' }],
        app_metadata: { roles: ['admin'] },
      },
      {
        email: 'paul@example.com',
        custom_password_hash: {
          algorithm: 'scrypt',
          hash: { value: key, encoding: 'base64' },
          salt: { value: salt, encoding: 'base64' },
          keylen: 32,
          cost: 1024,
          blockSize: 8,
          parallelization: 1,
        },
      },
      { email: 'rosa@example.com', custom_password_hash: { algorithm: 'md5', hash: { value: 'x', encoding: 'hex' } } },
    ]
    const clients = [
      {
        client_id: 'auth0web',
        name: 'Web',
        app_type: 'regular_web',
        client_secret: 'x'.repeat(64),
        callbacks: ['https://app.example/cb'],
        grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      },
      {
        client_id: 'auth0spa',
        name: 'Page',
        app_type: 'spa',
        callbacks: ['https://page.example/cb'],
        grant_types: ['authorization_code', 'implicit'],
        token_endpoint_auth_method: 'none',
      },
      { client_id: 'global', name: 'All Applications', global: true, callbacks: [] },
    ]
    const second = await imported('auth0', fileOf({ users, clients }))
    expect(second).toMatchObject({ users: { imported: 3, already_there: 1 }, clients: { imported: 2, skipped: 1 } })
    expect(await find('olga@example.com')).toMatchObject({
      username: 'olli',
      enabled: false,
      roles: [],
      createdAt: Date.parse('2020-01-02T03:04:05Z'),
    })
    expect(await signInAs('paul@example.com')).toBe('signed_in')
    expect(second.notes.map(({ name, reason }) => [name, reason])).toEqual([
      ['olga@example.com', 'members_left_out'],
      ['rosa@example.com', 'hash_unknown'],
      ['auth0web', 'grant_type_left_out'],
      ['auth0web', 'scope_missing'],
      ['auth0spa', 'grant_type_left_out'],
      ['auth0spa', 'pkce_needed'],
    ])
    expect(
      (await token(h.app, { id: 'auth0web', secret: 'x'.repeat(64) }, { grant_type: 'client_credentials' })).status,
    ).not.toBe(401)
  })

  test('makes nobody an operator, neither a person nor an app', async () => {
    const operator = {
      admin_api: true,
      admin_role: 'owner',
      scope: 'admin.write basic',
      grant_types: ['client_credentials'],
    }
    const document = {
      users: [{ username: 'wanda', roles: ['owner'] }],
      clients: [{ client_id: 'office', ...operator, client_secret: 'x'.repeat(40), redirect_uris: [] }],
    }
    const report = await imported('json', fileOf(document))
    expect(report).toMatchObject({ users: { imported: 1 }, clients: { imported: 1 }, skipped: [] })
    expect(report.notes.map(({ name, reason }) => [name, reason])).toEqual([['office', 'members_left_out']])
    expect((await find('wanda'))?.roles).toEqual([])
    const { metadata } = (await h.storage.clients.find('office')) ?? {}
    expect(metadata).toMatchObject({ scope: 'basic' })
    expect(Object.keys(metadata ?? {}).filter((name) => name.startsWith('admin'))).toEqual([])
  })

  test('of CSV reads columns in any order, quoted cells and every way to say yes', async () => {
    const { bcrypt: hash } = await hashesOf()
    const text = [
      '\uFEFFEmail,username,email_verified,password_hash,name,enabled,created_at',
      `sara@example.com,sara,TRUE,${hash},"Sara ""S."" Hill",1,2019-05-06T00:00:00Z`,
      `tom@example.com,,no,${hash},Tom,no,`,
      'una@example.com,una,perhaps,,,,',
      'vera@example.com,vera,,,,,,,,',
      '',
    ].join('\r\n')
    const report = await imported('csv', fileOf(text, 'people.csv'))
    expect(report).toMatchObject({ users: { imported: 2, skipped: 2 }, passwords: { bcrypt: 2 } })
    expect(report.skipped.map(({ at, name, reason, member }) => [at, name, reason, member])).toEqual([
      ['line 4', 'una', 'unreadable', 'email_verified'],
      ['line 5', 'vera', 'unreadable', 'the number of cells'],
    ])
    expect(await find('sara')).toMatchObject({ claims: { name: 'Sara "S." Hill' }, emailVerified: true, enabled: true })
    expect(await signInAs('sara')).toBe('signed_in')
    expect(await find('tom')).toMatchObject({ enabled: false, emailVerified: false })
  })

  test('of CSV takes semicolons and tabs, and no file in another encoding than UTF-8', async () => {
    const semicolons = '\uFEFFusername;name\nwilma;"Hill; Wilma"\n'
    const tabs = 'username\tname\nxaver\tHill, Xaver\n'
    expect((await imported('csv', fileOf(semicolons))).users.imported).toBe(1)
    expect((await imported('csv', fileOf(tabs))).users.imported).toBe(1)
    expect((await find('wilma'))?.claims).toEqual({ name: 'Hill; Wilma' })
    expect((await find('xaver'))?.claims).toEqual({ name: 'Hill, Xaver' })
    for (const encoding of ['latin1', 'utf16le'] as const) {
      const file = fileOf('')
      writeFileSync(file, Buffer.from('username,name\nyves,M\u00fcller\n', encoding))
      const { code, stderr } = await place.run('import', '--from', 'csv', file)
      expect([code, stderr]).toEqual([2, expect.stringContaining('is not in UTF-8.')])
    }
    expect(await find('yves')).toBeUndefined()
  })

  test('names an app that stands twice in a file, and no attribute by the name of a function', async () => {
    const users = [keycloakUser('zoe', { attributes: { constructor: ['x'], toString: ['y'] } })]
    const file = fileOf(realm(users, [keycloakClient('double'), keycloakClient('double')]))
    for (const planned of [await imported('keycloak', file, '--dry-run'), await imported('keycloak', file)]) {
      expect(planned.clients).toMatchObject({ imported: 1, already_there: 0, skipped: 1 })
      expect(planned.skipped).toMatchObject([{ kind: 'client', name: 'double', reason: 'twice_in_file' }])
      expect(planned.notes.filter(({ name }) => name === 'zoe')).toMatchObject([
        { reason: 'members_left_out', of: 'attributes constructor, toString' },
      ])
    }
  })
})
