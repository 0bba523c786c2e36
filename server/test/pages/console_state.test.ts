/** Signing keys, jobs and health in the console. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, type Harness, harness } from '../support/harness.ts'

let h: Harness
let browser: TestBrowser
beforeAll(async () => {
  h = await harness()
  await addAccount(h, 'olga', { roles: ['admin'] })
  browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'), 'olga')
})
afterAll(() => h.close())

const kidOf = (body: string, state: string) => new RegExp(`data-kid="([^"]+)" data-state="${state}"`).exec(body)?.[1]

test('the next signing key signs once the keys are turned, and the audit log says by whom', async () => {
  h.clock.move(120_000)
  const before = await browser.get('/admin/keys')
  const next = kidOf(before.body, 'next')
  expect(next).toBeDefined()
  expect(before.body).not.toContain('"d"')
  const turned = await browser.post('/admin/keys', { ...hiddenFields(before), act: 'turn' })
  expect(turned.location).toBe('/admin/keys?done=turned')
  const after = await browser.get('/admin/keys')
  expect(after.body).toContain(`data-kid="${next}" data-state="signing"`)
  const { events } = await h.storage.audit.search(1, { type: 'signing_key_rotated' })
  expect(events[0]?.actor).toMatch(/^usr_/)
})

test('a job that failed is shown with its class of error, and nothing of what it carries', async () => {
  const payload = { linkId: 'secret-link' }
  await h.storage.jobs.add({
    id: 'job_1',
    kind: 'mail.reset',
    target: null,
    payload,
    secret: null,
    dueAt: h.clock.now(),
  })
  const [claimed] = await h.storage.jobs.claim(['mail.reset'], 1, 1000)
  if (claimed === undefined) throw new Error('nothing to do')
  await h.storage.jobs.putOff(claimed, h.clock.now() + 60_000, 'mail_refused')
  const { body } = await browser.get('/admin/jobs')
  expect(body).toContain('data-job="job_1"')
  expect(body).toContain('mail_refused')
  expect(body).not.toContain('secret-link')
  expect((await browser.get('/admin/health')).body).toMatch(
    /Jobs that failed and wait<\/dt><dd><a href="\/admin\/jobs">1</,
  )
  expect((await browser.get('/admin/jobs?state=given_up')).body).not.toContain('data-job=')
})
