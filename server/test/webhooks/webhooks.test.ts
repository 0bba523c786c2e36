/** Webhooks as a developer and the operator use them, with a receiver that checks what comes as its own library does. */
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operate } from '../../src/engine/operator/operator.ts'
import { addAuditWebhook, removeAuditWebhook } from '../../src/engine/operator/webhooks.ts'
import { day, hour, minute } from '../../src/lib/clock.ts'
import { act } from '../../src/runtime/act.ts'
import { addJob } from '../../src/runtime/jobs/queue.ts'
import { ensureRecurringJobs } from '../../src/runtime/jobs/recurring.ts'
import { subjectOf } from '../../src/runtime/keys/subjects.ts'
import { hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { type Driver, drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addClient, byCommand, doJobs, type Harness, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook_receiver.ts'

describe.each(await drivers())('webhooks on $name', (driver: Driver) => {
  let servers: Servers
  let h: Harness
  let receiver: WebhookReceiver
  let mailbox: Mailbox
  let dev: TestBrowser
  const app = 'meadow'

  beforeEach(async () => {
    receiver = await startWebhookReceiver()
    const settings = { outboundAllowed: new Set([receiver.origin]), development: true }
    mailbox = await openMailbox()
    servers = await driver.servers({ settings, mailer: mailbox.mailer() })
    h = servers.h
    const owner = await addAccount(h, 'dana')
    await addAccount(h, 'alice')
    await addClient(h, {}, { id: app, ownerId: owner.id })
    await ensureRecurringJobs(h.context)
    await gather()
    dev = await signedIn('dana')
  })
  afterEach(async () => {
    await servers.close()
    receiver.close()
    await mailbox.close()
  })

  async function signedIn(name: string): Promise<TestBrowser> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), name)
    return browser
  }

  /** What is due now is gathered and sent. */
  async function gather(): Promise<void> {
    h.clock.move(minute)
    for (const node of servers.nodes) await node.storage.ping()
    await doJobs(h)
    await doJobs(h)
  }

  const at = (id = '') => `/developer/apps/${app}/webhooks${id && `/${id}`}`
  const textOf = (page: Page, id: string) => new RegExp(`id="${id}"[^>]*>\\s*([^<]*?)\\s*<`).exec(page.body)?.[1] ?? ''

  async function add(browser: TestBrowser, path: string, fields: Record<string, string | string[]>) {
    const page = await browser.get(path)
    const answer = await browser.post(path, { ...hiddenFields(page), ...fields } as Record<string, string>)
    if (answer.status !== 303) return { answer, secret: '', id: '' }
    const shown = await browser.follow(answer)
    const id = /webhooks\/(whk_[A-Za-z0-9_-]+)"/.exec(shown.body)?.[1] ?? ''
    return { answer, secret: textOf(shown, 'webhook-secret'), id }
  }
  const addOwn = (fields: Record<string, string> = {}) => add(dev, at(), { uri: `${receiver.origin}/hook`, ...fields })

  async function send(browser: TestBrowser, path: string, fields: Record<string, string>): Promise<Page> {
    return browser.follow(await browser.post(path, { ...hiddenFields(await browser.get(path)), ...fields }))
  }

  /** What has come, each checked by the library that a receiver would use. */
  function checked(secret: string): { readonly type: string; readonly data: Record<string, unknown> }[] {
    return receiver.received.map(({ body, headers }) => verifyAt(secret, body, headers as Record<string, string>))
  }
  /** The clock of the receiver is that of the machine, and ours was moved. */
  function verifyAt(secret: string, body: string, headers: Record<string, string>) {
    const real = Date.now
    Date.now = () => Number(headers['webhook-timestamp']) * 1000
    try {
      return new Webhook(secret).verify(body, headers) as { type: string; data: Record<string, unknown> }
    } finally {
      Date.now = real
    }
  }

  test('an app hears of what its people do, by the IDs that it knows, signed so that its library takes it', async () => {
    const { secret, id } = await addOwn()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(id).toMatch(/^whk_/)
    const client = await h.context.clients.find(app)
    const { id: alice } = (await h.storage.accounts.findByLogin('alice')) ?? {}
    if (client === undefined || alice === undefined) throw new Error('missing')
    await act(h.context, { actor: alice }, async (_acting, record) => {
      await record('consent_withdrawn', { subject: alice, clientId: app, detail: { reason: 'alice@example.com' } })
      await record('consent_withdrawn', { subject: alice, clientId: 'another', detail: {} })
      await record('signed_out', { subject: alice })
    })
    await gather()
    const data = { client_id: app, subject: subjectOf(h.context, client, alice) }
    expect(checked(secret)).toEqual([{ type: 'access.removed', timestamp: expect.any(String), data }])
    const [{ body } = { body: '' }] = receiver.received
    for (const name of ['alice', '@example.com']) expect(body).not.toContain(name)
    const shown = await dev.get(at(id))
    expect(shown.body).toContain('data-state="delivered"')
    expect(shown.body).toContain('status 204')
    expect(shown.body).not.toContain(secret)
  })

  test('what happened before there was a webhook is not sent, nor what it has not chosen', async () => {
    await operate(h.context, byCommand, (_acting, record) =>
      record('client_verified', { clientId: app, detail: { by: 'x' } }),
    )
    const { secret } = await addOwn({ event: 'app.enabled' })
    await operate(h.context, byCommand, async (_acting, record) => {
      await record('client_disabled', { clientId: app })
      await record('client_enabled', { clientId: app })
    })
    await gather()
    expect(checked(secret).map(({ type }) => type)).toEqual(['app.enabled'])
  })

  test('a message that was not taken comes again with its ID, and a signature of its own', async () => {
    const { secret, id } = await addOwn()
    await send(dev, at(id), { act: 'test' })
    receiver.status = 500
    await gather()
    receiver.status = 302
    Object.assign(receiver.headers, { location: `${receiver.origin}/elsewhere` })
    h.clock.move(10 * minute)
    await gather()
    receiver.status = 204
    h.clock.move(hour)
    await gather()
    expect(receiver.received.length).toBeGreaterThanOrEqual(3)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const stamps = receiver.received.map(({ headers }) => headers['webhook-timestamp'])
    expect(new Set(stamps).size).toBe(stamps.length)
    expect(new Set(checked(secret).map(({ type }) => type))).toEqual(new Set(['webhook.test']))
    const shown = await dev.get(at(id))
    expect(shown.body).toContain('data-state="delivered"')
    expect(shown.body).not.toContain('an answer')
    const [sent] = receiver.received
    await send(dev, at(id), { act: 'again', delivery: String(sent?.headers['webhook-id']) })
    const before = receiver.received.length
    await gather()
    expect(receiver.received).toHaveLength(before + 1)
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(sent?.headers['webhook-id'])
  })

  test('a new secret and the former one are both good for a day', async () => {
    const first = await addOwn()
    const page = await send(dev, at(first.id), { act: 'rotate' })
    const second = textOf(page, 'webhook-secret')
    expect(second).not.toBe(first.secret)
    await send(dev, at(first.id), { act: 'test' })
    await gather()
    for (const secret of [first.secret, second]) expect(checked(secret)).toHaveLength(1)
    receiver.received.length = 0
    h.clock.move(day)
    dev = await signedIn('dana')
    await send(dev, at(first.id), { act: 'test' })
    await gather()
    expect(checked(second)).toHaveLength(1)
    expect(() => checked(first.secret)).toThrow()
  })

  test('a webhook that fails for five days is switched off, and one that has gone at once; both are told', async () => {
    const { id } = await addOwn()
    receiver.status = 503
    await send(dev, at(id), { act: 'test' })
    await gather()
    expect((await h.storage.webhooks.find(id))?.failingSince).not.toBeNull()
    h.clock.move(5 * day)
    await gather()
    expect(await h.storage.webhooks.find(id)).toMatchObject({ offReason: 'failed' })
    dev = await signedIn('dana')
    expect((await dev.get(at(id))).body).toContain('Off: failed for five days')
    const { events } = await h.storage.audit.search(5, { type: 'webhook_switched_off' })
    expect(events).toMatchObject([{ clientId: app, detail: { webhook: id, reason: 'failed' } }])
    await doJobs(h)
    const told = () => mailbox.mails.filter(({ subject }) => subject.includes('switched off'))
    const [first] = told()
    const name = (await h.context.clients.find(app))?.metadata.client_name
    expect(first).toMatchObject({ to: 'dana@example.com', subject: `A webhook of ${name} was switched off` })
    expect(first?.text).toContain('has not taken a message for five days')
    expect(first?.text).toContain(receiver.origin)
    expect(first?.links).toContain(`${issuer}${at(id)}`)
    expect(first?.text).not.toContain('/hook')
    expect((await send(dev, at(id), { act: 'on' })).body).toContain('switched on')
    receiver.status = 410
    await send(dev, at(id), { act: 'test' })
    await gather()
    expect(await h.storage.webhooks.find(id)).toMatchObject({ offReason: 'gone' })
    await doJobs(h)
    expect(told()).toHaveLength(2)
    expect(told().at(-1)?.text).toContain('status 410')
  })

  test('everybody who runs the server hears of a webhook of theirs that was switched off, and nobody of one that is on again', async () => {
    for (const [name, roles] of [
      ['olga', ['owner']],
      ['adam', ['admin']],
      ['sam', ['support']],
    ] as const) {
      await addAccount(h, name, { roles: [...roles] })
    }
    const olga = await signedIn('olga')
    const { id } = await add(olga, '/admin/webhooks', { uri: `${receiver.origin}/audit` })
    const told = () =>
      mailbox.mails
        .filter(({ subject }) => subject.includes('switched off'))
        .map(({ to }) => to)
        .sort()
    receiver.status = 410
    await gather()
    await doJobs(h)
    expect(told()).toEqual(['adam@example.com', 'olga@example.com'])
    const { text, links } = mailbox.mails.find(({ subject }) => subject.includes('this server')) ?? {}
    expect(text).toContain('because you run this server')
    expect(links).toContain(`${issuer}/admin/webhooks/${id}`)
    await send(olga, `/admin/webhooks/${id}`, { act: 'on' })
    await addJob(h.context, h.storage, 'webhooks.tell', { payload: { webhook: id } })
    await doJobs(h)
    expect(told()).toHaveLength(2)
  })

  test('without a webhook that is on, nothing is looked through, and the first event after one is made is not late', async () => {
    const gathering = () => h.storage.jobs.find('webhooks.gather')
    const event = (node: Harness, type: 'client_enabled' | 'client_disabled') =>
      operate(node.context, byCommand, (_acting, record) => record(type, { clientId: app }))
    const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)
    expect(await gathering()).toMatchObject({ outcome: 'done' })
    const before = await h.storage.webhooks.cursors()
    await event(h, 'client_disabled')
    h.clock.move(day)
    await doJobs(h)
    expect(await gathering()).toMatchObject({ outcome: 'done' })
    expect(await h.storage.webhooks.cursors()).toEqual(before)

    dev = await signedIn('dana')
    const { id } = await addOwn()
    expect(await gathering()).toMatchObject({ outcome: null })
    expect((await gathering())?.dueAt).toBeLessThanOrEqual(h.clock.now())
    // Another server has the event, and the job is done by whichever looks first.
    const other = servers.nodes.at(-1) as Harness
    await event(other, 'client_enabled')
    h.clock.move(6000)
    await doJobs(other)
    expect(types()).toEqual(['app.enabled'])

    await send(dev, at(id), { act: 'off' })
    await gather()
    expect(await gathering()).toMatchObject({ outcome: 'done' })
    await event(h, 'client_disabled')
    h.clock.move(minute)
    await send(dev, at(id), { act: 'on' })
    await event(h, 'client_enabled')
    await gather()
    expect(types()).toEqual(['app.enabled', 'app.enabled'])
  })

  test('every change of a webhook is in the audit log, and a removed one gets nothing', async () => {
    const { id } = await addOwn()
    await send(dev, at(id), { act: 'rotate' })
    await send(dev, at(id), { act: 'off' })
    expect((await send(dev, at(id), { act: 'test' })).body).toContain('because the webhook is off')
    await send(dev, at(id), { act: 'on' })
    await send(dev, at(id), { act: 'test' })
    await send(dev, at(`${id}/remove`), {})
    const types = [
      'webhook_added',
      'webhook_secret_rotated',
      'webhook_switched_off',
      'webhook_switched_on',
      'webhook_removed',
    ]
    const events = await h.storage.audit.list(50)
    const told = events.filter(({ clientId, type }) => clientId === app && type.startsWith('webhook_'))
    expect(told.map(({ type, detail }) => [type, detail.webhook]).reverse()).toEqual(types.map((type) => [type, id]))
    await gather()
    expect(receiver.received).toEqual([])
    expect((await dev.get(at(id))).status).toBe(404)
  })

  test('an address that is not https is not taken, nor one that is somebody else’s to read', async () => {
    for (const uri of [
      'http://hooks.example/',
      'ftp://hooks.example/',
      'https://name:word@hooks.example/',
      'hooks',
      '',
    ]) {
      expect((await addOwn({ uri })).answer.status, uri).toBe(400)
    }
    expect((await addOwn({ event: 'audit.signed_in' })).answer.status).toBe(400)
    const { id } = await addOwn()
    const other = await signedIn('alice')
    expect((await other.get(at(id))).status).toBe(404)
    expect((await other.get(at())).status).toBe(404)
    await addAccount(h, 'olga', { roles: ['owner'] })
    expect((await (await signedIn('olga')).get(`/admin/webhooks/${id}`)).status).toBe(404)
  })

  test('the operator’s webhooks get the audit log and its seals, by IDs alone, and no app does', async () => {
    await addAccount(h, 'olga', { roles: ['admin'] })
    const olga = await signedIn('olga')
    const { secret } = await add(olga, '/admin/webhooks', { uri: `${receiver.origin}/audit` })
    await addOwn({ event: 'app.enabled' })
    receiver.received.length = 0
    h.clock.move(day)
    await gather()
    h.clock.move(minute)
    await gather()
    const came = checked(secret)
    const types = new Set(came.map(({ type }) => type))
    for (const type of ['audit.webhook_added', 'audit.sealed']) expect(types).toContain(type)
    const added = came.find(({ type }) => type === 'audit.webhook_added')
    expect(Object.keys(added?.data ?? {}).sort()).toEqual([
      'actor',
      'client_id',
      'node',
      'number',
      'request_id',
      'subject',
    ])
    expect(came.find(({ type }) => type === 'audit.sealed')?.data).toMatchObject({ seal: { mac: expect.any(String) } })
    for (const { body } of receiver.received) expect(body).not.toMatch(/olga|dana|alice|127\.0\.0\.1|Mozilla/)
  })

  test('an event is made a message once, however many nodes look, and none is lost between', async () => {
    const { secret } = await addOwn()
    for (let i = 0; i < 30; i++) {
      await operate(h.context, byCommand, (_acting, record) =>
        record(i % 2 === 0 ? 'client_enabled' : 'client_disabled', { clientId: app }),
      )
    }
    h.clock.move(minute)
    for (const node of servers.nodes) await node.storage.ping()
    await Promise.all(servers.nodes.map((node) => doJobs(node)))
    await gather()
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(30)
    expect(new Set(ids).size).toBe(30)
    expect(checked(secret)).toHaveLength(30)
  })

  test('of first webhooks that are added at once, none misses what happens right behind it', async () => {
    for (let round = 0; round < 4; round++) {
      const added = await Promise.all(
        servers.nodes.map(async (node, at) => {
          const made = await addAuditWebhook(node.context, byCommand, { uri: `${receiver.origin}/${at}`, events: [] })
          await operate(node.context, byCommand, (_acting, record) =>
            record('client_enabled', { clientId: `r${round}n${at}` }),
          )
          return 'id' in made ? made.id : ''
        }),
      )
      await gather()
      for (const [at, id] of added.entries()) {
        const bodies = (await h.storage.webhooks.deliveries(id, 100)).map(({ body }) => body)
        expect(bodies.some((body) => body.includes(`"r${round}n${at}"`))).toBe(true)
        await removeAuditWebhook(h.context, byCommand, id)
      }
      await gather()
      expect(await h.storage.jobs.find('webhooks.gather')).toMatchObject({ outcome: 'done' })
    }
  })

  test('who may not run the server adds no webhook of the audit log', async () => {
    const support = await addAccount(h, 'sam', { roles: ['support'] })
    const by = {
      via: 'account',
      id: support.id,
      caller: { requestId: 'r', address: '192.0.2.1', userAgent: null },
    } as const
    await expect(addAuditWebhook(h.context, by, { uri: 'https://hooks.example/', events: [] })).rejects.toThrow()
    expect(await h.storage.webhooks.list(null)).toEqual([])
  })
})
