/** Names of apps and people: they can be seen and told apart, and pose neither as the server nor as a verified app. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyApp } from '../../src/engine/operator/apps.ts'
import { lettersProblem, looksLike } from '../../src/protocol/visible_name.ts'
import { hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, harness } from '../support/harness.ts'
import { registerApp, sendAppForm, signedIn } from './developer.ts'

let h: Harness
let dev: TestBrowser
beforeEach(async () => {
  h = await harness()
  await addAccount(h)
  dev = await signedIn(h)
})
afterEach(() => h.close())

async function signUp(username: string) {
  const browser = testBrowser(h.app)
  const form = hiddenFields(await browser.get('/signup'))
  return browser.post('/signup', { ...form, username, email: 'new@example.com', password: alicePassword })
}

describe('an app', () => {
  test.each([
    ['nothing that can be seen', '\u3164'],
    ['a letter that cannot be seen', 'Mea\u3164dow'],
    ['a zero-width space', 'Mea\u200bdow'],
    ['a change of direction', 'Meadow\u202egpj'],
    ['blank braille', 'Meadow\u2800'],
    ['only signs', '***'],
    ['a check mark', 'Meadow \u2713'],
    ['a heavy check mark', 'Meadow \u2714 verified'],
    ['a ballot box', '\u2611 Meadow'],
    ['two alphabets in a word', 'Me\u0430dow'],
    ['the server’s name', 'Consentry Account Security'],
    ['the server’s name in other letters', 'C\u043ens\u0435ntry'],
    ['the server’s name with marks', 'Cönsentry'],
    ['the server’s name spaced out', 'C o n s e n t r y'],
    ['a team of the server', 'Meadow Security Team'],
    ['a claim to be official', 'Official Meadow'],
    ['a claim with a look-alike', 'OfficiaI Meadow'],
    ['more than a name', 'a'.repeat(101)],
  ])('is not called %s', async (_what, name) => {
    const page = await sendAppForm(dev, { name })
    expect([page.status, page.body.includes('id="app-form"')]).toEqual([400, true])
    const app = await registerApp(dev)
    const path = `/developer/apps/${app.id}`
    const csrf = hiddenFields(await dev.get(`${path}/settings`)).csrf ?? ''
    expect((await dev.post(`${path}/settings/name`, { csrf, name })).status).toBe(400)
    expect((await dev.post(`${path}/settings/details`, { csrf, publisher: name })).status).toBe(400)
  })

  test.each([
    'Meadow Journal',
    'Журнал луга',
    '牧草地日記',
    'Café Zürich 2',
    'Unofficial notes',
    '草原 Journal',
    'يوميات',
  ])('may be called %s', async (name) => {
    expect((await sendAppForm(dev, { name })).status).toBe(200)
  })

  test('is not called like one that is verified or the operator’s own, except that one itself', async () => {
    const verified = await registerApp(dev, { name: 'Paypal Diary' })
    await verifyApp(h.context, byCommand, verified.id, 'Dana')
    await addClient(h, { client_name: 'Northfield Home', first_party: true })
    for (const name of ['PayPaI Diary', 'paypal-diary', 'N\u03bfrthfield Home', 'Northfield  home']) {
      expect((await sendAppForm(dev, { name })).status).toBe(400)
    }
    const path = `/developer/apps/${verified.id}`
    const csrf = hiddenFields(await dev.get(`${path}/settings`)).csrf ?? ''
    expect((await dev.post(`${path}/settings/name`, { csrf, name: 'PayPal Diary' })).status).toBe(303)
  })

  test('of an operator may be called after the server', async () => {
    await addAccount(h, 'root.owner', { roles: ['owner'] })
    expect((await sendAppForm(await signedIn(h, 'root.owner'), { name: 'Consentry Status' })).status).toBe(200)
  })
})

describe('a person', () => {
  test.each(['\u3164', 'm\u0430ria', 'admin', 'Operat0r', 'security-team', 'consentry', 'c0nsentry', 'official'])(
    'who signs up is not called %s',
    async (username) => {
      const page = await signUp(username)
      expect([page.status, page.body.includes('id="signup-form"')]).toEqual([400, true])
    },
  )

  test('is not called so that they are taken for somebody who runs the server', async () => {
    await addAccount(h, 'paula', { roles: ['admin'] })
    expect((await signUp('pau1a')).status).toBe(400)
    expect((await signUp('paul')).status).toBe(303)
  })
})

test('letters are compared as they look', () => {
  expect(looksLike('paypal', 'раураl')).toBe(true)
  expect(looksLike('rnodern', 'modern')).toBe(true)
  expect(looksLike('meadow', 'meadows')).toBe(false)
  expect(lettersProblem('日本語カタカナひらがな')).toBeUndefined()
})
