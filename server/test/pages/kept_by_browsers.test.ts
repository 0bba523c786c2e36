/**
 * What a browser keeps for us and what people are invited to: shown or taken once, by whom it is for, on whichever server,
 * and by nobody who alters it, swaps it for another of our sealed values, or was not meant.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientId } from '../../src/protocol/names.ts'
import { alterations } from '../support/alter.ts'
import { authorizeUrl, hiddenFields, type Page, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, alicePassword, callback, type Harness, issuer } from '../support/harness.ts'
import { registerApp, signedIn } from './developer.ts'

const flashName = 'consentry-flash'
const deviceName = 'consentry-device'

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let alice: TestBrowser
  let bob: TestBrowser
  beforeAll(async () => {
    servers = await driver.servers({ settings: { appRegistration: 'approval' } })
    h = servers.h
    for (const name of ['alice', 'bob', 'carol']) await addAccount(h, name)
    alice = await signedIn(h, 'alice')
    bob = await signedIn(h, 'bob')
  })
  afterAll(() => servers.close())

  const formToken = async (browser: TestBrowser) => hiddenFields(await browser.get('/logout')).csrf ?? ''
  const send = async (browser: TestBrowser, path: string, fields: Record<string, string>) =>
    browser.post(path, { csrf: await formToken(browser), ...fields })

  /** The same cookies at a server. */
  function copy(of: TestBrowser, at: Pick<Harness, 'app'> = h): TestBrowser {
    const browser = testBrowser(at.app)
    for (const [name, value] of of.cookies) browser.cookies.set(name, value)
    return browser
  }

  async function sealedRequest(browser: TestBrowser): Promise<string> {
    const client = await addClient(h)
    return new URL((await browser.get(authorizeUrl(client))).location ?? '', issuer).searchParams.get('request') ?? ''
  }

  describe('a secret that is shown once', () => {
    const secretIn = (page: Page) => /id="(?:client-secret|subscription-key)"[^>]*>\s*([^<\s]+)/.exec(page.body)?.[1]

    /** Something with a secret: where it is shown, and the cookie that holds it. */
    const makes: Record<string, () => Promise<Page>> = {
      'of a new app': () =>
        send(alice, '/developer/apps/new', { name: 'Meter', kind: 'web', redirect_uris: callback, scope: 'basic' }),
      'that is added': async () => {
        const { id } = await registerApp(alice)
        return send(alice, `/developer/apps/${id}/secrets`, { name: 'second' })
      },
      'of a new key': () => send(alice, '/developer/keys', { name: 'Meter' }),
    }

    test.each(Object.entries(makes))('%s', async (_what, make) => {
      const { location = '' } = await make()
      const flash = alice.cookies.get(flashName) ?? ''
      alice.cookies.delete(flashName)
      const shows = async (browser: TestBrowser, cookie = flash, at = location) => {
        browser.cookies.set(flashName, cookie)
        return secretIn(await browser.get(at))
      }
      for (const { what, text } of alterations(flash).filter((_, at) => at % 5 === 0)) {
        expect(await shows(copy(alice), encodeURI(text)), what).toBeUndefined()
      }
      const others: Record<string, string> = {
        'a request under way': await sealedRequest(alice),
        'a known browser': alice.cookies.get(deviceName) ?? '',
        'the session': alice.cookies.get('consentry-session') ?? '',
      }
      for (const [what, text] of Object.entries(others)) expect(await shows(copy(alice), text), what).toBeUndefined()
      expect(await shows(copy(bob)), 'another person').toBeUndefined()
      expect(await shows(await signedIn(h, 'alice')), 'another session of the person').toBeUndefined()
      expect(await shows(copy(alice), flash, '/developer/apps/new'), 'another page').toBeUndefined()
      const twice = [...alice.cookies, [flashName, flash], [flashName, flash]].map((pair) => pair.join('=')).join('; ')
      expect(secretIn(await copy(alice).get(location, { cookie: twice })), 'two cookies of one name').toBeUndefined()
      // After a restart it is shown, once, and at no other server again.
      const restarted = await servers.another()
      expect((await shows(copy(alice, restarted)))?.length).toBeGreaterThan(20)
      for (const node of [restarted, ...servers.nodes]) expect(await shows(copy(alice, node))).toBeUndefined()
      await restarted.close()
    })
  })

  test('a browser is known by its own cookie alone, and still after a restart', async () => {
    const known = alice.cookies.get(deviceName) ?? ''
    const bobs = bob.cookies.get(deviceName) ?? ''
    const restarted = await servers.another()
    for (let i = 0; i < 100; i++) h.context.throttle.fail('address', '127.0.0.1')
    const signIn = async (cookie: string, at: Pick<Harness, 'app'> = h) => {
      const browser = testBrowser(at.app)
      const form = hiddenFields(await browser.get('/login'))
      if (cookie !== '') browser.cookies.set(deviceName, cookie)
      return (await browser.post('/login', { ...form, username: 'alice', password: alicePassword })).status
    }
    expect(await signIn('')).toBe(429)
    for (const { what, text } of alterations(known).filter((_, at) => at % 5 === 0)) {
      expect(await signIn(encodeURI(text)), what).toBe(429)
    }
    for (const [what, text] of [
      ['another person’s', bobs],
      ['a request under way', await sealedRequest(alice)],
      ['a session', alice.cookies.get('consentry-session') ?? ''],
    ] as const) {
      expect(await signIn(text), what).toBe(429)
    }
    expect(await signIn(known)).toBe(303)
    expect(await signIn(known, restarted)).toBe(303)
    await restarted.close()
    h.clock.move(600_001)
  })

  describe('an invitation', () => {
    let appId: ClientId
    let key: string
    beforeAll(async () => {
      appId = (await registerApp(alice)).id
      await send(alice, '/developer/keys', { name: 'Shared' })
      key = [...(await alice.get('/developer/keys')).body.matchAll(/data-key="([^"]+)"/g)].at(-1)?.[1] ?? ''
    })

    const kinds = {
      'to share a key': {
        path: () => `/developer/keys/${key}`,
        invite: (username: string) => send(alice, `/developer/keys/${key}/collaborators`, { username }),
        withdraw: (username: string) => send(alice, `/developer/keys/${key}/invitations/remove`, { username }),
        answer: (who: TestBrowser, answer: string) => send(who, `/developer/keys/${key}/answer`, { answer }),
        taken: async (who: TestBrowser) =>
          (await who.get('/developer/keys')).body.includes(`/developer/keys/${key}/leave`),
      },
      'to test an app': {
        path: () => `/developer/apps/${appId}/testers`,
        invite: (username: string) => send(alice, `/developer/apps/${appId}/testers`, { username }),
        withdraw: (username: string) => send(alice, `/developer/apps/${appId}/testers/remove`, { username }),
        answer: (who: TestBrowser, answer: string) =>
          send(who, '/account/apps/invitations', { client_id: appId, answer }),
        taken: async (who: TestBrowser) => {
          const asked = await who.follow(await who.get(authorizeUrl(appId, { scope: 'basic' })))
          return asked.body.includes('id="consent-allow"')
        },
      },
    } as const

    test.each(Object.values(kinds).map((kind, at) => [Object.keys(kinds)[at] ?? '', kind] as const))(
      '%s is answered by the one who was invited, once, while it stands',
      async (_what, kind) => {
        const carol = await signedIn(h, 'carol')
        // The same for somebody and for nobody, at first and again.
        const answers: string[][] = []
        for (const username of ['bob', 'nobody-at-all']) {
          const first = await kind.invite(username)
          const again = await kind.invite(username)
          const page = await alice.get(kind.path())
          const shown = (of: Page) =>
            of.body
              .replaceAll(username, 'NAME')
              .replaceAll(/value="[^"]{20,}"/g, '')
              .replaceAll(/id="request-id">[^<]*/g, '')
          answers.push([
            String(first.status),
            String(again.status),
            shown(again).replaceAll('bob', 'NAME'),
            String(page.status),
          ])
          await kind.withdraw(username)
        }
        expect(answers[0]).toEqual(answers[1])
        // Nobody else may answer it.
        await kind.invite('bob')
        for (const who of [carol, alice]) {
          expect((await kind.answer(who, 'accepted')).status).toBeGreaterThanOrEqual(400)
        }
        expect([await kind.taken(carol), await kind.taken(bob)]).toEqual([false, false])
        expect((await kind.answer(bob, 'whatever')).status).toBe(400)
        // Withdrawn, it is gone.
        expect((await kind.withdraw('bob')).status).toBe(303)
        expect((await kind.answer(bob, 'accepted')).status).toBeGreaterThanOrEqual(400)
        expect(await kind.taken(bob)).toBe(false)
        await kind.invite('bob')
        expect((await kind.answer(bob, 'accepted')).status).toBe(303)
        expect(await kind.taken(bob)).toBe(true)
        // Whoever signs up under a name that was invited before is not who was meant.
        await kind.invite('later')
        h.clock.move(600_001)
        await addAccount(h, 'later')
        const later = await signedIn(h, 'later')
        expect((await kind.answer(later, 'accepted')).status).toBeGreaterThanOrEqual(400)
        expect(await kind.taken(later)).toBe(false)
        await h.storage.accounts.erase((await h.storage.accounts.findByLogin('later'))?.id ?? 'usr_')
      },
    )
  })
})
