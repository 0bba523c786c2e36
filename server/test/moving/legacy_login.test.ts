/** Moving in one by one: the former server is asked once about whoever has no account here, and its yes is kept. */
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { lookAtLegacyLogin } from '../../src/cli/findings/legacy_login.ts'
import { signIn } from '../../src/engine/account/accounts.ts'
import { newUserId } from '../../src/engine/account/new_account.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, addSubscriptionKey, alicePassword, type Harness, harness } from '../support/harness.ts'

const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const
const key = Buffer.from('a key of the tests, 32 bytes long')
const secret = `whsec_${key.toString('base64')}`
const password = 'canary-words-of-the-former-server'

interface Asked {
  readonly username: string
  readonly password: string
}
type Answer = (response: ServerResponse, asked: Asked) => void

/** A former server on this machine, which takes nothing that is not signed. */
class FormerServer {
  readonly asked: Asked[] = []
  unsigned = 0
  answer: Answer = () => {}
  readonly server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => this.take(request, response, body))
  })

  get origin() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  private take({ headers }: IncomingMessage, response: ServerResponse, body: string) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const wanted = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
    const fresh = Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 300
    if (headers['webhook-signature'] !== wanted || !fresh) {
      this.unsigned++
      return void response.writeHead(400).end()
    }
    const asked = JSON.parse(body) as Asked
    this.asked.push(asked)
    this.answer(response, asked)
  }
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const knows =
  (user: Readonly<Record<string, unknown>>): Answer =>
  (response, asked) =>
    json(response, { user: asked.password === password ? user : null })

const person = (username: string, more: object = {}) => ({
  username,
  email: `${username}@former.example`,
  email_verified: true,
  claims: { given_name: 'Anna', shoe_size: 40, roles: ['admin'] },
  roles: ['admin'],
  ...more,
})

const former = new FormerServer()
let servers: Servers
let h: Harness
beforeAll(async () => {
  former.server.listen(0, '127.0.0.1')
  await once(former.server, 'listening')
})
afterAll(() => {
  former.server.closeAllConnections()
  former.server.close()
})
beforeEach(() => {
  former.asked.length = 0
  former.unsigned = 0
})

function settingsFor(url: string, signedWith = secret) {
  return { legacyLogin: { url, secret: signedWith }, outboundAllowed: new Set([new URL(url).origin]) }
}

const signInAs = (login: string, text = password, at = h) => signIn(at.context, { login, password: text }, caller)
const find = (name: string) => h.storage.accounts.findByLogin(name)

