/** Passkeys: whose they are, and that no counter is taken twice. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { type Account, type NewPasskey, type Storage, StorageUnavailable } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount } from './fixtures.ts'
import { opened } from './opened.ts'

const racers = 50

function passkeyOf(userId: UserId, change: Partial<NewPasskey> = {}): NewPasskey {
  return {
    credentialId: randomBytes(20).toString('base64url'),
    userId,
    rpId: 'login.example',
    userHandle: randomBytes(32),
    publicKey: randomBytes(77),
    signCount: 0,
    transports: ['internal', 'hybrid'],
    name: 'Laptop',
    synced: true,
    ...change,
  }
}

async function person(storage: Storage, name: string): Promise<Account> {
  const account = await addAccount(storage, name)
  if (typeof account === 'string') throw new Error(account)
  return account
}

/** Tries again where the machine was too busy for a lock: then nothing has happened. */
async function tried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
    }
  }
}

export function passkeyTests(place: () => Promise<Place>): void {
  describe('passkeys', () => {
    const at = opened(place)

    test('a passkey is found with its account as it was added, by its ID alone', async () => {
      const { storage } = at
      const { passkeys } = storage
      const ann = await person(storage, 'ann1')
      const passkey = passkeyOf(ann.id)
      const added = await passkeys.insert(passkey)
      expect(added).toMatchObject({ ...passkey, usedAt: null })
      const found = await passkeys.find(passkey.credentialId)
      expect(found).toEqual({ passkey: added, account: await storage.accounts.find(ann.id) })
      expect(await passkeys.find(`${passkey.credentialId}A`)).toBeUndefined()
      expect(await passkeys.find(passkey.credentialId.toUpperCase())).toBeUndefined()
      expect(await passkeys.find('\0')).toBeUndefined()
    })

    test('an ID that is there already stays with its account', async () => {
      const { storage } = at
      const { passkeys } = storage
      const [ann, ben] = [await person(storage, 'ann2'), await person(storage, 'ben3')]
      const passkey = passkeyOf(ann.id)
      await passkeys.insert(passkey)
      expect(await passkeys.insert({ ...passkey, userId: ben.id })).toBe('taken')
      expect((await passkeys.find(passkey.credentialId))?.account.id).toBe(ann.id)
      expect(await passkeys.listByUser(ben.id)).toEqual([])
    })

    test('a use is noted with its counter, and a counter that does not rise is not', async () => {
      const { storage } = at
      const { passkeys } = storage
      const ann = await person(storage, 'ann4')
      const { credentialId } = passkeyOf(ann.id)
      await passkeys.insert(passkeyOf(ann.id, { credentialId, signCount: 4 }))
      expect(await passkeys.use(credentialId, 4)).toBe('count_fell')
      expect(await passkeys.use(credentialId, 0)).toBe('count_fell')
      expect((await passkeys.find(credentialId))?.passkey.usedAt).toBeNull()
      expect(await passkeys.use(credentialId, 2 ** 32 - 1)).toBe('noted')
      const { passkey } = (await passkeys.find(credentialId)) ?? {}
      expect(passkey).toMatchObject({ signCount: 2 ** 32 - 1, usedAt: expect.any(Number) })
      expect(await passkeys.use('nobody', 1)).toBe('not_found')
    })

    test('an authenticator that does not count is used again and again', async () => {
      const { storage } = at
      const { passkeys } = storage
      const passkey = passkeyOf((await person(storage, 'ann5')).id)
      await passkeys.insert(passkey)
      expect(await passkeys.use(passkey.credentialId, 0)).toBe('noted')
      expect(await passkeys.use(passkey.credentialId, 0)).toBe('noted')
      expect(await passkeys.use(passkey.credentialId, 1)).toBe('noted')
      expect(await passkeys.use(passkey.credentialId, 0)).toBe('count_fell')
    })

    test('of many answers with one counter exactly one is taken', async () => {
      const { storage } = at
      const { passkeys } = storage
      const passkey = passkeyOf((await person(storage, 'ann6')).id)
      await passkeys.insert(passkey)
      const node = (i: number) => (i % 2 ? at.storage : at.other).passkeys
      const outcomes = await Promise.all(
        Array.from({ length: racers }, (_, i) => tried(() => node(i).use(passkey.credentialId, 7))),
      )
      expect(outcomes.filter((outcome) => outcome === 'noted')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'count_fell')).toHaveLength(racers - 1)
    })

    test('only its holder renames and removes a passkey, and it goes with the account', async () => {
      const { storage } = at
      const { passkeys } = storage
      const [ann, ben] = [await person(storage, 'ann7'), await person(storage, 'ben8')]
      const [first, second] = [passkeyOf(ann.id), passkeyOf(ann.id)]
      await passkeys.insert(first)
      await passkeys.insert(second)
      expect(await passkeys.rename(ben.id, first.credentialId, 'Mine')).toBe(false)
      expect(await passkeys.rename(ann.id, first.credentialId, 'Phone')).toBe(true)
      expect(await passkeys.remove(ben.id, first.credentialId)).toBe(false)
      expect((await passkeys.listByUser(ann.id)).map(({ name }) => name).sort()).toEqual(['Laptop', 'Phone'])
      expect(await passkeys.remove(ann.id, first.credentialId)).toBe(true)
      expect(await passkeys.remove(ann.id, first.credentialId)).toBe(false)
      await storage.accounts.erase(ann.id)
      expect(await passkeys.find(second.credentialId)).toBeUndefined()
    })

    test('passkeys of other RP IDs are counted', async () => {
      const { storage } = at
      const { passkeys } = storage
      const ann = await person(storage, 'ann9')
      for (const rpId of ['a.example', 'b.example', 'b.example']) await passkeys.insert(passkeyOf(ann.id, { rpId }))
      expect((await passkeys.countElsewhere('a.example')).get('b.example')).toBe(2)
      expect((await passkeys.countElsewhere('a.example')).has('a.example')).toBe(false)
      expect((await passkeys.countElsewhere('b.example')).get('a.example')).toBe(1)
    })
  })
}
