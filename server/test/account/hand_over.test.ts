/** Apps of somebody who closes their account: handed to another account that accepts them, before it can be closed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerApp, signedIn } from '../pages/developer.ts'
import { hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, type Harness } from '../support/harness.ts'

const day = 86_400_000

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let h: Harness
  let alices: TestBrowser
  let bobs: TestBrowser
  beforeAll(async () => {
    servers = await driver.servers()
    h = servers.h
    for (const name of ['alice', 'bob', 'mallory']) await addAccount(h, name)
    alices = await signedIn(h)
    bobs = await signedIn(h, 'bob')
  })
  afterAll(() => servers.close())

  const idOf = async (name: string) => (await h.storage.accounts.findByLogin(name))?.id
  const send = async (browser: TestBrowser, path: string, fields: Record<string, string> = {}) =>
    browser.post(path, { ...hiddenFields(await browser.get('/logout')), ...fields })
  /** The path of the link that the page shows after an offer. */
  const offer = async (clientId: string, username: string) => {
    const sent = await send(alices, '/account/close/hand-over', { client_id: clientId, username })
    expect(sent.status).toBe(303)
    const page = await alices.follow(sent)
    return /\/account\/take-over\/[A-Za-z0-9_-]+/.exec(page.body)?.[0] ?? ''
  }

  test('an app is offered by username, accepted by that account alone and once, and then the other can be closed', async () => {
    const app = await registerApp(alices)
    await h.storage.clients.amend(app.id, () => ({ verification: { at: 1, by: 'tester', form: {} } }))
    const page = await alices.get('/account/close')
    expect(page.body).toContain(`data-app="${app.id}"`)
    expect(page.body).not.toContain('id="close-form"')
    const link = await offer(app.id, 'bob')
    expect((await alices.get('/account/close')).body).not.toContain(link)

    const signIn = await testBrowser(h.app).get(link)
    expect(signIn.location).toBe(`/login?next=${encodeURIComponent(link)}`)
    const mallory = await signedIn(h, 'mallory')
    expect((await mallory.get(link)).status).toBe(404)
    expect((await send(mallory, link)).status).toBe(404)
    expect((await alices.get(link)).status).toBe(404)

    expect((await bobs.get(link)).body).toContain('Take over this app from alice?')
    expect((await send(bobs, link)).location).toBe(`/developer/apps/${app.id}`)
    expect(await h.storage.clients.find(app.id)).toMatchObject({ ownerId: await idOf('bob'), verification: null })
    expect((await send(bobs, link)).status).toBe(404)
    const [event] = await h.storage.audit.list(1)
    expect(event).toMatchObject({ type: 'app_taken_over', actor: await idOf('bob'), subject: await idOf('alice') })
    expect((await alices.get('/account/activity')).body).toContain(
      'was taken over by the account that you offered it to',
    )
    expect((await alices.get('/account/close')).body).toContain('id="close-form"')
  })

  test('the answer is the same for a username that nobody has; what cannot be one is said', async () => {
    const app = await registerApp(alices)
    const link = await offer(app.id, 'nobody-at-all')
    expect(link).not.toBe('')
    expect((await bobs.get(link)).status).toBe(404)
    const wrong = await send(alices, '/account/close/hand-over', { client_id: app.id, username: 'not a name!' })
    expect(wrong.status).toBe(400)
    expect(wrong.body).toContain('value="not a name!"')
    expect((await send(bobs, '/account/close/hand-over', { client_id: app.id, username: 'bob' })).status).toBe(404)
    expect((await h.storage.clients.find(app.id))?.ownerId).toBe(await idOf('alice'))
  })

  test('a link ends after seven days, with the account of who made it, and needs a recent sign-in', async () => {
    const app = await registerApp(alices)
    const link = await offer(app.id, 'bob')
    h.clock.move(7 * day + 1)
    bobs = await signedIn(h, 'bob')
    expect((await bobs.get(link)).status).toBe(404)

    alices = await signedIn(h)
    // A new password ends what somebody else may have offered in the owner's name.
    const stolen = await offer(app.id, 'bob')
    h.clock.move(1000)
    await h.storage.accounts.update((await idOf('alice')) ?? 'usr_', { validAfter: h.clock.now() })
    expect((await bobs.get(stolen)).status).toBe(404)
    expect((await send(bobs, stolen)).status).toBe(404)

    alices = await signedIn(h)
    const second = await offer(app.id, 'bob')
    h.clock.move(11 * 60_000)
    const late = await send(alices, '/account/close/hand-over', { client_id: app.id, username: 'bob' })
    expect(late.status).toBe(403)
    await h.storage.accounts.update((await idOf('alice')) ?? 'usr_', { enabled: false })
    expect((await bobs.get(second)).status).toBe(404)
    expect((await send(bobs, second)).status).toBe(404)
  })
})
