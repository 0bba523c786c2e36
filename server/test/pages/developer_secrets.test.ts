/** Secrets of an app through the front door: shown once, named, several at a time, and changed over without an outage. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretLimit } from '../../src/engine/developer/developer_apps.ts'
import { day, hour } from '../../src/lib/clock.ts'
import { isActive } from '../support/answers.ts'
import { hiddenFields, type Page, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, type Harness, harness } from '../support/harness.ts'
import { type RegisteredApp, registerApp, signedIn } from './developer.ts'
import { all, byId, type Element, named, read, textOf } from './markup.ts'

let h: Harness
let dev: TestBrowser
let app: RegisteredApp
beforeEach(async () => {
  h = await harness()
  await addAccount(h)
  dev = await signedIn(h)
  app = await registerApp(dev)
})
afterEach(() => h.close())

const secretsPath = () => `/developer/apps/${app.id}/secrets`
const works = async (secret: string) => {
  const answer = await token(h.app, { id: app.id, secret }, { grant_type: 'client_credentials' })
  if (answer.status !== 200) expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  return answer.status === 200
}
const shownSecret = (page: Page): string => textOf(byId(read(page.body), 'client-secret'))

async function rows(): Promise<Element[]> {
  const page = read((await dev.get(secretsPath())).body)
  return all(page).filter(({ attributes }) => 'data-secret-id' in attributes)
}
const idOf = (row: Element | undefined) => row?.attributes['data-secret-id'] ?? ''
const nameOf = (row: Element) => named(row, 'strong').map(textOf).join()
const linksOf = (row: Element) => named(row, 'a').map(({ attributes }) => attributes.href?.split('/').at(-1))

async function rowOf(wanted: { readonly id: string } | { readonly name: string }): Promise<Element> {
  const row = (await rows()).find((one) => ('id' in wanted ? idOf(one) === wanted.id : nameOf(one) === wanted.name))
  if (row === undefined) throw new Error('no such secret is listed')
  return row
}
const firstId = async () => idOf((await rows())[0])

async function add(name: string): Promise<Page> {
  return dev.follow(await dev.post(secretsPath(), { ...hiddenFields(await dev.get(secretsPath())), name }))
}
async function act(id: string, verb: 'replace' | 'remove', fields: Record<string, string> = {}): Promise<Page> {
  const path = `${secretsPath()}/${id}/${verb}`
  const asked = await dev.get(path)
  expect(asked.status).toBe(200)
  const name = verb === 'replace' ? { name: byId(read(asked.body), 'secret-name').attributes.value ?? '' } : {}
  const sent = await dev.post(path, { ...hiddenFields(asked), ...name, ...fields })
  return sent.location?.endsWith('/secret') ? dev.follow(sent) : sent
}

describe('a secret that is added', () => {
  test('is shown once, works beside the first, and is listed by its name and day only', async () => {
    const page = await add('  staging ')
    const secret = shownSecret(page)
    expect(page.status).toBe(200)
    expect(page.response.headers['cache-control']).toBe('no-store')
    expect(page.body).toContain('You see this secret once.')
    expect([await works(secret), await works(app.secret)]).toEqual([true, true])
    const list = await dev.get(secretsPath())
    expect(list.body).not.toContain(secret)
    expect(textOf(byId(read(list.body), 'secrets'))).toContain('staging')
    const record = await h.storage.clients.find(app.id)
    expect(record?.secrets.map(({ name }) => name)).toContain('staging')
    expect(JSON.stringify(record)).not.toContain(secret)
  })

  test.each([
    ['', 'Give it a name.'],
    ['   ', 'Give it a name.'],
    ['first', 'Another secret has this name.'],
    ['x'.repeat(101), 'at most 100 characters'],
    ['a\u202eb', 'a character that cannot be seen'],
  ])('needs a name: not %j', async (name, problem) => {
    const page = await add(name)
    expect(page.status).toBe(400)
    expect(textOf(byId(read(page.body), 'secret-name-problem'))).toContain(problem)
    expect(page.body).toContain('<title>Problem: Secrets')
    expect(await rows()).toHaveLength(1)
  })

  test('has no room once there are as many as may be, until one is removed', async () => {
    for (let count = 2; count <= secretLimit; count++) expect((await add(`number ${count}`)).status).toBe(200)
    const full = await dev.get(secretsPath())
    expect(full.body).not.toContain('id="secret-form"')
    expect((await rows()).map(linksOf)).toEqual(Array.from({ length: secretLimit }, () => ['remove']))
    const refused = await dev.post(secretsPath(), { ...hiddenFields(await dev.get('/logout')), name: 'one more' })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain(`There are ${secretLimit} secrets, and no more are allowed.`)
    expect(await rows()).toHaveLength(secretLimit)
    await act(idOf(await rowOf({ name: 'number 2' })), 'remove')
    expect((await add('one more')).status).toBe(200)
  })

  test('is not for an app that proves itself without one', async () => {
    const phone = await registerApp(dev, { kind: 'native' })
    const path = `/developer/apps/${phone.id}/secrets`
    const page = await dev.get(path)
    expect(page.body).toContain('This app has no secret')
    const refused = await dev.post(path, { ...hiddenFields(await dev.get('/logout')), name: 'one' })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('This app proves itself without a secret.')
  })
})

describe('a secret that is replaced', () => {
  const ends = [
    ['hour', hour],
    ['day', day],
    ['week', 7 * day],
    ['month', 30 * day],
  ] as const

  test.each(ends)('works beside the new one for the %s that was chosen, and not after it', async (overlap, time) => {
    const page = await act(await firstId(), 'replace', { overlap })
    const secret = shownSecret(page)
    const until = new Date(h.clock.now() + time).toISOString()
    expect(page.body).toMatch(
      new RegExp(`It replaces <bdi[^>]*>first</bdi>, which works until\\s+<time datetime="${until}"`),
    )
    h.clock.move(time - 1)
    expect([await works(app.secret), await works(secret)]).toEqual([true, true])
    h.clock.move(1)
    expect([await works(app.secret), await works(secret)]).toEqual([false, true])
  })

  test('stops at once where it is to, such as one that has leaked', async () => {
    const page = await act(await firstId(), 'replace', { overlap: 'none' })
    expect(page.body).toMatch(/It replaces <bdi[^>]*>first<\/bdi>, which no longer works\./)
    expect([await works(app.secret), await works(shownSecret(page))]).toEqual([false, true])
  })

  test('is refused after its end with the cause in the request log, which no other secret is', async () => {
    await act(await firstId(), 'replace', { overlap: 'hour' })
    h.clock.move(hour)
    expect(await works(app.secret)).toBe(false)
    expect(await works('something else')).toBe(false)
    // Opening the pages again takes no new session: an hour is less than a session may idle.
    const log = read((await dev.get(`/developer/apps/${app.id}/requests`)).body)
    const entries = all(log).filter(({ attributes }) => 'data-reason' in attributes)
    expect(entries.map(({ attributes }) => attributes['data-reason'])).toEqual([
      'client_secret_wrong',
      'client_secret_expired',
    ])
    const expired = textOf(entries[1] ?? log)
    expect(expired).toContain('The client secret is correct but has expired.')
    expect(expired).toContain('Use the newer secret.')
    expect(textOf(entries[0] ?? log)).toContain('Wrong client secret. (The app has 2.)')
  })

  test('is told from the new one by its name, says until when it works, and is replaced once', async () => {
    const id = await firstId()
    await act(id, 'replace', { overlap: 'week' })
    expect((await rows()).map(nameOf).sort()).toEqual(['first', 'first 2'])
    const old = await rowOf({ id })
    expect(textOf(old)).toContain('Replaced, works until')
    expect(linksOf(old)).toEqual(['remove'])
    const again = await act(id, 'replace', { overlap: 'week' })
    expect(again.status).toBe(400)
    expect(again.body).toContain('It has been replaced already.')
    expect(await rows()).toHaveLength(2)
    h.clock.move(7 * day - 1)
    expect(await works(app.secret)).toBe(true)
  })

  test.each([
    ['first', 'Another secret has this name.'],
    [' ', 'Give it a name.'],
  ])('is not replaced by one that is called %j; what was chosen stays', async (name, problem) => {
    const page = await act(await firstId(), 'replace', { overlap: 'day', name })
    expect(page.status).toBe(400)
    const form = read(page.body)
    expect(textOf(byId(form, 'secret-name-problem'))).toContain(problem)
    expect(byId(form, 'overlap-day').attributes).toHaveProperty('checked')
    expect(await rows()).toHaveLength(1)
  })

  test.each(['year', 'toString', ''])('does not end at the unknown time %j', async (overlap) => {
    const page = await act(await firstId(), 'replace', { overlap })
    expect(page.status).toBe(400)
    expect(await rows()).toHaveLength(1)
  })
})

describe('a secret that is removed', () => {
  test('stops at once, after a question that names it', async () => {
    const secret = shownSecret(await add('staging'))
    const id = idOf(await rowOf({ name: 'staging' }))
    const asked = await dev.get(`${secretsPath()}/${id}/remove`)
    expect(asked.body).toContain('Remove this secret?')
    expect(asked.body).toContain('staging')
    expect(await works(secret)).toBe(true)
    const done = await dev.follow(await act(id, 'remove'))
    expect(done.body).toContain('The secret is removed.')
    expect([await works(secret), await works(app.secret)]).toEqual([false, true])
  })

  test('is never the last one that works, though an expired one is there', async () => {
    const id = await firstId()
    expect(linksOf(await rowOf({ id }))).toEqual(['replace'])
    const refused = await act(id, 'remove')
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('You cannot remove the last active secret. Add another one first.')
    expect(await works(app.secret)).toBe(true)

    const newer = shownSecret(await act(id, 'replace', { overlap: 'hour' }))
    h.clock.move(hour)
    const present = (await rows()).map(idOf).find((one) => one !== id) ?? ''
    expect([linksOf(await rowOf({ id })), linksOf(await rowOf({ id: present }))]).toEqual([['remove'], ['replace']])
    expect((await act(present, 'remove')).status).toBe(400)
    expect((await act(id, 'remove')).status).toBe(303)
    expect(await works(newer)).toBe(true)
  })

  test('does not exist under an ID that no secret has', async () => {
    for (const verb of ['remove', 'replace']) {
      expect((await dev.get(`${secretsPath()}/nothing/${verb}`)).status).toBe(404)
      const fields = { ...hiddenFields(await dev.get('/logout')), overlap: 'week' }
      const posted = await dev.post(`${secretsPath()}/nothing/${verb}`, fields)
      expect(posted.status).toBe(400)
      expect(posted.body).toContain('It is no longer there.')
    }
  })
})

test('what is done to secrets is in the audit log, without the secrets', async () => {
  const first = await firstId()
  const added = shownSecret(await add('staging'))
  const replaced = shownSecret(await act(first, 'replace', { overlap: 'day' }))
  await act(idOf(await rowOf({ name: 'staging' })), 'remove')
  await h.context.audit.flush()
  const events = (await h.storage.audit.list(100)).filter(({ clientId }) => clientId === app.id)
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining([
      'app_registered',
      'client_secret_added',
      'client_secret_replaced',
      'client_secret_removed',
    ]),
  )
  for (const secret of [app.secret, added, replaced]) expect(JSON.stringify(events)).not.toContain(secret)
})

describe('tokens that the app got by itself', () => {
  const clientOf = (secret: string) => ({ id: app.id, secret })
  const own = async (secret: string) =>
    (await token(h.app, clientOf(secret), { grant_type: 'client_credentials' })).body.access_token
  const ended = async () => {
    await h.context.audit.flush()
    return (await h.storage.audit.list(50)).filter(({ type }) => type === 'client_tokens_ended')
  }

  test('end with a secret that is replaced at once, and live on where the old one does', async () => {
    const first = await own(app.secret)
    const later = shownSecret(await act(await firstId(), 'replace', { overlap: 'day' }))
    expect(await isActive(h, clientOf(later), first)).toBe(true)
    const id = idOf((await rows()).find((row) => linksOf(row).includes('replace')))
    const last = shownSecret(await act(id, 'replace', { overlap: 'none' }))
    expect(await isActive(h, clientOf(last), first)).toBe(false)
    expect(await isActive(h, clientOf(last), await own(last))).toBe(true)
  })

  test('end with a secret that is removed', async () => {
    const old = await own(app.secret)
    const id = await firstId()
    const other = shownSecret(await add('staging'))
    await act(id, 'remove')
    expect(await isActive(h, clientOf(other), old)).toBe(false)
    expect(await isActive(h, clientOf(other), await own(other))).toBe(true)
  })

  test('end on a page together with those of people, which the audit log tells; the app goes on', async () => {
    const old = await own(app.secret)
    const path = `/developer/apps/${app.id}/end-tokens`
    expect((await dev.get(`/developer/apps/${app.id}`)).body).toContain(`href="${path}"`)
    h.clock.move(1)
    const done = await dev.follow(await dev.post(path, hiddenFields(await dev.get(path))))
    expect(done.body).toContain('All tokens of the app have ended.')
    expect(await isActive(h, clientOf(app.secret), old)).toBe(false)
    expect(await isActive(h, clientOf(app.secret), await own(app.secret))).toBe(true)
    expect(await ended()).toMatchObject([{ clientId: app.id }])
  })

  test('are not ended by anybody else', async () => {
    const old = await own(app.secret)
    await addAccount(h, 'mallory')
    const path = `/developer/apps/${app.id}/end-tokens`
    const mallory = await signedIn(h, 'mallory')
    expect((await mallory.get(path)).status).toBe(404)
    expect((await mallory.post(path, hiddenFields(await mallory.get('/developer/apps/new')))).status).toBe(404)
    expect(await isActive(h, clientOf(app.secret), old)).toBe(true)
    expect(await ended()).toEqual([])
  })
})
