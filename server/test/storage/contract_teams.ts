/** Who takes part in an app or a subscription key, and who is asked to. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import type { Storage, Team } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount, addClient } from './fixtures.ts'
import { opened } from './opened.ts'

let counter = 0

async function person(storage: Storage, name = `member${++counter}`): Promise<UserId> {
  const account = await addAccount(storage, name)
  if (typeof account === 'string') throw new Error(account)
  return account.id
}

const kinds = [
  {
    kind: 'an app',
    teams: ({ appTeams }: Storage) => appTeams,
    make: async (storage: Storage, owner: UserId) => (await addClient(storage, `team${++counter}`, owner)).clientId,
    listOf: async ({ clients }: Storage, id: UserId) =>
      (await clients.listByUser(id)).map(({ clientId }) => clientId as string),
    remove: ({ clients }: Storage, id: string) => clients.delete(id),
  },
  {
    kind: 'a subscription key',
    teams: ({ keyTeams }: Storage) => keyTeams,
    make: async ({ subscriptionKeys }: Storage, owner: UserId) => {
      const id = `team key ${++counter}`
      const empty = { collaborators: [], name: '', start: '', disabled: null, openToAll: false }
      await subscriptionKeys.insert({ ...empty, id, owner, createdAt: 1, digest: id, previous: null })
      return id
    },
    listOf: async ({ subscriptionKeys }: Storage, id: UserId) =>
      (await subscriptionKeys.listByUser(id)).map((key) => key.id),
    remove: ({ subscriptionKeys }: Storage, id: string) => subscriptionKeys.delete(id),
  },
] as const

export function teamTests(place: () => Promise<Place>): void {
  describe.each(kinds)('the people of $kind', ({ teams, make, listOf, remove }) => {
    const at = opened(place)
    let owner: UserId
    beforeAll(async () => {
      owner = await person(at.storage)
    })
    const asked = (userId: UserId | null, username = 'Asked') => ({ username, userId, declined: false })
    const made = (storage: Storage, more: Partial<Team> = {}) =>
      make(storage, owner).then(async (id) => {
        await teams(storage).amend(id, (team) => ({ ...team, ...more }))
        return id
      })

    test('are the owner alone at first, and are found again as they were written', async () => {
      const [one, two] = [await person(at.storage), await person(at.storage)].sort()
      if (one === undefined || two === undefined) throw new Error('nobody')
      const id = await make(at.storage, owner)
      expect(await teams(at.other).find(id)).toEqual({ owner, collaborators: [], invited: [] })
      const people = { collaborators: [one, two], invited: [asked(null, 'Näbody'), asked(one, 'one@example.com')] }
      const written = await teams(at.storage).amend(id, () => ({ ...people, collaborators: [two, one] }))
      expect(written).toMatchObject({ owner, invited: people.invited })
      expect(await teams(at.other).find(id)).toEqual({ owner, ...people })
      expect(await listOf(at.other, one)).toEqual([id])
      expect(await teams(at.storage).amend(id, () => undefined)).toBeUndefined()
      expect(await teams(at.storage).amend('nothing', (team) => team)).toBeUndefined()
      expect(await teams(at.storage).find('nul\u0000')).toBeUndefined()
      await teams(at.storage).amend(id, (team) => ({ ...team, collaborators: [two] }))
      expect(await listOf(at.other, one)).toEqual([])
    })

    test('are amended by several processes at once, each from what the other has left', async () => {
      const id = await make(at.storage, owner)
      const add = (i: number) =>
        teams(i % 2 ? at.storage : at.other).amend(id, (team) => ({
          ...team,
          invited: [...team.invited, asked(null, `u${i}`)],
        }))
      await Promise.all(Array.from({ length: 10 }, (_, i) => add(i)))
      expect((await teams(at.storage).find(id))?.invited).toHaveLength(10)
    })

    test('who was asked joins once, within their room, and after declining no more', async () => {
      const id = await person(at.storage)
      const invited = [asked(null, 'Somebody'), asked(id), asked(id, 'asked@example.com')]
      const things = await Promise.all([1, 2, 3].map(() => made(at.storage, { invited })))
      expect([...(await teams(at.storage).listOffered(id))].sort()).toEqual([...things].sort())
      const joined = await Promise.all(
        things.map((thing, i) => teams(i % 2 ? at.storage : at.other).join(thing, id, 2)),
      )
      expect(joined.sort()).toEqual(['full', 'joined', 'joined'])
      const shared = await listOf(at.storage, id)
      expect(shared).toHaveLength(2)
      const after = await teams(at.other).find(shared[0] ?? '')
      expect(after).toEqual({ owner, collaborators: [id], invited: [asked(null, 'Somebody')] })
      expect(await teams(at.storage).join(shared[0] ?? '', id, 9)).toBe('not_invited')
      const left = (await teams(at.storage).listOffered(id))[0] ?? ''
      await teams(at.storage).amend(left, (team) => ({
        ...team,
        invited: team.invited.map((one) => ({ ...one, declined: true })),
      }))
      expect(await teams(at.storage).join(left, id, 9)).toBe('not_invited')
      expect(await teams(at.storage).listOffered(id)).toEqual([])
    })

    test('go with the thing, and each with their account, also where only their name or address was invited', async () => {
      const { accounts } = at.storage
      const name = `leaver${++counter}`
      const leaver = await person(at.storage, name)
      await accounts.update(leaver, { email: `${name}@example.com` })
      const stays = asked(null, 'stays')
      const invited = [asked(leaver, name), asked(null, `${name}@EXAMPLE.com`), stays]
      const id = await made(at.storage, { collaborators: [leaver], invited })
      expect(await accounts.erase(leaver)).toBe('erased')
      expect(await teams(at.storage).find(id)).toEqual({ owner, collaborators: [], invited: [stays] })
      expect(await remove(at.storage, id)).toBe(true)
      expect(await teams(at.storage).find(id)).toBeUndefined()
    })

    test('an invitation by username follows the person to a new one, and one by address stays with the address', async () => {
      const name = `renamed${++counter}`
      const id = await person(at.storage, name)
      const thing = await made(at.storage, { invited: [asked(id, name), asked(id, `${name}@example.com`)] })
      await at.storage.accounts.update(id, { username: `${name}x` })
      const names = (await teams(at.storage).find(thing))?.invited.map(({ username }) => username)
      expect(names?.sort()).toEqual([`${name}@example.com`, `${name}x`].sort())
    })
  })
}
