/** The outbox of a server in development, and what an account holder reads of an address that refuses mail. */
import { afterEach, expect, test } from 'vitest'
import { sendMail } from '../../src/runtime/jobs/queue.ts'
import { createOutbox } from '../../src/runtime/mailer/outbox.ts'
import { signedIn } from '../pages/developer.ts'
import { testBrowser } from '../support/browser.ts'
import { addAccount, doJobs, type Harness, harness, issuer } from '../support/harness.ts'

let h: Harness
afterEach(() => h.close())

test('a mail stands in the outbox with its text and its HTML, which runs and fetches nothing', async () => {
  h = await harness({ mailer: createOutbox({ operator: 'Meadow', issuer }), settings: { development: true } })
  const browser = testBrowser(h.app)
  expect((await browser.get('/dev/mail')).body).toContain('No mail yet')
  const { id: userId } = await addAccount(h)
  await h.storage.act((acting) => sendMail(h.context, acting, 'password_changed', { ids: { userId } }))
  await doJobs(h)
  const list = await browser.get('/dev/mail')
  expect(list.body).toContain('data-to="alice@example.com"')
  const path = /href="(\/dev\/mail\/[^"]+)"/.exec(list.body)?.[1] ?? ''
  const mail = await browser.get(path)
  expect(mail.status).toBe(200)
  expect(mail.body).toContain('Your password was changed')
  expect(mail.body).toContain(`<a href="${issuer}/account/security">`)
  const html = await browser.get(`${path}/html`)
  expect(html.response.headers['content-security-policy']).toContain("default-src 'none'")
  expect(html.response.headers['content-security-policy']).toContain('sandbox')
  expect(html.body).toContain('<h1')
  expect((await browser.get('/dev/mail/job_of_nobody')).status).toBe(404)
})

test('the outbox is shown on this machine alone, and only where there is one', async () => {
  h = await harness({ mailer: createOutbox({ operator: 'Meadow', issuer }), settings: { development: true } })
  for (const [remoteAddress, status] of [
    ['127.0.0.1', 200],
    ['::1', 200],
    ['192.0.2.1', 404],
  ] as const) {
    const answer = await h.app.inject({ url: '/dev/mail', remoteAddress, headers: { host: 'localhost:3000' } })
    expect(answer.statusCode, remoteAddress).toBe(status)
  }
  await h.close()
  h = await harness()
  expect((await testBrowser(h.app).get('/dev/mail')).status).toBe(404)
})

test('the account page says of an address that it refuses mail, until it is another one', async () => {
  h = await harness()
  const { id } = await addAccount(h)
  const browser = await signedIn(h)
  expect((await browser.get('/account')).body).not.toContain('id="email-refused"')
  await h.storage.accounts.noteEmailRefused('alice@example.com')
  expect((await browser.get('/account')).body).toContain('id="email-refused"')
  await h.storage.accounts.update(id, { email: 'other@example.com' })
  expect((await browser.get('/account')).body).not.toContain('id="email-refused"')
})
