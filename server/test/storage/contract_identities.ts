/** Who people are at the providers that they sign in through. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hour, minute } from '../../src/lib/clock.ts'
import type { UserId } from '../../src/protocol/names.ts'
import {
  type Identity,
  longestIdentity,
  type NewAccount,
  type NewIdentity,
  type Storage,
  StorageUnavailable,
} from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

const issuer = 'https://accounts.example.com'
const racers = 50

function newAccount(username: string, change: Partial<NewAccount> = {}): NewAccount {
  return {
    id: `usr_${randomBytes(8).toString('hex')}`,
    username,
    email: null,
    emailVerified: false,
    passwordHash: null,
    roles: [],
    claims: {},
    ...change,
  }
}

function named(subject: string, change: Partial<NewIdentity> = {}) {
  return { issuer, subject, providerId: 'example', label: `${subject}@example.com`, ...change }
}

/** Links as whoever has just read the account does. */
async function link({ accounts, identities }: Storage, identity: NewIdentity): Promise<Identity> {
  const account = await accounts.find(identity.userId)
  const linked = await identities.link(identity, account?.updatedAt ?? 0)
  if (typeof linked === 'string') throw new Error(linked)
  return linked
}

/** Tries again where the machine was too busy for a connection or a lock: then nothing has happened. */
async function tried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
    }
  }
}

