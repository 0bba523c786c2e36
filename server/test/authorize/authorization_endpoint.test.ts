/** The authorization endpoint. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { expectPage, expectRedirect, liveGrants, newTokens } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  hiddenFields,
  type Page,
  signInOn,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { costOf, median } from '../support/cost.ts'
import {
  addAccount,
  addClient,
  alicePassword,
  callback,
  type Harness,
  harness,
  issuer,
  type TestClient,
} from '../support/harness.ts'

describe('the authorization endpoint', () => {
  let h: Harness
  let alice: UserId
  let client: TestClient
  let browser: TestBrowser

  beforeAll(async () => {
    h = await harness()
    alice = (await addAccount(h)).id
    await addAccount(h, 'bob')
    client = await addClient(h)
    browser = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, { scope: 'openid basic readmeasurements' }), { browser })
  })
  afterAll(() => h.close())

  test('A9: a repeated client_id or redirect_uri is a page, however it is repeated', async () => {
    const evil = encodeURIComponent('https://evil.example/')
    const before = await liveGrants(h, alice)
    for (const more of ['client_id=x', 'client_id=', `redirect_uri=${evil}`, 'redirect_uri=', 'client%5Fid=x']) {
      expectPage(await browser.get(`${authorizeUrl(client)}&${more}`), 'invalid_request', more)
      expectPage(await browser.get(authorizeUrl(client).replace('?', `?${more}&`)), 'invalid_request', more)
      const form = authorizeUrl(client).split('?')[1] ?? ''
      expectPage(await browser.post('/oauth/authorize', `${form}&${more}`), 'invalid_request', more)
      expectPage(await browser.post(`/oauth/authorize?${more}`, form), 'invalid_request', `${more} in both`)
    }
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('A9: any other repeated parameter goes back as invalid_request', async () => {
    const before = await liveGrants(h, alice)
    for (const name of ['scope', 'state', 'response_type', 'code_challenge', 'nonce', 'request_uri', 'prompt', 'foo']) {
      const page = await browser.get(`${authorizeUrl(client)}&${name}=a&${name}=a`)
      const location = expectRedirect(page, 'invalid_request', name)
      expect(location.searchParams.get('state'), name).toBe(name === 'state' ? null : 'xyz')
    }
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('A9: brackets make a name, not a list', async () => {
    const page = await browser.follow(
      await browser.get(`${authorizeUrl(client)}&scope%5B%5D=openid&scope%5Ba%5D=x&__proto__=y&constructor=z`),
    )
    expect(page.location).toMatch(/\?code=/)
  })

  test('A12: redirects are 303, never one that repeats a posted password', async () => {
    const fresh = testBrowser(h.app)
    const login = await fresh.follow(await fresh.get(authorizeUrl(client)))
    const page = await signInOn(fresh, login)
    expect(page.status).toBe(303)
    expect(page.location).toMatch(/^https:\/\/app\.example\/cb\?code=/)
  })

  test('A13: a response type that is not allowed goes back as an error', async () => {
    const before = await liveGrants(h, alice)
    for (const type of ['none', 'CODE', 'code code', '<script>', 'tokens']) {
      expectRedirect(
        await browser.get(authorizeUrl(client, { response_type: type })),
        'unsupported_response_type',
        type,
      )
    }
    expectRedirect(await browser.get(authorizeUrl(client, { response_type: undefined })), 'invalid_request')
    const machine = await addClient(h, { grant_types: ['client_credentials'] })
    expectRedirect(await browser.get(authorizeUrl(machine)), 'unauthorized_client')
    const none = await addClient(h, { response_types: [] })
    expectRedirect(await browser.get(authorizeUrl(none)), 'unauthorized_client')
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('A13: where the response type asks for a token, the error stands in the fragment', async () => {
    for (const type of ['token', 'id_token', 'code token', 'code id_token', 'id_token  code', 'token foo']) {
      for (const more of [{}, { response_mode: 'query' }, { scope: 'nonsense' }, { prompt: 'none login' }]) {
        const page = await browser.get(authorizeUrl(client, { response_type: type, ...more }))
        const location = new URL(page.location ?? '')
        expect(location.search, type).toBe('')
        const answer = new URLSearchParams(location.hash.slice(1))
        expect(answer.get('error'), type).toBe('unsupported_response_type')
        expect([answer.get('state'), answer.get('iss')], type).toEqual(['xyz', issuer])
      }
    }
  })

  test('A13: the sealed request cannot be altered on its way', async () => {
    const fresh = testBrowser(h.app)
    const sealed = new URL((await fresh.get(authorizeUrl(client))).location ?? '', issuer).searchParams.get('request')
    const bytes = Buffer.from(sealed ?? '', 'base64url')
    for (const at of [0, 11, 12, 40, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      const page = await fresh.get(`/login?request=${changed.toString('base64url')}`)
      expectPage(page, 'invalid_request', String(at))
      expectPage(await fresh.get(`/oauth/authorize?resume=${changed.toString('base64url')}`), 'invalid_request')
    }
  })

  test('A13: what is added to a resumed request changes nothing', async () => {
    const fresh = testBrowser(h.app)
    const login = await fresh.follow(await fresh.get(authorizeUrl(client)))
    const sealed = new URL(login.path, issuer).searchParams.get('request')
    await signInOn(fresh, login)
    const page = await fresh.get(
      `/oauth/authorize?resume=${sealed}&redirect_uri=https://evil.example&response_type=token&prompt=none&scope=email`,
    )
    expect(page.location).toMatch(/^https:\/\/app\.example\/cb\?code=/)
  })

  test('A14: an unknown response mode is refused', async () => {
    for (const mode of ['web_message', 'jwt', 'query.jwt', 'x']) {
      expectRedirect(await browser.get(authorizeUrl(client, { response_mode: mode })), 'invalid_request', mode)
    }
    expect((await browser.get(authorizeUrl(client, { response_mode: 'query' }))).location).toMatch(/\?code=/)
  })

  test('A15: iss is in every answer and is the issuer of discovery, byte for byte', async () => {
    const metadata = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true)
    const answers: Page[] = [
      await browser.get(authorizeUrl(client)),
      await browser.get(authorizeUrl(client, { scope: 'nonsense' })),
      await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'email' })),
      await testBrowser(h.app).get(authorizeUrl(client, { prompt: 'none' })),
    ]
    for (const page of answers) {
      expect(new URL(page.location ?? '').searchParams.getAll('iss')).toEqual([metadata.issuer])
    }
  })

  test('A17: nothing that was sent is shown on an error page or in a description', async () => {
    const markup = '"><script>alert(1)</script>&lt;x'
    const names = ['client_id', 'redirect_uri', 'scope', 'state', 'response_type', 'prompt', 'nonce', markup]
    for (const name of names) {
      const page = await browser.get(authorizeUrl(client, { [name]: `${markup}canary` }))
      expect(page.body, name).not.toContain('canary')
      expect(page.body, name).not.toContain('<script')
      if (page.location === undefined) {
        expect(page.response.headers['x-content-type-options']).toBe('nosniff')
        expect(page.response.headers['content-type']).toBe('text/html; charset=utf-8')
      } else {
        expect(new URL(page.location).searchParams.get('error_description') ?? '', name).not.toContain('canary')
      }
    }
    const login = await testBrowser(h.app).get(`/login?next=${encodeURIComponent(markup)}&login_hint=${markup}`)
    expect(login.body).not.toContain('<script>')
  })

  test('A17: a login hint is shown escaped', async () => {
    const fresh = testBrowser(h.app)
    const page = await fresh.follow(await fresh.get(authorizeUrl(client, { login_hint: '"><script>x</script>' })))
    expect(page.body).not.toContain('<script>')
    expect(page.body).toContain('&lt;script')
  })

  test('A18: line breaks do not make header lines', async () => {
    for (const value of ['x\r\nSet-Cookie: a=b', 'x\nx', '\r', '\u2028', '\u0000'.replace('\0', '\u0001')]) {
      for (const name of ['state', 'scope', 'redirect_uri', 'prompt', 'login_hint', 'nonce']) {
        const page = await browser.get(authorizeUrl(client, { [name]: value }))
        expect(page.response.statusCode, name).toBeLessThan(500)
        expect(page.response.headers['set-cookie'], name).toBeUndefined()
        expect(page.location ?? '', name).not.toMatch(/[\r\n]/)
      }
    }
  })

  test('A19: a state of 4,096 characters comes back exactly, at both protocols; a longer one is a page that says so', async () => {
    const letters = `%25 +&=#?"'<>\\é漢😀\u200d;,:@/~`
    const long = [...letters.repeat(300)].slice(0, 4096).join('')
    const legacy = await addClient(h, { dialects: ['quantimodo'] })
    const older = (more: Record<string, string>) => authorizeUrl(legacy, more).replace('/oauth/', '/api/oauth2/')
    for (const state of [letters, 'x'.repeat(4096), encodeURIComponent(letters).repeat(80).slice(0, 4096), long]) {
      for (const url of [authorizeUrl(client, { state }), older({ state })]) {
        const fresh = testBrowser(h.app)
        const { location } = await authorize(h.app, url, { browser: fresh })
        expect(location.searchParams.get('state')).toBe(state)
      }
      const refused = await browser.get(authorizeUrl(client, { state, scope: 'nonsense' }))
      expect(new URL(refused.location ?? '').searchParams.get('state')).toBe(state)
    }
    for (const more of [{}, { scope: 'nonsense' }, { response_type: 'x' }, { prompt: 'none' }]) {
      const page = await browser.get(authorizeUrl(client, { ...more, state: `${long}x` }))
      expectPage(page, 'invalid_request')
      expect(page.body).toContain('longer than 4,096 characters')
      expectPage(await browser.get(older({ ...more, state: `${long}x` })), 'invalid_request')
    }
  })

  test('A19: a request that cannot be sealed within 8 kB is a page that asks for a shorter one', async () => {
    const noise = randomBytes(8192)
    const letter = (_: unknown, i: number) => String.fromCharCode(0x4e00 + (noise.readUInt16BE(2 * i) % 20_000))
    const state = Array.from({ length: 4096 }, letter).join('')
    const query = authorizeUrl(client, { state, nonce: randomBytes(700).toString('base64url') }).split('?')[1] ?? ''
    for (const page of [
      await browser.post('/oauth/authorize', query),
      await testBrowser(h.app).get(`/oauth/authorize?${query}`),
    ]) {
      expectPage(page, 'invalid_request')
      expect(page.body).toContain('Make it shorter, above all the state.')
    }
  })

  test('A19: the largest request goes through to its end on a real socket, within Node’s limit for headers', async () => {
    const state = randomBytes(3072).toString('base64url')
    const url = authorizeUrl(client, {
      state,
      nonce: randomBytes(768).toString('base64url'),
      login_hint: randomBytes(240).toString('base64url'),
      prompt: 'login consent',
    })
    const address = await h.app.listen({ port: 0, host: '127.0.0.1' })
    const fresh = testBrowser(h.app)
    for (let i = 0; i < 7; i++) {
      const tab = testBrowser(h.app)
      await tab.get('/login')
      for (const [name, value] of tab.cookies) fresh.cookies.set(name, value)
    }
    let referer = ''
    /** As a browser asks: with everything that it knows in the headers. */
    async function ask(
      path: string,
      fields?: Record<string, string>,
    ): Promise<{ status: number; location: string; body: string }> {
      const response = await fetch(new URL(path, address), {
        method: fields === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: {
          referer,
          cookie: [...fresh.cookies].map((pair) => pair.join('=')).join('; '),
          'user-agent':
            'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537',
          ...(fields === undefined ? {} : { origin: issuer }),
        },
        ...(fields === undefined ? {} : { body: new URLSearchParams(fields) }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? []
        fresh.cookies.set(name, value)
      }
      // What a redirect says of the referrer holds for the request that follows it.
      referer = response.status === 303 ? '' : new URL(path, address).href
      const body = await response.text()
      return { status: response.status, location: response.headers.get('location') ?? '', body }
    }
    const login = await ask((await ask(url)).location)
    expect(login.status).toBe(200)
    const fields = hiddenFields({ body: login.body } as Page)
    expect(fields.request?.length).toBeGreaterThan(5000)
    const entered = await ask('/login', { ...fields, username: 'alice', password: alicePassword })
    const consent = await ask((await ask(entered.location)).location)
    expect(consent.status).toBe(200)
    const agreed = await ask('/consent', { ...hiddenFields({ body: consent.body } as Page), decision: 'allow' })
    expect(new URL(agreed.location).searchParams.get('state')).toBe(state)
    expect(new URL(agreed.location).searchParams.get('code')).toBeTruthy()
    // Links between pages that carry the request leave the address of theirs out.
    for (const [link] of login.body.matchAll(/<a [^>]*request=[^>]*>/g)) expect(link).toContain('rel="noreferrer"')
  })

  test('A20: HEAD and what is fetched before a click decide nothing', async () => {
    const legacy = await addClient(h, { dialects: ['quantimodo'], first_party: true })
    const paths = [authorizeUrl(client), authorizeUrl(legacy).replace('/oauth/', '/api/oauth2/')]
    const before = await liveGrants(h, alice)
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    for (const url of paths) {
      const head = await h.app.inject({ method: 'HEAD', url, headers: { cookie } })
      expect([head.statusCode, head.headers.allow, head.headers.location], url).toEqual([405, 'GET, POST', undefined])
    }
    const pages = ['/', '/login', '/signup', '/consent', '/logout', '/account', '/developer', '/login/return/google']
    for (const url of [...paths, ...pages]) {
      for (const purpose of ['prefetch', 'prefetch;prerender', 'prerender']) {
        const page = await browser.get(url, { 'sec-purpose': purpose })
        expect([page.status, page.response.headers['cache-control'], page.location], url).toEqual([
          503,
          'no-store',
          undefined,
        ])
        expect(page.response.headers['set-cookie'], url).toBeUndefined()
      }
    }
    expect(await liveGrants(h, alice)).toBe(before)
    expect((await browser.get(authorizeUrl(client), { 'sec-purpose': 'something-else' })).status).toBe(303)
  })

  test('A20: prompt=none shows no page and agrees to nothing', async () => {
    const before = await h.storage.consents.find(alice, client.id)
    expectRedirect(await testBrowser(h.app).get(authorizeUrl(client, { prompt: 'none' })), 'login_required')
    expectRedirect(await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'email' })), 'consent_required')
    expectRedirect(await browser.get(authorizeUrl(client, { prompt: 'none login' })), 'invalid_request')
    expectRedirect(await browser.get(authorizeUrl(client, { prompt: 'none none' })), 'invalid_request')
    expectRedirect(await browser.get(authorizeUrl(client, { prompt: 'NONE' })), 'invalid_request')
    expect(await h.storage.consents.find(alice, client.id)).toEqual(before)
    expect((await browser.get(authorizeUrl(client, { prompt: 'none' }))).location).toMatch(/\?code=/)
  })

  test('A20: prompt=none by POST cannot be turned into a page', async () => {
    const fresh = testBrowser(h.app)
    const form = authorizeUrl(client, { prompt: 'none' }).split('?')[1] ?? ''
    expectRedirect(await fresh.follow(await fresh.post('/oauth/authorize', form)), 'login_required')
  })

  test('A21: prompt=login asks again, and neither the address nor a second try goes around it', async () => {
    const signedIn = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client), { browser: signedIn })
    h.clock.move(2000)
    const login = await signedIn.get(authorizeUrl(client, { prompt: 'login' }))
    expect(login.location).toMatch(/^\/login\?request=/)
    const sealed = (login.location ?? '').split('request=')[1] ?? ''
    expect((await signedIn.get(`/oauth/authorize?resume=${sealed}`)).location).toMatch(/^\/login/)
    expect((await signedIn.get(`/oauth/authorize?resume=${sealed}&prompt=consent`)).location).toMatch(/^\/login/)
    expect((await signedIn.get(`/consent?request=${sealed}`)).location).toMatch(/^\/login/)
    const done = await signInOn(signedIn, await signedIn.follow(login))
    expect(done.location).toMatch(/\?code=/)
    h.clock.move(11 * 60_000)
    expect((await signedIn.get(`/oauth/authorize?resume=${sealed}`)).location).toMatch(/^\/login/)
  })

  test('A21: max_age asks again when it is over, and auth_time moves', async () => {
    const scope = 'openid basic'
    const signedIn = testBrowser(h.app)
    const first = await newTokens(h, client, { scope }, signedIn)
    h.clock.move(100_000)
    expect((await signedIn.get(authorizeUrl(client, { scope, max_age: '200' }))).location).toMatch(/\?code=/)
    expect((await signedIn.get(authorizeUrl(client, { scope, max_age: '99' }))).location).toMatch(/^\/login/)
    expectRedirect(await signedIn.get(authorizeUrl(client, { max_age: '0', prompt: 'none' })), 'login_required')
    const second = await newTokens(h, client, { scope, max_age: '50' }, signedIn)
    expect(claim(second.id, 'auth_time') - claim(first.id, 'auth_time')).toBe(100)
    for (const wrong of ['-1', 'x', '1.5', '1e3', ' 1', '99999999999']) {
      expectRedirect(await signedIn.get(authorizeUrl(client, { max_age: wrong })), 'invalid_request', wrong)
    }
  })

  test('A21: a registered default_max_age holds where the request names none', async () => {
    const strict = await addClient(h, { default_max_age: 60 })
    const signedIn = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(strict), { browser: signedIn })
    expect((await signedIn.get(authorizeUrl(strict))).location).toMatch(/\?code=/)
    h.clock.move(61_000)
    expect((await signedIn.get(authorizeUrl(strict))).location).toMatch(/^\/login/)
    expect((await signedIn.get(authorizeUrl(strict, { max_age: '1000' }))).location).toMatch(/\?code=/)
  })

  test('A22: an id_token_hint of somebody else, of another client or forged logs nobody in', async () => {
    const scope = 'openid basic'
    const ofAlice = await newTokens(h, client, { scope }, browser)
    const bobs = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(client, { scope }), { browser: bobs, username: 'bob' })
    const silent = { scope, prompt: 'none' }
    expectRedirect(await bobs.get(authorizeUrl(client, { ...silent, id_token_hint: ofAlice.id })), 'login_required')
    expect((await browser.get(authorizeUrl(client, { ...silent, id_token_hint: ofAlice.id }))).location).toMatch(
      /code=/,
    )
    const [head, body] = ofAlice.id.split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    for (const hint of [none, `${head}.${body}.AAAA`, `${head}.${body}.`, 'x', 'a.b.c', '..', 'x'.repeat(9000)]) {
      const page = await testBrowser(h.app).post('/oauth/authorize', {
        ...Object.fromEntries(new URLSearchParams(authorizeUrl(client, silent).split('?')[1])),
        id_token_hint: hint,
      })
      const next = page.location ?? ''
      const answer = next.startsWith(callback) ? page : await testBrowser(h.app).get(next)
      expectRedirect(answer, 'invalid_request', hint.slice(0, 20))
    }
    const other = await addClient(h)
    const elsewhere = await browser.get(authorizeUrl(other, { ...silent, id_token_hint: ofAlice.id }))
    expect(expectRedirect(elsewhere, 'invalid_request').href).not.toContain('code=')
  })

  test('A23, A24: request objects and request_uri are refused, and nothing is fetched', async () => {
    let connections = 0
    const canary = createServer((socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
    const { port } = canary.address() as { port: number }
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`
    expectRedirect(await browser.get(authorizeUrl(client, { request: none })), 'request_not_supported')
    for (const uri of [`http://127.0.0.1:${port}/r`, 'urn:example:request:x', 'file:///etc/passwd']) {
      expectRedirect(await browser.get(authorizeUrl(client, { request_uri: uri })), 'request_uri_not_supported', uri)
    }
    expectRedirect(await browser.get(authorizeUrl(client, { registration: '{}' })), 'registration_not_supported')
    expect(connections).toBe(0)
    await new Promise((resolve) => canary.close(resolve))
  })

  test('A26: unknown scopes and resources are refused, and very long ones quickly', async () => {
    expectRedirect(await browser.get(authorizeUrl(client, { scope: 'basic admin' })), 'invalid_scope')
    expectRedirect(await browser.get(authorizeUrl(client, { scope: 'basic "x"' })), 'invalid_scope')
    for (const resource of ['https://evil.example', 'x', `${issuer}/api/other`, issuer]) {
      expectRedirect(await browser.get(authorizeUrl(client, { resource })), 'invalid_target', resource)
    }
    const form = (authorizeUrl(client).split('?')[1] ?? '').replace(/&scope=[^&]*/, '')
    const ordinary: number[] = []
    const costs: number[] = []
    for (let i = 0; i < 5; i++) {
      ordinary.push((await costOf(() => browser.post('/oauth/authorize', `${form}&scope=basic%20admin`))).cost)
    }
    for (const scope of ['x'.repeat(50_000), 'x '.repeat(25_000), 'basic '.repeat(8000)]) {
      const sent = `${form}&scope=${encodeURIComponent(scope).slice(0, 60_000)}`
      for (let i = 0; i < 3; i++) {
        const { value: page, cost } = await costOf(() => browser.post('/oauth/authorize', sent))
        expectRedirect(page, 'invalid_scope')
        costs.push(cost)
      }
    }
    expect(median(costs)).toBeLessThan(Math.min(...ordinary) * 20)
  })

  test('A27: locales and acr values that a caller makes up are not kept anywhere', async () => {
    for (let i = 0; i < 10; i++) {
      const more = { ui_locales: `x-${i}`, claims_locales: `y-${i}`, acr_values: `z-${i}` }
      expect((await browser.get(authorizeUrl(client, more))).location).toMatch(/\?code=/)
    }
  })

  test('A28: other spellings of the path lead nowhere', async () => {
    const query = authorizeUrl(client).split('?')[1]
    for (const path of [
      '//oauth/authorize',
      '/oauth//authorize',
      '/oauth/authorize;x=1',
      '/oauth/authorize/',
      '/%2foauth/authorize',
      '/oauth%2fauthorize',
      '/OAuth/Authorize',
    ]) {
      const page = await browser.get(`${path}?${query}`)
      expect([400, 404], path).toContain(page.status)
      expect(page.location, path).toBeUndefined()
    }
  })
})

function claim(jwt: string, name: string): number {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())[name]
}
