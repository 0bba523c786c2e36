/** Subscription keys in the operator's document: what an entry changes, what it leaves alone, and what it opens. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKey, findOwnKey, listDeveloperKeys, rotateKey } from '../../src/engine/developer/developer_keys.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { maySignIn } from '../../src/runtime/kept/subscription_keys.ts'
import type { Account } from '../../src/storage/contract.ts'
import { addAccount, addSubscriptionKey, byCommand, type Harness, harness } from '../support/harness.ts'

const key = '0123456789abcdefghijklmnopqrstuv'
const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const

describe('subscription keys by apply', () => {
  let h: Harness
  let alice: Account
  let bob: Account
  beforeEach(async () => {
    h = await harness()
    alice = await addAccount(h)
    bob = await addAccount(h, 'bob')
  })
  afterEach(() => h.close())

  async function apply(entries: readonly unknown[], options: { prune?: boolean } = {}): Promise<string[]> {
    const document = parseDocument(JSON.stringify({ subscription_keys: entries }))
    const changes = await planApply(h.context, document, options)
    await executeApply(h.context, byCommand, changes)
    return changes.map(({ action, members }) => [action, ...members].join(' '))
  }

  const find = (text: string | undefined) => h.context.subscriptionKeys.find(text)

  async function outcome(text: string | undefined): Promise<string> {
    return (await find(text)).outcome
  }

  test('a key admits its owner, and whom the entry names', async () => {
    expect(await apply([{ key, owner: 'alice', name: 'Meter', collaborators: ['bob'] }])).toEqual(['create'])
    const carol = await addAccount(h, 'carol')
    const found = await find(key)
    if (found.outcome !== 'ok') throw new Error(found.outcome)
    expect(found.key).toMatchObject({ name: 'Meter', owner: alice.id, openToAll: false })
    expect([alice, bob, carol].map(({ id }) => maySignIn(found.key, id))).toEqual([true, true, false])
    expect(await apply([{ key, owner: 'alice', open_to: 'all' }])).toEqual(['update open_to'])
    const open = await find(key)
    expect(open.outcome === 'ok' && maySignIn(open.key, carol.id)).toBe(true)
    expect(await apply([{ key, owner: 'alice', open_to: 'team' }])).toEqual(['update open_to'])
    const shut = await find(key)
    expect(shut.outcome === 'ok' && maySignIn(shut.key, carol.id)).toBe(false)
  })

  test('no key, an unknown one and one that is switched off are told apart', async () => {
    await apply([{ key, owner: 'alice' }])
    expect(await outcome(undefined)).toBe('missing')
    expect(await outcome('')).toBe('missing')
    for (const unknown of [other, key.slice(1), `${key}0`, key.toUpperCase(), `${key.slice(1)}\0`, 'ä'.repeat(32)]) {
      expect(await outcome(unknown), unknown).toBe('unknown')
    }
    expect(await outcome(key)).toBe('ok')
    expect(await apply([{ key, owner: 'alice', disabled: true }])).toEqual(['update disabled'])
    expect(await outcome(key)).toBe('disabled')
    expect(await apply([{ key, owner: 'alice' }])).toEqual([])
    expect(await outcome(key)).toBe('disabled')
    expect(await apply([{ key, owner: 'alice', disabled: false }])).toEqual(['update disabled'])
    expect(await outcome(key)).toBe('ok')
  })

  test('a key stops with the account of its owner, within five seconds', async () => {
    await apply([{ key, owner: 'alice' }])
    expect(await outcome(key)).toBe('ok')
    await h.storage.accounts.update(alice.id, { enabled: false })
    h.clock.move(5000)
    expect(await outcome(key)).toBe('disabled')
  })

  test('what an entry does not name stays as it is, and the same document again changes nothing', async () => {
    const entry = { key, owner: 'alice', name: 'Meter', collaborators: ['bob'], open_to: 'all', disabled: true }
    await apply([entry])
    expect(await apply([entry])).toEqual([])
    expect(await apply([{ key, owner: 'alice' }])).toEqual([])
    expect(await apply([{ key, owner: 'bob', disabled: false }])).toEqual(['update owner disabled collaborators'])
    expect(await find(key)).toMatchObject({
      outcome: 'ok',
      key: { name: 'Meter', owner: bob.id, collaborators: [], openToAll: true },
    })
    expect(await listDeveloperKeys(h.context, alice)).toEqual([])
    expect(await listDeveloperKeys(h.context, bob)).toMatchObject([{ name: 'Meter', sharedBy: undefined }])
  })

  test('a key that was stored with its owner alone works, and is completed by the next apply', async () => {
    await addSubscriptionKey(h, key, alice.id)
    expect(await outcome(key)).toBe('ok')
    expect(await apply([{ key, owner: 'alice' }])).toEqual(['update start'])
    expect(await apply([{ key, owner: 'alice' }])).toEqual([])
    expect(await listDeveloperKeys(h.context, alice)).toMatchObject([{ start: '0123', name: '' }])
  })

  test('a document does not undo a rotation, and names the key by its new text too', async () => {
    await apply([{ key, owner: 'alice' }])
    const handle = (await listDeveloperKeys(h.context, alice))[0]?.handle ?? ''
    const own = await findOwnKey(h.context, alice, handle)
    const rotated = await rotateKey(h.context, { account: alice, caller }, own?.id ?? '', 'none')
    if (rotated.problem !== undefined) throw new Error(JSON.stringify(rotated.problem))
    expect(await apply([{ key, owner: 'alice' }])).toEqual([])
    expect([await outcome(key), await outcome(rotated.key)]).toEqual(['unknown', 'ok'])
    expect(await apply([{ key: rotated.key, owner: 'alice', name: 'New' }], { prune: true })).toEqual(['update name'])
    expect([await outcome(key), await outcome(rotated.key)]).toEqual(['unknown', 'ok'])
    await expect(
      apply([
        { key, owner: 'alice' },
        { key: rotated.key, owner: 'alice' },
      ]),
    ).rejects.toThrow('subscription_keys[1].key: is subscription_keys[0], rotated since')
  })

  test('--prune removes keys that the section does not name, whoever made them, and all that belongs to them', async () => {
    const made = await createKey(h.context, { account: alice, caller }, 'by hand')
    if (made.problem !== undefined) throw new Error(JSON.stringify(made.problem))
    await apply([{ key, owner: 'alice', collaborators: ['bob'] }])
    expect(await apply([{ key: other, owner: 'bob' }])).toEqual(['create'])
    expect(await outcome(made.key)).toBe('ok')
    expect((await apply([{ key: other, owner: 'bob' }], { prune: true })).sort()).toEqual(['remove', 'remove'])
    expect([await outcome(made.key), await outcome(key), await outcome(other)]).toEqual(['unknown', 'unknown', 'ok'])
    expect(await listDeveloperKeys(h.context, alice)).toEqual([])
    expect(await listDeveloperKeys(h.context, bob)).toHaveLength(1)
  })

  test('a dry run changes nothing, and problems name their place', async () => {
    await planApply(h.context, parseDocument(JSON.stringify({ subscription_keys: [{ key, owner: 'alice' }] })))
    expect(await outcome(key)).toBe('unknown')
    await expect(apply([{ key, owner: 'alice', collaborators: ['bob', 'zoe'] }])).rejects.toThrow(
      'subscription_keys[0].collaborators[1]: is nobody in the document or the database',
    )
    await expect(apply([{ key, owner: 'alice', open_to: 'everybody' }])).rejects.toThrow('subscription_keys[0].open_to')
    await expect(apply([{ key: `${key}0`, owner: 'alice' }])).rejects.toThrow('must be 32 letters and digits')
    expect(await outcome(key)).toBe('unknown')
  })

  test('the audit log names members and never the key', async () => {
    await apply([{ key, owner: 'alice', disabled: true }])
    const events = await h.storage.audit.list(10)
    expect(events[0]).toMatchObject({ type: 'applied', detail: { kind: 'subscription_key' } })
    expect(JSON.stringify(events)).not.toContain(key.slice(0, 12))
  })
})
