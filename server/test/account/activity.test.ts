/** /account/activity: what the holder of an account may see of the audit log, each event in a sentence. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setUserPassword } from '../../src/engine/operator/people.ts'
import { auditEvents, type HolderAuditType } from '../../src/protocol/audit_events.ts'
import { auditEvent } from '../../src/runtime/act.ts'
import type { Account } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
import { all, byId, named, read, textOf } from '../pages/markup.ts'
import {
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, harness } from '../support/harness.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'

let h: Harness
let alice: Account
let browser: TestBrowser
beforeEach(async () => {
  h = await harness()
  alice = await addAccount(h)
  browser = await signedIn('alice')
})
afterEach(() => h.close())

async function signedIn(username: string): Promise<TestBrowser> {
  const fresh = testBrowser(h.app)
  await signInOn(fresh, await fresh.get('/login'), username, alicePassword)
  return fresh
}

async function shown(path = '/account/activity', one = browser): Promise<Page> {
  await h.context.audit.flush()
  return one.get(path)
}

interface Line {
  readonly type: string | undefined
  readonly text: string
}

function linesOf(page: Page): Line[] {
  expect(page.status).toBe(200)
  return all(read(page.body))
    .filter((element) => 'data-type' in element.attributes)
    .map((element) => ({ type: element.attributes['data-type'], text: textOf(element) }))
}

const typesOf = (page: Page) => linesOf(page).map(({ type }) => type)

describe('activity', () => {
  test('every type that a holder may read of has a sentence, with names and without, that names no type', () => {
    const types = (Object.keys(auditEvents) as (keyof typeof auditEvents)[]).filter((type) =>
      (auditEvents[type].seenBy as readonly string[]).includes('account_holder'),
    )
    expect(Object.keys(en.activity.sentences).sort()).toEqual([...types].sort())
    for (const type of types as HolderAuditType[]) {
      for (const names of [
        { own: true },
        { own: false, app: 'Meadow', provider: 'Google', sessions: 3, ended: true },
      ]) {
        const sentence = en.activity.sentences[type](names)
        expect(sentence, type).toMatch(/^[A-Z].*\.$/)
        expect(sentence, type).not.toMatch(/undefined|_/)
      }
    }
  })

  test('every type is shown as a line of the page, whatever its detail', async () => {
    const types = Object.keys(en.activity.sentences) as HolderAuditType[]
    await h.storage.audit.append(
      types.map((type) => ({ ...auditEvent(h.clock.now(), 'signed_out', { subject: alice.id }), type })),
    )
    const seen = new Set<string | undefined>()
    for (const kind of ['sign_ins', 'apps', 'account']) {
      for (const type of typesOf(await shown(`/account/activity?show=${kind}`))) seen.add(type)
    }
    expect(seen).toEqual(new Set(types))
  })

  test('says what was done with which app, when, and from where, the newest first', async () => {
    const client = await addClient(h)
    h.clock.move(1000)
    await authorize(h.app, authorizeUrl(client, { scope: 'basic' }), { browser })
    h.clock.move(1000)
    const desk = testBrowser(h.app)
    const fields = { ...hiddenFields(await desk.get('/login')), username: 'alice', password: 'not it' }
    await desk.post('/login', fields, { 'user-agent': firefox })
    const lines = linesOf(await shown())
    expect(lines.map(({ type }) => type)).toEqual(['sign_in_failed', 'consent_given', 'signed_in'])
    expect(lines[0]?.text).toMatch(/UTCSomebody tried to sign in with a wrong password\.Firefox on Linux127\.0\.0\.1$/)
    expect(lines[1]?.text).toContain('You allowed \u2068Meadow Journal\u2069 to use your account.')
  })

  test('an app that is gone is told as such, and what it was called is not', async () => {
    const client = await addClient(h)
    h.clock.move(1000)
    await authorize(h.app, authorizeUrl(client, { scope: 'basic' }), { browser })
    await h.storage.clients.delete(client.id)
    h.context.clients.forget()
    expect(linesOf(await shown())[0]?.text).toContain('You allowed an app that no longer exists to use your account.')
  })

  test('what the operator did is shown without where it came from', async () => {
    await setUserPassword(h.context, byCommand, alice.id, alicePassword)
    const caller = { address: '203.0.113.9', userAgent: firefox, requestId: 'r' }
    const by = { actor: 'usr_admin', subject: alice.id, caller } as const
    await h.storage.audit.append([auditEvent(h.clock.now(), 'user_enabled', by)])
    const page = await shown('/account/activity', await signedIn('alice'))
    expect(textOf(read(page.body))).toContain('The operator set your password.')
    expect(linesOf(page).find(({ type }) => type === 'user_enabled')?.text).toMatch(/enabled your account\.$/)
    expect(page.body).not.toContain('203.0.113.9')
  })

  test('nobody sees what others did', async () => {
    await addAccount(h, 'bob')
    const bob = await signedIn('bob')
    expect(typesOf(await shown('/account/activity', bob))).toEqual(['signed_in'])
  })

  test('is narrowed to one kind, and goes on from page to page until the first event', async () => {
    await h.storage.audit.append(
      Array.from({ length: 120 }, (_, i) =>
        auditEvent(h.clock.now(), i % 2 ? 'password_changed' : 'grant_revoked', { subject: alice.id }),
      ),
    )
    const apps = await shown('/account/activity?show=apps')
    expect(new Set(typesOf(apps))).toEqual(new Set(['grant_revoked']))
    const seen: number[] = []
    for (let path: string | undefined = '/account/activity?show=account'; path !== undefined; ) {
      const page = await shown(path)
      seen.push(linesOf(page).length)
      const next = named(byId(read(page.body), 'content'), 'a').find((one) => one.attributes.rel === 'next')
      path = next?.attributes.href
    }
    expect(seen).toEqual([50, 10])
    const empty = await shown('/account/activity?show=apps&before=1')
    expect(textOf(read(empty.body))).toContain('Nothing of this kind')
  })

  test('an address that is not one of ours is unclear, and asks for nothing', async () => {
    for (const query of ['show=passwords', 'before=0', 'before=-1', 'before=x', 'before=1e9']) {
      expect((await shown(`/account/activity?${query}`)).status, query).toBe(400)
    }
  })
})
