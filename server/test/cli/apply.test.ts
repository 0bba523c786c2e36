/** The operator's document: what it changes, what it leaves alone, and what is wrong with one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signIn } from '../../src/engine/account/accounts.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { keyDigest } from '../../src/runtime/kept/subscription_keys.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { isActive } from '../support/answers.ts'
import { post, token } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  byCommand,
  type Harness,
  harness,
  rootSecret,
} from '../support/harness.ts'
import { runCommand } from './output.ts'

const clientSecret = 'a client secret of the operator, long enough'
const subscriptionKey = '0123456789abcdefghijklmnopqrstuv'
const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const

const whole = {
  users: [
    {
      username: 'alice',
      email: 'alice@example.com',
      email_verified: true,
      password: 'x',
      roles: ['owner'],
      claims: { name: 'Alice Meadow', phone_number_verified: false, address: { locality: 'Oslo', country: 'NO' } },
    },
    { username: 'bob' },
  ],
  clients: [
    {
      client_id: 'meadow',
      client_secret: clientSecret,
      client_name: 'Meadow Journal',
      owner: 'alice',
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: 'openid basic readmeasurements',
      dialects: ['oauth', 'quantimodo'],
      access_token_ttl: 172_800,
    },
    { client_id: 'page', redirect_uris: ['https://page.example/cb'] },
  ],
  resources: [{ resource: 'https://data.example/api', scopes: ['readmeasurements'], token_format: 'jwt' }],
  providers: [
    { id: 'google', kind: 'oidc', issuer: 'http://localhost:9999', client_id: 'us', client_secret: 'provider secret' },
    {
      id: 'hub',
      kind: 'oauth2',
      authorization_endpoint: 'https://hub.example/authorize',
      token_endpoint: 'https://hub.example/token',
      client_id: 'us',
    },
    { id: 'facebook', kind: 'facebook', client_id: 'us', client_secret: 'another provider secret' },
  ],
  subscription_keys: [{ key: subscriptionKey, owner: 'bob' }],
}

async function applyTo(h: Harness, document: unknown, options: { prune?: boolean } = {}): Promise<string[]> {
  const changes = await planApply(h.context, parseDocument(JSON.stringify(document)), options)
  await executeApply(h.context, byCommand, changes)
  return changes.map(({ action, kind, name, members }) => [action, kind, name, ...members].join(' '))
}

async function problemsOf(h: Harness, document: unknown): Promise<string[]> {
  const error = await applyTo(h, document).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'DocumentError' })
  return (error as Error).message.split('\n')
}

describe('applying a document', () => {
  let h: Harness
  beforeEach(async () => {
    h = await harness()
  })
  afterEach(() => h.close())

  const apply = (document: unknown, options: { prune?: boolean } = {}) => applyTo(h, document, options)

  const clientCredentials = (id: string, secret: string) =>
    token(h.app, { id, secret }, { grant_type: 'client_credentials' })

  test('makes people, clients and everything else, and a second time nothing', async () => {
    expect(await apply(whole)).toEqual([
      'create user alice',
      'create user bob',
      'create resource https://data.example/api',
      'create provider google',
      'create provider hub',
      'create provider facebook',
      'create client meadow',
      'create client page',
      `create subscription_key ${keyDigest(subscriptionKey).slice(0, 8)}`,
    ])
    expect(await apply(whole)).toEqual([])
    const alice = await h.storage.accounts.findByLogin('alice')
    expect(alice).toMatchObject({ emailVerified: true, roles: ['owner'], claims: whole.users[0]?.claims })
    expect((await signIn(h.context, { login: 'alice', password: 'x' }, caller)).outcome).toBe('signed_in')
    expect((await h.storage.clients.find('meadow'))?.ownerId).toBe(alice?.id)
    const answer = await clientCredentials('meadow', clientSecret)
    expect(answer.body).toMatchObject({ scope: 'basic readmeasurements', expires_in: 172_800 })
  })

  test('takes a client with a secret by header and by form, and one without as public', async () => {
    await apply(whole)
    const form = { client_id: 'meadow', client_secret: clientSecret, grant_type: 'client_credentials' }
    const answer = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    expect(answer.statusCode).toBe(200)
    expect((await clientCredentials('meadow', clientSecret)).status).toBe(200)
    expect((await h.storage.clients.find('page'))?.metadata.token_endpoint_auth_method).toBe('none')
  })

  test('K170: stores secrets sealed or as digests, wherever they stand in the document', async () => {
    await apply(whole)
    const stored = JSON.stringify([
      await h.storage.providers.list(),
      await h.storage.subscriptionKeys.list(),
      await h.storage.clients.find('meadow'),
      await h.storage.audit.list(100),
    ])
    for (const secret of ['provider secret', 'another provider secret', subscriptionKey, clientSecret]) {
      expect(stored).not.toContain(secret)
    }
    expect(await h.storage.subscriptionKeys.find(keyDigest(subscriptionKey))).toMatchObject({
      owner: (await h.storage.accounts.findByLogin('bob'))?.id,
      start: subscriptionKey.slice(0, 4),
      createdAt: h.clock.now(),
    })
  })

  test('opens sealed secrets again for a command that was started with another issuer', async () => {
    await apply(whole)
    const keyring = createKeyring([rootSecret], 'http://localhost:4711', h.storage.installation)
    expect(await planApply({ ...h.context, keyring }, parseDocument(JSON.stringify(whole)))).toEqual([])
    const other = createKeyring([`not ${rootSecret}`], 'http://localhost:3000', h.storage.installation)
    const changes = await planApply({ ...h.context, keyring: other }, parseDocument(JSON.stringify(whole)))
    expect(changes.map(({ name, members }) => [name, members])).toEqual([
      ['google', ['client_secret']],
      ['facebook', ['client_secret']],
    ])
  })

  test('changes of a person only what is named', async () => {
    const alice = await addAccount(h, 'alice', { claims: { nickname: 'al' }, roles: ['support'] })
    expect(await apply({ users: [{ username: 'Alice', roles: ['admin'] }] })).toEqual(['update user alice roles'])
    expect(await h.storage.accounts.find(alice.id)).toMatchObject({
      username: 'alice',
      email: 'alice@example.com',
      emailVerified: true,
      claims: { nickname: 'al' },
      roles: ['admin'],
      passwordHash: alice.passwordHash,
      validAfter: alice.validAfter,
    })
  })

  test('leaves what a person has said of themselves where the document does not name it', async () => {
    const own = { locale: 'de', zoneinfo: 'Europe/Berlin', name: 'Al' }
    const alice = await addAccount(h, 'alice', { claims: { ...own, nickname: 'al' } })
    const named = { users: [{ username: 'alice', claims: { name: 'Alice', given_name: 'Alice' } }] }
    expect(await apply(named)).toEqual(['update user alice claims'])
    const after = await h.storage.accounts.find(alice.id)
    expect(after?.claims).toEqual({ ...own, name: 'Alice', given_name: 'Alice' })
    expect(await apply(named)).toEqual([])
  })

  test('makes no second account of somebody who has another username since', async () => {
    const alice = await addAccount(h)
    await h.storage.accounts.update(alice.id, { username: 'alicia', formerKeptUntil: h.clock.now() + 1000 })
    await expect(apply({ users: [{ username: 'Alice' }] })).rejects.toThrow(
      'users[0].username: is the former username of alicia; name the account by its present one',
    )
    expect(await h.storage.accounts.list(10)).toHaveLength(1)
  })

  test('counts a changed e-mail address as unconfirmed unless the document says otherwise', async () => {
    await addAccount(h)
    const moved = { users: [{ username: 'alice', email: 'alice@elsewhere.example' }] }
    expect(await apply(moved)).toEqual(['update user alice email email_verified'])
    expect(await apply(moved)).toEqual([])
    const confirmed = { users: [{ username: 'alice', email: 'alice@example.org', email_verified: true }] }
    expect(await apply(confirmed)).toEqual(['update user alice email email_verified'])
  })

  test('ends what came under the former password, and nothing where it is the same', async () => {
    const alice = await addAccount(h)
    h.clock.move(1000)
    expect(await apply({ users: [{ username: 'alice', password: alicePassword }] })).toEqual([])
    expect(await apply({ users: [{ username: 'alice', password: 'y' }] })).toEqual(['update user alice password'])
    expect((await h.storage.accounts.find(alice.id))?.validAfter).toBeGreaterThan(alice.validAfter)
    expect((await signIn(h.context, { login: 'alice', password: alicePassword }, caller)).outcome).toBe('wrong')
  })

  test("replaces a client's metadata as a whole and keeps its owner and whether it is enabled", async () => {
    await apply(whole)
    const before = await h.storage.clients.find('meadow')
    await h.storage.clients.amend('meadow', () => ({ status: 'disabled' }))
    const entry = { client_id: 'meadow', redirect_uris: ['https://app.example/cb'], scope: 'basic' }
    expect(await apply({ clients: [entry] })).toEqual([
      'update client meadow client_name grant_types scope dialects access_token_ttl',
    ])
    const after = await h.storage.clients.find('meadow')
    expect(after).toMatchObject({ ownerId: before?.ownerId, status: 'disabled' })
    expect(after?.metadata).not.toHaveProperty('client_name')
    // The secret is no metadata: the client stays one that authenticates.
    expect(after?.metadata).toMatchObject({ token_endpoint_auth_method: 'client_secret_basic' })
    expect(after?.secrets).toHaveLength(1)
  })

  test('replaces its own secret and leaves those that were made elsewhere', async () => {
    const { id, secret } = await addClient(h, { grant_types: ['client_credentials'], redirect_uris: [] })
    const entry = (text: string) => ({
      clients: [{ client_id: id, client_secret: text, grant_types: ['client_credentials'], scope: 'basic' }],
    })
    await apply(entry(clientSecret))
    // What was got by the replaced secret ends with it.
    const own = await token(h.app, { id, secret: clientSecret }, { grant_type: 'client_credentials' })
    expect(await apply(entry(`new ${clientSecret}`))).toEqual([`update client ${id} client_secret`])
    expect(await isActive(h, { id, secret: `new ${clientSecret}` }, own.body.access_token)).toBe(false)
    expect(await apply(entry(`new ${clientSecret}`))).toEqual([])
    expect((await clientCredentials(id, clientSecret)).status).toBe(401)
    expect((await clientCredentials(id, `new ${clientSecret}`)).status).toBe(200)
    expect((await clientCredentials(id, secret)).status).toBe(200)
    expect((await h.storage.clients.find(id))?.secrets.map((known) => known.name).sort()).toEqual(['apply', 'first'])
  })

  test('removes with --prune what a section does not name, and no user', async () => {
    await apply(whole)
    await addAccount(h, 'carol')
    expect(await apply({ clients: [], resources: [] })).toEqual([])
    expect(
      await apply({ users: [], clients: [whole.clients[1]], providers: [], subscription_keys: [] }, { prune: true }),
    ).toEqual([
      'remove client meadow',
      'remove provider facebook',
      'remove provider google',
      'remove provider hub',
      `remove subscription_key ${keyDigest(subscriptionKey).slice(0, 8)}`,
    ])
    expect((await clientCredentials('meadow', clientSecret)).status).toBe(401)
    // The document had no section of that name.
    expect(await h.storage.resources.list()).toHaveLength(1)
    expect(await h.storage.accounts.findByLogin('carol')).toBeDefined()
  })

  test('leaves apps with --prune that registered themselves', async () => {
    const metadata = { client_name: 'Own', redirect_uris: ['https://own.example/cb'], registered_by: 'registration' }
    const app = { ownerId: null, status: 'enabled', metadata, secrets: [] } as const
    await h.storage.clients.insert({ ...app, clientId: 'own' })
    expect(await apply({ clients: [] }, { prune: true })).not.toContain('remove client own')
    expect(await h.storage.clients.find('own')).toBeDefined()
  })

  test('ends the tokens of a client that it removes', async () => {
    await apply(whole)
    const { body } = await clientCredentials('meadow', clientSecret)
    const asker = await addClient(h)
    await apply({ clients: [whole.clients[1], { ...whole.clients[1], client_id: asker.id }] }, { prune: true })
    const answer = await post(h.app, '/oauth/introspect', asker, { token: body.access_token as string })
    expect(answer.body).toEqual({ active: false })
  })

  test('writes who changed what to the audit log, without values', async () => {
    await apply(whole)
    const [event] = (await h.storage.audit.list(100)).filter(({ clientId }) => clientId === 'meadow')
    expect(event).toMatchObject({ type: 'applied', detail: { action: 'create', kind: 'client', name: 'meadow' } })
  })

  test('writes nothing where anything is wrong', async () => {
    await problemsOf(h, { ...whole, clients: [...whole.clients, { client_id: 'c', redirect_uris: [], owner: 'zoe' }] })
    await problemsOf(h, { ...whole, clients: [{ ...whole.clients[0], owner: 'zoe' }] })
    expect(await h.storage.accounts.findByLogin('alice')).toBeUndefined()
    expect(await h.storage.resources.list()).toEqual([])
  })
})

describe('a document that cannot be applied is told by the place of what is wrong', () => {
  let h: Harness
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
  })
  afterAll(() => h.close())

  const client = { client_id: 'a', redirect_uris: ['https://a.example/cb'] }
  test.each<[string, unknown, string[]]>([
    ['no object', [], ['the document: expected object, received array']],
    [
      'an unknown section',
      { widgets: [] },
      ['widgets: Unknown section (expected users, plans, clients, resources, providers, subscription_keys)'],
    ],
    ['an unknown member', { users: [{ username: 'a', shoe: 42 }] }, ['users[0].shoe: is unknown here']],
    [
      'an unknown member of a client',
      { clients: [client, { ...client, client_id: 'b', colour: 'red' }] },
      ['clients[1].colour: is unknown here'],
    ],
    [
      'a redirect URI',
      { clients: [{ ...client, redirect_uris: ['https://a.example/#x'] }] },
      ['clients[0].redirect_uris[0]: cannot be registered: it has a fragment (RFC 6749 §3.1.2)'],
    ],
    [
      'an ID that is an address',
      { clients: [{ ...client, client_id: 'https://app.example/client.json' }] },
      ['clients[0].client_id: must be 1 to 255 printable ASCII characters without space, and not begin with https://'],
    ],
    [
      'a short client secret',
      { clients: [{ ...client, client_secret: 'short' }] },
      ['clients[0].client_secret: must have 32 to 1,000 printable ASCII characters'],
    ],
    [
      'a secret that a public client cannot have',
      { clients: [{ ...client, client_secret: clientSecret, token_endpoint_auth_method: 'none' }] },
      ['clients[0].client_secret: does not go with token_endpoint_auth_method "none"'],
    ],
    [
      'a secret that is needed',
      { clients: [{ ...client, token_endpoint_auth_method: 'client_secret_post' }] },
      ['clients[0].client_secret: is missing: client_secret_post needs it'],
    ],
    [
      'a public client that would act on its own',
      { clients: [{ client_id: 'a', grant_types: ['client_credentials'] }] },
      ['clients[0].grant_types: client_credentials needs a client that authenticates'],
    ],
    [
      'an owner who is nobody',
      { clients: [{ ...client, owner: 'zoe' }], subscription_keys: [{ key: subscriptionKey, owner: 'zoe' }] },
      [
        'clients[0].owner: is nobody in the document or the database',
        'subscription_keys[0].owner: is nobody in the document or the database',
      ],
    ],
    ['a missing member', { clients: [{ client_name: 'A' }] }, ['clients[0].client_id: is missing']],
    [
      'the same name twice',
      { users: [{ username: 'zed' }, { username: 'ZED' }] },
      ['users[1].username: is the same as in users[0]'],
    ],
    [
      "somebody else's address",
      { users: [{ username: 'zed', email: 'Alice@Example.com' }] },
      ['users[0].email: is the address of alice'],
    ],
    [
      'a confirmation without an address',
      { users: [{ username: 'zed', email_verified: true }] },
      ['users[0].email_verified: needs an e-mail address'],
    ],
    [
      'a role',
      { users: [{ username: 'z', roles: ['king'] }] },
      ['users[0].roles[0]: expected one of "owner"|"admin"|"support"'],
    ],
    ['an empty password', { users: [{ username: 'z', password: '' }] }, ['users[0].password: is empty']],
    [
      'a password of 1,025 bytes',
      { users: [{ username: 'z', password: 'ø'.repeat(513) }] },
      ['users[0].password: is longer than 1,024 bytes'],
    ],
    [
      'a claim of a wrong type',
      { users: [{ username: 'z', claims: { address: 'Oslo', email: 'z@example.com' } }] },
      [
        'users[0].claims.address: expected object, received string',
        'users[0].claims.email: is not an OIDC standard claim (OIDC Core §5.1), or belongs to the account itself',
      ],
    ],
    [
      'a resource with a fragment',
      { resources: [{ resource: 'https://a.example/#x' }] },
      ['resources[0].resource: must have no fragment (RFC 8707 §2)'],
    ],
    ['a relative resource', { resources: [{ resource: '/api' }] }, ['resources[0].resource: must be an absolute URI']],
    [
      'a scope list in one text',
      { resources: [{ resource: 'urn:a', scopes: ['a b'] }] },
      ['resources[0].scopes[0]: is not a scope'],
    ],
    [
      'a provider without issuer',
      { providers: [{ id: 'acme', kind: 'oidc', client_id: 'x' }] },
      ['providers[0].issuer: is missing: a provider of kind oidc needs it'],
    ],
    [
      'a subscription key',
      { subscription_keys: [{ key: 'short', owner: 'alice' }] },
      ['subscription_keys[0].key: must be 32 letters and digits'],
    ],
  ])('%s', async (_what, document, expected) => {
    expect(await problemsOf(h, document)).toEqual(expected)
  })
})

describe('consentry apply', () => {
  let folder: string
  let env: Record<string, string>
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
    env = { CONSENTRY_DATA: join(folder, 'data') }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function write(document: unknown): string {
    const path = join(folder, 'operator.json')
    writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document))
    return path
  }

  test('prints the difference in a line each, never a secret, and then that there is none', async () => {
    const file = write(whole)
    const first = await runCommand(['apply', file], env)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^\+ user alice\n\+ user bob\n\+ resource https:\/\/data\.example\/api\n/)
    const again = await runCommand(['apply', file], env)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    // What follows are warnings: neither provider can be reached from here.
    expect(again.stdout).toMatch(/^nothing to change\n(! provider (google|hub): .*\n {2}.*\n){2}$/)
    const [alice] = whole.users
    const changed = write({
      users: [{ ...alice, password: 'a new secret of alice', email: 'a@example.org' }],
      clients: [{ ...whole.clients[0], client_secret: `new ${clientSecret}` }],
    })
    const second = await runCommand(['apply', changed, '--prune'], env)
    expect(second.stdout).toBe('~ user alice: email, password\n~ client meadow: client_secret\n- client page\n')
  })

  test('changes nothing with --dry-run', async () => {
    const file = write({ users: [{ username: 'alice' }] })
    for (let time = 0; time < 2; time++) {
      expect((await runCommand(['apply', file, '--dry-run'], env)).stdout).toBe('+ user alice\n')
    }
  })

  test('tells of each thing once, although its plan is written after it', async () => {
    const poor = { client_id: 'poor', redirect_uris: ['https://poor.example/cb'], scope: 'openid' }
    const plans = ['free', 'paid'].map((name) => ({ name, per_minute: 10 }))
    const document = (plan: string, more: object) =>
      write({ plans, clients: [{ ...poor, client_secret: clientSecret, plan, ...more }] })
    const first = await runCommand(['apply', document('free', {})], env)
    expect(first.stdout).toBe('+ plan free\n+ plan paid\n+ client poor\n')
    const second = await runCommand(['apply', document('paid', { client_name: 'Poor' })], env)
    expect(second.stdout).toBe('~ client poor: client_name, plan\n')
    const third = await runCommand(['apply', document('free', { client_name: 'Poor' }), '--json'], env)
    expect(JSON.parse(third.stdout).changes).toEqual([
      { action: 'update', kind: 'client', name: 'poor', members: ['plan'] },
    ])
  })

  test('gives the proxy name of an API that --prune removes to another one', async () => {
    const api = (resource: string) => write({ resources: [{ resource, scopes: ['orders'], proxy: 'orders' }] })
    const [sample, own] = ['http://127.0.0.1:8080', 'https://orders.example']
    expect((await runCommand(['apply', api(sample)], env)).code).toBe(0)
    const refused = await runCommand(['apply', api(own)], env)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`the API ${sample} already`)])
    const pruned = await runCommand(['apply', api(own), '--prune'], env)
    expect(pruned.stdout).toBe(`+ resource ${own}\n- resource ${sample}\n`)
  })

  test('answers a program in JSON', async () => {
    const file = write({ users: [{ username: 'alice', password: 'a secret of alice' }] })
    const { stdout } = await runCommand(['apply', file, '--json'], env)
    expect(JSON.parse(stdout)).toEqual({
      dry_run: false,
      changes: [{ action: 'create', kind: 'user', name: 'alice', members: [] }],
    })
    const wrong = await runCommand(['apply', write({ users: [{}] }), '--json'], env)
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse(wrong.stderr)).toEqual({
      error: { code: 'document', message: 'users[0].username: is missing' },
    })
  })

  test('ends with 2 for a document that cannot be used, and quotes none of it', async () => {
    const broken = await runCommand(['apply', write('{"users":[{"password":"hush"')], env)
    expect(broken.code).toBe(2)
    expect(broken.stderr).toMatch(/^consentry: The document is not valid JSON[^\n]*\n$/)
    expect(broken.stderr).not.toContain('hush')
    expect((await runCommand(['apply', join(folder, 'nothing.json')], env)).code).toBe(2)
    expect(await runCommand(['apply', write({ users: [{ username: 'a b' }] })], env)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'consentry: users[0].username: Use letters, digits, dot, hyphen and underscore only.\n',
    })
  })

  test('ends with 4 where the database is out of reach, and never prints its password', async () => {
    const ran = await runCommand(['apply', write({})], { ...env, DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/x' })
    expect(ran.code).toBe(4)
    expect(ran.stderr).toMatch(/^consentry: PostgreSQL at 127\.0\.0\.1:1\/x: [^\n]+\n$/)
    expect(ran.stderr).not.toContain('hush')
  })
})
