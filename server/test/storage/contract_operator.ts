/** What the operator has said: APIs, providers, notices of legacy protocols; and the marks of root secrets. */
import { describe, expect, test } from 'vitest'
import { hour } from '../../src/lib/clock.ts'
import type { DialectNotice, StoredProvider, StoredResource } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount, newId } from './fixtures.ts'
import { opened } from './opened.ts'

const whole: { resource: StoredResource; provider: StoredProvider; notice: DialectNotice } = {
  resource: {
    resource: 'https://weather.example',
    scopes: ['forecast', { name: 'rain', title: { en: 'See rain', de: 'Regen' }, for: 'reviewed' }],
    token_format: 'jwt',
    name: 'Wetter für alle',
    publisher: 'Weather Ltd',
    website: 'https://weather.example/about',
    terms: 'https://weather.example/terms',
    openapi: 'weather.json',
    stability: 'stable',
    sunset: '2030-12-31',
    proxy: 'weather',
    client_id: 'weather-api',
  },
  provider: {
    id: 'hub',
    kind: 'oauth2',
    name: 'Hub',
    issuer: 'https://hub.example',
    authorization_endpoint: 'https://hub.example/a',
    token_endpoint: 'https://hub.example/t',
    userinfo_endpoint: 'https://hub.example/u',
    jwks_uri: 'https://hub.example/k',
    token_info_endpoint: 'https://hub.example/i',
    scope: 'read',
    client_id: 'us',
    client_secret: { generation: 2, sealed: 'abc' },
    native_client_ids: ['one', 'two'],
    email_authoritative: false,
  },
  notice: {
    dialect: 'jwt_login/v1',
    closed: false,
    sunset: 1_814_313_600_000,
    since: 5,
    link: 'https://a.example',
    brownouts: [{ from: 7, until: 9 }],
  },
}

export function operatorTests(place: () => Promise<Place>): void {
  describe('what the operator has said', () => {
    const at = opened(place)

    test('every member of an entry is found again, and one that was not given is not there', async () => {
      const { resources, providers, dialectNotices } = at.storage
      await resources.put(whole.resource)
      await resources.put({ resource: 'https://a.example' })
      expect(await at.other.resources.list()).toEqual([{ resource: 'https://a.example' }, whole.resource])
      await providers.put(whole.provider)
      await providers.put({ id: 'bare', kind: 'facebook', client_id: 'x' })
      expect(await at.other.providers.list()).toEqual([
        { id: 'bare', kind: 'facebook', client_id: 'x' },
        whole.provider,
      ])
      await dialectNotices.put(whole.notice)
      expect(await at.other.dialectNotices.list()).toEqual([whole.notice])
    })

    test('an entry is replaced as a whole, and deleted once', async () => {
      const { resources } = at.storage
      await resources.put({ resource: 'https://weather.example', name: 'Weather' })
      const replaced = { resource: 'https://weather.example', name: 'Weather' }
      expect(await at.other.resources.list()).toContainEqual(replaced)
      expect(await resources.delete('https://weather.example')).toBe(true)
      expect(await resources.delete('https://weather.example')).toBe(false)
      expect(await at.other.resources.list()).not.toContainEqual(replaced)
    })

    test('an entry is amended from what it is, once for each of many at once and by several processes', async () => {
      const count = (i: number) =>
        (i % 2 ? at.storage : at.other).dialectNotices.amend('quantimodo', (present) => ({
          dialect: 'quantimodo',
          closed: true,
          since: (present?.since ?? 0) + 1,
        }))
      await Promise.all(Array.from({ length: 20 }, (_, i) => count(i)))
      const { dialectNotices } = at.storage
      expect(await dialectNotices.list()).toContainEqual({ dialect: 'quantimodo', closed: true, since: 20 })
      const before = await dialectNotices.list()
      expect(await dialectNotices.amend('quantimodo', () => undefined)).toBeUndefined()
      expect(await dialectNotices.amend('password_token', () => undefined)).toBeUndefined()
      expect(await at.other.dialectNotices.list()).toEqual(before)
    })

    test('every write is announced to every process', async () => {
      const heard = { storage: 0, other: 0 }
      at.storage.onClientsChanged(() => void heard.storage++)
      at.other.onClientsChanged(() => void heard.other++)
      const { resources, providers, dialectNotices, subscriptionKeys, accounts } = at.storage
      const account = await addAccount(at.storage, 'owner')
      if (typeof account === 'string') throw new Error(account)
      const owner = account.id
      const key = {
        id: newId().toString('hex'),
        owner,
        name: '',
        start: '',
        disabled: null,
        collaborators: [],
        invited: [],
        openToAll: false,
        createdAt: null,
        digest: 'd',
        previous: null,
      }
      for (const write of [
        () => resources.put({ resource: 'https://b.example' }),
        () => resources.delete('https://b.example'),
        () => providers.put(whole.provider),
        () => providers.amend('hub', () => whole.provider),
        () => dialectNotices.put(whole.notice),
        () => subscriptionKeys.insert(key),
        () => subscriptionKeys.amend(key.id, (present) => present),
        () => subscriptionKeys.delete(key.id),
        () => accounts.erase(owner),
      ]) {
        const before = heard.other
        await write()
        await expect.poll(() => heard.other).toBeGreaterThan(before)
      }
      expect(heard.storage).toBeGreaterThanOrEqual(9)
    })

    test('the first mark of a generation stays', async () => {
      const { secretMarks } = at.storage
      await secretMarks.leave(1, 'first')
      await at.other.secretMarks.leave(1, 'second')
      await at.other.secretMarks.leave(2, 'two')
      expect([...(await secretMarks.list())].sort()).toEqual([
        [1, 'first'],
        [2, 'two'],
      ])
    })

    test('a node is listed from its start on, by when it was last seen, and forgotten a day later', async () => {
      const { nodes } = at.storage
      const started = at.storage.clock.now()
      await nodes.seen({ id: 'one', release: '0.2.0' })
      at.clock.move(hour)
      await at.other.nodes.seen({ id: 'two', release: '0.3.0' })
      await nodes.seen({ id: 'one', release: '0.2.0' })
      const [one, two, ...others] = await at.other.nodes.list(started + hour / 2)
      expect([one?.id, two?.id, others]).toEqual(['one', 'two', []])
      expect(one?.startedAt).toBeLessThan(started + hour / 2)
      expect(one?.seenAt).toBeGreaterThanOrEqual(started + hour / 2)
      at.clock.move(25 * hour)
      await nodes.seen({ id: 'two', release: '0.3.0' })
      await at.storage.sweep({ rows: 400 * 24 * hour, audit: 400 * 24 * hour })
      expect((await nodes.list(0)).map(({ id }) => id)).toEqual(['two'])
    })
  })
}
