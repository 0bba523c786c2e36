/** The lists of people and apps, page by page in both directions. */
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import type { Account, AppFilter, ClientRecord, ListAsk, ListPage, PeopleFilter } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { opened } from './opened.ts'

/** Everything that a list has: walked to its end, and back from there, which has to be the same. */
async function walk<T>(read: (ask: ListAsk) => Promise<ListPage<T> | undefined>, limit: number): Promise<T[]> {
  const pages: (readonly T[])[] = []
  let page = await read({ limit })
  for (;;) {
    if (page === undefined) throw new Error('not a place of the list')
    pages.push(page.items)
    if (page.next === undefined) break
    page = await read({ limit, after: page.next })
  }
  const back: (readonly T[])[] = [page.items]
  while (page.previous !== undefined) {
    page = await read({ limit, before: page.previous })
    if (page === undefined) throw new Error('not a place of the list')
    back.unshift(page.items)
  }
  expect(back.flat()).toEqual(pages.flat())
  return pages.flat()
}

export function listTests(place: () => Promise<Place>): void {
  describe('lists', () => {
    const at = opened(place)

    /** People whose usernames and addresses begin alike, apart, and in other letters; of every state. */
    async function addPeople(): Promise<readonly Account[]> {
      const { accounts } = at.storage
      const names = ['ann', 'ANNA', 'ann_b', 'annb', 'ännchen', 'bob', '😀ann', 'usr_x', 'zoe']
      const people: Account[] = []
      for (const [i, name] of names.flatMap((one) => [one, `${one}2`, `${one}%`]).entries()) {
        const email = i % 4 === 0 ? null : `${i % 3 === 0 ? 'x' : name.replace('%', '.p')}.${i}@ann.example`
        const made = await accounts.insert({
          id: `usr_${i % 2 === 0 ? 'A' : 'a'}${i}`,
          username: name,
          email,
          emailVerified: i % 3 === 1 && email !== null,
          passwordHash: null,
          roles: i % 7 === 3 ? ['admin'] : i % 7 === 4 ? ['support', 'owner'] : [],
          claims: {},
        })
        if (typeof made === 'string') throw new Error(made)
        const changed = await accounts.update(made.id, {
          enabled: i % 5 !== 0,
          closingAt: i % 10 === 0 ? 1 : null,
          secondFactor: i % 6 === 0,
        })
        if (typeof changed !== 'object') throw new Error('not changed')
        people.push(changed)
      }
      return people
    }

    test('people are found by the beginning of a name, an address or an ID, by each filter and by all together', async () => {
      const people = (await addPeople()).toReversed()
      const { search } = at.other.accounts
      const filters: readonly [PeopleFilter, (account: Account) => boolean][] = [
        [{}, () => true],
        [{ status: 'enabled' }, ({ enabled }) => enabled],
        [{ status: 'disabled' }, ({ enabled, closingAt }) => !enabled && closingAt === null],
        [{ status: 'closed' }, ({ closingAt }) => closingAt !== null],
        [{ role: 'any' }, ({ roles }) => roles.length > 0],
        [{ role: 'owner' }, ({ roles }) => roles.includes('owner')],
        [{ factor: 'with' }, ({ secondFactor }) => secondFactor],
        [{ factor: 'without' }, ({ secondFactor }) => !secondFactor],
        [{ address: 'verified' }, ({ emailVerified }) => emailVerified],
        [{ address: 'unverified' }, ({ email, emailVerified }) => email !== null && !emailVerified],
        [{ address: 'none' }, ({ email }) => email === null],
        [
          { status: 'enabled', factor: 'without', address: 'none' },
          (a) => a.enabled && !a.secondFactor && a.email === null,
        ],
      ]
      for (const [filter, matches] of filters) {
        expect(await walk((ask) => search(filter, ask), 4), JSON.stringify(filter)).toEqual(people.filter(matches))
      }
      const found = (text: string) => (account: Account) =>
        account.username.toLowerCase().startsWith(text.toLowerCase()) ||
        account.email?.toLowerCase().startsWith(text.toLowerCase()) === true ||
        account.id.startsWith(text)
      for (const beginning of [
        'ann',
        'ANN',
        'ann_',
        'ann%',
        'änn',
        'x',
        'usr_',
        'usr_a',
        'u',
        '😀',
        'ann.1@ann.example',
        'nobody',
      ]) {
        for (const [filter, matches] of filters.slice(0, 4)) {
          const expected = people.filter((account) => matches(account) && found(beginning)(account))
          const listed = await walk((ask) => search({ beginning, ...filter }, ask), 3)
          expect(new Set(listed.map(({ id }) => id)).size, beginning).toBe(listed.length)
          expect(sorted(listed), `${beginning} ${JSON.stringify(filter)}`).toEqual(sorted(expected))
        }
      }
    })

    test('a name that many share with their address is passed over once, however many there are', async () => {
      const { accounts } = at.storage
      for (let i = 0; i < 30; i++) {
        const username = `mira${i}`
        await accounts.insert({
          id: `usr_mira${i}`,
          username,
          email: `${username}@mira.example`,
          emailVerified: true,
          passwordHash: null,
          roles: [],
          claims: {},
        })
      }
      const page = await accounts.search({ beginning: 'mira' }, { limit: 100 })
      expect([page?.items.length, page?.next]).toEqual([30, undefined])
    })

    test('what is no place of a list is told from an empty page', async () => {
      const { accounts, clients } = at.other
      for (const after of [
        'x',
        '!',
        Buffer.from('["a"]').toString('base64url'),
        Buffer.from('{}').toString('base64url'),
      ]) {
        expect(await accounts.search({}, { limit: 2, after })).toBeUndefined()
        expect(await clients.search({ beginning: 'a' }, { limit: 2, before: after })).toBeUndefined()
      }
      const page = await accounts.search({ beginning: 'nul\0' }, { limit: 2 })
      expect(page).toEqual({ items: [] })
    })

    test('apps are found by the beginning of a name, an ID or an owner, and by each filter', async () => {
      const { clients, accounts } = at.storage
      const owners: UserId[] = []
      for (const username of ['meadow_owner', 'tide_owner']) {
        const made = await accounts.insert({
          id: `usr_${username}`,
          username,
          email: null,
          emailVerified: false,
          passwordHash: null,
          roles: [],
          claims: {},
        })
        if (typeof made === 'object') owners.push(made.id)
      }
      const apps: ClientRecord[] = []
      for (const [i, name] of ['Meadow', 'meadow', 'Meadow Journal', 'Tide', 'Ärmel', 'Tide'].entries()) {
        at.clock.move(1000)
        const clientId = `${i % 2 === 0 ? 'tide' : 'c'}-${i}`
        const ownerId = i === 5 ? null : (owners[i % 2] ?? null)
        const status = (['enabled', 'pending', 'disabled'] as const)[i % 3] ?? 'enabled'
        await clients.insert({ clientId, ownerId, status, metadata: { client_name: name }, secrets: [] })
        const verification = i % 2 === 0 ? { at: 1, by: 'operator', form: {} } : null
        const proposal = i === 3 ? { members: { client_name: 'Other' }, at: 1 } : null
        const changed = await clients.amend(clientId, () => ({ verification, proposal }))
        if (changed !== undefined) apps.unshift(changed)
      }
      const { search } = at.other.clients
      const filters: readonly [AppFilter, (app: ClientRecord) => boolean][] = [
        [{}, () => true],
        [{ status: 'enabled' }, ({ status }) => status === 'enabled'],
        [{ status: 'pending' }, ({ status }) => status === 'pending'],
        [{ status: 'disabled' }, ({ status }) => status === 'disabled'],
        [{ waiting: true }, ({ status, proposal }) => status === 'pending' || proposal !== null],
        [{ verified: true }, ({ verification }) => verification !== null],
        [{ ownerId: owners[0] }, ({ ownerId }) => ownerId === owners[0]],
      ]
      for (const [filter, matches] of filters) {
        expect(await walk((ask) => search(filter, ask), 2), JSON.stringify(filter)).toEqual(apps.filter(matches))
      }
      const ownerOf = ({ ownerId }: ClientRecord) => (ownerId === null ? '' : ownerId.slice('usr_'.length))
      for (const beginning of ['meadow', 'MEADOW J', 'tide', 'Tide-', 'c-', 'är', 'tide_o', 'none']) {
        const expected = apps.filter(
          (app) =>
            [String(app.metadata.client_name).toLowerCase(), ownerOf(app)].some((name) =>
              name.startsWith(beginning.toLowerCase()),
            ) || app.clientId.startsWith(beginning),
        )
        const listed = await walk((ask) => search({ beginning }, ask), 2)
        expect(listed.map(({ clientId }) => clientId).sort(), beginning).toEqual(
          expected.map(({ clientId }) => clientId).sort(),
        )
      }
      await clients.amend('c-1', () => ({ metadata: { client_name: 'Orchard' } }))
      const renamed = await search({ beginning: 'orchard' }, { limit: 5 })
      expect(renamed?.items.map(({ clientId }) => clientId)).toEqual(['c-1'])
    })
  })
}

function sorted(people: readonly Account[]): readonly string[] {
  return people.map(({ id }) => id).sort()
}
