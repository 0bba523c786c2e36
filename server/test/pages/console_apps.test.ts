/** The console's pages about apps, through the front door. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { byId, read, textOf } from './markup.ts'

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

test('an app is given a plan that the operator has named, and its use is seen', async () => {
  const client = await addClient(h, { client_name: 'Planned', grant_types: ['client_credentials'], scope: 'basic' })
  const path = `/admin/apps/${client.id}`
  expect((await admin.get(path)).body).not.toContain('id="plan-form"')
  await h.storage.plans.put({ name: 'free', per_minute: 2, per_month: 5000 })
  await h.storage.plans.put({ name: 'partner', per_day: 9 })
  const change = async (plan: string) => {
    const { action, fields } = formOf(await admin.get(path), 'plan-form')
    return (await admin.follow(await admin.post(action, { ...fields, plan }))).body
  }
  const planIn = (body: string) => textOf(byId(read(body), 'app-plan'))
  expect(planIn((await admin.get(path)).body)).toBe('No plan')
  const given = await change('free')
  expect(given).toContain('The plan is changed.')
  expect(given).toMatch(/<option value="free" selected/)
  h.clock.move(60_000 - (h.clock.now() % 60_000))
  const ask = () => token(h.app, client, { grant_type: 'client_credentials', scope: 'basic' })
  expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429])
  const used = planIn((await admin.get(path)).body)
  expect(used).toContain('This minute · 2 of 2 requests Used up')
  expect(used).toContain('This month · 2 of 5,000 requests')
  expect(await change('free')).toContain('Nothing was left to do.')
  expect(await change('gone')).toContain('no longer exists')
  expect(planIn(await change(''))).toBe('No plan')
  expect((await ask()).status).toBe(200)
  const events = (await h.storage.audit.list(100)).filter(({ type }) => type === 'client_plan_changed')
  expect(events.map(({ detail }) => detail).reverse()).toEqual([{ plan: 'free' }, { plan: null }])
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
  expect((await browser.post(`/admin/apps/${id}`, { csrf, act: 'plan', plan: 'free' })).status).toBe(403)
  expect((await browser.get('/admin/apps/unknown')).status).toBe(404)
})
