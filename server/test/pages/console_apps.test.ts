/** The console's pages about apps, through the front door. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'

let h: Harness
let admin: TestBrowser
beforeAll(async () => {
  h = await harness()
  await addAccount(h, 'admin', { roles: ['admin'] })
  admin = testBrowser(h.app)
  await signInOn(admin, await admin.get('/login'), 'admin')
})
afterAll(() => h.close())

/** The fields of the form that has the button of this id, or that has the id itself, and where it goes. */
function formOf(page: Page, id: string): { readonly action: string; readonly fields: Record<string, string> } {
  const forms = [...page.body.matchAll(/<form[^>]*action="([^"]*)".*?<\/form>/gs)]
  const [html = '', action = ''] = forms.find(([one]) => one.includes(`id="${id}"`)) ?? []
  return { action, fields: hiddenFields({ ...page, body: html }) }
}

const statusOf = async (id: string) => (await h.storage.clients.find(id))?.status

test('apps are found by name, ID and owner, and those that wait are approved from the list, as they were shown', async () => {
  const owner = await addAccount(h, 'tideowner')
  const { id } = await addClient(h, { client_name: 'Tide Table' }, { id: 'client-1', ownerId: owner.id })
  await addClient(h, { client_name: 'Other' })
  await h.storage.clients.amend(id, () => ({ status: 'pending' }))
  for (const q of ['tide t', 'client-', 'tideown']) {
    const page = await admin.get(`/admin/apps?q=${encodeURIComponent(q)}`)
    expect(
      [...page.body.matchAll(/<tr data-client="([^"]*)" data-status="([^"]*)"/g)].map((found) => found.slice(1)),
    ).toEqual([[id, 'pending']])
  }
  const page = await admin.get('/admin/apps?show=waiting')
  const { action, fields } = formOf(page, `approve-${id}`)
  await h.storage.clients.amend(id, ({ metadata }) => ({ metadata: { ...metadata, client_name: 'Something else' } }))
  expect((await admin.follow(await admin.post(action, fields))).body).toContain('changed meanwhile')
  expect(await statusOf(id)).toBe('pending')
  const again = formOf(await admin.get('/admin/apps?show=waiting'), `approve-${id}`)
  expect((await admin.follow(await admin.post(again.action, again.fields))).body).toContain('The app is approved')
  expect(await statusOf(id)).toBe('enabled')
  const waiting = await admin.get('/admin/apps?show=waiting')
  expect(waiting.body).not.toContain(`data-client="${id}"`)
})

test('an app is switched off after a question, and on again', async () => {
  const { id } = await addClient(h, { client_name: 'Lamp' })
  const { action, fields } = formOf(await admin.get(`/admin/apps/${id}`), 'disable-app')
  const question = await admin.post(action, fields)
  expect([question.body.includes('id="confirm-submit"'), await statusOf(id)]).toEqual([true, 'enabled'])
  await admin.post(action, hiddenFields(question))
  expect(await statusOf(id)).toBe('disabled')
  const enable = formOf(await admin.get(`/admin/apps/${id}`), 'enable-app')
  await admin.post(enable.action, enable.fields)
  expect(await statusOf(id)).toBe('enabled')
})

test('an app that waits is refused with a reason, and waits no more', async () => {
  const { id } = await addClient(h, { client_name: 'Refused' })
  await h.storage.clients.amend(id, () => ({ status: 'pending' }))
  const { action, fields } = formOf(await admin.get(`/admin/apps/${id}`), 'refuse-app')
  expect((await admin.follow(await admin.post(action, { ...fields, reason: 'No site.' }))).body).toContain(
    'It is refused',
  )
  expect((await admin.get('/admin/apps?show=waiting')).body).not.toContain(`data-client="${id}"`)
})

test('an unknown app is not found, and support decides nothing', async () => {
  await addAccount(h, 'support', { roles: ['support'] })
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), 'support')
  const { id } = await addClient(h, { client_name: 'Kept' })
  const page = await browser.get(`/admin/apps/${id}`)
  expect(page.body).not.toContain('id="disable-app"')
  const { csrf = '' } = hiddenFields(await browser.get('/account/profile'))
  expect((await browser.post(`/admin/apps/${id}`, { csrf, act: 'verify' })).status).toBe(403)
  expect((await browser.get('/admin/apps/unknown')).status).toBe(404)
})