export function identityTests(place: () => Promise<Place>): void {
  describe('identities', () => {
    const at = opened(place)
    const race = <T>(attempt: (i: number) => Promise<T>) =>
      Promise.all(Array.from({ length: racers }, (_, i) => tried(() => attempt(i))))
    const node = (i: number) => (i % 2 ? at.storage : at.other)

    test('an identity is found with the account that it opens', async () => {
      const account = await addAccount(at.storage, 'Ann')
      const linked = await link(at.storage, { ...named('ann'), userId: 'usr_ann' })
      expect(linked).toEqual({
        ...named('ann'),
        userId: 'usr_ann',
        createdAt: expect.any(Number),
        usedAt: linked.createdAt,
      })
      expect(await at.other.identities.find(issuer, 'ann')).toEqual({ identity: linked, account })
      expect(await at.other.identities.find(issuer, 'nobody')).toBeUndefined()
      expect(await at.other.identities.find('https://other.example.com', 'ann')).toBeUndefined()
    })

    test('issuers and subjects are compared exactly', async () => {
      await addAccount(at.storage, 'Exact')
      const exact = [
        'Caf\u00e9',
        'cafe\u0301',
        'CAF\u00c9',
        'Caf\u00e9 ',
        ' Caf\u00e9',
        'Cafe',
        'cafe',
        'C_fe',
        '%',
        '10',
        '010',
        '',
      ]
      for (const [i, subject] of exact.entries()) {
        const found = await at.storage.identities.find(issuer, subject)
        expect(found?.identity.subject).toBeUndefined()
        await link(at.storage, { ...named(subject), userId: 'usr_exact', label: `${i}` })
      }
      for (const [i, subject] of exact.entries()) {
        expect((await at.other.identities.find(issuer, subject))?.identity).toMatchObject({ subject, label: `${i}` })
      }
      for (const other of [`${issuer}/`, issuer.toUpperCase(), ` ${issuer}`, issuer.replace('https', 'http')]) {
        expect(await at.other.identities.find(other, 'Cafe')).toBeUndefined()
      }
    })

    test('an identity never moves to another account', async () => {
      const { identities } = at.storage
      await addAccount(at.storage, 'First')
      await addAccount(at.storage, 'Second')
      const first = await link(at.storage, { ...named('fixed'), userId: 'usr_first' })
      expect(await link(at.other, { ...named('fixed'), userId: 'usr_second', label: 'x' })).toEqual(first)
      expect(await link(at.storage, { ...named('fixed'), userId: 'usr_first', providerId: 'y' })).toEqual(first)
      expect(await identities.listByUser('usr_second')).toEqual([])
    })

    test('of many accounts that link one identity exactly one has it, and all are told which', async () => {
      for (let i = 0; i < 5; i++) await addAccount(at.storage, `Rival${i}`)
      const told = await race((i) => link(node(i), { ...named('rivals'), userId: `usr_rival${i % 5}` as UserId }))
      expect(new Set(told.map((one) => JSON.stringify(one)))).toHaveLength(1)
      expect((await at.storage.identities.find(issuer, 'rivals'))?.identity).toEqual(told[0])
    })

    test('an identity is not given to an account that is not there', async () => {
      const { identities, accounts } = at.storage
      await expect(link(at.storage, { ...named('early'), userId: 'usr_nobody' })).rejects.toThrow(/foreign key/i)
      expect(await at.other.identities.find(issuer, 'early')).toBeUndefined()
      const late = await identities.open(newAccount('Late'), named('early'))
      expect(late).toMatchObject({ created: true })
      expect(await accounts.find('usr_nobody')).toBeUndefined()
    })

    test('an account is opened with its first identity, and a second time only answered', async () => {
      const wanted = newAccount('Opened', {
        email: 'Opened@Example.com',
        emailVerified: true,
        claims: { given_name: 'O' },
      })
      const first = await at.storage.identities.open(wanted, named('opened'))
      if (typeof first === 'string') throw new Error(first)
      expect(first).toMatchObject({ created: true, account: { ...wanted, enabled: true, secondFactor: false } })
      expect(await at.other.accounts.find(wanted.id)).toEqual(first.account)
      const found = await at.other.identities.find(issuer, 'opened')
      expect(found).toMatchObject({ account: first.account, identity: { ...named('opened'), userId: wanted.id } })
      for (const username of ['Opened', 'Otherwise']) {
        const second = newAccount(username, { email: 'Other@Example.com' })
        const answer = await at.other.identities.open(second, named('opened', { label: 'other' }))
        expect(answer).toEqual({ account: first.account, created: false })
        expect(await at.storage.accounts.find(second.id)).toBeUndefined()
      }
      expect(await at.storage.identities.find(issuer, 'opened')).toEqual(found)
    })

    test('where a name is taken neither the account nor the identity is kept', async () => {
      const { identities } = at.storage
      await addAccount(at.storage, 'Taken')
      const open = (username: string, email: string | null) =>
        identities.open(newAccount(username, { email }), named('refused'))
      expect(await open('TAKEN', null)).toBe('username_taken')
      expect(await open('Fresh', 'TAKEN@example.com')).toBe('email_taken')
      expect(await open('taken', 'taken@example.com')).toBe('username_taken')
      expect(await at.other.identities.find(issuer, 'refused')).toBeUndefined()
      expect(await at.other.accounts.findByLogin('Fresh')).toBeUndefined()
      expect(await open('Fresh', null)).toMatchObject({ created: true, account: { username: 'Fresh' } })
    })

    test('of many that open an account by one identity and one username, one makes it and all get it', async () => {
      const told = await race((i) => node(i).identities.open(newAccount('Crowd'), named('crowd')))
      const ids = told.map((one) => (typeof one === 'string' ? one : one.account.id))
      const account = await at.storage.accounts.findByLogin('crowd')
      expect(new Set(ids)).toEqual(new Set([account?.id]))
      expect(told.filter((one) => typeof one === 'object' && one.created)).toHaveLength(1)
      expect(await at.storage.identities.listByUser(ids[0] as UserId)).toHaveLength(1)
    })

    test('of many that open an account by one identity and different usernames, one makes it and all get it', async () => {
      const told = await race((i) => node(i).identities.open(newAccount(`Many${i}`), named('many')))
      const ids = told.map((one) => (typeof one === 'string' ? one : one.account.id))
      expect(new Set(ids)).toHaveLength(1)
      expect(told.filter((one) => typeof one === 'object' && one.created)).toHaveLength(1)
      const made = await race((i) => node(i).accounts.findByLogin(`Many${i}`))
      expect(made.flatMap((one) => (one === undefined ? [] : [one.id]))).toEqual([ids[0]])
    })

    test('of two identities that want one name, one gets it and the other opens nothing', async () => {
      for (let round = 0; round < 20; round++) {
        for (const what of ['username', 'email'] as const) {
          const account = (i: number) =>
            newAccount(what === 'username' ? `Duel${round}` : `duelist${round}.${i}`, {
              email: what === 'email' ? `duel${round}@example.com` : null,
            })
          const subjects = [`${what}${round}a`, `${what}${round}b`]
          const told = await Promise.all(
            subjects.map((subject, i) => node(i + round).identities.open(account(i), named(subject))),
          )
          const winner = told.findIndex((one) => typeof one === 'object')
          expect(told[winner]).toMatchObject({ created: true })
          expect(told[1 - winner]).toBe(`${what}_taken`)
          const found = await Promise.all(subjects.map((subject) => at.storage.identities.find(issuer, subject)))
          expect(found.map((one) => one !== undefined)).toEqual([winner === 0, winner === 1])
        }
      }
    })

    test('of many identities that want one username, one gets it', async () => {
      const told = await race((i) => node(i).identities.open(newAccount('Prize'), named(`prize${i}`)))
      expect(told.filter((one) => one === 'username_taken')).toHaveLength(racers - 1)
      const found = await race((i) => node(i).identities.find(issuer, `prize${i}`))
      expect(found.filter((one) => one !== undefined)).toHaveLength(1)
    })

    test('where one opens an account by an identity and others link it, all agree whose it is', async () => {
      await addAccount(at.storage, 'Linker')
      for (let round = 0; round < 20; round++) {
        const identity = named(`both${round}`)
        const fresh = newAccount(`Both${round}`)
        const [open, ...links] = await Promise.all([
          node(round).identities.open(fresh, identity),
          link(node(round + 1), { ...identity, userId: 'usr_linker' }),
          link(node(round), { ...identity, userId: 'usr_linker' }),
        ])
        const owner = (await at.storage.identities.find(issuer, identity.subject))?.account.id
        expect(open).toMatchObject({ account: { id: owner }, created: owner === fresh.id })
        expect(links.map((one) => one.userId)).toEqual([owner, owner])
        expect((await at.storage.accounts.find(fresh.id)) !== undefined).toBe(owner === fresh.id)
      }
    })

    test('a use is noted once an hour, and at once where something has changed', async () => {
      await addAccount(at.storage, 'User')
      const { usedAt, createdAt } = await link(at.storage, { ...named('used'), userId: 'usr_user' })
      const seen = async (label: string | null, providerId = 'example') => {
        await at.storage.identities.touch(issuer, 'used', { providerId, label })
        return (await at.other.identities.find(issuer, 'used'))?.identity
      }
      const { label } = named('used')
      at.clock.move(50 * minute)
      await at.storage.ping()
      expect(await seen(label)).toMatchObject({ usedAt, createdAt })
      at.clock.move(11 * minute)
      await at.storage.ping()
      const later = await seen(label)
      expect(later?.usedAt).toBeGreaterThanOrEqual(usedAt + hour)
      expect(later).toMatchObject({ createdAt, label, providerId: 'example', userId: 'usr_user' })
      expect(await seen('renamed')).toMatchObject({ label: 'renamed', providerId: 'example' })
      expect(await seen(null)).toMatchObject({ label: null })
      expect(await seen('again', 'moved')).toMatchObject({ label: 'again', providerId: 'moved', createdAt })
      await at.storage.identities.touch(issuer, 'unused', { providerId: 'example', label: null })
      expect(await at.storage.identities.find(issuer, 'unused')).toBeUndefined()
    })

    test("an account's identities are listed as they came, and only its own are unlinked", async () => {
      const { identities } = at.storage
      await addAccount(at.storage, 'Owner')
      await addAccount(at.storage, 'Thief')
      const linked = []
      for (const subject of ['z', 'm', 'a']) {
        linked.push(await link(at.storage, { ...named(subject), userId: 'usr_owner' }))
        at.clock.move(minute)
        await at.storage.ping()
      }
      expect(await at.other.identities.listByUser('usr_owner')).toEqual(linked)
      const of = (subject: string, at = issuer) => ({ issuer: at, subject })
      expect(await identities.unlink('usr_thief', of('m'), [issuer])).toBe('not_found')
      expect(await identities.unlink('usr_owner', of('m', 'https://other.example.com'), [issuer])).toBe('not_found')
      expect(await identities.unlink('usr_nobody', of('m'), [issuer])).toBe('not_found')
      expect(await identities.listByUser('usr_owner')).toHaveLength(3)
      const told = await race((i) => node(i).identities.unlink('usr_owner', of('m'), [issuer]))
      expect(told.filter((one) => one === 'unlinked')).toHaveLength(1)
      expect(told.filter((one) => one === 'not_found')).toHaveLength(racers - 1)
      expect((await at.other.identities.listByUser('usr_owner')).map((one) => one.subject)).toEqual(['z', 'a'])
      expect(await identities.find(issuer, 'm')).toBeUndefined()
      expect(await link(at.storage, { ...named('m'), userId: 'usr_thief' })).toMatchObject({ userId: 'usr_thief' })
    })

    describe('the last way in', () => {
      async function addPerson(username: string, subjects: readonly string[], passwordHash: string | null = null) {
        const id = `usr_${username.toLowerCase()}` as UserId
        const account = await at.storage.accounts.insert(newAccount(username, { id, passwordHash }))
        if (typeof account === 'string') throw new Error(account)
        for (const subject of subjects) await link(at.storage, { ...named(subject), userId: id })
        return account
      }
      const subjectsOf = async (id: UserId) =>
        (await at.other.identities.listByUser(id)).map(({ subject }) => subject).sort()

      test('stays, unless there is a password', async () => {
        const { id } = await addPerson('Sole', ['sole'])
        const one = { issuer, subject: 'sole' }
        expect(await at.other.identities.unlink(id, one, [issuer])).toBe('last_way')
        expect(await subjectsOf(id)).toEqual(['sole'])
        await at.storage.accounts.update(id, { passwordHash: 'hash' })
        expect(await at.other.identities.unlink(id, one, [])).toBe('unlinked')
        expect(await subjectsOf(id)).toEqual([])
      })

      test('is one at which people can sign in: an identity of a provider that is gone opens nothing', async () => {
        const gone = 'https://gone.example.com'
        const { id } = await addPerson('Stale', ['stale'])
        await link(at.storage, { ...named('stale'), issuer: gone, userId: id })
        expect(await at.storage.identities.unlink(id, { issuer, subject: 'stale' }, [issuer])).toBe('last_way')
        expect(await at.storage.identities.unlink(id, { issuer, subject: 'stale' }, [])).toBe('last_way')
        expect(await at.storage.identities.unlink(id, { issuer: gone, subject: 'stale' }, [issuer])).toBe('unlinked')
        expect(await subjectsOf(id)).toEqual(['stale'])
      })

      test('stays however many take the last two at once', async () => {
        for (let round = 0; round < 10; round++) {
          const subjects = [`last${round}a`, `last${round}b`]
          const { id } = await addPerson(`Last${round}`, subjects)
          const told = await race((i) =>
            node(i >> 1).identities.unlink(id, { issuer, subject: subjects[i % 2] ?? '' }, [issuer]),
          )
          expect(told.filter((one) => one === 'unlinked')).toHaveLength(1)
          expect(told).toContain('last_way')
          expect(await subjectsOf(id)).toHaveLength(1)
        }
      })

      test('is not taken while others give and take what else there is', async () => {
        const { id } = await addPerson('Busy', ['busy0'])
        const told = await race(async (i) => {
          const identity = named(`busy${i % 5}`)
          const account = await node(i).accounts.find(id)
          if (i % 3 === 0) return node(i).identities.link({ ...identity, userId: id }, account?.updatedAt ?? 0)
          return node(i).identities.unlink(id, identity, [issuer])
        })
        expect(told.length).toBe(racers)
        expect((await subjectsOf(id)).length).toBeGreaterThan(0)
      })

      test('a first password is set once, ends nothing, and lets the last identity go', async () => {
        const account = await addPerson('Plain', ['plain'])
        const { id } = account
        const told = await race((i) => node(i).accounts.setFirstPassword(id, `hash ${i}`))
        const [winner, ...others] = told.filter((one) => one !== undefined)
        expect(others).toEqual([])
        expect(winner).toMatchObject({ ...account, passwordHash: expect.any(String), updatedAt: expect.any(Number) })
        expect(await at.other.accounts.find(id)).toEqual(winner)
        expect(await at.other.accounts.setFirstPassword(id, 'another')).toBeUndefined()
        expect(await at.other.accounts.setFirstPassword('usr_nobody', 'another')).toBeUndefined()
        expect(await at.other.identities.unlink(id, { issuer, subject: 'plain' }, [])).toBe('unlinked')
      })
    })

    test('what was to be linked to an account that has changed since is not', async () => {
      const { identities, accounts } = at.storage
      await addAccount(at.storage, 'Past')
      const asOf = async () => (await accounts.find('usr_past'))?.updatedAt ?? 0
      const identity = { ...named('past'), userId: 'usr_past' } as const
      await link(at.storage, { ...identity, subject: 'other' })
      const before = await asOf()
      expect(await at.other.identities.link(identity, before)).toMatchObject(identity)
      expect(await at.other.identities.link(identity, before)).toMatchObject(identity)
      expect(await identities.unlink('usr_past', identity, [issuer])).toBe('unlinked')
      expect(await asOf()).toBeGreaterThan(before)
      for (const storage of [at.storage, at.other]) {
        expect(await storage.identities.link(identity, before)).toBe('account_changed')
      }
      expect(await identities.find(issuer, 'past')).toBeUndefined()
      expect(await identities.link(identity, await asOf())).toMatchObject(identity)
    })

    test('of an unlinking and the links that were decided on before it the unlinking has the last word', async () => {
      await addAccount(at.storage, 'Word')
      await link(at.storage, { ...named('word'), userId: 'usr_word' })
      for (let round = 0; round < 10; round++) {
        const identity = { ...named(`word${round}`), userId: 'usr_word' } as const
        const { createdAt: _, usedAt: __, ...rest } = await link(at.storage, identity)
        const asOf = (await at.storage.accounts.find('usr_word'))?.updatedAt ?? 0
        await race<unknown>((i) =>
          i === 7 ? node(round).identities.unlink('usr_word', rest, [issuer]) : node(i).identities.link(identity, asOf),
        )
        expect(await at.other.identities.find(issuer, identity.subject)).toBeUndefined()
      }
    })

    test('what no database takes is nobody', async () => {
      const { identities } = at.storage
      await addAccount(at.storage, 'Odd')
      const bad = ['nul\u0000', '\ud800', 'x\udc00y', 'x'.repeat(longestIdentity.issuer + 1)]
      for (const [one, other] of [...bad.map((text) => [text, 'odd']), ...bad.map((text) => [issuer, text])]) {
        const key = [one ?? '', other ?? ''] as const
        expect(await identities.find(...key)).toBeUndefined()
        expect(await identities.unlink('usr_odd', { issuer: key[0], subject: key[1] }, [issuer])).toBe('not_found')
        await expect(identities.touch(...key, { providerId: 'example', label: null })).resolves.toBeUndefined()
        const identity = { ...named(key[1]), issuer: key[0] }
        await expect(identities.link({ ...identity, userId: 'usr_odd' }, 0)).rejects.toThrow(TypeError)
        await expect(identities.open(newAccount('Odder'), identity)).rejects.toThrow(TypeError)
      }
      expect(await at.storage.accounts.findByLogin('Odder')).toBeUndefined()
      expect(await identities.listByUser('usr_odd')).toEqual([])
    })

    test('a label may hold anything, and an issuer and a subject may be as long as is promised', async () => {
      const { identities } = at.storage
      await addAccount(at.storage, 'Long')
      // Random, so that a database gains nothing by compressing them.
      const text = (length: number) => randomBytes(length).toString('base64url').slice(0, length)
      const long = { issuer: text(longestIdentity.issuer), subject: text(longestIdentity.subject) }
      const linked = await link(at.storage, { ...named(''), ...long, userId: 'usr_long', label: 'a\u0000b\ud800' })
      expect(linked).toMatchObject({ ...long, label: 'a\ufffdb\ufffd' })
      await identities.touch(long.issuer, long.subject, { providerId: 'example', label: '\u0000' })
      expect((await at.other.identities.find(long.issuer, long.subject))?.identity.label).toBe('\ufffd')
      expect(await identities.find(long.issuer, `${long.subject}x`)).toBeUndefined()
    })
  })
}
