/** Clients and signing keys. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { ClientSecret, SigningKey } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addClient, addCollaborator } from './fixtures.ts'
import { opened } from './opened.ts'

export function clientTests(place: () => Promise<Place>): void {
  describe('clients', () => {
    const at = opened(place)
    const secret = (id: string): ClientSecret => ({
      id,
      name: 'first',
      hash: randomBytes(32),
      createdAt: 1,
      expiresAt: null,
    })

    test('a client is saved, changed and deleted; what belongs to it stays with it', async () => {
      const { clients } = at.storage
      const saved = await addClient(at.storage, 'app', 'usr_owner')
      expect(await at.other.clients.find('app')).toEqual(saved)
      const [one, two] = [secret('a'), { ...secret('b'), createdAt: 2, expiresAt: 99 }]
      await clients.amend('app', () => ({ addSecret: two }))
      await clients.amend('app', () => ({ addSecret: one }))
      await addCollaborator(at.storage, 'app', 'usr_friend')
      at.clock.move(1000)
      const changed = await clients.amend('app', () => ({
        ownerId: null,
        status: 'disabled',
        metadata: { a: [1, 'ü'] },
      }))
      expect(changed).toMatchObject({
        ownerId: null,
        status: 'disabled',
        metadata: { a: [1, 'ü'] },
        secrets: [one, two],
        createdAt: saved.createdAt,
        validAfter: saved.validAfter,
      })
      expect(changed?.updatedAt).toBeGreaterThan(saved.updatedAt)
      expect(await at.other.clients.isCollaborator('app', 'usr_friend')).toBe(true)
      await clients.amend('app', () => ({ removeSecrets: ['a'] }))
      expect((await clients.find('app'))?.secrets).toEqual([two])

      await at.storage.consents.remember('usr_friend', 'app', ['basic'])
      expect(await clients.delete('app')).toBe(true)
      expect(await clients.delete('app')).toBe(false)
      expect(await clients.find('app')).toBeUndefined()
      expect(await clients.isCollaborator('app', 'usr_friend')).toBe(false)
      expect(await at.storage.consents.find('usr_friend', 'app')).toBeUndefined()
      await addClient(at.storage, 'app')
      expect((await clients.find('app'))?.secrets).toEqual([])
    })

    test('an app that registered itself is found by what it said, once for each; and by its tokens no other way', async () => {
      const { clients } = at.storage
      const digest = randomBytes(32)
      const app = { ownerId: null, status: 'enabled', metadata: {}, secrets: [] } as const
      const made = await Promise.all(
        ['one', 'two', 'three'].map((clientId) => clients.insert({ ...app, clientId, registration: { digest } })),
      )
      expect(made.sort()).toEqual(['inserted', 'taken', 'taken'])
      const id = (await at.other.clients.withRegistration(digest)) ?? ''
      expect((await clients.find(id))?.registration).toEqual({ digest })
      expect(await clients.withRegistration(randomBytes(32))).toBeUndefined()
      const tokens = [randomBytes(32), randomBytes(32)]
      await clients.insert({ ...app, clientId: 'managed', registration: { tokens: tokens.slice(0, 1) } })
      await clients.amend('managed', () => ({ registration: { tokens } }))
      expect((await at.other.clients.find('managed'))?.registration).toEqual({ tokens })
      expect((await addClient(at.storage, 'portal')).registration).toBeNull()
    })

    test('apps that registered themselves and that nobody allows anything are listed, the oldest first', async () => {
      const { clients, consents } = at.storage
      const app = { ownerId: null, status: 'enabled', metadata: {}, secrets: [] } as const
      await addClient(at.storage, 'portal')
      at.clock.move(1000)
      const others = (await clients.listUnused(at.clock.now(), 10)).length
      for (const clientId of ['c', 'a', 'b', 'used']) {
        await clients.insert({ ...app, clientId, registration: { tokens: [randomBytes(32)] } })
        at.clock.move(1000)
      }
      await consents.remember('usr_friend', 'used', ['basic'])
      const now = at.clock.now()
      const unused = async (before = now, limit = 10) => (await clients.listUnused(before, limit)).slice(others)
      expect(await unused()).toEqual(['c', 'a', 'b'])
      expect(await unused(now, others + 2)).toEqual(['c', 'a'])
      expect(await unused(now - 3500)).toEqual(['c'])
      await consents.withdraw('usr_friend', 'used')
      expect(await unused()).toEqual(['c', 'a', 'b', 'used'])
    })

    test('what people have allowed an app is forgotten, and they stay connected', async () => {
      const { consents } = at.storage
      await addClient(at.storage, 'asks')
      await consents.remember('usr_friend', 'asks', ['basic'])
      await consents.remember('usr_friend', 'other', ['basic'])
      const before = await consents.find('usr_friend', 'asks')
      await consents.forget('asks')
      expect(await consents.find('usr_friend', 'asks')).toEqual({ ...before, scope: [] })
      expect((await consents.find('usr_friend', 'other'))?.scope).toEqual(['basic'])
    })

    test('the origins of redirect URIs follow every write to the client', async () => {
      const { clients } = at.storage
      const has = (origin: string) => at.other.clients.hasOrigin(origin)
      const uris = (...redirect_uris: string[]) => ({ redirect_uris })
      const metadata = uris('https://One.example/cb', 'https://one.example/b', 'my.app:/cb', 'http://localhost:80/x')
      await clients.insert({ clientId: 'o1', ownerId: null, status: 'enabled', metadata, secrets: [] })
      expect([await has('https://one.example'), await has('http://localhost'), await has('null')]).toEqual([
        true,
        true,
        false,
      ])
      expect(await at.other.clients.hasOrigin('https://one.example', { except: 'o1' })).toBe(false)
      await clients.amend('o1', () => ({ ownerId: null, status: 'pending', metadata: uris('https://two.example/cb') }))
      expect([await has('https://one.example'), await has('https://two.example')]).toEqual([false, true])
      expect(await at.other.clients.hasOrigin('https://two.example', { enabled: true })).toBe(false)
      await clients.amend('o1', () => ({ metadata: uris('https://three.example/cb') }))
      expect([await has('https://two.example'), await has('https://three.example')]).toEqual([false, true])
      await clients.amend('o1', () => ({ status: 'disabled' }))
      expect(await has('https://three.example')).toBe(false)
      await clients.amend('o1', () => ({ status: 'enabled' }))
      expect(await has('https://three.example')).toBe(true)
      expect(await at.other.clients.hasOrigin('https://three.example', { enabled: true })).toBe(true)
      await clients.delete('o1')
      expect([await has('https://three.example'), await has('a\0b')]).toEqual([false, false])
    })

    test('the clients with a redirect URI follow every write to the client', async () => {
      const { clients } = at.storage
      const having = (uri: string) => at.other.clients.withRedirectUri(uri)
      const uris = (...redirect_uris: string[]) => ({ redirect_uris })
      const [phone, long] = ['my.app:/shared', `https://long.example/${'x'.repeat(1900)}`]
      await clients.insert({ clientId: 'u2', ownerId: null, status: 'enabled', metadata: uris(phone), secrets: [] })
      const metadata = uris(phone, long, phone)
      await clients.insert({ clientId: 'u1', ownerId: null, status: 'pending', metadata, secrets: [] })
      expect(await having(phone)).toEqual(['u1', 'u2'])
      expect(await having(long)).toEqual(['u1'])
      expect(await having(`${long}x`)).toEqual([])
      await clients.amend('u1', () => ({ metadata: uris(long) }))
      expect(await having(phone)).toEqual(['u2'])
      await clients.amend('u2', () => ({ status: 'disabled' }))
      expect(await having(phone)).toEqual([])
      await clients.amend('u2', () => ({ status: 'enabled' }))
      expect(await having(phone)).toEqual(['u2'])
      await clients.delete('u2')
      expect([await having(phone), await having('a\0\uD800')]).toEqual([[], []])
    })

    test('of many who insert one client, one does, and its secrets are there from the first moment', async () => {
      const inserted = (index: number) =>
        (index % 2 ? at.storage : at.other).clients.insert({
          clientId: 'raced',
          ownerId: null,
          status: 'pending',
          metadata: { index },
          secrets: [secret(`s${index}`)],
        })
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => inserted(index)))
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1)
      const record = await at.storage.clients.find('raced')
      const winner = outcomes.indexOf('inserted')
      expect(record).toMatchObject({
        status: 'pending',
        proposal: null,
        verification: null,
        metadata: { index: winner },
      })
      expect(record?.secrets.map(({ id }) => id)).toEqual([`s${winner}`])
    })

    test('an amendment moves status, waiting change and verification, ends what was issued, and takes all secrets', async () => {
      const { clients } = at.storage
      const { validAfter } = await addClient(at.storage, 'moved', 'usr_owner')
      await clients.amend('moved', () => ({ addSecret: secret('a') }))
      const proposal = { members: { client_name: 'New' }, at: 5 }
      const verification = { at: 6, by: 'operator', form: { name: 'moved' } }
      const amended = await clients.amend('moved', () => ({
        status: 'disabled',
        proposal,
        verification,
        refusedForm: '0123456789ab',
        ownerId: null,
        invalidate: true,
        removeSecrets: 'all',
      }))
      expect(amended).toMatchObject({ status: 'disabled', proposal, verification, ownerId: null, secrets: [] })
      expect(amended?.refusedForm).toBe('0123456789ab')
      expect(amended?.validAfter).toBeGreaterThan(validAfter)
      expect(await at.other.clients.find('moved')).toEqual(amended)
      const cleared = { proposal: null, verification: null, refusedForm: null }
      expect(await clients.amend('moved', () => cleared)).toMatchObject({ status: 'disabled', ...cleared })
    })

    test('testers are invited by any username, each once, never more than the limit, and answer for themselves', async () => {
      const { testers } = at.storage
      await addClient(at.storage, 'tested')
      const invite = (index: number) =>
        (index % 2 ? testers : at.other.testers).invite('tested', { username: `Nobody${index}`, userId: null }, 3)
      const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => invite(index)))
      expect(outcomes.filter((outcome) => outcome === 'invited')).toHaveLength(3)
      expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(7)
      const [first] = await testers.list('tested')
      expect(await testers.invite('tested', { username: first?.username.toUpperCase() ?? '', userId: null }, 9)).toBe(
        'present',
      )
      expect(await testers.invite('gone', { username: 'x', userId: null }, 9)).toBe('gone')
      expect(await testers.remove('tested', first?.username ?? '')).toEqual(first)
      expect(await testers.remove('tested', first?.username ?? '')).toBeUndefined()

      expect(await testers.invite('tested', { username: 'bob', userId: 'usr_bob' }, 3)).toBe('invited')
      expect(await testers.isTester('tested', 'usr_bob')).toBe(false)
      expect(await testers.listOf('usr_bob')).toMatchObject([{ clientId: 'tested', state: 'invited' }])
      expect(await testers.answer('tested', 'usr_bob', 'accepted')).toBe(true)
      expect(await at.other.testers.isTester('tested', 'usr_bob')).toBe(true)
      expect(await testers.answer('tested', 'usr_bob', 'declined')).toBe(true)
      expect(await testers.answer('tested', 'usr_bob', 'accepted')).toBe(false)
      expect(await testers.listOf('usr_bob')).toEqual([])
      await at.storage.clients.delete('tested')
      expect(await testers.list('tested')).toEqual([])
    })

    test('an amendment is decided on what is there, and two at once do not overwrite each other', async () => {
      const { clients } = at.storage
      const saved = await addClient(at.storage, 'amended', 'usr_owner')
      expect(await clients.amend('nobody', () => ({ metadata: {} }))).toBeUndefined()
      expect(await clients.amend('amended', () => undefined)).toBeUndefined()
      expect(await clients.find('amended')).toEqual(saved)
      await clients.amend('amended', () => ({ addSecret: secret('a') }))
      const next = { ...secret('b'), createdAt: 2 }
      const replaced = await clients.amend('amended', () => ({ addSecret: next, expireSecret: { id: 'a', at: 77 } }))
      expect(replaced).toMatchObject({ ownerId: 'usr_owner', metadata: saved.metadata })
      expect(replaced?.secrets).toMatchObject([{ id: 'a', expiresAt: 77 }, next])
      // Each of many takes one away unless it is the last.
      const left = await Promise.all(
        ['a', 'b'].map((id, index) =>
          [at.storage, at.other][index]?.clients.amend('amended', (present) =>
            present.secrets.length > 1 ? { removeSecrets: [id] } : undefined,
          ),
        ),
      )
      expect(left.filter((record) => record !== undefined)).toHaveLength(1)
      expect((await clients.find('amended'))?.secrets).toHaveLength(1)
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          clients.amend('amended', ({ metadata }) => ({ metadata: { ...metadata, [`n${index}`]: index } })),
        ),
      )
      expect(Object.keys((await clients.find('amended'))?.metadata ?? {})).toEqual(
        expect.arrayContaining(Array.from({ length: 10 }, (_, index) => `n${index}`)),
      )
    })

    test('a name that no database takes is simply unknown', async () => {
      expect(await at.storage.clients.find('nul\u0000')).toBeUndefined()
      expect(await at.storage.clients.find('\udfff')).toBeUndefined()
      expect(await at.storage.clients.isCollaborator('\u0000', 'usr_x')).toBe(false)
    })

    test('invalidating moves validAfter on every time', async () => {
      const { validAfter } = await addClient(at.storage, 'inv')
      await at.storage.clients.amend('inv', () => ({ invalidate: true }))
      const first = (await at.other.clients.find('inv'))?.validAfter ?? 0
      await at.other.clients.amend('inv', () => ({ invalidate: true }))
      const second = (await at.storage.clients.find('inv'))?.validAfter ?? 0
      expect(first).toBeGreaterThan(validAfter)
      expect(second).toBeGreaterThan(first)
    })

    test('a client is switched off and on', async () => {
      await addClient(at.storage, 'onoff')
      expect(await at.storage.clients.amend('onoff', () => ({ status: 'disabled' }))).toBeDefined()
      expect((await at.other.clients.find('onoff'))?.status).toBe('disabled')
      expect(await at.storage.clients.amend('nobody', () => ({ status: 'disabled' }))).toBeUndefined()
    })

    test('people see their own apps by name, the operator sees all by id', async () => {
      const { clients } = at.storage
      for (const [id, name] of [
        ['l1', 'zebra'],
        ['l2', 'Ape'],
        ['l3', 'bear'],
      ] as const) {
        const ownerId = id === 'l3' ? 'usr_else' : 'usr_me'
        await clients.insert({ clientId: id, ownerId, status: 'enabled', metadata: { client_name: name }, secrets: [] })
      }
      await addCollaborator(at.storage, 'l3', 'usr_me')
      await addCollaborator(at.storage, 'l1', 'usr_me')
      expect((await at.other.clients.listByUser('usr_me')).map((one) => one.clientId)).toEqual(['l2', 'l3', 'l1'])
      await at.storage.appTeams.amend('l3', (team) => ({ ...team, collaborators: [] }))
      expect(await clients.listByUser('usr_me')).toHaveLength(2)
      expect((await clients.list(2, 'l1')).map((one) => one.clientId)).toEqual(['l2', 'l3'])
      expect((await clients.list(1)).length).toBe(1)
    })

    test('a change is heard of in this process and in the others', async () => {
      const [here, there] = [vi.fn(), vi.fn()]
      at.storage.onClientsChanged(here)
      at.other.onClientsChanged(there)
      await addClient(at.storage, 'heard')
      expect(here).toHaveBeenCalled()
      await vi.waitFor(() => expect(there).toHaveBeenCalled(), { timeout: 30_000 })
      here.mockClear()
      await at.other.clients.amend('heard', () => ({ addSecret: secret('s') }))
      await vi.waitFor(() => expect(here).toHaveBeenCalled(), { timeout: 30_000 })
    })
  })

  describe('signing keys', () => {
    const at = opened(place)
    const key = (kid: string, change: Partial<SigningKey> = {}): SigningKey => ({
      kid,
      alg: 'ES256',
      state: 'signing',
      publicJwk: { kty: 'EC', kid },
      sealedPrivate: randomBytes(80),
      createdAt: 5,
      activatedAt: 5,
      retiredAt: null,
      ...change,
    })

    /** The only key, whichever test made it. */
    const onlyKey = async () => (await at.storage.keys.list())[0] ?? (await at.storage.keys.insertFirst(key('first')))

    test('of several nodes that make the first key one wins and all use that', async () => {
      const told = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 ? at.storage : at.other).keys.insertFirst(key(`k${i}`))),
      )
      expect(new Set(told.map((one) => one.kid)).size).toBe(1)
      expect(await at.storage.keys.list()).toEqual([told[0]])
    })

    test('of several nodes that rotate a key one does: the old one retires, the next one signs', async () => {
      const old = await onlyKey()
      const next = await at.storage.keys.insertFirst(key('next', { state: 'next', activatedAt: null, createdAt: 6 }))
      const told = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 ? at.storage : at.other).keys.promote(old.kid, next.kid, 9)),
      )
      expect(told.filter((won) => won)).toHaveLength(1)
      expect((await at.other.keys.list()).map((one) => [one.kid, one.state])).toEqual([
        [old.kid, 'retired'],
        ['next', 'signing'],
      ])
      await at.storage.keys.delete(old.kid)
      expect(await at.other.keys.list()).toHaveLength(1)
    })

    test('a promotion that is not as expected changes nothing', async () => {
      const { kid: signing } = await onlyKey()
      const before = await at.storage.keys.list()
      expect(await at.storage.keys.promote(signing, 'nobody', 12)).toBe(false)
      expect(await at.storage.keys.promote('nobody', signing, 12)).toBe(false)
      expect(await at.storage.keys.list()).toEqual(before)
    })

    test('a key is sealed anew once, whoever tries', async () => {
      const present = await onlyKey()
      await at.storage.keys.reseal(present.kid, present.sealedPrivate, Buffer.from('anew'))
      await at.other.keys.reseal(present.kid, present.sealedPrivate, Buffer.from('too late'))
      expect((await at.storage.keys.list())[0]?.sealedPrivate.toString()).toBe('anew')
    })
  })
}