describe.each(await drivers())('moving in one by one on $name', (driver) => {
  beforeAll(async () => {
    servers = await driver.servers({ settings: settingsFor(`${former.origin}/login`) })
    h = servers.h
  })
  afterAll(() => servers.close())

  describe('a name that is unknown here', () => {
    test('is asked for once, on the page, and a yes becomes an account with a hash of ours and no role', async () => {
      former.answer = knows(person('anna'))
      const browser = testBrowser(h.app)
      const page = await signInOn(browser, await browser.get('/login'), 'Anna', password)
      expect(page.status).toBe(200)
      expect(page.body).toContain('anna')
      expect(former.asked).toEqual([{ username: 'Anna', password }])
      const account = await find('anna')
      expect(account).toMatchObject({
        email: 'anna@former.example',
        emailVerified: true,
        roles: [],
        claims: { given_name: 'Anna' },
      })
      expect(h.context.passwords.isOwn(account?.passwordHash ?? '')).toBe(true)

      expect(await signInAs('anna')).toMatchObject({ outcome: 'signed_in', account: { id: account?.id } })
      expect(await signInAs('anna@former.example')).toMatchObject({ outcome: 'signed_in' })
      expect(await signInAs('anna', 'another one')).toEqual({ outcome: 'wrong' })
      expect(former.asked).toHaveLength(1)
      const { events: rows } = await h.storage.audit.search(10, { type: 'user_imported' })
      expect(rows).toMatchObject([{ subject: account?.id, detail: { source: 'legacy_login' } }])
    })

    test.each([
      ['200 with no user', (response: ServerResponse) => json(response, { user: null })],
      ['401', (response: ServerResponse) => json(response, { error: 'wrong' }, 401)],
      ['403', (response: ServerResponse) => void response.writeHead(403).end()],
      ['404', (response: ServerResponse) => void response.writeHead(404).end('nobody')],
    ])('that is answered with %s is a wrong password, and counts as one', async (kind, answer) => {
      former.answer = answer
      const name = `nobody-${kind.replaceAll(' ', '-')}`
      const browser = testBrowser(h.app)
      const page = await signInOn(browser, await browser.get('/login'), name, password)
      expect(page.status).toBe(401)
      expect(page.body).toContain('Wrong username or password.')
      expect(await find(name)).toBeUndefined()
    })

    test('may be tried as often as any other, and no more is asked', async () => {
      former.answer = knows(person('hidden'))
      for (let i = 0; i < 12; i++) await signInAs('hidden', `guess ${i}`)
      expect(await signInAs('hidden')).toMatchObject({ outcome: 'throttled' })
      expect(former.asked).toHaveLength(10)
    })

    test('makes one account, however many sign in by it at once and by either of its names', async () => {
      former.answer = (response, asked) => void setTimeout(() => knows(person('crowd'))(response, asked), 20)
      const names = ['crowd', 'crowd@former.example', 'Crowd', 'crowd', 'crowd@former.example', 'CROWD']
      const outcomes = await Promise.all(
        names.map((name, i) => signInAs(name, password, servers.nodes[i % servers.nodes.length])),
      )
      const account = await find('crowd')
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ outcome: 'signed_in', account: { id: account?.id } })
      const { events: rows } = await h.storage.audit.search(20, { type: 'user_imported' })
      expect(rows.filter(({ subject }) => subject === account?.id)).toHaveLength(1)
    })

    test('gets nothing by a yes that names somebody who is here, or somebody else', async () => {
      const alice = await addAccount(h)
      former.answer = knows(person('alice-of-old', { email: alice.email }))
      expect(await signInAs('alice-of-old')).toEqual({ outcome: 'wrong' })
      former.answer = knows(person('alice'))
      expect(await signInAs('alice@former.example')).toEqual({ outcome: 'wrong' })
      former.answer = knows(person('somebody-else'))
      expect(await signInAs('asked-for')).toEqual({ outcome: 'wrong' })
      for (const name of ['alice-of-old', 'alice@former.example', 'asked-for', 'somebody-else']) {
        expect(await find(name), name).toBeUndefined()
      }
      expect(await find('alice')).toEqual(alice)
    })

    test('that was deleted here since does not come back', async () => {
      former.answer = knows(person('gone'))
      expect(await signInAs('gone')).toMatchObject({ outcome: 'signed_in' })
      const account = await find('gone')
      if (account === undefined) throw new Error('nobody')
      expect(await h.storage.accounts.erase(account.id)).toBe('erased')
      expect(await signInAs('gone')).toEqual({ outcome: 'wrong' })
      expect(await find('gone')).toBeUndefined()
    })

    test('opens the password token protocol', async () => {
      former.answer = knows(person('phone'))
      const form = new URLSearchParams({ username: 'phone', password }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload: form })
      expect(answer.json()).toMatchObject({ data: { access_token: expect.any(String) } })
    })
  })

  describe('an answer that is neither yes nor no', () => {
    const answers: readonly (readonly [string, Answer])[] = [
      ['garbage', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"user"')],
      ['another shape', (response) => json(response, { user: { name: 'anna' } })],
      ['no user', (response) => json(response, {})],
      ['a page', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome')],
      ['a redirect', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
      ['a broken server', (response) => json(response, { user: null }, 500)],
      ['a great deal', (response) => json(response, { user: null, more: 'x'.repeat(100_000) })],
      ['a closed connection', (response) => void response.destroy()],
    ]

    test('asks for patience, changes nothing and counts nothing, whatever it is', async () => {
      for (const [kind, answer] of answers) {
        former.answer = answer
        for (let i = 0; i < 12; i++) {
          await expect(signInAs('patient'), kind).rejects.toMatchObject({ name: 'LegacyLoginAway' })
        }
        expect(await find('patient')).toBeUndefined()
      }
      former.answer = knows(person('patient'))
      expect(await signInAs('patient')).toMatchObject({ outcome: 'signed_in' })
    })

    test('is one that does not end within ten seconds, however it goes on', async () => {
      // The time is asked for as it is, and comes a hundred times as fast.
      const timeout = AbortSignal.timeout.bind(AbortSignal)
      const asked = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100))
      let dripping: NodeJS.Timeout | undefined
      former.answer = (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        dripping = setInterval(() => response.write(' '), 5)
      }
      await expect(signInAs('patient-two')).rejects.toMatchObject({ name: 'LegacyLoginAway' })
      expect(asked.mock.calls).toEqual([[10_000]])
      clearInterval(dripping)
      asked.mockRestore()
    })

    test('is 503 on the page, with a sentence, and in each protocol as it answers', async () => {
      former.answer = (response) => void response.destroy()
      const browser = testBrowser(h.app)
      const page = await signInOn(browser, await browser.get('/login'), 'waiting', password)
      expect(page.status).toBe(503)
      expect(page.body).toContain('Your password could not be checked, because another server did not answer.')
      const form = new URLSearchParams({ username: 'waiting', password }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload: form })
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ success: false, errors: { code: '5501' } })
      expect(h.logged.join('')).toContain('the server that people are moved from did not say yes or no')
    })

    test('comes from a server that was never there, that takes no request of ours, or that may not be called', async () => {
      const settings = settingsFor(`${former.origin}/login`, `whsec_${Buffer.alloc(32, 7).toString('base64')}`)
      const another = await harness({ settings })
      former.answer = knows(person('anna'))
      await expect(signInAs('anna', password, another)).rejects.toThrow('the answer has status 400')
      expect(former.asked).toEqual([])
      expect(former.unsigned).toBe(1)
      await another.close()
      const nowhere = await harness({ settings: settingsFor('http://127.0.0.1:1/login') })
      await expect(signInAs('anna', password, nowhere)).rejects.toThrow('the host did not answer')
      await nowhere.close()
      const unnamed = await harness({ settings: { ...settings, outboundAllowed: new Set() } })
      await expect(signInAs('anna', password, unnamed)).rejects.toThrow('not an https URL')
      await unnamed.close()
    })
  })

  describe('an account that is here', () => {
    test('with a password is never asked for', async () => {
      former.answer = knows(person('settled'))
      await addAccount(h, 'settled')
      expect(await signInAs('settled')).toEqual({ outcome: 'wrong' })
      expect(await signInAs('settled', alicePassword)).toMatchObject({ outcome: 'signed_in' })
      expect(former.asked).toEqual([])
    })

    test('that signs in through a provider alone is never asked for', async () => {
      const made = {
        username: 'provided',
        email: null,
        emailVerified: false,
        passwordHash: null,
        roles: [],
        claims: {},
      }
      await h.storage.accounts.insert({ id: newUserId(), ...made })
      former.answer = knows(person('provided'))
      expect(await signInAs('provided')).toEqual({ outcome: 'wrong' })
      expect(former.asked).toEqual([])
    })

    /** As an import leaves somebody whose hash could not be taken. */
    async function addImported(username: string) {
      const id = newUserId()
      const names = {
        username,
        email: `${username}@former.example`,
        emailVerified: true,
        passwordHash: null,
        claims: {},
      }
      const more = { mark: sha256(username), secondFactor: false, enabled: true, createdAt: h.clock.now() }
      expect(await h.storage.importedPeople.insert([{ id, ...names, ...more }])).toEqual(['imported'])
      return id
    }

    test('and was imported without a password gets that of the former server, at the JWT login too', async () => {
      const id = await addImported('dora')
      const subscription = await addSubscriptionKey(h, 'DoraDoraDoraDoraDoraDoraDoraDora', id)
      const login = (text: string) =>
        h.app.inject({
          method: 'POST',
          url: '/auth/v2/login',
          headers: { 'subscription-key': subscription },
          payload: { username: 'dora', password: text },
        })
      former.answer = (response) => void response.writeHead(502).end()
      expect((await login(password)).statusCode).toBe(503)
      former.answer = knows(person('dora'))
      expect((await login('wrong')).statusCode).toBe(401)
      expect((await login(password)).statusCode).toBe(201)
      const asked = former.asked.length
      expect((await login(password)).statusCode).toBe(201)
      expect(former.asked).toHaveLength(asked)
      expect(await find('dora')).toMatchObject({ id, emailVerified: true })
    })

    test('and was imported without a password gets none of somebody else of its name', async () => {
      await addImported('emil')
      former.answer = knows(person('emil', { email: 'another@former.example' }))
      expect(await signInAs('emil')).toEqual({ outcome: 'wrong' })
      former.answer = knows(person('emil', { email: null }))
      expect(await signInAs('emil')).toEqual({ outcome: 'wrong' })
      expect(await find('emil')).toMatchObject({ passwordHash: null })
    })
  })

  describe('while calls are paused after a restore', () => {
    test('nobody is asked for, who is here signs in, and it goes on when the operator says so', async () => {
      await addAccount(h, 'resident')
      former.answer = knows(person('abroad'))
      const restored = { backupAt: 1, restoredAt: 2, clone: false, reappliedUntil: null, unacknowledged: false }
      await h.storage.recovery.note({ ...restored, paused: true })
      h.clock.move(6000)
      await expect(signInAs('abroad')).rejects.toThrow('calls to other servers are paused since a restore')
      expect(await signInAs('resident', alicePassword)).toMatchObject({ outcome: 'signed_in' })
      expect(former.asked).toEqual([])
      await h.storage.recovery.note({ ...restored, paused: false })
      h.clock.move(6000)
      expect(await signInAs('abroad')).toMatchObject({ outcome: 'signed_in' })
    })
  })

  test('no password is in the log, the request log or the audit log', async () => {
    await h.context.requests.flush()
    await h.context.audit.flush()
    const kept = JSON.stringify([h.logged, await h.storage.audit.list(1000)])
    expect(kept).toContain('user_imported')
    for (const text of [password, secret, 'DoraDora']) expect(kept).not.toContain(text)
  })
})

