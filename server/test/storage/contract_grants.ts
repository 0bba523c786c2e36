/** Grants: one row, one winner per step. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Advance } from '../../src/protocol/grant.ts'
import type { Place } from './contract.ts'
import { addAccount, addClient, liveGrant, makeGrant, makeSwap } from './fixtures.ts'
import { opened } from './opened.ts'

export function grantTests(place: () => Promise<Place>): void {
  describe('grants', () => {
    const at = opened(place)
    const advance = (swap: ReturnType<typeof makeSwap>) => at.storage.grants.advance(swap)

    test('a grant comes back as it was stored, and is found from elsewhere', async () => {
      const grant = makeGrant(at.clock, {
        label: 'Ünïcode "phone" \\ {x}, ☎',
        handle: randomBytes(32),
        senderKey: randomBytes(32),
        authMethod: 'none',
        context: { ...makeGrant(at.clock).context, session: 'ses_1', nonce: 'a\u0000b\ud800c', amr: ['pwd'] },
      })
      await at.storage.grants.insert(grant)
      expect((await at.other.grants.find(grant.id))?.grant).toEqual(grant)
      expect((await at.other.grants.findByHandle(grant.handle ?? grant.id))?.grant).toEqual(grant)
      expect(await at.storage.grants.find(randomBytes(16))).toBeUndefined()
      expect(await at.storage.grants.findByHandle(randomBytes(32))).toBeUndefined()
    })

    test('every part of what was agreed comes back, whether it is shared or not', async () => {
      const { context } = makeGrant(at.clock)
      const whole = {
        ...context,
        redirectUri: 'https://app.example/callback',
        redirectUriSent: true,
        codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        nonce: 'n-0S6_WzA2Mj',
        authTime: 1_700_000_000,
        acr: 'a',
        amr: ['pwd', 'otp'],
        session: 'ses_1',
        resources: ['https://api.example/'],
        refreshTokenAge: 60,
        tokenFormat: 'handle' as const,
        userAgent: 'Ünï/1.0',
        subscriptionKey: 'key_1',
      }
      const contexts = [
        context,
        whole,
        { ...context, redirectUri: 'http://127.0.0.1:49152/callback' },
        { ...context, redirectUri: 'http://127.0.0.1:49153/callback', nonce: '' },
        { ...context, scope: [], refreshable: false },
      ]
      for (const one of contexts) {
        const grant = makeGrant(at.clock, { context: one, dialect: 'quantimodo' })
        await at.storage.grants.insert(grant)
        expect((await at.other.grants.find(grant.id))?.grant).toEqual(grant)
        expect((await at.storage.grants.find(grant.id))?.grant).toEqual(grant)
      }
    })

    test('many reads of one turn each get their own grant', async () => {
      const grants = Array.from({ length: 40 }, () => makeGrant(at.clock))
      await Promise.all(grants.map((grant) => at.storage.grants.insert(grant)))
      const found = await Promise.all([...grants, ...grants].map((grant) => at.storage.grants.find(grant.id)))
      expect(found.map((view) => view?.grant)).toEqual([...grants, ...grants])
    })

    test('the view tells what stands behind a grant as of now', async () => {
      const { storage } = at
      await addAccount(storage, 'Standing')
      await addClient(storage, 'standing')
      const userId = 'usr_standing'
      const consent = await storage.consents.remember(userId, 'standing', ['basic'])
      const grant = makeGrant(at.clock, { userId, clientId: 'standing' })
      await storage.grants.insert(grant)
      const standing = async () => (await storage.grants.find(grant.id))?.standing
      const first = await standing()
      expect(first).toMatchObject({ clientEnabled: true, userEnabled: true, consentEnabled: true })
      expect(first?.consentValidAfter).toBe(consent.validAfter)

      await storage.clients.amend('standing', () => ({ invalidate: true }))
      await storage.accounts.update(userId, { validAfter: at.storage.clock.now(), enabled: false })
      await storage.consents.withdraw(userId, 'standing')
      const then = await standing()
      expect(then).toMatchObject({ clientEnabled: true, userEnabled: false, consentEnabled: false })
      expect(then?.clientValidAfter).toBeGreaterThan(first?.clientValidAfter ?? 0)
      expect(then?.userValidAfter).toBeGreaterThan(first?.userValidAfter ?? 0)
      expect(then?.consentValidAfter).toBeGreaterThan(first?.consentValidAfter ?? 0)

      await storage.clients.delete('standing')
      expect(await standing()).toMatchObject({ clientEnabled: false, clientValidAfter: null })
    })

    test('nothing stands behind a grant whose client and user are unknown', async () => {
      const grant = makeGrant(at.clock, { userId: null, clientId: 'nobody' })
      await at.storage.grants.insert(grant)
      expect((await at.storage.grants.find(grant.id))?.standing).toEqual({
        clientEnabled: false,
        clientValidAfter: null,
        userEnabled: false,
        userValidAfter: null,
        consentEnabled: false,
        consentValidAfter: null,
      })
    })

    test('a device code is exchanged, answered again while that is unused, and never ends its grant', async () => {
      const grant = makeGrant(at.clock)
      await at.storage.grants.insert(grant)
      const ask = (change: Parameters<typeof makeSwap>[2] = {}) =>
        advance(makeSwap(grant, 0, { kind: 'device', lostAnswerWindow: 60_000, ...change }))
      const first = await ask()
      expect(first).toMatchObject({ outcome: 'advanced', grant: { state: 'live', step: 1, label: 'a phone' } })
      const row = (await at.other.grants.find(grant.id))?.grant
      expect(row?.expiresAt).toBe((row?.steppedAt ?? 0) + makeSwap(grant, 0).lifetime)
      at.clock.move(10_000)
      expect(await ask()).toEqual({ outcome: 'repeated', grant: row })
      at.clock.move(30_000)
      expect(await ask()).toMatchObject({ outcome: 'repeated', lost: true })
      expect((await advance(makeSwap(grant, 1))).outcome).toBe('advanced')
      expect(await ask()).toMatchObject({ outcome: 'spent', ended: false })
      expect((await at.other.grants.find(grant.id))?.grant).toMatchObject({ state: 'live', step: 2 })
      const { events } = await at.storage.audit.search(10, { type: 'credential_reused' })
      expect(events.filter(({ clientId }) => clientId === grant.clientId)).toEqual([])
    })

    test('a code is exchanged, its refresh token rotates, and the row remembers', async () => {
      const grant = makeGrant(at.clock)
      await at.storage.grants.insert(grant)
      const exchange = makeSwap(grant, 0)
      const first = await advance(exchange)
      expect(first.outcome).toBe('advanced')
      const row = (await at.other.grants.find(grant.id))?.grant
      expect(row).toEqual('grant' in first ? first.grant : undefined)
      expect(row).toMatchObject({ state: 'live', step: 1, generation: 2, label: 'a phone', attempt: exchange.attempt })
      expect(row?.expiresAt).toBe((row?.steppedAt ?? 0) + exchange.lifetime)
      expect((await advance(makeSwap(grant, 1))).outcome).toBe('advanced')
      expect((await at.other.grants.find(grant.id))?.grant.step).toBe(2)
    })

    test('a repeat inside the window changes nothing, outside of it ends the grant', async () => {
      const grant = await liveGrant(at.storage)
      const first = await advance(makeSwap(grant, 1))
      at.clock.move(20_000)
      const repeat = await at.other.grants.advance(makeSwap(grant, 1))
      expect(repeat).toEqual({ outcome: 'repeated', grant: 'grant' in first ? first.grant : undefined })
      at.clock.move(20_000)
      expect(await advance(makeSwap(grant, 1))).toMatchObject({ outcome: 'spent', ended: true })
      expect(await advance(makeSwap(grant, 2))).toEqual({ outcome: 'ended', reason: 'refresh_token_reused' })
      expect((await at.storage.grants.find(grant.id))?.grant).toMatchObject({
        state: 'ended',
        endReason: 'refresh_token_reused',
      })
    })

    test('after the window a repeat is answered alike while the answer was never used, and no longer than allowed', async () => {
      const hour = 3_600_000
      const lax = { lostAnswerWindow: 24 * hour }
      const [lost, used, late, moved] = await Promise.all(Array.from({ length: 4 }, () => liveGrant(at.storage)))
      if (!lost || !used || !late || !moved) throw new Error('four grants')
      const first = await advance(makeSwap(lost, 1))
      for (const grant of [used, late, moved]) await advance(makeSwap(grant, 1))
      await advance(makeSwap(moved, 2))
      at.clock.move(5 * hour)
      at.storage.grants.markUsed(used.id, at.storage.clock.now(), 2)
      expect(await advance(makeSwap(used, 1, lax))).toMatchObject({ outcome: 'spent', ended: true, used: true })
      expect(await advance(makeSwap(moved, 1, lax))).toMatchObject({ outcome: 'spent', ended: true, since: null })
      for (const storage of [at.storage, at.other]) {
        const repeat = await storage.grants.advance(makeSwap(lost, 1, lax))
        expect(repeat).toEqual({ outcome: 'repeated', grant: 'grant' in first && first.grant, lost: true })
      }
      expect((await advance(makeSwap(lost, 2, lax))).outcome).toBe('advanced')
      at.clock.move(19 * hour)
      expect(await advance(makeSwap(late, 1, lax))).toMatchObject({ outcome: 'spent', ended: true, used: false })
    })

    test('an answer with a token that is not seen here never counts as lost', async () => {
      const grant = await liveGrant(at.storage)
      await advance(makeSwap(grant, 1, { unseen: true }))
      at.clock.move(60_000)
      const again = await advance(makeSwap(grant, 1, { lostAnswerWindow: 120_000 }))
      expect(again).toMatchObject({ outcome: 'spent', ended: true, used: true })
    })

    test('a row of before the step that was seen was kept counts as used, and its successor does not', async () => {
      const lax = { lostAnswerWindow: 120_000 }
      const grant = await liveGrant(at.storage, { step: 4, usedStep: Number.MAX_SAFE_INTEGER })
      expect(await at.other.grants.advance(makeSwap(grant, 4, lax), grant)).toMatchObject({ outcome: 'advanced' })
      at.clock.move(60_000)
      expect(await advance(makeSwap(grant, 4, lax))).toMatchObject({ outcome: 'repeated', lost: true })
      const other = await liveGrant(at.storage, { step: 4, usedStep: Number.MAX_SAFE_INTEGER })
      const strict = { ...lax, replayWindow: 0 }
      expect(await advance(makeSwap(other, 3, strict))).toMatchObject({ outcome: 'spent', used: true })
    })

    test('where each refresh token has an age of its own, a step gives the next one as much, up to the whole', async () => {
      const day = 86_400_000
      const ages = { refreshTokenAge: 14 * 86_400, refreshTokenTtl: 20 * 86_400 }
      const context = { ...makeGrant(at.clock).context, ...ages }
      const grant = await liveGrant(at.storage, { context, expiresAt: at.storage.clock.now() + 14 * day })
      at.clock.move(3 * day)
      const first = await advance(makeSwap(grant, 1))
      expect(first.outcome).toBe('advanced')
      const row = (await at.other.grants.find(grant.id))?.grant
      expect(row?.expiresAt).toBe((row?.steppedAt ?? 0) + 14 * day)
      at.clock.move(10 * day)
      expect((await advance(makeSwap(grant, 2))).outcome).toBe('advanced')
      expect((await at.other.grants.find(grant.id))?.grant.expiresAt).toBe(grant.createdAt + 20 * day)
      at.clock.move(8 * day)
      expect((await advance(makeSwap(grant, 3))).outcome).toBe('expired')
    })

    test('what a caller has seen spares a read and decides nothing', async () => {
      const { grants } = at.storage
      const seen = await liveGrant(at.storage, { label: 'a phone' })
      const won = await grants.advance(makeSwap(seen, 1), seen)
      expect(won.outcome).toBe('advanced')
      expect((await at.other.grants.find(seen.id))?.grant).toEqual(won.outcome === 'advanced' && won.grant)
      expect((await grants.advance(makeSwap(seen, 1), seen)).outcome).toBe('repeated')
      expect((await at.other.grants.advance(makeSwap(seen, 2))).outcome).toBe('advanced')
      expect((await grants.advance(makeSwap(seen, 1), seen)).outcome).toBe('spent')

      const ended = await liveGrant(at.storage)
      await at.other.grants.end(ended.id, 'revoked_by_user')
      expect(await grants.advance(makeSwap(ended, 1), ended)).toMatchObject({ outcome: 'ended' })
      const gone = makeGrant(at.clock, { state: 'live', step: 1 })
      expect(await grants.advance(makeSwap(gone, 1), gone)).toEqual({ outcome: 'missing' })

      const raced = await liveGrant(at.storage)
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? at.storage : at.other).grants.advance(makeSwap(raced, 1), raced),
        ),
      )
      expect(outcomes.filter((one) => one.outcome === 'advanced')).toHaveLength(1)
      expect(outcomes.filter((one) => one.outcome === 'repeated')).toHaveLength(9)
    })

    test('what is ahead of the row, expired or unknown changes nothing', async () => {
      const grant = await liveGrant(at.storage)
      expect(await advance(makeSwap(grant, 5))).toEqual({ outcome: 'ahead' })
      expect(await advance(makeSwap(makeGrant(at.clock), 1))).toEqual({ outcome: 'missing' })
      const late = makeGrant(at.clock, { expiresAt: at.storage.clock.now() - 1 })
      await at.storage.grants.insert(late)
      expect(await advance(makeSwap(late, 0))).toEqual({ outcome: 'expired' })
      expect((await at.storage.grants.find(grant.id))?.grant).toEqual(grant)
    })

    test('a code used twice ends its grant while it is young, and nothing after ten minutes', async () => {
      const young = makeGrant(at.clock)
      const old = makeGrant(at.clock)
      for (const grant of [young, old]) {
        await at.storage.grants.insert(grant)
        await advance(makeSwap(grant, 0))
      }
      expect(await advance(makeSwap(young, 0))).toMatchObject({ outcome: 'spent', ended: true })
      at.clock.move(11 * 60_000)
      expect(await advance(makeSwap(old, 0))).toMatchObject({ outcome: 'spent', ended: false })
      expect((await at.storage.grants.find(old.id))?.grant.state).toBe('live')
    })

    test('the same attempt again is told that it won', async () => {
      const grant = await liveGrant(at.storage)
      const swap = makeSwap(grant, 1, { replayWindow: 0 })
      const [first, again] = [await advance(swap), await at.other.grants.advance(swap)]
      expect(first.outcome).toBe('advanced')
      expect(again).toEqual(first)
    })

    test('of fifty callers with one token exactly one moves the grant, twenty times over', async () => {
      for (let round = 0; round < 20; round++) {
        const grant = await liveGrant(at.storage)
        const racers = Array.from({ length: 50 }, (_, i) => (i % 2 ? at.storage : at.other))
        const outcomes = await Promise.all(racers.map((storage) => storage.grants.advance(makeSwap(grant, 1))))
        const count = (outcome: Advance['outcome']) => outcomes.filter((one) => one.outcome === outcome).length
        expect(count('advanced')).toBe(1)
        expect(count('repeated')).toBe(49)
        expect((await at.storage.grants.find(grant.id))?.grant.step).toBe(2)
      }
    })

    test('of fifty strict callers one wins and the first loser ends the grant', async () => {
      const grant = await liveGrant(at.storage)
      const racers = Array.from({ length: 50 }, (_, i) => (i % 2 ? at.storage : at.other))
      const outcomes = await Promise.all(
        racers.map((storage) => storage.grants.advance(makeSwap(grant, 1, { replayWindow: 0 }))),
      )
      expect(outcomes.filter((one) => one.outcome === 'advanced')).toHaveLength(1)
      expect(outcomes.filter((one) => one.outcome === 'spent' && one.ended)).toHaveLength(1)
      expect(outcomes.filter((one) => one.outcome === 'ended')).toHaveLength(48)
    })

    test('of fifty callers with one handle all get the same row', async () => {
      for (let round = 0; round < 20; round++) {
        const handle = randomBytes(32)
        const rows = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            (i % 2 ? at.storage : at.other).grants.insertByHandle({ ...makeGrant(at.clock), handle }),
          ),
        )
        expect(new Set(rows.map((row) => row.id.toString('hex'))).size).toBe(1)
        expect((await at.storage.grants.findByHandle(handle))?.grant).toEqual(rows[0])
      }
    })

    test('one bad item does not fail the strangers in its batch', async () => {
      const good = Array.from({ length: 10 }, () => makeGrant(at.clock))
      const broken = makeGrant(at.clock, { label: 'nul \u0000 here' })
      const half = makeGrant(at.clock, { label: 'half \ud800 a pair' })
      const taken = makeGrant(at.clock, { handle: randomBytes(32) })
      await at.storage.grants.insert(taken)
      const twin = makeGrant(at.clock, { handle: taken.handle })
      const results = await Promise.allSettled(
        [...good, broken, half, twin].map((grant) => at.storage.grants.insert(grant)),
      )
      expect(results.map((result) => result.status)).toEqual([
        ...good.map(() => 'fulfilled'),
        'rejected',
        'rejected',
        'rejected',
      ])
      const grant = await liveGrant(at.storage)
      await expect(advance(makeSwap(grant, 1, { label: '\u0000' }))).rejects.toThrow(TypeError)
      for (const one of good) expect(await at.storage.grants.find(one.id)).toBeDefined()
      expect((await at.storage.grants.find(grant.id))?.grant.step).toBe(1)
    })

    test('end answers true to exactly one caller', async () => {
      const grant = await liveGrant(at.storage)
      const told = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? at.storage : at.other).grants.end(grant.id, 'revoked_by_user')),
      )
      expect(told.filter(Boolean)).toHaveLength(1)
      expect(await at.storage.grants.end(randomBytes(16), 'revoked_by_user')).toBe(false)
      expect(await advance(makeSwap(grant, 1))).toEqual({ outcome: 'ended', reason: 'revoked_by_user' })
      expect((await at.storage.grants.find(grant.id))?.grant.endedAt).not.toBeNull()
    })

    test('rekey moves a grant to a newer generation alone, without a step, and never back', async () => {
      const grant = await liveGrant(at.storage, { generation: 2 })
      const told = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 ? at.storage : at.other).grants.rekey(grant.id, 3)),
      )
      expect(told.filter(Boolean)).toHaveLength(1)
      expect(await at.other.grants.rekey(grant.id, 2)).toBe(false)
      expect((await at.storage.grants.find(grant.id))?.grant).toEqual({ ...grant, generation: 3 })
      // A swap that was decided on before still finds its step.
      expect((await at.storage.grants.advance(makeSwap(grant, 1, { generation: 3 }), grant)).outcome).toBe('advanced')
      await at.storage.grants.end(grant.id, 'revoked_by_user')
      expect(await at.storage.grants.rekey(grant.id, 4)).toBe(false)
      expect(await at.storage.grants.rekey(randomBytes(16), 4)).toBe(false)
    })
  })
}
