/** /developer/apps/ID/people through the front door: inviting somebody to work on an app, their answer, and what each may do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { minute } from '../../src/lib/clock.ts'
import { apiStatus, authorize, authorizeUrl, exchangeCode, hiddenFields, type TestBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, byCommand, type Harness } from '../support/harness.ts'
import { type RegisteredApp, registerApp, signedIn } from './developer.ts'
import { all, byId, read, textOf } from './markup.ts'

const people = ['alice', 'bob', 'carol', 'mallory'] as const
type Name = (typeof people)[number]

describe.each(await drivers())('the people of an app, over $name', (driver) => {
  let servers: Servers
  let h: Harness
  const browsers = {} as Record<Name, TestBrowser>
  beforeAll(async () => {
    servers = await driver.servers({ settings: { appRegistration: 'approval' } })
    h = servers.h
    for (const name of people) {
      await addAccount(h, name)
      browsers[name] = await signedIn(h, name)
    }
  })
  afterAll(() => servers.close())

  const send = async (as: Name, path: string, fields: Record<string, string> = {}) => {
    const { csrf = '' } = hiddenFields(await browsers[as].get('/logout'))
    // Invitations have a budget, which is not looked at here.
    h.clock.move(minute / 3)
    return browsers[as].follow(await browsers[as].post(path, { csrf, ...fields }))
  }
  const idOf = async (name: string) => (await h.storage.accounts.findByLogin(name))?.id ?? 'usr_'
  const pathOf = (app: RegisteredApp) => `/developer/apps/${app.id}`
  const invite = (app: RegisteredApp, username: string, as: Name = 'alice') =>
    send(as, `${pathOf(app)}/collaborators`, { username })
  const answer = (as: Name, app: RegisteredApp, choice: string) => send(as, `${pathOf(app)}/answer`, { answer: choice })
  const shown = async (as: Name, app: RegisteredApp, id: string) => {
    const page = read((await browsers[as].get(`${pathOf(app)}/people`)).body)
    return all(page).some(({ attributes }) => attributes.id === id) ? textOf(byId(page, id)) : undefined
  }
  /** An app of alice's on which bob works. */
  const withBob = async () => {
    const app = await registerApp(browsers.alice, { scope: 'basic' })
    await invite(app, 'bob')
    expect((await answer('bob', app, 'accepted')).body).toContain('You work on the app now.')
    return app
  }
  const events = async (app: RegisteredApp) => {
    const { events } = await h.storage.audit.search(20, { clientId: app.id })
    return events.map(({ type, actor, subject }) => [type, actor, subject])
  }

  test('somebody is invited by username, accepts, looks after the app, and leaves it again', async () => {
    const app = await registerApp(browsers.alice, { scope: 'basic' })
    expect(await shown('alice', app, 'app-people')).toMatch(/alice.*owner, you/s)
    const invited = await invite(app, 'Bob')
    expect(invited.path).toBe(`${pathOf(app)}/people?done=invited`)
    expect(invited.body).toContain('The invitation is on its way.')
    expect(await shown('alice', app, 'app-invited')).toContain('Bob')
    expect((await browsers.bob.get(pathOf(app))).status).toBe(404)

    const offered = read((await browsers.bob.get('/developer')).body)
    expect(textOf(byId(offered, 'app-offers'))).toMatch(/Meadow.*by alice/s)
    await answer('bob', app, 'accepted')
    const list = (await browsers.bob.get('/developer')).body
    expect([list.includes('app-offers'), list.includes('Shared with you')]).toEqual([false, true])
    expect(await shown('alice', app, 'collaborators')).toContain('bob')
    expect(await shown('alice', app, 'app-invited')).toBeUndefined()
    expect(await shown('bob', app, 'app-people')).toMatch(/alice.*owner.*bob.*you/s)
    const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'basic' }), { browser: browsers.bob })
    const tokens = await exchangeCode(h.app, app, code)

    expect((await send('bob', `${pathOf(app)}/leave`)).body).toContain('You no longer work on the app.')
    expect((await browsers.bob.get(pathOf(app))).status).toBe(404)
    expect((await send('bob', `${pathOf(app)}/leave`)).status).toBe(404)
    // The app is in development: what it held of him is over.
    expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(401)
    const [alice, bob] = [await idOf('alice'), await idOf('bob')]
    expect((await events(app)).filter(([type]) => type?.startsWith('app_'))).toEqual([
      ['app_left', bob, null],
      ['app_shared', bob, null],
      ['app_invited', alice, null],
      ['app_registered', alice, null],
    ])
    const told = (await browsers.bob.get('/account/activity')).body
    expect(told).toContain('You agreed to work on')
    expect(told).toContain('You stopped working on')
  })

  test('who works on an app says nothing of who does, and only its owner ends it', async () => {
    const app = await withBob()
    expect((await browsers.bob.get(`${pathOf(app)}/people`)).body).not.toContain('id="collaborator-form"')
    const bob = await idOf('bob')
    const [before, team] = [await events(app), await h.storage.appTeams.find(app.id)]
    for (const [act, fields] of [
      ['collaborators', { username: 'carol' }],
      ['collaborators/remove', { person: bob }],
      ['invitations/remove', { username: 'carol' }],
      ['delete', {}],
      ['end-tokens', {}],
    ] as const) {
      expect((await send('bob', `${pathOf(app)}/${act}`, fields)).status, act).toBe(403)
      expect((await send('mallory', `${pathOf(app)}/${act}`, fields)).status, act).toBe(404)
    }
    expect((await send('bob', '/account/close/hand-over', { client_id: app.id, username: 'carol' })).status).toBe(404)
    expect((await browsers.mallory.get(`${pathOf(app)}/people`)).status).toBe(404)
    expect((await answer('mallory', app, 'accepted')).status).toBe(404)
    expect([await events(app), await h.storage.appTeams.find(app.id)]).toEqual([before, team])
    expect((await send('bob', `${pathOf(app)}/secrets`, { name: 'his' })).status).toBe(200)
    expect((await send('bob', `${pathOf(app)}/testers`, { username: 'carol' })).status).toBe(200)
  })

  test('who is removed is out at once, and is told so', async () => {
    const app = await withBob()
    expect((await browsers.alice.get(`${pathOf(app)}/people`)).body).toContain('Replace the secrets')
    const removed = await send('alice', `${pathOf(app)}/collaborators/remove`, { person: await idOf('bob') })
    expect(removed.body).toContain('The person no longer works on the app.')
    expect((await browsers.bob.get(`${pathOf(app)}/secrets`)).status).toBe(404)
    expect((await browsers.bob.get('/account/activity')).body).toContain('its owner removed you')
    const again = await send('alice', `${pathOf(app)}/collaborators/remove`, { person: await idOf('bob') })
    expect([again.status, again.body.includes('It is no longer there.')]).toEqual([400, true])
  })

  test('who declines, and an invitation that is taken back, change nothing; the owner sees no difference', async () => {
    const app = await registerApp(browsers.alice)
    await invite(app, 'bob')
    const before = await shown('alice', app, 'app-invited')
    expect((await answer('bob', app, 'maybe')).status).toBe(400)
    expect((await answer('bob', app, 'declined')).body).toContain('The invitation is declined.')
    expect(await shown('alice', app, 'app-invited')).toBe(before)
    expect((await answer('bob', app, 'accepted')).status).toBe(404)
    expect((await invite(app, 'bob')).body).toContain('has been invited already.')
    const back = await send('alice', `${pathOf(app)}/invitations/remove`, { username: 'bob' })
    expect(back.body).toContain('The invitation is taken back.')
    await invite(app, 'carol')
    await send('alice', `${pathOf(app)}/invitations/remove`, { username: 'carol' })
    expect((await answer('carol', app, 'accepted')).status).toBe(404)
    expect((await browsers.carol.get('/developer')).body).not.toContain('app-offers')
    expect((await browsers.bob.get(pathOf(app))).status).toBe(404)
  })

  test('inviting tells nothing about who has an account here, and an address counts once it is confirmed', async () => {
    const app = await withBob()
    await h.storage.accounts.update(await idOf('carol'), { email: 'carol@example.com', emailVerified: true })
    await h.storage.accounts.update(await idOf('mallory'), { email: 'boss@example.com', emailVerified: false })
    await h.storage.accounts.update(await idOf('bob'), { email: 'bob@example.com', emailVerified: true })
    const answers = new Set<string>()
    // The last one works on the app already: whose the address is shows in no answer.
    for (const name of ['carol', 'nobody.here', 'Carol@example.com', 'boss@example.com', 'bob@example.com']) {
      const page = await invite(app, name)
      answers.add(page.body.replaceAll(name, 'NAME').replaceAll(/name="csrf" value="[^"]*"/g, ''))
      if (name.startsWith('Carol')) expect((await browsers.carol.get('/developer')).body).toContain('app-offers')
      for (const as of ['mallory', 'bob'] as const) {
        expect((await browsers[as].get('/developer')).body, name).not.toContain('app-offers')
      }
      if (!name.startsWith('bob@')) await send('alice', `${pathOf(app)}/invitations/remove`, { username: name })
    }
    expect([...answers]).toHaveLength(1)
    for (const [name, problem] of [
      ['', 'Give a username or an e-mail address.'],
      ['alice', 'It is yours already.'],
      ['BOB', 'This person shares it already.'],
      ['bob@', 'That is not an e-mail address.'],
      ['bob smith', 'Use letters'],
    ] as const) {
      const page = await invite(app, name)
      expect(page.status, name).toBe(400)
      expect(textOf(byId(read(page.body), 'collaborator-username-problem'))).toContain(problem)
    }
    await send('alice', `${pathOf(app)}/invitations/remove`, { username: 'bob@example.com' })
    await invite(app, 'carol@example.com')
    await answer('carol', app, 'accepted')
    expect(await shown('alice', app, 'collaborators')).toMatch(/bob.*carol/s)
  })

  test('at most twenty work on an app or are asked to, also where they are asked at once', async () => {
    const app = await registerApp(browsers.alice)
    await h.storage.appTeams.amend(app.id, (team) => ({
      ...team,
      invited: Array.from({ length: 18 }, (_, i) => ({ username: `n${i}`, userId: null, declined: false })),
    }))
    const { csrf = '' } = hiddenFields(await browsers.alice.get('/logout'))
    const fields = ['one', 'two', 'three', 'four'].map((username) => ({ csrf, username }))
    const sent = await Promise.all(fields.map((filled) => browsers.alice.post(`${pathOf(app)}/collaborators`, filled)))
    expect(sent.map(({ status }) => status).sort()).toEqual([303, 303, 400, 400])
    const page = (await browsers.alice.get(`${pathOf(app)}/people`)).body
    expect(page).toContain('At most 20 people can work on an app with you.')
    expect(page).not.toContain('id="collaborator-form"')
    expect((await invite(app, 'bob')).body).toContain('At most 20 people can share it.')
  })

  test('whoever takes an app over is its owner and no more a collaborator, and its people stay', async () => {
    const app = await withBob()
    await invite(app, 'carol')
    browsers.alice = await signedIn(h)
    const offer = await send('alice', '/account/close/hand-over', { client_id: app.id, username: 'bob' })
    const link = /\/account\/take-over\/[A-Za-z0-9_-]+/.exec(offer.body)?.[0] ?? ''
    const { code } = await authorize(h.app, authorizeUrl(app, { scope: 'basic' }), { browser: browsers.alice })
    const tokens = await exchangeCode(h.app, app, code)
    await send('bob', link)
    const bob = await idOf('bob')
    expect(await h.storage.appTeams.find(app.id)).toMatchObject({ owner: bob, collaborators: [] })
    expect((await browsers.alice.get(`${pathOf(app)}/people`)).status).toBe(404)
    expect(await apiStatus(h.app, tokens.body.access_token ?? '')).toBe(401)
    expect((await invite(app, 'alice', 'bob')).body).toContain('The invitation is on its way.')
    await answer('carol', app, 'accepted')
    expect(await shown('bob', app, 'collaborators')).toContain('carol')
  })

  test('who has closed their account works on nothing, and is gone from it when that is final', async () => {
    const app = await registerApp(browsers.alice)
    await addAccount(h, 'dora')
    const dora = await signedIn(h, 'dora')
    await invite(app, 'dora')
    const { csrf = '' } = hiddenFields(await dora.get('/logout'))
    await dora.post(`${pathOf(app)}/answer`, { csrf, answer: 'accepted' })
    expect(await shown('alice', app, 'collaborators')).toContain('dora')
    const closed = await dora.post('/account/close', {
      ...hiddenFields(await dora.get('/account/close')),
      understood: 'yes',
    })
    expect(closed.status).toBe(303)
    expect((await dora.get(pathOf(app))).location).toMatch(/^\/login/)
    expect(await h.storage.accounts.erase((await h.storage.accounts.findByLogin('dora'))?.id ?? 'usr_')).toBe('erased')
    expect(await shown('alice', app, 'collaborators')).toBeUndefined()
  })

  test('the operator’s document says who works on an app; what it does not name stays', async () => {
    const apply = async (entry: object) => {
      const clients = [{ client_id: 'teamwork', redirect_uris: ['https://app.example/cb'], ...entry }]
      const changes = await planApply(h.context, parseDocument(JSON.stringify({ clients })))
      await executeApply(h.context, byCommand, changes)
      return changes.map(({ action, members }) => [action, members])
    }
    const team = async () => (await h.storage.appTeams.find('teamwork'))?.collaborators
    const [bob, carol] = [await idOf('bob'), await idOf('carol')]
    expect(await apply({ owner: 'alice', collaborators: ['carol', 'bob', 'alice'] })).toEqual([['create', []]])
    expect(await team()).toEqual([bob, carol].sort())
    expect(await apply({ collaborators: ['bob', 'carol'] })).toEqual([])
    expect(await apply({})).toEqual([])
    expect(await apply({ owner: 'bob' })).toEqual([['update', ['owner', 'collaborators']]])
    expect(await team()).toEqual([carol])
    expect(await apply({ collaborators: [] })).toEqual([['update', ['collaborators']]])
    expect(await team()).toEqual([])
    await expect(apply({ collaborators: ['nobody.here'] })).rejects.toThrow(
      'clients[0].collaborators[0]: is nobody in the document or the database',
    )
  })
})
