/** Jobs: added with a change or not at all, claimed by one, ended by whoever holds them. */
import { describe, expect, test } from 'vitest'
import { hour, minute } from '../../src/lib/clock.ts'
import type { UserId } from '../../src/protocol/names.ts'
import type { NewJob, StoredJob } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { addAccount, liveGrant, makeSwap } from './fixtures.ts'
import { opened } from './opened.ts'

export function jobTests(place: () => Promise<Place>): void {
  describe('jobs', () => {
    const at = opened(place)
    const now = () => at.storage.clock.now()
    const job = (id: string, more: Partial<NewJob> = {}): NewJob => ({
      id,
      kind: 'letter',
      target: null,
      payload: { userId: id },
      secret: null,
      dueAt: now() - 1,
      ...more,
    })
    /** The one job of its kind. */
    const claimed = async (kind: string, lease = minute) => {
      const [one] = await at.storage.jobs.claim([kind], 1, lease)
      if (one === undefined) throw new Error(`no ${kind} is due`)
      return one
    }
    const found = async (id: string): Promise<StoredJob> => {
      const one = await at.other.jobs.find(id)
      if (one === undefined) throw new Error(`${id} is gone`)
      return one
    }

    test('a job is there with the change of its act, and its listeners are called behind it', async () => {
      let told = 0
      at.storage.onJobAdded(() => told++)
      await at.storage.act(async ({ jobs }) => {
        await jobs.add(job('with_act', { kind: 'act', secret: { generation: 1, sealed: 'abc' }, target: 'usr_a' }))
        expect(told).toBe(0)
      })
      expect(told).toBe(1)
      expect(await found('with_act')).toEqual({
        ...job('with_act', { kind: 'act', secret: { generation: 1, sealed: 'abc' }, target: 'usr_a' }),
        dueAt: expect.any(Number),
        attempts: 0,
        error: null,
        createdAt: expect.any(Number),
        endedAt: null,
        outcome: null,
      })
      const failing = at.storage.act(async ({ jobs }) => {
        await jobs.add(job('half'))
        throw new Error('too late')
      })
      await expect(failing).rejects.toThrow('too late')
      expect(await at.other.jobs.find('half')).toBeUndefined()
      expect(told).toBe(1)
    })

    test('a reuse that ends a grant brings its notice in its own transaction, and any other swap brings none', async () => {
      const { grants } = at.storage
      const grant = await liveGrant(at.storage)
      const reuse = { replayWindow: 0 }
      const notice = job('reuse_notice', { kind: 'reuse', target: 'usr_a' })
      await grants.advance(makeSwap(grant, 1, reuse), undefined, undefined, () => notice)
      expect(await at.other.jobs.find(notice.id)).toBeUndefined()
      // A notice that cannot be stored keeps the grant alive: neither is there without the other.
      await at.storage.jobs.add(job('taken_id', { kind: 'reuse' }))
      const failing = grants.advance(makeSwap(grant, 1, reuse), undefined, undefined, () => job('taken_id'))
      await expect(failing).rejects.toThrow()
      expect((await at.other.grants.find(grant.id))?.grant).toMatchObject({ state: 'live', step: 2 })
      const again = () => grants.advance(makeSwap(grant, 1, reuse), undefined, undefined, () => notice)
      expect(await again()).toMatchObject({ outcome: 'spent', ended: true })
      expect(await found(notice.id)).toMatchObject({ ...notice, attempts: 0, endedAt: null, outcome: null })
      expect(await again()).toMatchObject({ outcome: 'ended' })
      const silent = await liveGrant(at.storage)
      await grants.advance(makeSwap(silent, 1, reuse))
      const nobody = await grants.advance(makeSwap(silent, 1, reuse), undefined, undefined, () => undefined)
      expect(nobody).toMatchObject({ outcome: 'spent', ended: true })
    })

    test('of many who claim at once each job goes to one, and what is not due or of another kind stays', async () => {
      await Promise.all(Array.from({ length: 40 }, (_, i) => at.storage.jobs.add(job(`many${i}`, { kind: 'many' }))))
      await at.storage.jobs.add(job('later', { kind: 'many', dueAt: now() + hour }))
      await at.storage.jobs.add(job('other', { kind: 'unknown' }))
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, i) => (i % 2 ? at.storage : at.other).jobs.claim(['many'], 5, minute)),
      )
      for (const some of claims) expect(some.length).toBeLessThanOrEqual(5)
      let ids = claims.flat().map(({ id }) => id)
      // Whoever came while the others held their rows may have found none: what is left is due still.
      for (let more = 1; more > 0; ) {
        const rest = await at.storage.jobs.claim(['many'], 5, minute)
        more = rest.length
        ids = [...ids, ...rest.map(({ id }) => id)]
      }
      expect(ids.sort()).toEqual(Array.from({ length: 40 }, (_, i) => `many${i}`).sort())
      expect(await at.storage.jobs.anyDue(['many'])).toBe(false)
      expect(await at.storage.jobs.anyDue(['unknown'])).toBe(true)
    })

    test('a lease that ran out is another one’s, and who lost it writes nothing', async () => {
      await at.storage.jobs.add(job('lost', { kind: 'lost' }))
      const first = await claimed('lost', -1)
      const second = await claimed('lost')
      expect(second.lease).toBeGreaterThan(first.lease)
      expect(second.attempts).toBe(2)
      expect(await at.storage.jobs.extend(first, minute)).toBe(false)
      expect(await at.storage.jobs.end(first, 'done')).toBe(false)
      expect(await at.storage.jobs.putOff(first, 0, 'late')).toBe(false)
      expect(await found('lost')).toMatchObject({ endedAt: null, error: null })
      expect(await at.storage.jobs.extend(second, hour)).toBe(true)
      expect((await found('lost')).dueAt).toBeGreaterThan(now() + 2 * minute)
      expect(await at.storage.jobs.end(second, 'done')).toBe(true)
      expect(await at.storage.jobs.end(second, 'done')).toBe(false)
    })

    test('a job that has ended is empty, and says what became of it', async () => {
      const secret = { generation: 1, sealed: 'abc' }
      await at.storage.jobs.add(job('emptied', { kind: 'emptied', secret, target: 'usr_b' }))
      await at.storage.jobs.end(await claimed('emptied'), 'given_up', 'address_refused')
      const ended = { payload: {}, secret: null, outcome: 'given_up', error: 'address_refused', target: 'usr_b' }
      expect(await found('emptied')).toMatchObject(ended)
      expect(await at.storage.jobs.list({ state: 'given_up', limit: 10 })).toMatchObject([{ id: 'emptied' }])
      expect(await at.storage.jobs.list({ state: 'done', limit: 10 })).not.toContainEqual(
        expect.objectContaining({ id: 'emptied' }),
      )
    })

    test('a job without a secret keeps what it needs when it is given up, until it has been done', async () => {
      await at.storage.jobs.add(job('kept', { kind: 'kept' }))
      await at.storage.jobs.end(await claimed('kept'), 'given_up', 'no_answer')
      expect(await found('kept')).toMatchObject({ payload: { userId: 'kept' }, outcome: 'given_up' })
      expect(await at.other.jobs.retry('kept', minute)).toBe(true)
      expect(await found('kept')).toMatchObject({ endedAt: null, outcome: null, attempts: 0, error: 'no_answer' })
      const again = await claimed('kept')
      expect(again).toMatchObject({ payload: { userId: 'kept' }, attempts: 1 })
      await at.storage.jobs.end(again, 'done')
      expect(await found('kept')).toMatchObject({ payload: {}, outcome: 'done' })
      expect(await at.storage.jobs.retry('kept', minute)).toBe(false)
    })

    test('a job that failed is tried again before its time, and one that somebody holds is left to them', async () => {
      await at.storage.jobs.add(job('sooner', { kind: 'sooner' }))
      expect(await at.storage.jobs.retry('sooner', minute), 'it has not failed').toBe(false)
      await at.storage.jobs.putOff(await claimed('sooner'), now() + hour, 'no_answer')
      const retried = await Promise.all([
        at.storage.jobs.retry('sooner', minute),
        at.other.jobs.retry('sooner', minute),
      ])
      expect(retried.filter(Boolean)).toHaveLength(1)
      const held = await claimed('sooner')
      expect(held).toMatchObject({ attempts: 1, error: 'no_answer' })
      expect(await at.other.jobs.retry('sooner', minute), 'it is being done').toBe(false)
      expect(await at.storage.jobs.end(held, 'done')).toBe(true)
    })

    test('jobs in a state are found page by page, the newest first, and counted', async () => {
      for (const i of [1, 2, 3, 4, 5]) {
        await at.storage.jobs.add(job(`paged${i}`, { kind: 'paged' }))
        if (i !== 3) await at.storage.jobs.end(await claimed('paged'), 'given_up', 'no_answer')
        else await at.storage.jobs.putOff(await claimed('paged'), now() + hour, 'no_answer')
      }
      const ids: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await at.other.jobs.search('given_up', { limit: 2, after })
        if (page === undefined) throw new Error('the place is lost')
        expect(page.items.length).toBeLessThanOrEqual(2)
        ids.push(...page.items.map(({ id }) => id))
        after = page.next
        if (after === undefined) break
      }
      expect(ids.filter((id) => id.startsWith('paged')).sort()).toEqual(['paged1', 'paged2', 'paged4', 'paged5'])
      expect(new Set(ids).size).toBe(ids.length)
      expect(await at.storage.jobs.search('given_up', { limit: 2, after: 'nowhere' })).toBeUndefined()
      const counts = await at.storage.jobs.count()
      expect(counts.find(({ kind }) => kind === 'paged')).toMatchObject({ waiting: 1, failed: 4 })
    })

    test('a job that failed is due again at its time, and its attempts begin anew once it has succeeded', async () => {
      await at.storage.jobs.add(job('off', { kind: 'off' }))
      await at.storage.jobs.putOff(await claimed('off'), now() - 1, 'no_answer')
      expect(await found('off')).toMatchObject({ attempts: 1, error: 'no_answer' })
      const again = await claimed('off')
      expect(again).toMatchObject({ attempts: 2, payload: { userId: 'off' } })
      await at.storage.jobs.putOff(again, now() + hour)
      expect(await found('off')).toMatchObject({ attempts: 0, error: null })
      expect(await at.storage.jobs.claim(['off'], 1, minute)).toEqual([])
    })

    test('there is one of an ID at a time, which begins anew no earlier than its pause after the last end', async () => {
      expect(await at.storage.jobs.add(job('one', { kind: 'one', payload: { clientId: 'a' } }), hour)).toBe('added')
      expect(await at.other.jobs.add(job('one', { kind: 'one', payload: { clientId: 'b' } }), hour)).toBe('waiting')
      expect((await found('one')).payload).toEqual({ clientId: 'a' })
      await at.storage.jobs.end(await claimed('one'), 'done')
      const ended = (await found('one')).endedAt ?? 0
      expect(await at.other.jobs.add(job('one', { kind: 'one', payload: { clientId: 'b' } }), hour)).toBe('added')
      expect(await found('one')).toMatchObject({
        payload: { clientId: 'b' },
        dueAt: ended + hour,
        attempts: 0,
        outcome: null,
      })
    })

    test('what is asked for while it is being done is done once more after its pause, and then no more', async () => {
      const asked = (from = at.storage) =>
        from.jobs.add(job('busy', { kind: 'busy', payload: { clientId: 'b' } }), hour)
      await at.storage.jobs.add(job('busy', { kind: 'busy', payload: { clientId: 'a' } }), hour)
      expect(await asked(), 'nobody has begun it').toBe('waiting')
      const first = await claimed('busy')
      for (const from of [at.other, at.storage]) expect(await asked(from)).toBe('waiting')
      const before = now()
      expect(await at.storage.jobs.end(first, 'given_up', 'no_use')).toBe(true)
      const again = await found('busy')
      expect(again).toMatchObject({
        endedAt: null,
        outcome: null,
        error: null,
        attempts: 0,
        payload: { clientId: 'a' },
      })
      expect(again.dueAt).toBeGreaterThanOrEqual(before + hour)
      await at.storage.jobs.extend(first, -1)
      await at.storage.jobs.end(await claimed('busy'), 'done')
      expect(await found('busy')).toMatchObject({ outcome: 'done' })
    })

    test('what was asked for before a job was taken again asks for nothing more', async () => {
      await at.storage.jobs.add(job('off_again', { kind: 'off_again' }))
      await at.storage.jobs.putOff(await claimed('off_again'), now() - 1, 'no_answer')
      expect(await at.storage.jobs.add(job('off_again', { kind: 'off_again' }))).toBe('waiting')
      await at.storage.jobs.end(await claimed('off_again'), 'done')
      expect(await found('off_again')).toMatchObject({ outcome: 'done', payload: {} })
    })

    test('a wish that meets the end of its job is never lost', async () => {
      for (let i = 0; i < 20; i++) {
        const id = `meets${i}`
        await at.storage.jobs.add(job(id, { kind: id }))
        const held = await claimed(id)
        const wish = () => at.storage.act(({ jobs }) => jobs.add(job(id, { kind: id }), hour))
        const end = () => at.other.jobs.end(held, 'done')
        await Promise.all(i % 2 ? [wish(), end()] : [end(), wish()])
        expect(await found(id)).toMatchObject({ endedAt: null, attempts: 0 })
      }
    })

    test('jobs about an account go with it, whether they have ended or not', async () => {
      const target = 'usr_leaving' as UserId
      await addAccount(at.storage, 'Leaving')
      await at.storage.jobs.add(job('leaving1', { kind: 'leaving', target }))
      await at.storage.jobs.end(await claimed('leaving'), 'done')
      await at.storage.jobs.add(job('leaving2', { kind: 'leaving', target }))
      expect(await at.storage.accounts.erase(target)).toBe('erased')
      for (const id of ['leaving1', 'leaving2']) expect(await at.other.jobs.find(id)).toBeUndefined()
    })

    test('a secret is sealed anew where it is still the one that was read', async () => {
      const from = { generation: 1, sealed: 'old' }
      await at.storage.jobs.add(job('sealed', { kind: 'sealed', secret: from }))
      const of = async (generation: number) => (await at.storage.jobs.listSealedBefore(generation)).map(({ id }) => id)
      expect(await of(1)).not.toContain('sealed')
      expect(await of(2)).toContain('sealed')
      await at.storage.jobs.reseal('sealed', { generation: 1, sealed: 'another' }, { generation: 2, sealed: 'lost' })
      await at.storage.jobs.reseal('sealed', from, { generation: 2, sealed: 'new' })
      expect((await found('sealed')).secret).toEqual({ generation: 2, sealed: 'new' })
      expect(await of(2)).not.toContain('sealed')
    })

    test('an address that was refused is marked until it is another one or proved again', async () => {
      const id = 'usr_refused' as UserId
      const account = await addAccount(at.storage, 'Refused')
      expect(account).toMatchObject({ emailRefusedAt: null })
      const refused = async () => (await at.other.accounts.find(id))?.emailRefusedAt
      await at.storage.accounts.noteEmailRefused('refused@Example.com')
      expect(await refused()).toEqual(expect.any(Number))
      await at.storage.accounts.update(id, { emailVerified: true })
      expect(await refused()).toBeNull()
      await at.storage.act(({ accounts }) => accounts.noteEmailRefused('refused@example.com'))
      await at.storage.accounts.update(id, { email: 'other@example.com' })
      expect(await refused()).toBeNull()
    })
  })
}
