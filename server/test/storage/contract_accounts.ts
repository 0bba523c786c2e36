/** Accounts, sessions, consents and counters of failures. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newUserId } from '../../src/engine/account/new_account.ts'
import { minute } from '../../src/lib/clock.ts'
import { sha256 } from '../../src/lib/hash.ts'
import type { SessionId, UserId } from '../../src/protocol/names.ts'
import type { ImportedPerson, Session } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

export function accountTests(place: () => Promise<Place>): void {
  describe('accounts', () => {
    const at = opened(place)

    test('the operator lists accounts in the order they were made, and those with a role', async () => {
      const { accounts } = at.storage
      const first = await addAccount(at.storage, 'listed1')
      const second = await addAccount(at.storage, 'listed2')
      if (typeof first === 'string' || typeof second === 'string') throw new Error('taken')
      await accounts.update(second.id, { roles: ['support'] })
      expect((await at.other.accounts.list(2, first.number - 1)).map(({ id }) => id)).toEqual([first.id, second.id])
      const withRoles = (await at.other.accounts.listWithRoles()).map(({ id }) => id)
      expect([withRoles.includes(first.id), withRoles.includes(second.id)]).toEqual([false, true])
    })

    test('a hash is renewed unless there is another by then, and that is no change of the account', async () => {
      const { accounts } = at.storage
      const added = await addAccount(at.storage, 'renewed')
      if (typeof added === 'string') throw new Error(added)
      await accounts.update(added.id, { passwordHash: '$2b$04$before' })
      const before = await accounts.find(added.id)
      const tries = [1, 2, 3].map((n) => at.other.accounts.renewPasswordHash(added.id, '$2b$04$before', `$new${n}`))
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
      const after = await accounts.find(added.id)
      expect(after).toEqual({ ...before, passwordHash: expect.stringMatching(/^\$new[123]$/) })
      expect(await accounts.renewPasswordHash('usr_nobody', '$2b$04$before', '$new')).toBe(false)
      expect(await at.other.accounts.listOtherHashes(1000)).toContain(after?.passwordHash)
      await accounts.update(added.id, { passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$a$b' })
      expect(await accounts.listOtherHashes(1000)).not.toContain('$argon2id$v=19$m=19456,t=2,p=1$a$b')
    })

    test('people of another server come once, however many bring them, and nobody takes a name of others', async () => {
      const { importedPeople, accounts } = at.storage
      const person = (name: string, mark: string, email: string | null = null): ImportedPerson => ({
        id: newUserId(),
        mark: sha256(mark),
        username: name,
        email,
        emailVerified: false,
        passwordHash: null,
        claims: {},
        enabled: true,
        createdAt: 5,
        secondFactor: false,
      })
      await addAccount(at.storage, 'settled')
      const people = [
        person('mover1', 'one'),
        person('SETTLED', 'two'),
        person('mover3', 'three', 'Settled@example.com'),
      ]
      const outcomes = ['imported', 'username_taken', 'email_taken']
      expect(await importedPeople.insert(people)).toEqual(outcomes)
      expect(await importedPeople.insert([])).toEqual([])
      const [moved] = people
      if (moved === undefined) throw new Error('nobody')
      expect(await accounts.find(moved.id)).toMatchObject({ username: 'mover1', createdAt: 5, roles: [] })
      expect(await at.other.importedPeople.includes(moved.id)).toBe(true)
      expect(await importedPeople.includes('usr_nobody')).toBe(false)
      // Whoever was refused may come by another name, and the others by none.
      const again = [person('other1', 'one'), person('mover2', 'two'), person('mover3', 'three')]
      expect(await at.other.importedPeople.insert(again)).toEqual(['already_there', 'imported', 'imported'])
      expect(await accounts.findByLogin('other1')).toBeUndefined()

      const crowd = Array.from({ length: 30 }, (_, n) => `crowd${n}`)
      const brought = await Promise.all(
        [at.storage, at.other, at.storage].map((one) =>
          one.importedPeople.insert(crowd.map((name) => person(name, name))),
        ),
      )
      for (const [n] of crowd.entries()) {
        const of = brought.map((one) => one[n])
        expect(
          of.filter((outcome) => outcome === 'imported'),
          `${of}`,
        ).toHaveLength(1)
        expect(
          of.filter((outcome) => outcome === 'already_there'),
          `${of}`,
        ).toHaveLength(2)
      }
    })

    test('an account is deleted with what belongs to it, unless it owns apps', async () => {
      const { accounts, consents, clients, testers } = at.storage
      const added = await addAccount(at.storage, 'leaving')
      if (typeof added === 'string') throw new Error(added)
      const { id, username } = added
      await clients.insert({ clientId: `of-${username}`, ownerId: id, status: 'enabled', metadata: {}, secrets: [] })
      await consents.remember(id, `of-${username}`, ['basic'])
      await testers.invite(`of-${username}`, { username, userId: id }, 5)
      expect(await accounts.erase(id)).toBe('owns_apps')
      expect((await accounts.find(id))?.enabled).toBe(true)
      await clients.amend(`of-${username}`, () => ({ ownerId: null }))
      expect(await accounts.erase(id)).toBe('erased')
      expect(await at.other.accounts.find(id)).toBeUndefined()
      expect(await consents.find(id, `of-${username}`)).toBeUndefined()
      expect(await testers.list(`of-${username}`)).toEqual([])
      expect(await accounts.erase(id)).toBe('not_found')
    })

    test('first-party apps and those that were verified are found among all', async () => {
      const { clients } = at.storage
      const app = (clientId: string, metadata: Record<string, unknown>) =>
        clients.insert({ clientId, ownerId: null, status: 'enabled', metadata, secrets: [] })
      await app('priv-own', { first_party: true })
      await app('priv-checked', {})
      await clients.amend('priv-checked', () => ({ verification: { at: 1, by: 'Dana', form: {} } }))
      await app('priv-none', { client_name: '"first_party":true', first_party: false })
      const found = (await at.other.clients.listPrivileged()).map(({ clientId }) => clientId)
      expect(found.filter((clientId) => clientId.startsWith('priv-')).sort()).toEqual(['priv-checked', 'priv-own'])
    })

    test('an account is found by id, username and e-mail, however written', async () => {
      const account = await addAccount(at.storage, 'Ann')
      if (typeof account === 'string') throw new Error(account)
      expect(account).toMatchObject({ username: 'Ann', email: 'Ann@Example.com', enabled: true, secondFactor: false })
      const { accounts } = at.other
      expect(await accounts.find('usr_ann')).toEqual(account)
      expect(await accounts.findByLogin('ANN')).toEqual(account)
      expect(await accounts.findByLogin('ann@example.COM')).toEqual(account)
      for (const login of ['nobody', 'nobody@example.com', 'nul\u0000', '\ud800']) {
        expect(await accounts.findByLogin(login)).toBeUndefined()
      }
    })

    test('usernames and e-mail addresses are unique without regard to case', async () => {
      const { accounts } = at.storage
      const base = { emailVerified: false, passwordHash: null, roles: [], claims: {} }
      await accounts.insert({ ...base, id: 'usr_1', username: 'One', email: 'one@example.com' })
      await accounts.insert({ ...base, id: 'usr_2', username: 'Two', email: null })
      await accounts.insert({ ...base, id: 'usr_3', username: 'Three', email: null })
      const insert = (username: string, email: string) => accounts.insert({ ...base, id: 'usr_4', username, email })
      expect(await insert('ONE', 'x@example.com')).toBe('username_taken')
      expect(await insert('four', 'ONE@example.com')).toBe('email_taken')
      expect(await accounts.update('usr_2', { username: 'oNe' })).toBe('username_taken')
      expect(await accounts.update('usr_2', { email: 'One@Example.com' })).toBe('email_taken')
      expect(await accounts.update('usr_2', { username: 'TWO' })).toMatchObject({ username: 'TWO' })
    })

    test('a former username is kept from others until its time is over, and invitations by it follow', async () => {
      const { accounts, testers, clients, clock } = at.storage
      const added = await addAccount(at.storage, 'Before')
      if (typeof added === 'string') throw new Error(added)
      await clients.insert({ clientId: 'renames', ownerId: null, status: 'enabled', metadata: {}, secrets: [] })
      await testers.invite('renames', { username: 'Before', userId: added.id }, 5)
      const formerKeptUntil = clock.now() + minute
      expect(await accounts.update(added.id, { username: 'After', formerKeptUntil })).toMatchObject({
        username: 'After',
      })
      expect(await at.other.accounts.listFormerUsernames(added.id)).toEqual(['Before'])
      expect(await at.other.accounts.findByFormerUsername('BEFORE')).toBe(added.id)
      expect(await at.other.accounts.findByLogin('before')).toBeUndefined()
      expect((await testers.list('renames')).map(({ username }) => username)).toEqual(['After'])
      expect(await addAccount(at.storage, 'before')).toBe('username_taken')
      const other = await addAccount(at.storage, 'Beside')
      if (typeof other === 'string') throw new Error(other)
      expect(await accounts.update(other.id, { username: 'before' })).toBe('username_taken')
      at.clock.move(minute)
      expect(await accounts.listFormerUsernames(added.id)).toEqual([])
      expect(await accounts.update(other.id, { username: 'before' })).toMatchObject({ username: 'before' })
    })

    test('of an account that gives a name up and others who want it, nobody gets it meanwhile', async () => {
      const given = await addAccount(at.storage, 'GivenUp')
      if (typeof given === 'string') throw new Error(given)
      const formerKeptUntil = at.storage.clock.now() + minute
      const insert = (i: number) =>
        (i % 2 ? at.storage : at.other).accounts.insert({
          id: `usr_wants${i}` as UserId,
          username: 'givenup',
          email: null,
          emailVerified: false,
          passwordHash: null,
          roles: [],
          claims: {},
        })
      const [renamed, ...others] = await Promise.all([
        at.storage.accounts.update(given.id, { username: 'Another', formerKeptUntil }),
        ...Array.from({ length: 20 }, (_, i) => insert(i)),
      ])
      expect(renamed).toMatchObject({ username: 'Another' })
      expect(new Set(others)).toEqual(new Set(['username_taken']))
    })

    test('a picture is found by what is in it, for as long as somebody has it', async () => {
      const { pictures } = at.storage
      const picture = { digest: 'digest-of-it', content: Buffer.from('picture') }
      await pictures.put('usr_one' as UserId, { digest: 'before', content: Buffer.from('before') })
      await pictures.put('usr_one' as UserId, picture)
      await pictures.put('usr_two' as UserId, picture)
      expect(await at.other.pictures.find('before')).toBeUndefined()
      expect(await pictures.remove('usr_one' as UserId)).toBe(true)
      expect((await at.other.pictures.find('digest-of-it'))?.toString()).toBe('picture')
      expect(await pictures.remove('usr_two' as UserId)).toBe(true)
      expect(await pictures.remove('usr_two' as UserId)).toBe(false)
      expect(await at.other.pictures.find('digest-of-it')).toBeUndefined()
    })

    test('a link opens one account, however many come with it at once, and stays good where a name is taken', async () => {
      const hash = randomBytes(32)
      const expires = at.storage.clock.now() + minute
      const open = (i: number, username: string) =>
        (i % 2 ? at.storage : at.other).accounts.insertByLink(
          {
            id: `usr_linked${i}` as UserId,
            username,
            email: null,
            emailVerified: false,
            passwordHash: null,
            roles: [],
            claims: {},
          },
          { kind: 'setup_link', hash, expires },
        )
      await addAccount(at.storage, 'Present')
      expect(await open(100, 'present')).toBe('username_taken')
      expect(await at.other.claims.isClaimed('setup_link', hash, expires)).toBe(false)
      const told = await Promise.all(Array.from({ length: 20 }, (_, i) => open(i, `Linked${i}`)))
      const opened = told.filter((one) => typeof one !== 'string')
      expect(told.filter((one) => one === 'claimed')).toHaveLength(19)
      expect(opened).toMatchObject([{ enabled: true }])
      expect(await at.other.accounts.find(opened[0]?.id ?? 'usr_nobody')).toEqual(opened[0])
      expect(await at.storage.claims.claimOnce('setup_link', hash, expires)).toBe('seen')
      expect(await open(101, 'Late')).toBe('claimed')
    })

    test('of many sign-ups with one name exactly one gets it', async () => {
      const told = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? at.storage : at.other).accounts.insert({
            id: `usr_race${i}` as UserId,
            username: 'Race',
            email: null,
            emailVerified: false,
            passwordHash: null,
            roles: [],
            claims: {},
          }),
        ),
      )
      expect(told.filter((one) => one === 'username_taken')).toHaveLength(19)
    })

    test('a change touches what it names and nothing else', async () => {
      const before = await addAccount(at.storage, 'Change')
      const id = 'usr_change'
      const after = await at.other.accounts.update(id, {
        emailVerified: true,
        passwordHash: '$argon2id$x',
        claims: { given_name: 'C' },
        secondFactor: true,
        enabled: false,
      })
      expect(after).toMatchObject({
        username: 'Change',
        emailVerified: true,
        passwordHash: '$argon2id$x',
        claims: { given_name: 'C' },
        secondFactor: true,
        enabled: false,
        validAfter: typeof before === 'string' ? 0 : before.validAfter,
      })
      expect(await at.storage.accounts.find(id)).toEqual(after)
      expect(await at.storage.accounts.update(id, {})).toMatchObject({ id })
      expect(await at.storage.accounts.update('usr_nobody', { enabled: true })).toBeUndefined()
    })

    test('validAfter only ever moves on', async () => {
      await addAccount(at.storage, 'Later')
      const now = at.storage.clock.now()
      const move = async (validAfter: number) => {
        const account = await at.storage.accounts.update('usr_later', { validAfter })
        return typeof account === 'object' ? account.validAfter : 0
      }
      const first = await move(now + 1000)
      expect(first).toBe(now + 1000)
      expect(await move(now + 1000)).toBeGreaterThan(first)
      expect(await move(1)).toBeGreaterThan(first)
    })

    test('it is known whether anybody has a role', async () => {
      expect(await at.storage.accounts.anyWithRole('owner')).toBe(false)
      await addAccount(at.storage, 'Boss', ['owner'])
      expect(await at.other.accounts.anyWithRole('owner')).toBe(true)
      expect(await at.other.accounts.anyWithRole('admin')).toBe(false)
      await at.storage.accounts.update('usr_boss', { roles: ['admin', 'support'] })
      expect(await at.other.accounts.anyWithRole('owner')).toBe(false)
      expect(await at.other.accounts.anyWithRole('support')).toBe(true)
    })
  })

  describe('sessions', () => {
    const at = opened(place)
    const session = (id: SessionId, userId: UserId): Session => {
      const now = at.storage.clock.now()
      return {
        id,
        userId,
        authTime: now,
        amr: ['pwd', 'otp'],
        createdAt: now,
        lastSeenAt: now,
        address: '192.0.2.7',
        userAgent: 'Browser "1"',
        userValidAfter: 0,
        termsDue: false,
      }
    }

    test('a session is found by its digest together with its account', async () => {
      const account = await addAccount(at.storage, 'Sam')
      const [hash, orphan] = [randomBytes(32), randomBytes(32)]
      await at.storage.sessions.insert(session('ses_1', 'usr_sam'), hash)
      await at.storage.sessions.insert(session('ses_2', 'usr_gone'), orphan)
      const found = await at.other.sessions.find(hash)
      expect(found?.session).toMatchObject({ id: 'ses_1', userId: 'usr_sam', amr: ['pwd', 'otp'] })
      expect(found?.account).toEqual(account)
      expect(await at.other.sessions.find(orphan)).toBeUndefined()
      expect(await at.other.sessions.find(randomBytes(32))).toBeUndefined()
    })

    test('a session is touched at most once a minute', async () => {
      const one = session('ses_touch', 'usr_touch')
      await at.storage.sessions.insert(one, randomBytes(32))
      const seen = async () => (await at.storage.sessions.listByUser('usr_touch'))[0]?.lastSeenAt
      at.storage.sessions.touch('ses_touch', one.lastSeenAt + minute / 2)
      expect(await seen()).toBe(one.lastSeenAt)
      at.storage.sessions.touch('ses_touch', one.lastSeenAt + minute)
      expect(await seen()).toBe(one.lastSeenAt + minute)
    })

    test('a session is held with its account as both are by then, and whoever changes the account waits', async () => {
      const account = await addAccount(at.storage, 'Hold')
      const held = session('ses_hold', 'usr_hold')
      await at.storage.sessions.insert(held, randomBytes(32))
      const order: string[] = []
      let letGo = () => {}
      const gone = new Promise<void>((resolve) => {
        letGo = resolve
      })
      let holds = () => {}
      const holding = new Promise<void>((resolve) => {
        holds = resolve
      })
      const acting = at.storage.act(async ({ sessions }) => {
        expect(await sessions.hold(held)).toEqual({ session: held, account })
        holds()
        await gone
        order.push('held')
      })
      await holding
      const changing = at.other.accounts.update('usr_hold', { enabled: false }).then(() => order.push('changed'))
      letGo()
      await Promise.all([acting, changing])
      expect(order).toEqual(['held', 'changed'])
      expect((await at.storage.sessions.hold(held))?.account.enabled).toBe(false)
      expect(await at.storage.sessions.hold({ ...held, userId: 'usr_sam' })).toBeUndefined()
      await at.other.sessions.end('ses_hold')
      expect(await at.storage.sessions.hold(held)).toBeUndefined()
    })

    test('what a person has accepted stays as it was, and settles their sessions', async () => {
      const { acceptances, sessions } = at.storage
      const accepted = { document: 'terms', version: '1', acceptedAt: 1, language: 'de' } as const
      await acceptances.add('usr_reads', [])
      await acceptances.add('usr_reads', [accepted])
      await at.other.acceptances.add('usr_reads', [
        { ...accepted, acceptedAt: 2 },
        { ...accepted, document: 'privacy', acceptedAt: 2 },
      ])
      await acceptances.add('usr_other', [accepted])
      expect(await acceptances.listByUser('usr_reads')).toEqual([
        { ...accepted, document: 'privacy', acceptedAt: 2 },
        accepted,
      ])
      for (const [id, userId] of [
        ['ses_r1', 'usr_reads'],
        ['ses_r2', 'usr_reads'],
        ['ses_r3', 'usr_other'],
      ] as const) {
        await sessions.insert({ ...session(id, userId), termsDue: true }, randomBytes(32))
      }
      await acceptances.settle('usr_reads')
      const due = async (userId: UserId) => (await at.other.sessions.listByUser(userId)).map((one) => one.termsDue)
      expect([await due('usr_reads'), await due('usr_other')]).toEqual([[false, false], [true]])
    })

    test('sessions end one by one, or all but one', async () => {
      for (const id of ['ses_a', 'ses_b', 'ses_c', 'ses_d'] as const) {
        await at.storage.sessions.insert(session(id, 'usr_ends'), randomBytes(32))
      }
      expect(await at.storage.sessions.end('ses_a')).toBe(true)
      expect(await at.storage.sessions.end('ses_a')).toBe(false)
      expect(await at.storage.sessions.endAll('usr_ends', 'ses_b')).toBe(2)
      expect((await at.other.sessions.listByUser('usr_ends')).map((one) => one.id)).toEqual(['ses_b'])
      expect(await at.storage.sessions.endAll('usr_ends')).toBe(1)
    })
  })

  describe('consents', () => {
    const at = opened(place)

    test('a yes is remembered, grows by scope, and starts anew after it was withdrawn', async () => {
      const { consents } = at.storage
      expect(await consents.find('usr_c', 'app')).toBeUndefined()
      const first = await consents.remember('usr_c', 'app', ['basic'])
      expect((await consents.remember('usr_c', 'app', ['more', 'basic'])).scope).toEqual(['basic', 'more'])
      expect(await at.other.consents.find('usr_c', 'app')).toMatchObject({ scope: ['basic', 'more'], enabled: true })
      expect(await consents.withdraw('usr_c', 'app')).toBe(true)
      expect(await consents.withdraw('usr_c', 'app')).toBe(false)
      const withdrawn = await at.other.consents.find('usr_c', 'app')
      expect(withdrawn?.enabled).toBe(false)
      expect(withdrawn?.validAfter).toBeGreaterThan(first.validAfter)
      expect(await consents.listByUser('usr_c')).toEqual([])
      expect(first.shown).toBeNull()
      const shown = { name: 'Meadow', destination: 'meadow.example' }
      const again = await consents.remember('usr_c', 'app', ['other'], shown)
      expect((await at.other.consents.find('usr_c', 'app'))?.shown).toEqual(shown)
      expect(again).toMatchObject({ scope: ['other'], enabled: true, validAfter: withdrawn?.validAfter })
      expect(await consents.listByUser('usr_c')).toEqual([again])
    })

    test('two answers at once lose nothing of each other', async () => {
      const scopes = Array.from({ length: 20 }, (_, i) => `s${i}`)
      await Promise.all(
        scopes.map((scope, i) => (i % 2 ? at.storage : at.other).consents.remember('usr_both', 'app', [scope])),
      )
      const consent = await at.storage.consents.find('usr_both', 'app')
      expect([...(consent?.scope ?? [])].sort()).toEqual([...scopes].sort())
    })
  })

  describe('failures', () => {
    const at = opened(place)

    test('failures are counted in their window, by all processes, and cleared', async () => {
      const now = Math.floor(at.storage.clock.now() / minute) * minute
      const { failures } = at.storage
      expect(await failures.count('k', minute, now)).toBe(0)
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? at.storage : at.other).failures.add('k', minute, now + i)),
      )
      expect(await failures.add('k', minute, now + 100)).toBe(21)
      expect(await at.other.failures.count('k', minute, now + 59_999)).toBe(21)
      expect(await failures.count('k', minute, now + minute)).toBe(0)
      expect(await failures.count('other', minute, now)).toBe(0)
      expect(await failures.add('nul \u0000', minute, now)).toBe(1)
      await failures.clear('k')
      expect(await failures.count('k', minute, now)).toBe(0)
    })

    test('several failures are counted at once and taken back, and every caller is told another count', async () => {
      const now = Math.floor(at.storage.clock.now() / minute) * minute
      expect(await at.storage.failures.add('many', minute, now, 5)).toBe(5)
      const told = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? at.storage : at.other).failures.add('many', minute, now, 2)),
      )
      expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 7 + 2 * i))
      expect(await at.other.failures.add('many', minute, now, -45)).toBe(0)
      expect(await at.storage.failures.count('many', minute, now)).toBe(0)
    })
  })
}
