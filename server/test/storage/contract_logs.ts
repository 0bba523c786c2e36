/** The request log, the audit log, usage, and storage as a whole. */
import { describe, expect, test } from 'vitest'
import {
  type AuditEvent,
  type AuditFilter,
  accountDepth,
  type LoggedRequest,
  type RequestFilter,
  type RequestRecord,
} from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { opened } from './opened.ts'

export function requestRecord(at: number, change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    requestId: `req${at}`,
    clientId: 'app',
    at,
    endpoint: '/oauth/token',
    method: 'POST',
    status: 400,
    reason: 'code_spent',
    rule: 'code is unused',
    ruleset: 'token:authorization_code',
    cause: 'The code was used before.',
    expected: 'x',
    got: 'y',
    userAgent: null,
    pairwise: null,
    network: '192.0.2.0/24',
    authenticated: true,
    ...change,
  }
}

export function logTests(place: () => Promise<Place>): void {
  describe('logs', () => {
    const at = opened(place)

    test('the request log is newest first, by client, and pages', async () => {
      const records = Array.from({ length: 30 }, (_, i) => requestRecord(1000 + i, { authenticated: i % 3 > 0 }))
      await at.storage.requests.append([...records, requestRecord(5000, { clientId: 'other' })])
      const list = await at.other.requests.list('app', 10)
      expect(list).toMatchObject(records.slice(20).reverse())
      expect(await at.other.requests.list('app', 5, list.at(-1))).toMatchObject(records.slice(15, 20).reverse())
      expect(await at.other.requests.list('nobody', 5)).toEqual([])
    })

    test('a page of the request log ends between two records of one moment, and none is lost', async () => {
      const records = Array.from({ length: 25 }, (_, i) => {
        return requestRecord(7000, { clientId: 'burst', requestId: `burst-${i}`, authenticated: i % 2 > 0 })
      })
      await at.storage.requests.append(records)
      const seen: string[] = []
      for (let before: LoggedRequest | undefined; ; ) {
        const list = await at.other.requests.list('burst', 4, before)
        seen.push(...list.map(({ requestId }) => requestId))
        before = list.at(-1)
        if (list.length < 4) break
      }
      expect(seen).toEqual(records.map(({ requestId }) => requestId).reverse())
    })

    test('the request log is filtered by outcome, endpoint and reason, and searched by request id', async () => {
      const of = (time: number, more: Partial<RequestRecord>) => requestRecord(time, { clientId: 'mixed', ...more })
      await at.storage.requests.append([
        of(1, { requestId: 'one', endpoint: '/oauth/token', reason: '' }),
        of(2, { requestId: 'two', endpoint: '/oauth/token', reason: 'client_secret_wrong', authenticated: false }),
        of(3, { requestId: 'three', endpoint: '/oauth/authorize', reason: 'scope_not_registered' }),
        of(4, { requestId: 'four', endpoint: '/oauth/token', reason: 'code_expired' }),
      ])
      const ids = async (filter: RequestFilter) =>
        (await at.other.requests.list('mixed', 10, undefined, filter)).map(({ requestId }) => requestId)
      expect(await ids({})).toEqual(['four', 'three', 'two', 'one'])
      expect(await ids({ refused: true })).toEqual(['four', 'three', 'two'])
      expect(await ids({ refused: false })).toEqual(['one'])
      expect(await ids({ endpoint: '/oauth/token', refused: true })).toEqual(['four', 'two'])
      expect(await ids({ reason: 'scope_not_registered' })).toEqual(['three'])
      expect(await at.other.requests.find('mixed', 'two')).toMatchObject([{ requestId: 'two', at: 2 }])
      expect(await at.other.requests.find('app', 'two')).toEqual([])
      expect(await at.other.requests.kinds('mixed')).toEqual({
        endpoints: ['/oauth/authorize', '/oauth/token'],
        reasons: ['client_secret_wrong', 'code_expired', 'scope_not_registered'],
      })
    })

    test('the requests of an app since a moment are counted, and how many of them were refused', async () => {
      const of = (time: number, more: Partial<RequestRecord> = {}) =>
        requestRecord(time, { clientId: 'counted', requestId: `counted-${time}`, ...more })
      await at.storage.requests.append([
        of(100),
        of(200, { reason: '' }),
        of(300, { reason: '', authenticated: false }),
        of(400, { authenticated: false }),
        of(400, { clientId: 'counted-too' }),
      ])
      const { requests } = at.other
      expect(await requests.count('counted', 0)).toEqual({ requests: 4, refused: 2 })
      expect(await requests.count('counted', 200)).toEqual({ requests: 3, refused: 1 })
      expect(await requests.count('counted', 401)).toEqual({ requests: 0, refused: 0 })
      expect(await requests.count('nobody', 0)).toEqual({ requests: 0, refused: 0 })
    })

    test("a stranger's bytes do not fail the writer of the log", async () => {
      await at.storage.requests.append([
        requestRecord(1, { clientId: 'odd', got: 'a\u0000b\ud800', userAgent: '\u0000' }),
      ])
      expect((await at.storage.requests.list('odd', 1))[0]).toMatchObject({
        got: 'a\ufffdb\ufffd',
        userAgent: '\ufffd',
      })
      await at.storage.requests.append([])
    })

    test('the audit log keeps events, newest first', async () => {
      const event = (time: number, detail: object = {}): AuditEvent => ({
        at: time,
        type: 'grant.ended',
        actor: 'usr_a',
        operator: null,
        subject: null,
        clientId: 'app',
        address: null,
        userAgent: null,
        requestId: 'r',
        detail: { ...detail },
      })
      await at.storage.audit.append([event(1), event(2, { why: 'nul \u0000' }), event(3)])
      expect((await at.other.audit.list(2, 4)).map((one) => one.at)).toEqual([3, 2])
      expect(await at.other.audit.list(9, 3)).toEqual([event(2, { why: 'nul \u0000' }), event(1)])
      await at.storage.audit.append([])
    })

    test('the audit log is searched by type, account, app and time, newest first, page after page', async () => {
      const event = (time: number, change: Partial<AuditEvent>): AuditEvent => {
        const parties = {
          actor: null,
          operator: null,
          subject: null,
          clientId: null,
          address: null,
          userAgent: null,
          requestId: null,
        }
        return { at: time, type: 'signed_in', ...parties, detail: {}, ...change }
      }
      const from = 5_000_000
      await at.storage.audit.append([
        event(from, { actor: 'usr_searched' }),
        event(from + 1, { subject: 'usr_searched', type: 'user_disabled' }),
        event(from + 2, { actor: 'usr_other', clientId: 'searched' }),
        event(from + 2, { actor: 'usr_searched', clientId: 'searched', type: 'consent_given' }),
        event(from - 1, { operator: 'command:root' }),
      ])
      const search = async (filter: AuditFilter, limit = 10) => {
        const { events, next } = await at.other.audit.search(limit, { since: from, ...filter })
        return [...events.map((one) => [one.at - from, one.type]), next === null]
      }
      const [given, other] = [
        [2, 'consent_given'],
        [2, 'signed_in'],
      ]
      const [disabled, first] = [
        [1, 'user_disabled'],
        [0, 'signed_in'],
      ]
      expect(await search({})).toEqual([given, other, disabled, first, true])
      expect(await search({ account: 'usr_searched' })).toEqual([given, disabled, first, true])
      expect(await search({ account: 'usr_searched' }, 2)).toEqual([given, disabled, false])
      expect(await search({ actor: 'usr_searched' })).toEqual([given, first, true])
      expect(await search({ subject: 'usr_searched' })).toEqual([disabled, true])
      expect(await search({ operator: 'command:root' })).toEqual([true])
      expect(await search({ operator: 'command:root', since: from - 1 })).toEqual([[-1, 'signed_in'], true])
      expect(await search({ clientId: 'searched', type: 'signed_in' })).toEqual([other, true])
      expect(await search({ since: from + 1, until: from + 2 })).toEqual([disabled, true])
      expect(await search({ account: "usr_'; --" })).toEqual([true])
      // Page after page, each event comes once, whatever is asked for.
      for (const filter of [{}, { type: 'signed_in' }, { account: 'usr_searched' }, { clientId: 'searched' }]) {
        const whole = await at.other.audit.search(10, { since: from, ...filter })
        const walked: number[] = []
        for (let before: AuditFilter['before']; ; ) {
          const { events, next } = await at.other.audit.search(1, { since: from, ...filter, before })
          walked.push(...events.map(({ seq }) => seq))
          if (next === null) break
          before = next
        }
        expect(walked).toEqual(whole.events.map(({ seq }) => seq))
      }
    })

    test('the audit log is read by account: what it did alone and what was done to it, newest first', async () => {
      const bare = { at: 1, actor: null, operator: null, subject: null, clientId: null, address: null, requestId: null }
      const event = (type: string, change: Partial<AuditEvent>): AuditEvent => {
        return { ...bare, type, userAgent: null, detail: {}, ...change }
      }
      const [own, other] = ['usr_reader', 'usr_stranger'] as const
      await at.storage.audit.append([
        event('signed_in', { actor: own }),
        event('sign_in_failed', { subject: own, userAgent: 'Firefox' }),
        event('user_disabled', { actor: own, subject: other }),
        event('signed_out', { actor: other }),
        event('password_changed', { actor: own }),
      ])
      const read = async (limit: number, types: string[], before?: number) => {
        const { events, next } = await at.other.audit.ofAccount(own, limit, { types, before })
        return { types: events.map((one) => one.type), next, events }
      }
      const all = ['signed_in', 'sign_in_failed', 'user_disabled', 'signed_out', 'password_changed']
      const whole = await read(9, all)
      expect(whole.types).toEqual(['password_changed', 'sign_in_failed', 'signed_in'])
      expect(whole.next).toBe(null)
      expect(whole.events[1]).toMatchObject({ subject: own, userAgent: 'Firefox' })
      const first = await read(2, all)
      expect(first.types).toEqual(['password_changed', 'sign_in_failed'])
      expect((await read(2, all, first.next ?? 0)).types).toEqual(['signed_in'])
      expect((await read(9, ['signed_in'])).types).toEqual(['signed_in'])
      expect((await read(9, [])).types).toEqual([])
      // What does not fit is passed over, and not without end.
      await at.storage.audit.append(
        Array.from({ length: accountDepth }, () => event('grant_revoked', { subject: own })),
      )
      const deep = await read(9, ['signed_in'])
      expect(deep.types).toEqual([])
      expect((await read(9, ['signed_in'], deep.next ?? 0)).types).toEqual(['signed_in'])
    })

    test('usage adds up over processes and answers in the order asked, and keeps nothing of who is erased', async () => {
      const base = { emailVerified: false, passwordHash: null, roles: [], claims: {}, email: null }
      for (const name of ['a', 'b', 'c'] as const) {
        await at.storage.accounts.insert({ ...base, id: `usr_${name}`, username: `counted-${name}` })
      }
      const add = (i: number) =>
        (i % 2 ? at.storage : at.other).usage.add('2026-01-02', [
          { userId: i % 2 ? 'usr_b' : 'usr_a', count: 1 },
          { userId: i % 2 ? 'usr_a' : 'usr_b', count: 2 },
        ])
      await Promise.all(Array.from({ length: 20 }, (_, i) => add(i)))
      const told = await at.storage.usage.add('2026-01-02', [
        { userId: 'usr_b', count: 0 },
        { userId: 'usr_a', count: 0 },
        { userId: 'usr_c', count: 3 },
        { userId: 'usr_c', count: 4 },
      ])
      expect(told).toEqual([30, 30, 7, 7])
      expect(await at.storage.usage.add('2026-01-03', [{ userId: 'usr_a', count: 1 }])).toEqual([1])
      expect(await at.storage.usage.add('2026-01-03', [])).toEqual([])
      await at.storage.accounts.erase('usr_b')
      const late = (['usr_b', 'usr_a'] as const).map((userId) => ({ userId, count: 1 }))
      expect(await at.other.usage.add('2026-01-03', late)).toEqual([0, 2])
      expect(await at.storage.usage.add('2026-01-03', [{ userId: 'usr_b', count: 0 }])).toEqual([0])
    })

    test('usage is summed by day over all accounts, beside the sign-ins of the day', async () => {
      const event = (hours: number, type: string): AuditEvent => ({
        at: Date.UTC(2031, 0, 5, hours),
        type,
        actor: null,
        operator: null,
        subject: null,
        clientId: null,
        address: null,
        userAgent: null,
        requestId: null,
        detail: {},
      })
      await at.storage.audit.append([
        event(0, 'signed_in'),
        event(23, 'signed_in'),
        event(24, 'sign_in_failed'),
        event(-1, 'signed_in'),
      ])
      await at.storage.usage.add('2031-01-05', [
        { userId: 'usr_a', count: 2 },
        { userId: 'usr_c', count: 3 },
      ])
      expect(await at.other.usage.byDay('2031-01-05')).toEqual([
        { day: '2031-01-05', signIns: 2, failedSignIns: 0, tokenRequests: 5 },
        { day: '2031-01-06', signIns: 0, failedSignIns: 1, tokenRequests: 0 },
      ])
    })
  })

  describe('uses of the legacy protocols', () => {
    const at = opened(place)

    test('add up over processes, by day, dialect and client', async () => {
      const use = (day: string, clientId: string, lastAt: number) =>
        ({ day, dialect: 'quantimodo', clientId, count: 1, lastAt }) as const
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? at.storage : at.other).dialectUses.add([use('2026-01-02', 'b', i), use('2026-01-02', 'a', 100 - i)]),
        ),
      )
      await at.storage.dialectUses.add([use('2025-12-01', 'c', 5), use('2026-01-03', 'a', 1)])
      await at.storage.dialectUses.add([])
      expect(await at.other.dialectUses.sum('2026-01-01')).toEqual([
        { dialect: 'quantimodo', clientId: 'a', count: 21, lastAt: 100 },
        { dialect: 'quantimodo', clientId: 'b', count: 20, lastAt: 19 },
        { dialect: 'quantimodo', clientId: 'c', count: 0, lastAt: 5 },
      ])
    })
  })

  describe('storage as a whole', () => {
    const at = opened(place)

    test('every process of an installation sees the same random id', () => {
      expect(at.storage.installation).toHaveLength(16)
      expect(at.other.installation).toEqual(at.storage.installation)
    })

    test('its clock follows the injected one', () => {
      const before = at.storage.clock.now()
      at.clock.move(3_600_000)
      // It also follows the database's, which may be some milliseconds behind what was known of it.
      expect(at.storage.clock.now() - before).toBeGreaterThan(3_590_000)
      expect(at.storage.clock.now() - before).toBeLessThan(3_610_000)
    })

    test('ping answers while the database does', async () => {
      await expect(at.storage.ping()).resolves.toBeUndefined()
    })
  })
}
