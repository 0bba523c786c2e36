/** Signing keys, jobs and health in the console. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, byCommand, doJobs, type Harness, harness } from '../support/harness.ts'

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

test('an admin tries a job again that was given up, which is done then, and the audit log says who', async () => {
  const { id: userId } = await addAccount(h, 'meant')
  const job = { id: 'job_2', kind: 'apps.digest', target: userId, payload: {}, secret: null }
  await h.storage.jobs.add({ ...job, dueAt: h.clock.now() })
  const give = async (reason: string) => {
    const [claimed] = await h.storage.jobs.claim([job.kind], 1, 1000)
    if (claimed === undefined) throw new Error('nothing to do')
    await h.storage.jobs.end(claimed, 'given_up', reason)
  }
  await give('connection_refused')
  const page = await browser.get('/admin/jobs?state=given_up')
  expect(page.body).toContain(`href="/admin/people/${userId}"`)
  expect(page.body).toContain('id="retry-job_2"')
  const retry = (id: string) =>
    browser.post('/admin/jobs', { ...hiddenFields(page), act: 'retry', job: id, state: 'given_up' })
  expect((await retry('job_2')).location).toBe('/admin/jobs?state=given_up&done=queued')
  expect((await retry('job_2')).location).toBe('/admin/jobs?state=given_up&done=soon')
  expect((await retry('nowhere')).location).toBe('/admin/jobs?state=given_up&done=unknown')
  const { events } = await h.storage.audit.search(10, { type: 'job_retried' })
  expect(events).toMatchObject([{ actor: expect.stringMatching(/^usr_/), detail: { job: 'job_2', kind: job.kind } }])
  await doJobs(h)
  expect(await h.storage.jobs.find('job_2')).toMatchObject({ outcome: 'done' })
  expect((await retry('job_2')).location).toBe('/admin/jobs?state=given_up&done=done')
})

test('a mail whose time is over, or whose address has gone, is not tried again', async () => {
  const { id: userId } = await addAccount(h, 'late')
  const ended = async (id: string, kind: string, payload: object, secret: string | undefined) => {
    const sealed = secret === undefined ? null : { generation: 1, sealed: secret }
    await h.storage.jobs.add({ id, kind, target: null, payload: { ...payload }, secret: sealed, dueAt: h.clock.now() })
    const [claimed] = await h.storage.jobs.claim([kind], 1, 1000)
    if (claimed === undefined) throw new Error('nothing to do')
    await h.storage.jobs.end(claimed, 'given_up', 'connection_refused')
  }
  await ended('old', 'mail.password_changed', { userId }, undefined)
  h.clock.move(3 * 86_400_000)
  await ended('no_address', 'mail.access_refused', {}, 'sealed')
  await ended('no_ids', 'mail.address_changed', { userId }, 'sealed')
  await signInOn(browser, await browser.get('/login'), 'olga')
  const page = await browser.get('/admin/jobs?state=given_up')
  expect(page.body).not.toContain('id="retry-')
  const answers: (string | undefined)[] = []
  for (const job of ['old', 'no_address', 'no_ids']) {
    const form = {
      csrf: hiddenFields(await browser.get('/admin/keys')).csrf ?? '',
      act: 'retry',
      job,
      state: 'given_up',
    }
    answers.push((await browser.post('/admin/jobs', form)).location?.replace(/.*done=/, ''))
  }
  expect(answers).toEqual(['too_late', 'emptied', 'emptied'])
})

test('the APIs and the providers of the operator’s document are shown, with how each is protected and no secret', async () => {
  const document = {
    resources: [
      {
        resource: 'https://api.example',
        name: 'Orders',
        publisher: 'Acme',
        openapi: 'orders.yaml',
        proxy: 'orders',
        scopes: [{ name: 'orders.read', title: { en: 'See your orders' }, for: 'reviewed' }],
      },
      { resource: 'https://jwt.example', token_format: 'jwt' },
    ],
    providers: [
      {
        id: 'acme',
        kind: 'oauth2',
        name: 'Acme',
        client_id: 'ours-there',
        client_secret: 'a secret that nobody may see',
        authorization_endpoint: 'https://id.acme.example/authorize',
        token_endpoint: 'https://id.acme.example/token',
        userinfo_endpoint: 'https://id.acme.example/user',
      },
    ],
  }
  await executeApply(h.context, byCommand, await planApply(h.context, parseDocument(JSON.stringify(document))))
  const { body: apis } = await browser.get('/admin/apis')
  expect(apis).toContain('data-resource="https://api.example"')
  for (const text of ['Orders', 'Acme', 'orders.yaml', '/oauth/forward-auth/orders', 'See your orders']) {
    expect(apis, text).toContain(text)
  }
  expect(apis).toContain('data-resource="https://jwt.example"')
  expect(apis).toContain('The signature of the JWT')
  const { body: providers } = await browser.get('/admin/providers')
  expect(providers).toContain('data-provider="acme" data-state="ready"')
  expect(providers).toContain('id.acme.example')
  expect(providers).not.toContain('a secret that nobody may see')
})
