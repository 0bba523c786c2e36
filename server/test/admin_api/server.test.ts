/** What runs the server, over the admin API: APIs, legacy protocols, secrets of apps, the audit log; and who may do it to whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readExport } from '../../src/engine/operator/recovery/export.ts'
import { day, dayOf } from '../../src/lib/clock.ts'
import { authorize, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { adminResource, askToken, call, machineToken } from './calls.ts'

let h: Harness
let token: string

beforeAll(async () => {
  h = await harness()
  token = await machineToken(h)
})
afterAll(() => h.close())

async function etagOf(path: string): Promise<string> {
  return String((await call(h, token, 'GET', path)).headers.etag)
}

describe('An API of the operator', () => {
  it('is registered once, changed to the version that was read, and removed', async () => {
    const body = { resource: 'https://orders.example/', scopes: ['orders.read'] }
    const made = await call(h, token, 'POST', '/resources', { body })
    expect(made.statusCode).toBe(201)
    const path = new URL(String(made.headers.location)).pathname.slice('/admin/api/v1'.length)
    expect((await call(h, token, 'POST', '/resources', { body })).statusCode).toBe(409)
    const changed = await call(h, token, 'PATCH', path, {
      body: { name: 'Orders' },
      headers: { 'if-match': String(made.headers.etag) },
    })
    expect(changed.json()).toMatchObject({ name: 'Orders', scopes: ['orders.read'] })
    const wrong = await call(h, token, 'PATCH', path, { body: { nme: 'x' }, headers: { 'if-match': '*' } })
    expect(wrong.json().errors).toEqual([{ pointer: '#/nme', detail: 'Unknown member.' }])
    const other = await call(h, token, 'PATCH', path, {
      body: { resource: 'https://bills.example/' },
      headers: { 'if-match': '*' },
    })
    expect(other.statusCode).toBe(400)
    expect(other.json().errors).toMatchObject([{ pointer: '#/resource' }])
    const taken = await call(h, token, 'PATCH', path, { body: { resource: null }, headers: { 'if-match': '*' } })
    expect(taken.statusCode).toBe(400)
    const unknown = { resource: 'https://bills.example/', nme: 'x' }
    const refused = await call(h, token, 'POST', '/resources', { body: unknown })
    expect(refused.json().errors).toEqual([{ pointer: '#/nme', detail: 'Unknown member.' }])
    expect((await call(h, token, 'GET', path)).headers.etag).toBe(changed.headers.etag)
    const gone = await call(h, token, 'DELETE', path, { headers: { 'if-match': String(changed.headers.etag) } })
    expect(gone.statusCode).toBe(204)
    expect((await call(h, token, 'GET', path)).statusCode).toBe(404)
  })

  it('has no scope of the admin API', async () => {
    const body = { resource: 'https://other.example/', scopes: ['admin.read'] }
    expect((await call(h, token, 'POST', '/resources', { body })).statusCode).toBe(400)
  })

  it('is not the admin API itself', async () => {
    const body = { resource: adminResource, proxy: 'admin' }
    expect((await call(h, token, 'POST', '/resources', { body })).statusCode).toBe(409)
  })
})

describe('A legacy protocol', () => {
  it('is closed and opened again, also where nothing was decided before', async () => {
    const path = '/protocols/password_token'
    const first = await etagOf(path)
    const closed = await call(h, token, 'PATCH', path, { body: { closed: true }, headers: { 'if-match': first } })
    expect(closed.json()).toMatchObject({ protocol: 'password_token', closed: true })
    const late = await call(h, token, 'PATCH', path, { body: { closed: false }, headers: { 'if-match': first } })
    expect(late.statusCode).toBe(412)
    const open = await call(h, token, 'PATCH', path, {
      body: { closed: false },
      headers: { 'if-match': String(closed.headers.etag) },
    })
    expect(open.json().closed).toBe(false)
  })
})

describe('A secret of an app', () => {
  it('is made, works, and ends', async () => {
    const client = await addClient(h)
    const path = `/apps/${client.id}`
    const made = await call(h, token, 'POST', `${path}/secrets`, { body: { name: 'second' } })
    const secret = made.json().client_secret
    h.context.clients.forget()
    expect((await askToken(h, { id: client.id, secret }, { scope: 'basic' })).statusCode).toBe(200)
    const { id } = made.json().secrets.find((one: { name: string }) => one.name === 'second')
    const removed = await call(h, token, 'DELETE', `${path}/secrets/${id}`, {
      headers: { 'if-match': await etagOf(path) },
    })
    expect(removed.statusCode).toBe(204)
    h.context.clients.forget()
    expect((await askToken(h, { id: client.id, secret }, { scope: 'basic' })).statusCode).toBe(401)
  })
})

describe('The audit log', () => {
  it('comes in pages that hold each event once', async () => {
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const answer = await call(h, token, 'GET', `/audit?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      const { items, next } = answer.json() as { items: object[]; next: string | null }
      seen.push(...items.map((item) => JSON.stringify(item)))
      if (next === null) break
      cursor = next
    }
    expect(seen.length).toBe((await h.storage.audit.list(1000)).length)
    expect(seen.join()).toContain('legacy_protocol_decided')
  })

  it('is looked through by what happened, to whom, with which app, and when', async () => {
    const person = await addAccount(h, 'looked_for')
    const other = await addAccount(h, 'not_looked_for')
    const client = await addClient(h)
    for (const { id } of [person, other]) await call(h, token, 'POST', `/people/${id}/end-access`)
    await call(h, token, 'POST', `/apps/${client.id}/end-tokens`)
    const found = async (query: string) => (await call(h, token, 'GET', `/audit?${query}`)).json().items as Event[]
    interface Event {
      readonly at: string
      readonly type: string
      readonly subject: string | null
      readonly client_id: string | null
    }
    const ofPerson = await found(`person=${person.id}`)
    expect(ofPerson.map(({ subject }) => subject)).toEqual([person.id])
    const [{ type, at } = { type: '', at: '' }] = ofPerson
    const ofType = await found(`type=${type}`)
    expect(new Set(ofType.map((one) => one.type))).toEqual(new Set([type]))
    expect(ofType.map(({ subject }) => subject)).toEqual(expect.arrayContaining([person.id, other.id]))
    expect((await found(`app=${client.id}`)).map((one) => one.client_id)).toEqual([client.id])
    const all = await found('limit=200')
    expect(await found(`limit=200&until=${at}`)).toEqual(all.filter((one) => one.at < at))
    expect(await found(`limit=200&since=${at}`)).toEqual(all.filter((one) => one.at >= at))
    expect((await call(h, token, 'GET', '/audit?type=nonsense')).json().errors).toEqual([
      { parameter: 'type', detail: 'is no type of event' },
    ])
  })
})

describe('The export of the audit log', () => {
  it('has each event once in lines, the oldest first, and can be read again', async () => {
    const lines: string[] = []
    for (let query = 'limit=7'; ; ) {
      const answer = await call(h, token, 'GET', `/audit/export?${query}`)
      expect(answer.headers['content-type']).toMatch(/^application\/x-ndjson/)
      lines.push(...answer.body.split('\n').filter((line) => line !== ''))
      const next = /[?&](limit=7&cursor=[^>]+)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1]
      if (next === undefined) break
      query = next
    }
    const stored = await h.storage.audit.list(1000)
    expect(readExport(lines.join('\n')).map(({ type }) => type)).toEqual(stored.map(({ type }) => type).reverse())
    expect(JSON.parse(lines[0] ?? '').chain.digest).toMatch(/^[0-9a-f]{64}$/)
    const since = new Date(h.clock.now() + 1).toISOString()
    expect((await call(h, token, 'GET', `/audit/export?since=${since}`)).body).toBe('')
  })
})

describe('A brown-out of a legacy protocol', () => {
  it('is planned once for its time, and taken back', async () => {
    const path = '/protocols/password_token'
    const at = (hours: number) => new Date(h.clock.now() + hours * 3_600_000).toISOString()
    const body = { from: at(24), until: at(25) }
    const planned = await call(h, token, 'POST', `${path}/brownouts`, { body })
    expect(planned.json().brownouts).toEqual([body])
    expect((await call(h, token, 'POST', `${path}/brownouts`, { body })).statusCode).toBe(409)
    const past = await call(h, token, 'POST', `${path}/brownouts`, { body: { from: at(-2), until: at(-1) } })
    expect(past.json().errors).toEqual([{ pointer: '#/until', detail: 'It is over already.' }])
    const headers = { 'if-match': await etagOf(path) }
    const gone = await call(h, token, 'DELETE', `${path}/brownouts?from=${body.from}`, { headers })
    expect(gone.statusCode).toBe(204)
    expect((await call(h, token, 'GET', path)).json().brownouts).toEqual([])
  })
})

describe('The plan for the end of a legacy protocol', () => {
  it('is taken back as a whole, and says who would notice', async () => {
    const path = '/protocols/jwt_login'
    const client = await addClient(h)
    const use = { day: dayOf(h.clock.now()), dialect: 'jwt_login', clientId: client.id, count: 4 } as const
    await h.storage.dialectUses.add([{ ...use, lastAt: h.clock.now() }])
    const body = { sunset: '2031-01-01T00:00:00.000Z', link: 'https://example.com/moving' }
    const headers = { 'if-match': await etagOf(path) }
    const planned = await call(h, token, 'PATCH', path, { body, headers })
    expect(planned.json()).toMatchObject(body)
    const seen = (await call(h, token, 'GET', `${path}/use`)).json()
    expect(seen).toMatchObject({ safe_to_close: false, apps: [{ client_id: client.id, uses: 4 }] })
    expect((await call(h, token, 'DELETE', `${path}/plan`, { headers })).statusCode).toBe(412)
    const now = { 'if-match': String(planned.headers.etag) }
    expect((await call(h, token, 'DELETE', `${path}/plan`, { headers: now })).statusCode).toBe(204)
    expect((await call(h, token, 'GET', path)).json()).toMatchObject({ closed: false, sunset: null, link: null })
  })
})

describe('The settings in force', () => {
  it('are told with where they come from, and of a secret only that it is set', async () => {
    const { items } = (await call(h, token, 'GET', '/settings')).json()
    expect(items).toEqual(h.context.settings.shown)
    const kept = (await call(h, token, 'GET', '/retention')).json()
    expect(kept).toMatchObject({ requests: 14, audit: 365, app_uses: expect.any(Number), jobs: expect.any(Number) })
  })
})

describe('What is to be seen to', () => {
  it('is told in a sentence, with what repairs it', async () => {
    const { items } = (await call(h, token, 'GET', '/checks')).json() as { items: { id: string }[] }
    expect(items.find(({ id }) => id === 'backup')).toEqual({
      id: 'backup',
      state: 'todo',
      case: 'none',
      title: 'Backup',
      text: expect.stringMatching(/./),
      repair: expect.stringMatching(/./),
      command: 'consentry backup FILE',
    })
    expect(items.find(({ id }) => id === 'keys')).toMatchObject({ state: 'ok', repair: null, command: null })
  })

  it('stands beside what the server was used for, by day and by protocol', async () => {
    const use = (await call(h, token, 'GET', '/usage')).json()
    expect(use.days).toHaveLength(30)
    expect(use.days.at(-1)).toMatchObject({ day: dayOf(h.clock.now()), sign_ins: expect.any(Number) })
    expect(use.protocols[0]).toMatchObject({ protocol: 'jwt_login', count: 4 })
  })
})

describe('How the server stands', () => {
  it('is told with its alarms', async () => {
    h.context.alarms.raise('database_behind')
    const answer = await call(h, token, 'GET', '/health')
    expect(answer.json()).toMatchObject({ database: 'sqlite', alarms: ['database_behind'], restored: null })
  })
})

describe('An app', () => {
  it('is shown with who works on it, and with what it was refused in the last day', async () => {
    const owner = await addAccount(h, 'proprietor')
    const helper = await addAccount(h, 'colleague')
    const client = await addClient(h, {}, { ownerId: owner.id })
    const collaborators = [helper.id]
    await h.storage.appTeams.amend(client.id, (team) => ({ ...team, collaborators }))
    expect((await call(h, token, 'GET', `/apps/${client.id}`)).json()).toMatchObject({ owner: owner.id, collaborators })
    expect((await askToken(h, client, { scope: 'basic' })).statusCode).toBe(200)
    expect((await askToken(h, client, { scope: 'nonsense' })).statusCode).toBe(400)
    const use = (await call(h, token, 'GET', `/apps/${client.id}/use`)).json()
    expect(use).toMatchObject({ requests: 2, refused: 1, last_refusal: { endpoint: '/oauth/token' } })
    const own = (await call(h, token, 'GET', `/people/${owner.id}/access`)).json()
    expect(own.own_apps).toEqual([{ client_id: client.id, name: expect.any(String) }])
    expect(own.second_factor).toEqual({ authenticator: false, passkeys: 0, removal_at: null })
  })
})

describe('A person who cannot sign in', () => {
  it('is forgiven their guesses, and keeps a second factor whose removal waits', async () => {
    const { id } = await addAccount(h, 'locked_out')
    const path = `/people/${id}`
    expect((await call(h, token, 'POST', `${path}/clear-guesses`)).json().id).toBe(id)
    expect((await h.storage.accounts.find(id))?.guessesForgivenAt).not.toBeNull()
    const stop = async () =>
      (await call(h, token, 'DELETE', `${path}/factor-removal`, { headers: { 'if-match': '*' } })).statusCode
    expect(await stop()).toBe(409)
    await h.storage.factors.askRemoval(id, h.clock.now() + day)
    expect(await stop()).toBe(204)
    expect(await stop()).toBe(409)
  })
})

describe('The registered document of an app', () => {
  it('takes no member that it does not know, nor one of the app itself', async () => {
    const metadata = { client_name: 'Closed', grant_types: ['client_credentials'] }
    for (const member of ['clientname', 'client_id', 'client_secret', 'owner', 'plan']) {
      const body = JSON.parse(JSON.stringify({ metadata }).replace('{"client', `{"${member}":"x","client`))
      const refused = await call(h, token, 'POST', '/apps', { body })
      expect(refused.statusCode).toBe(400)
      expect(refused.json().errors).toEqual([{ pointer: `#/metadata/${member}`, detail: 'Unknown member.' }])
    }
    const made = await call(h, token, 'POST', '/apps', { body: { metadata } })
    const path = `/apps/${made.json().client_id}`
    const changed = await call(h, token, 'PATCH', path, {
      body: { metadata: { clientname: null } },
      headers: { 'if-match': '*' },
    })
    expect(changed.json().errors).toEqual([{ pointer: '#/metadata/clientname', detail: 'Unknown member.' }])
    expect((await call(h, token, 'GET', path)).headers.etag).toBe(made.headers.etag)
  })
})

describe('An app for which nothing waits', () => {
  it('is not asked for changes', async () => {
    const metadata = { client_name: 'Nobody\u2019s', grant_types: ['client_credentials'] }
    const made = await call(h, token, 'POST', '/apps', { body: { metadata } })
    const path = `/apps/${made.json().client_id}/wanted-changes`
    const answer = await call(h, token, 'POST', path, { body: { wanted: 'Another name' } })
    expect([answer.statusCode, answer.json().detail]).toEqual([409, 'Nothing waits.'])
  })
})

describe('An administrator', () => {
  it('acts on no account of the same role or a higher one, nor on their own, nor gives roles to apps', async () => {
    const console = await addClient(h, { admin_api: true, scope: 'admin.read admin.write' })
    const boss = await addAccount(h, 'boss', { roles: ['owner'] })
    const peer = await addAccount(h, 'peer', { roles: ['admin'] })
    const self = await addAccount(h, 'self', { roles: ['admin'] })
    const person = await addAccount(h, 'plain')
    const asked = authorizeUrl(console, { scope: 'admin.read admin.write', resource: adminResource })
    const { code } = await authorize(h.app, asked, { username: 'self' })
    const own = (await exchangeCode(h.app, console, code)).body.access_token
    const switchOff = async (id: string) =>
      (await call(h, own, 'PATCH', `/people/${id}`, { body: { enabled: false }, headers: { 'if-match': '*' } }))
        .statusCode
    expect([await switchOff(boss.id), await switchOff(peer.id), await switchOff(self.id)]).toEqual([403, 403, 403])
    expect(await switchOff(person.id)).toBe(200)
    const remove = async (id: string) =>
      (await call(h, own, 'DELETE', `/people/${id}`, { headers: { 'if-match': '*' } })).statusCode
    expect([await remove(boss.id), await remove(peer.id), await remove(self.id)]).toEqual([403, 403, 403])
    expect(await remove(person.id)).toBe(204)
    const metadata = { client_name: 'Script', grant_types: ['client_credentials'], scope: 'admin.read' }
    const withRole = await call(h, own, 'POST', '/apps', { body: { metadata: { ...metadata, admin_role: 'owner' } } })
    expect(withRole.statusCode).toBe(403)
    const withoutRole = await call(h, own, 'POST', '/apps', { body: { metadata } })
    expect(withoutRole.statusCode).toBe(400)
    const machine = await addClient(h, { ...metadata, redirect_uris: [], admin_role: 'owner' })
    const secret = await call(h, own, 'POST', `/apps/${machine.id}/secrets`, { body: { name: 'mine' } })
    expect(secret.statusCode).toBe(403)
    const renamed = await call(h, own, 'PATCH', `/apps/${machine.id}`, {
      body: { metadata: { client_name: 'Mine' } },
      headers: { 'if-match': '*' },
    })
    expect(renamed.statusCode).toBe(403)
  })
})
