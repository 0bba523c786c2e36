/** Who may do what at the developer pages, and what they say to each slip: registration modes, roles, forms, addresses. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appLimit, registerApp as registerInEngine } from '../../src/engine/developer/developer_apps.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import { addCollaborator } from '../storage/fixtures.ts'
import {
  apiStatus,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  refresh,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, callback, type Harness, harness } from '../support/harness.ts'
import { registerApp, sendAppForm, signedIn } from './developer.ts'
import { byId, read, textOf } from './markup.ts'

let h: Harness
let dev: TestBrowser
async function open(settings: Partial<EngineSettings> = {}): Promise<void> {
  h = await harness({ settings })
  await addAccount(h)
  dev = await signedIn(h)
}
afterEach(() => h.close())

const csrf = async (browser: TestBrowser) => hiddenFields(await browser.get('/logout')).csrf ?? ''

describe('who may register', () => {
  test('where it is open: everybody, and the app works at once', async () => {
    await open()
    const app = await registerApp(dev)
    expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(200)
    expect((await dev.get(`/developer/apps/${app.id}`)).body).toContain('Live')
  })

  test('where apps are approved: everybody, and until then the app is in development, and says so', async () => {
    await open({ appRegistration: 'approval' })
    expect((await dev.get('/developer/apps/new')).body).toContain('The operator of this server approves each app.')
    const app = await registerApp(dev)
    expect(app.page.body).toContain('The app is in development')
    expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(200)
    expect((await dev.get(`/developer/apps/${app.id}`)).body).toContain('This app is in development.')
    expect((await dev.get('/developer')).body).toContain('In development')
  })

  test('where it is closed: nobody but operators, and a form of before is refused too', async () => {
    await open({ appRegistration: 'closed' })
    expect((await dev.get('/developer')).body).not.toContain('/developer/apps/new')
    const refused = await dev.get('/developer/apps/new')
    expect([refused.status, refused.body.includes('New apps are not open')]).toEqual([403, true])
    const fields = { csrf: await csrf(dev), name: 'x', kind: 'web', redirect_uris: callback, scope: 'basic' }
    expect((await dev.post('/developer/apps/new', fields)).status).toBe(403)
  })

  test.each(['approval', 'closed'] as const)(
    'where it is %s: operators as if it were open',
    async (appRegistration) => {
      await open({ appRegistration })
      for (const role of ['owner', 'admin'] as const) {
        await addAccount(h, role, { roles: [role] })
        const app = await registerApp(await signedIn(h, role))
        expect((await token(h.app, app, { grant_type: 'client_credentials' })).status, role).toBe(200)
      }
      await addAccount(h, 'support', { roles: ['support'] })
      const page = await sendAppForm(await signedIn(h, 'support'))
      expect(page.status).toBe(appRegistration === 'closed' ? 403 : 200)
      if (appRegistration === 'approval') expect(page.body).toContain('The app is in development')
    },
  )

  test('nobody has more apps than the limit, and the form says so without pointing at a field', async () => {
    await open()
    const account = await h.storage.accounts.findByLogin('alice')
    if (account === undefined) throw new Error('alice is gone')
    const caller = { requestId: 'test', address: '127.0.0.1', userAgent: null } as const
    const form = { name: 'One of many', kind: 'spa', redirectUris: [callback], scope: ['basic'] }
    for (let count = 0; count < appLimit; count++) await registerInEngine(h.context, { account, caller }, form)
    const page = await sendAppForm(dev)
    expect(page.status).toBe(400)
    expect(page.body).toContain(`You have ${appLimit} apps, and no more are allowed. Delete one first.`)
    expect(page.body).not.toContain('href="#app-form"')
    expect(page.body).not.toContain('needs another look')
  })
})

describe('an address that cannot be registered is told from the others', () => {
  beforeEach(() => open())

  const slips = [
    ['https://app.example/cb#done', 'it has a fragment'],
    ['https://app.example/*', 'it contains a wildcard'],
    ['https://*.app.example/cb', 'it contains a wildcard'],
    ['http://app.example/cb', 'http is for loopback addresses only; use https'],
    ['/cb', 'it is not a full URL'],
    ['app.example/cb', 'it is not a full URL'],
    ['HTTPS://app.example/cb', 'its scheme must be in lower case'],
    ['https://APP.example/cb', 'its host must be written as app.example'],
    ['https://me@app.example/cb', 'a user name before the host'],
    ['https://app.example/a/../cb', 'a dot segment'],
    ['https://app.example/cb?code=1', 'a parameter that authorization responses use'],
    ['https://app.example/c b', 'not printable ASCII'],
    ['https://app.example/cb"', 'a character that is not allowed in a URI'],
    ['javascript:alert(1)', 'the scheme javascript is of browsers or systems: it can run code'],
    ['com.example.app:/cb', 'only native apps may use their own scheme'],
    [`https://app.example/${'x'.repeat(2000)}`, 'longer than 2,000 characters'],
  ] as const

  test('when an app is registered, beside the field, and nothing that was filled in is lost', async () => {
    for (const [uri, problem] of slips) {
      const page = await sendAppForm(dev, { name: 'Kept', redirect_uris: `${callback}\r\n${uri}` })
      expect(page.status, uri).toBe(400)
      const read1 = read(page.body)
      expect(textOf(byId(read1, 'redirect-uris-problem')), uri).toContain(problem)
      expect(textOf(byId(read1, 'redirect-uris')), uri).toContain(uri)
      expect(byId(read1, 'app-name').attributes.value).toBe('Kept')
      expect(page.body).toContain('<title>Problem: Register an app')
    }
    expect((await dev.get('/developer')).body).toContain('You have no app yet')
  })

  test('when one is added to an app', async () => {
    const app = await registerApp(dev)
    const path = `/developer/apps/${app.id}/redirect-uris`
    const token = await csrf(dev)
    const more = [
      ['', 'Give an address.'],
      [callback, 'It is registered already.'],
    ] as const
    for (const [uri, problem] of [...slips, ...more]) {
      const page = await dev.post(path, { csrf: token, uri })
      expect(page.status, uri).toBe(400)
      expect(textOf(byId(read(page.body), 'redirect-uri-problem')), uri).toContain(problem)
      expect(byId(read(page.body), 'redirect-uri').attributes.value, uri).toBe(uri)
    }
  })

  test('twice the same in one form', async () => {
    const page = await sendAppForm(dev, { redirect_uris: `${callback}\n${callback}` })
    expect(textOf(byId(read(page.body), 'redirect-uris-problem'))).toContain('One of them is there twice.')
  })

  test('a native app has a scheme of its own, but no short one, and loopback addresses', async () => {
    const page = await sendAppForm(dev, { kind: 'native', redirect_uris: 'meadow:/cb' })
    expect(textOf(byId(read(page.body), 'redirect-uris-problem'))).toContain('a reversed domain name')
    const uris = 'com.example.meadow:/cb\nhttp://127.0.0.1/cb\nhttp://[::1]:4000/cb'
    const app = await registerApp(dev, { kind: 'native', redirect_uris: uris })
    const listed = await dev.get(`/developer/apps/${app.id}/redirect-uris`)
    for (const uri of uris.split('\n')) expect(listed.body).toContain(`<code>${uri}</code>`)
  })

  test('one is changed in its place, and asked about before it is removed', async () => {
    const app = await registerApp(dev)
    const path = `/developer/apps/${app.id}/redirect-uris`
    const form = await dev.get(`${path}/edit?${new URLSearchParams({ uri: callback })}`)
    expect(byId(read(form.body), 'redirect-uri').attributes.value).toBe(callback)
    const to = 'https://moved.example/cb'
    const refused = await dev.post(`${path}/edit`, { ...hiddenFields(form), to: 'http://moved.example/cb' })
    expect([refused.status, textOf(byId(read(refused.body), 'redirect-uri-problem'))]).toEqual([
      400,
      expect.stringContaining('http is for loopback addresses only'),
    ])
    const done = await dev.follow(await dev.post(`${path}/edit`, { ...hiddenFields(form), to }))
    expect(done.body).toContain('The redirect URI is changed.')
    expect((await h.storage.clients.find(app.id))?.metadata).toMatchObject({ redirect_uris: [to] })
    const question = await dev.get(`${path}/remove?${new URLSearchParams({ uri: to })}`)
    expect(textOf(read(question.body))).toContain('Remove this redirect URI?')
    expect((await h.storage.clients.find(app.id))?.metadata).toMatchObject({ redirect_uris: [to] })
    expect((await dev.get(`${path}/remove?uri=x`)).status).toBe(404)
  })

  test('what is added counts at once and what is removed counts no more; the last one stays', async () => {
    const app = await registerApp(dev)
    const path = `/developer/apps/${app.id}/redirect-uris`
    const other = 'https://other.example/cb?tenant=1'
    const asked = async () =>
      (await testBrowser(h.app).get(authorizeUrl(app, { scope: 'basic', redirect_uri: other }))).status
    expect(await asked()).toBe(400)
    const added = await dev.follow(await dev.post(path, { csrf: await csrf(dev), uri: `  ${other} ` }))
    expect(added.body).toContain('The redirect URI is registered.')
    expect(await asked()).toBe(303)
    await dev.post(`${path}/remove`, { csrf: await csrf(dev), uri: other })
    expect(await asked()).toBe(400)
    const refused = await dev.post(`${path}/remove`, { csrf: await csrf(dev), uri: callback })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('It is the last one, and the app needs one to get codes.')
    const gone = await dev.post(`${path}/remove`, { csrf: await csrf(dev), uri: other })
    expect(gone.body).toContain('It is no longer there.')
  })
})

describe('an app', () => {
  beforeEach(() => open())

  test('gets another name, which people are then asked about', async () => {
    const app = await registerApp(dev)
    const path = `/developer/apps/${app.id}`
    const refused = await dev.post(`${path}/settings/name`, { csrf: await csrf(dev), name: ' ' })
    expect(textOf(byId(read(refused.body), 'app-name-problem'))).toContain('Give it a name.')
    const page = await dev.follow(
      await dev.post(`${path}/settings/name`, { csrf: await csrf(dev), name: 'Orchard & Co' }),
    )
    expect(page.body).toContain('The name is saved.')
    const asked = await dev.follow(await dev.get(authorizeUrl(app, { scope: 'basic' })))
    expect(textOf(byId(read(asked.body), 'client-name'))).toBe('Orchard & Co')
  })

  test('is deleted after a question, and with it end its grants, tokens and pages', async () => {
    const app = await registerApp(dev, { scope: 'basic' })
    const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'basic' }))
    const { body } = await exchangeCode(h.app, app, code)
    const path = `/developer/apps/${app.id}`
    const question = await dev.get(`${path}/delete`)
    expect(question.body).toContain('Delete this app?')
    expect(question.body).toContain('You cannot undo this.')
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(200)

    const page = await dev.follow(await dev.post(`${path}/delete`, hiddenFields(question)))
    expect([page.path, page.body.includes('The app is deleted.')]).toEqual(['/developer?done=deleted', true])
    expect(await apiStatus(h.app, body.access_token ?? '')).toBe(401)
    expect((await refresh(h.app, app, body.refresh_token ?? '')).status).toBe(401)
    expect((await dev.get(path)).status).toBe(404)
    expect((await dev.get('/account/apps')).body).not.toContain(`data-client-id="${app.id}"`)
    expect((await testBrowser(h.app).get(authorizeUrl(app, { scope: 'basic' }))).status).toBe(400)
  })

  test('is looked after by who works on it, but deleted by its owner only', async () => {
    const app = await registerApp(dev)
    const carol = await addAccount(h, 'carol')
    await addCollaborator(h.storage, app.id, carol.id)
    const browser = await signedIn(h, 'carol')
    const path = `/developer/apps/${app.id}`
    expect((await browser.get('/developer')).body).toContain('Shared with you')
    for (const rest of ['', '/requests', '/secrets', '/redirect-uris', '/older']) {
      expect((await browser.get(`${path}${rest}`)).status, rest).toBe(200)
    }
    const added = await browser.post(`${path}/secrets`, { csrf: await csrf(browser), name: 'hers' })
    expect((await browser.follow(added)).body).toContain('id="client-secret"')
    expect((await browser.get(path)).body).not.toContain(`${path}/delete`)
    expect((await browser.get(`${path}/delete`)).status).toBe(403)
    expect((await browser.post(`${path}/delete`, { csrf: await csrf(browser) })).status).toBe(403)
    await h.storage.appTeams.amend(app.id, (team) => ({ ...team, collaborators: [] }))
    expect((await browser.get(path)).status).toBe(404)
  })

  test('of somebody else is not there, whichever role one has and whatever one sends', async () => {
    const app = await registerApp(dev)
    const before = await h.storage.clients.find(app.id)
    const secret = before?.secrets[0]?.id ?? ''
    const path = `/developer/apps/${app.id}`
    const reads = ['', '/requests', '/secrets', `/secrets/${secret}/replace`, `/secrets/${secret}/remove`]
    const writes: readonly (readonly [string, Record<string, string>])[] = [
      ['/settings/name', { name: 'Mine' }],
      ['/redirect-uris/edit', { uri: callback, to: 'https://mallory.example/cb' }],
      ['/secrets', { name: 'mine' }],
      [`/secrets/${secret}/replace`, { overlap: 'none' }],
      [`/secrets/${secret}/remove`, {}],
      ['/redirect-uris', { uri: 'https://mallory.example/cb' }],
      ['/redirect-uris/remove', { uri: callback }],
      ['/older', { setting: 'quantimodo', replay_window: '0' }],
      ['/delete', {}],
    ]
    for (const [name, roles] of [
      ['mallory', []],
      ['help', ['support']],
      ['root', ['owner']],
    ] as const) {
      await addAccount(h, name, { roles })
      const browser = await signedIn(h, name)
      const token = await csrf(browser)
      for (const rest of [...reads, '/redirect-uris', '/older', '/delete']) {
        expect((await browser.get(`${path}${rest}`)).status, `${name} ${rest}`).toBe(404)
      }
      for (const [rest, fields] of writes) {
        expect((await browser.post(`${path}${rest}`, { csrf: token, ...fields })).status, `${name} ${rest}`).toBe(404)
      }
    }
    expect(await h.storage.clients.find(app.id)).toEqual(before)
  })

  test('takes no form that is not its own page’s: without token, with another’s, or from another site', async () => {
    const app = await registerApp(dev)
    const before = await h.storage.clients.find(app.id)
    const secret = before?.secrets[0]?.id ?? ''
    await addAccount(h, 'mallory')
    const foreign = await csrf(await signedIn(h, 'mallory'))
    const own = await csrf(dev)
    const path = `/developer/apps/${app.id}`
    const forms: readonly (readonly [string, Record<string, string>])[] = [
      ['/developer/apps/new', { name: 'x', kind: 'web', redirect_uris: callback, scope: 'basic' }],
      [`${path}/settings/name`, { name: 'x' }],
      [`${path}/redirect-uris/edit`, { uri: callback, to: 'https://x.example/cb' }],
      [`${path}/secrets`, { name: 'x' }],
      [`${path}/secrets/${secret}/replace`, { overlap: 'none' }],
      [`${path}/secrets/${secret}/remove`, {}],
      [`${path}/redirect-uris`, { uri: 'https://x.example/cb' }],
      [`${path}/redirect-uris/remove`, { uri: callback }],
      [`${path}/older`, { setting: 'quantimodo', replay_window: '0' }],
      [`${path}/delete`, {}],
    ]
    for (const [to, fields] of forms) {
      expect((await dev.post(to, fields)).status, to).toBe(403)
      expect((await dev.post(to, { ...fields, csrf: foreign })).status, to).toBe(403)
      const elsewhere = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]
      for (const headers of elsewhere) {
        expect((await dev.post(to, { ...fields, csrf: own }, headers)).status, to).toBe(403)
      }
      expect((await testBrowser(h.app).post(to, { ...fields, csrf: own })).status, to).toBe(403)
    }
    expect(await h.storage.clients.find(app.id)).toEqual(before)
    const apps = await h.storage.clients.listByUser(before?.ownerId ?? 'usr_')
    expect(apps).toHaveLength(1)
  })
})