test('doctor says whether it answers, and that it must not say yes to everybody', async () => {
  const settings = settingsFor(`${former.origin}/login`)
  const look = () => lookAtLegacyLogin(settings)
  expect(await lookAtLegacyLogin({ ...settings, legacyLogin: undefined })).toEqual([])
  former.answer = knows(person('anna'))
  expect(await look()).toMatchObject([{ state: 'ok' }])
  former.answer = (response) => json(response, { user: person('anybody') })
  expect(await look()).toMatchObject([{ state: 'problem', text: expect.stringContaining('says yes') }])
  const told: readonly (readonly [Answer, text: string, repair: string])[] = [
    [(response) => void response.destroy(), 'the host did not answer', 'Start it'],
    [(response) => void response.writeHead(400).end(), 'status 400', 'CONSENTRY_LEGACY_LOGIN_SECRET'],
    [(response) => json(response, { name: 'anna' }), 'not as documented', 'docs/operating/moving.md'],
  ]
  for (const [answer, text, repair] of told) {
    former.answer = answer
    expect(await look()).toMatchObject([
      { state: 'problem', text: expect.stringContaining(text), repair: expect.stringContaining(repair) },
    ])
  }
  const elsewhere = await lookAtLegacyLogin(settingsFor('https://nowhere.invalid/login'))
  expect(elsewhere).toMatchObject([{ state: 'problem', repair: expect.stringContaining('CONSENTRY_LEGACY_LOGIN_URL') }])
})

test('the receiver that the documentation shows answers yes and no, and takes nothing that is not signed', async () => {
  const text = readFileSync(new URL('../../../docs/operating/moving.md', import.meta.url), 'utf8')
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  const env = { ...process.env, CONSENTRY_LEGACY_LOGIN_SECRET: secret, PORT: '0' }
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = `http://127.0.0.1:${line.toString().trim()}/legacy-login`
  const signed = await harness({ settings: settingsFor(url) })
  expect(await signInAs('anna', 'wrong', signed)).toEqual({ outcome: 'wrong' })
  expect(await signInAs('anna', 'meadow-in-the-morning', signed)).toMatchObject({ outcome: 'signed_in' })
  await signed.close()
  const answer = await fetch(url, { method: 'POST', body: '{"username":"anna","password":"meadow-in-the-morning"}' })
  expect(answer.status).toBe(400)
  child.kill()
})
