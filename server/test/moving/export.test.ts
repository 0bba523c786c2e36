/** The way out: what an export holds, and that the same people and apps are in at the server that it is brought to. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import { signIn } from '../../src/engine/account/accounts.ts'
import { kinds } from '../backup/place.ts'
import { token } from '../support/browser.ts'
import { addAccount, addClient, addSubscriptionKey, type Harness } from '../support/harness.ts'
import { fileOf, hashesOf, newFolder, password } from './files.ts'

const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const
const imported = 'a-secret-that-hydra-made~1'
const providerSecret = 'a secret of the provider'
const subscriptionKey = '0123456789abcdefghijklmnopqrstuv'

describe.each(await kinds())('an export of $name', (kind) => {
  async function filled(): Promise<{ file: string; text: string; secret: string; close(): Promise<void> }> {
    const place = await kind.full()
    const h = await place.serve()
    const anna = await addAccount(h, 'anna', { password, claims: { name: 'Anna "A" Meadow' }, roles: ['admin'] })
    await addAccount(h, 'ben', { password })
    const ben = await h.storage.accounts.findByLogin('ben')
    if (ben === undefined) throw new Error('nobody')
    await h.storage.accounts.update(ben.id, { enabled: false })
    const { bcrypt: hash } = await hashesOf()
    await place.run('import', '--from', 'csv', fileOf(`username,password_hash\ncarl,${hash}`))
    const robot = { grant_types: ['client_credentials'], redirect_uris: [], scope: 'basic' }
    const { secret } = await addClient(h, robot, { id: 'robot' })
    await h.storage.clients.amend('robot', () => ({ ownerId: anna.id }))
    const items = [
      { client_id: 'moved', ...robot, client_secret: await bcrypt(imported, 4) },
      { client_id: 'without', ...robot },
    ]
    await place.run('import', '--from', 'hydra', fileOf({ items }))
    await addSubscriptionKey(h, subscriptionKey, anna.id, { start: '0123' })
    const operator = {
      resources: [{ resource: 'https://data.example/api', scopes: ['read'] }],
      providers: [{ id: 'google', kind: 'oidc', client_id: 'us', client_secret: providerSecret }],
    }
    expect((await place.run('apply', fileOf(operator))).code).toBe(0)
    const file = join(newFolder(), 'consentry.json')
    const ran = await place.run('export', file)
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('password hashes') })
    return {
      file,
      text: readFileSync(file, 'utf8'),
      secret: secret ?? '',
      async close() {
        const again = await place.run('apply', file, '--dry-run')
        // What it was made of is as it says, secrets of providers too.
        expect(again.stdout).toBe('nothing to change\n')
        await h.close()
        await place.close()
      },
    }
  }

  async function expectAllIn(h: Harness, secret: string): Promise<void> {
    h.clock.move(600_000)
    const signInAs = async (login: string) => (await signIn(h.context, { login, password }, caller)).outcome
    expect([await signInAs('anna'), await signInAs('ben'), await signInAs('carl')]).toEqual([
      'signed_in',
      'wrong',
      'signed_in',
    ])
    expect(await h.storage.accounts.findByLogin('anna@example.com')).toMatchObject({
      claims: { name: 'Anna "A" Meadow' },
    })
    const as = (id: string, given: string) => token(h.app, { id, secret: given }, { grant_type: 'client_credentials' })
    expect((await as('robot', secret)).status).toBe(200)
    expect((await as('robot', 'wrong')).status).toBe(401)
    expect((await as('moved', imported)).status).toBe(200)
    const anna = await h.storage.accounts.findByLogin('anna')
    expect((await h.storage.clients.find('robot'))?.ownerId).toBe(anna?.id)
  }

  test('is readable by its owner alone, overwrites nothing, and holds no secret', async () => {
    const made = await filled()
    expect(statSync(made.file).mode & 0o777).toBe(0o600)
    for (const secret of [password, imported, providerSecret, subscriptionKey, made.secret]) {
      expect(made.text).not.toContain(secret)
    }
    expect(Object.keys(JSON.parse(made.text))).toEqual([
      'users',
      'plans',
      'clients',
      'resources',
      'providers',
      'subscription_keys',
    ])
    await made.close()
    const place = await kind.full()
    expect(await place.run('export', made.file, '--json')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"exists"'),
    })
    expect(readFileSync(made.file, 'utf8')).toBe(made.text)
    const shown = await place.run('apply', '--export', '-')
    expect(JSON.parse(shown.stdout)).toMatchObject({ users: [], providers: [] })
    expect(await place.run('apply', '--export', '/nowhere/at/all')).toMatchObject({ code: 1 })
    expect(await place.run('apply')).toMatchObject({ code: 2 })
    await place.close()
  })

  test('is taken by `apply`, and by `import`, which gives nobody a role', async () => {
    const made = await filled()
    const [applied, brought] = [await kind.full(), await kind.full()]
    expect(await applied.run('apply', made.file)).toMatchObject({ code: 0, stderr: '' })
    expect(await applied.run('apply', made.file)).toMatchObject({
      stdout: expect.stringMatching(/^nothing to change\n/),
    })
    const h = await applied.serve()
    await expectAllIn(h, made.secret)
    const anna = await h.storage.accounts.findByLogin('anna')
    expect(anna?.roles).toEqual(['admin'])
    const [key] = await h.storage.subscriptionKeys.list()
    expect(key).toMatchObject({ owner: anna?.id, start: '0123' })
    expect((await h.context.subscriptionKeys.find(subscriptionKey)).outcome).toBe('ok')
    // Whoever has signed in since keeps the hash of this server.
    const before = (await h.storage.accounts.findByLogin('carl'))?.passwordHash
    await applied.run('apply', made.file)
    expect((await h.storage.accounts.findByLogin('carl'))?.passwordHash).toBe(before)
    await h.close()
    await applied.close()

    const ran = await brought.run('import', '--from', 'json', made.file, '--json')
    expect(JSON.parse(ran.stdout)).toMatchObject({ users: { imported: 3 }, clients: { imported: 3 }, skipped: [] })
    const other = await brought.serve()
    await expectAllIn(other, made.secret)
    expect((await other.storage.accounts.findByLogin('anna'))?.roles).toEqual([])
    await other.close()
    await brought.close()
    await made.close()
  })
})

test('a document in another encoding than UTF-8 is refused, and one with a byte order mark is not', async () => {
  const [kind] = await kinds()
  const place = await kind?.full()
  if (place === undefined) throw new Error('no database')
  const text = JSON.stringify({ users: [{ username: 'anna', claims: { name: 'M\u00fcller' } }] })
  const latin = fileOf('')
  writeFileSync(latin, Buffer.from(text, 'latin1'))
  expect(await place.run('apply', latin)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is not in UTF-8.'),
  })
  expect(await place.run('apply', fileOf(`\uFEFF${text}`))).toMatchObject({ code: 0, stderr: '' })
  await place.close()
})

test('a document with a hash that cannot be checked is refused at its place', async () => {
  const [kind] = await kinds()
  const place = await kind?.full()
  if (place === undefined) throw new Error('no database')
  const document = {
    users: [
      { username: 'anna', password_hash: '$2b$31$'.padEnd(60, 'A') },
      { username: 'ben', password_hash: 'x' },
    ],
    clients: [{ client_id: 'a', grant_types: [], client_secret_hashes: ['sha256:00'] }],
    subscription_keys: [{ owner: 'anna' }],
  }
  const ran = await place.run('apply', fileOf(document))
  expect(ran.code).toBe(2)
  expect(
    ran.stderr
      .split('\n')
      .map((line) => line.replace('consentry: ', ''))
      .filter(Boolean),
  ).toEqual([
    'users[0].password_hash: is a hash whose check would take too much time or memory',
    'users[1].password_hash: is a hash of a kind that cannot be checked here',
    'clients[0].client_secret_hashes[0]: is a hash of a kind that cannot be checked here',
    'subscription_keys[0].key: is missing',
  ])
  await place.close()
})
