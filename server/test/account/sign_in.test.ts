/** Passwords, enumeration, rate limits. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passwordProblem } from '../../src/engine/account/passwords/rules.ts'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { hour } from '../../src/lib/clock.ts'
import { createPasswords, PasswordQueueFull } from '../../src/runtime/limits/passwords.ts'
import { hiddenFields, type Page, testBrowser } from '../support/browser.ts'
import { costOf, median } from '../support/cost.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

describe('sign-in', () => {
  let h: Harness
  beforeAll(async () => {
    // Those of a server, because some tests are about what a hash costs.
    h = await harness({ passwords: createPasswords() })
    await addAccount(h)
  })
  afterAll(() => h.close())

  /** Posts the form from an address; `more` are headers. */
  async function post(
    path: string,
    fields: Record<string, string>,
    address: string,
    more: Record<string, string> = {},
  ) {
    const browser = testBrowser(h.app)
    const hidden = hiddenFields(await browser.get(path))
    const response = await h.app.inject({
      method: 'POST',
      url: path,
      remoteAddress: address,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...more,
      },
      payload: new URLSearchParams({ ...hidden, ...fields }).toString(),
    })
    return { status: response.statusCode, body: response.body, headers: response.headers }
  }
  const signIn = (username: string, password: string, address: string, more: Record<string, string> = {}) =>
    post('/login', { username, password }, address, more)

  test('I125, I126: an unknown name, a wrong password and a disabled account look alike and cost alike', async () => {
    const { id } = await addAccount(h, 'dora')
    await h.storage.accounts.update(id, { enabled: false })
    const costs: Record<'alice' | 'nobody' | 'dora', number[]> = { alice: [], nobody: [], dora: [] }
    const pages = new Set<string>()
    await signIn('warm', 'up and running', '10.1.9.9')
    for (let i = 0; i < 10; i++) {
      for (const name of ['alice', 'nobody', 'dora'] as const) {
        const password = name === 'dora' ? alicePassword : 'wrong password'
        const { value: page, cost } = await costOf(() => signIn(name, password, `10.1.${i}.1`))
        costs[name].push(cost)
        expect(page.status).toBe(401)
        // What is made anew for each page: its tokens, and the challenge for a passkey.
        pages.add(page.body.replaceAll(name, 'NAME').replace(/(?:name="\w+" value|data-options)="[^"]*"/g, ''))
      }
    }
    expect(pages.size).toBe(1)
    for (const name of ['nobody', 'dora'] as const) {
      const ratio = median(costs[name]) / median(costs.alice)
      expect(ratio, name).toBeGreaterThan(0.5)
      expect(ratio, name).toBeLessThan(2)
    }
  })

  test('I126: a hash is computed for nobody as for somebody', async () => {
    const passwords = createPasswords()
    const hash = await passwords.hash('some password')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify(hash, 'some password')).toBe(true)
    expect(await passwords.verify(hash, 'some passwore')).toBe(false)
    expect(await passwords.verify(null, 'nobody has this password')).toBe(false)
  })

  test('I125: sign-up says that a name is taken after as much work as for a free one, and not for ever', async () => {
    const from = '10.2.0.1'
    const taken = { username: 'alice', email: 'new@example.com', password: 'a password of length' }
    const first = await post('/signup', taken, from)
    expect(first.status).toBe(400)
    expect(first.body).toContain('taken')
    for (let i = 1; i < 100; i++) h.context.throttle.fail('address', from)
    const closed = await post('/signup', { ...taken, username: 'somebody' }, from)
    expect(closed.status).toBe(429)
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(0)
    expect(await h.storage.accounts.findByLogin('somebody')).toBeUndefined()
    expect((await post('/signup', { ...taken, username: 'somebody' }, '10.2.0.2')).status).toBe(303)
  })

  test('I127: a password of a megabyte or of a few thousand bytes is refused without hashing it', async () => {
    const huge = await signIn('alice', 'x'.repeat(1_000_000), '10.3.0.1')
    expect(huge.status).toBe(413)
    const costs: number[] = []
    const hashed: number[] = []
    for (let i = 0; i < 12; i++) {
      const { value: page, cost } = await costOf(() => signIn('alice', 'x'.repeat(1025), '10.3.0.2'))
      expect(page.status).toBe(401)
      costs.push(cost)
      hashed.push((await costOf(() => signIn('nobody', 'x'.repeat(1024), `10.3.1.${i}`))).cost)
    }
    expect(median(costs)).toBeLessThan(median(hashed) / 2)
  })

  test('I127: long passwords count in full, in one spelling, with nothing cut off', async () => {
    const passwords = createPasswords()
    const long = 'p'.repeat(128)
    const hash = await passwords.hash(`${long}a`)
    expect(await passwords.verify(hash, `${long}a`)).toBe(true)
    expect(await passwords.verify(hash, `${long}b`)).toBe(false)
    expect(await passwords.verify(hash, long)).toBe(false)
    const composed = await passwords.hash('cr\u00e8me br\u00fbl\u00e9e')
    expect(await passwords.verify(composed, 'cre\u0300me bru\u0302le\u0301e')).toBe(true)
    await expect(passwords.hash('x'.repeat(1025))).rejects.toThrow(/1,024/)
  })

  test('I128: hashing is bounded: what does not fit into the queue is answered 503', async () => {
    const passwords = createPasswords({ parallel: 1, queue: 2 })
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => passwords.verify(null, 'x')))
    const refused = attempts.filter((attempt) => attempt.status === 'rejected')
    expect(refused.length).toBe(5)
    for (const { reason } of refused) expect(reason).toBeInstanceOf(PasswordQueueFull)
    expect(await passwords.verify(null, 'x')).toBe(false)
  })

  test('I129: long enough as people count, none that is tried first or made of the account’s and server’s words', async () => {
    const names = ['alice', 'alice.winter@example.com']
    const judge = (password: string, minimum = 8) =>
      passwordProblem(password, names, { minimum, issuer: 'https://meadow.example' })
    for (const password of [
      ...['password', 'Password1', '12345678', 'aaaaaaaaaa', 'QWERTY123', 'iloveyou', 'letmein1', 'sunshine1'],
      ...['princess1', 'football1', 'baseball', 'superman1', 'trustno1', 'starwars', 'Summer2026!', 'dragon123'],
      ...['monkey123', 'qwertyuiop', '1qaz2wsx', 'zxcvbnm1', 'P@ssw0rd1', 'abcd1234', 'changeme', 'welcome123'],
      ...['consentry1', 'meadow.example', 'alice123', 'winter2026'],
    ]) {
      expect(await judge(password), password).toBe('password_common')
    }
    expect(await judge('alice.winter@example.com')).toBe('password_personal')
    for (const password of ['correct horse', 'onlylowercaseletters', 'ünïcødé-straße', 'zq8#kd!vbn2m,xw93']) {
      expect(await judge(password), password).toBeUndefined()
    }
    expect(await judge('')).toEqual({ key: 'password_short', minimum: 8 })
    expect(await judge('kd!vbn2')).toEqual({ key: 'password_short', minimum: 8 })
    // Five families, each of which is drawn as one character and written with several.
    expect(await judge('👩‍👩‍👧‍👦'.repeat(5))).toEqual({ key: 'password_short', minimum: 8 })
    expect(await judge('e\u0301'.repeat(7))).toEqual({ key: 'password_short', minimum: 8 })
    expect(await judge('correct horse', 15)).toEqual({ key: 'password_short', minimum: 15 })
    expect(await judge('correct horse battery', 15)).toBeUndefined()
  })

  test('I127: judging a new password takes a bounded time, whatever its length and letters', async () => {
    const rules = { minimum: 8, issuer: 'https://meadow.example' }
    await passwordProblem('warm up and running', [], rules)
    const judged: number[] = []
    for (const text of ['4@8({[<369&#!1|0$5+7%2/', 'a1', 'p4$$w0rd!', 'zq8#kd!vbn2m,xw93', '👩‍👩‍👧‍👦']) {
      const long = await costOf(() => passwordProblem(text.repeat(100).slice(0, 300), ['alice'], rules))
      expect(long.cost, text).toBeLessThan(2000)
      judged.push(long.cost)
    }
    const huge = await costOf(() => passwordProblem('x'.repeat(1_000_000), [], rules))
    expect(huge.value).toBe('password_long')
    expect(huge.cost).toBeLessThan(Math.max(...judged))
  })

  test('I130: after ten wrong guesses the right password does not help either, until the window is over', async () => {
    await addAccount(h, 'erin')
    for (let i = 0; i < 10; i++) expect((await signIn('erin', `guess ${i}`, '10.4.0.1')).status).toBe(401)
    const closed = await signIn('erin', alicePassword, '10.4.0.1')
    expect(closed.status).toBe(429)
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(0)
    // Her other name is the same account.
    expect((await signIn('ERIN@example.com ', alicePassword, '10.4.0.1')).status).toBe(429)
    expect((await signIn('erin', alicePassword, '10.4.0.2')).status).toBe(303)
    h.clock.move(10 * 60_000)
    expect((await signIn('erin', alicePassword, '10.4.0.1')).status).toBe(303)
  })

  test('I130: whoever waits as long as Retry-After says is let in, and nobody sooner, wherever in a window it began', async () => {
    const { throttle } = h.context
    const window = 300_000
    for (const [at, gap, more] of [
      [1, 0, 0],
      [150_000, 0, 0],
      [299_000, 0, 0],
      [280_000, 25_000, 0],
      [200_000, 120_000, 3],
    ] as const) {
      const keys = [['account', `waits ${at} ${gap} ${more}`]] as const
      const fail = (times: number) => {
        for (let n = 0; n < times; n++) throttle.fail(...keys[0])
      }
      h.clock.move(window - (h.clock.now() % window) + at)
      fail(10)
      h.clock.move(gap)
      fail(more)
      const wait = throttle.retryAfter(keys)
      expect(wait, `${at}`).toBeGreaterThan(1)
      h.clock.move((wait - 1) * 1000 - 1)
      expect(throttle.exceeded(...keys[0]), `${at}, too early`).toBe(true)
      h.clock.move(1001)
      expect(throttle.exceeded(...keys[0]), `${at}`).toBe(false)
      expect(throttle.retryAfter(keys)).toBe(1)
      await h.storage.ping()
    }
  })

  test('I130: guesses in parallel gain nothing, and honest parallel sign-ins wait', async () => {
    await addAccount(h, 'faye')
    const checked: string[] = []
    const { verify } = h.context.passwords
    Object.assign(h.context.passwords, {
      verify: (hash: string | null, password: string) => {
        checked.push(password)
        return verify(hash, password)
      },
    })
    const guesses = await Promise.all(Array.from({ length: 60 }, (_, i) => signIn('faye', `guess ${i}`, '10.5.0.1')))
    expect(checked.length).toBeLessThanOrEqual(10)
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(50)
    Object.assign(h.context.passwords, { verify })
    const honest = await Promise.all(Array.from({ length: 15 }, () => signIn('faye', alicePassword, '10.5.0.2')))
    expect(honest.map(({ status }) => status)).toEqual(Array(15).fill(303))
  })

  test('I130: a hundred failures from one address close it for every account', async () => {
    for (let i = 0; i < 100; i++) h.context.throttle.fail('address', '10.6.0.1')
    expect((await signIn('alice', alicePassword, '10.6.0.1')).status).toBe(429)
    expect((await signIn('alice', alicePassword, '10.6.0.2')).status).toBe(303)
  })

  test('I131, K173: the address is that of the peer, whatever a header says', async () => {
    await addAccount(h, 'gina')
    for (let i = 0; i < 10; i++) {
      const spoofed = { 'x-forwarded-for': `203.0.113.${i}`, forwarded: `for=203.0.113.${i}`, 'x-real-ip': '1.1.1.1' }
      expect((await signIn('gina', 'guess', '10.7.0.1', spoofed)).status).toBe(401)
    }
    const spoofed = { 'x-forwarded-for': '203.0.113.99' }
    expect((await signIn('gina', alicePassword, '10.7.0.1', spoofed)).status).toBe(429)
  })

  test('I131: IPv6 counts by /64 however it is written, and a mapped IPv4 address is that address', async () => {
    await addAccount(h, 'hana')
    const one = ['2001:db8:7:7::1', '2001:0DB8:0007:0007:0:0:0:2', '2001:db8:7:7:ffff::3', '2001:db8:7:7::ffff:4']
    for (let i = 0; i < 10; i++) await signIn('hana', 'guess', one[i % one.length] ?? '')
    expect((await signIn('hana', alicePassword, '2001:db8:7:7:1234::9')).status).toBe(429)
    expect((await signIn('hana', alicePassword, '2001:db8:7:8::1')).status).toBe(303)
    for (let i = 0; i < 10; i++) await signIn('hana', 'guess', i % 2 ? '::ffff:10.8.0.1' : '10.8.0.1')
    expect((await signIn('hana', alicePassword, '10.8.0.1')).status).toBe(429)
  })

  test('I136: an address that nobody has proved is not called verified', async () => {
    const fields = { username: 'ivan', email: 'ivan@example.com', password: 'a long password', email_verified: 'true' }
    const page = await post('/signup', { ...fields, roles: 'owner', enabled: 'true' }, '10.9.0.1')
    expect(page.status).toBe(303)
    expect(await h.storage.accounts.findByLogin('ivan')).toMatchObject({ emailVerified: false, roles: [] })
  })

  test('I137: one spelling per address; nothing that breaks a mail header or poses as an at sign', async () => {
    const up = (username: string, email: string) =>
      post('/signup', { username, email, password: 'a long password' }, '10.9.1.1')
    const signedUp = [await up('judy', 'Judy@Example.COM')]
    expect(signedUp[0]?.status).toBe(303)
    for (const email of [
      'judy@example.com',
      'JUDY@EXAMPLE.COM',
      ' judy@example.com ',
      'ｊudy@example.com',
      'judy＠example.com',
    ]) {
      const page = await up(`judy${email.length}x`, email)
      expect(page.status, email).toBe(400)
    }
    for (const email of [
      'a@b@example.com',
      'a@example.com\r\nBcc: x@y',
      'a b@example.com',
      '@example.com',
      'a@',
      'a',
      '<a@b>',
    ]) {
      expect((await up('kim', email)).status, email).toBe(400)
    }
    for (const username of [
      'JUDY',
      'Ｊｕｄｙ',
      'judy@example.com',
      'ju dy',
      'a'.repeat(61),
      'ju\u200bdy',
      '<b>',
      '../x',
    ]) {
      expect((await up(username, 'free@example.com')).status, username).toBe(400)
    }
  })

  test('K168: there is no account and no password to begin with', async () => {
    const fresh = await harness()
    for (const name of ['admin', 'root', 'owner', 'consentry', 'test', 'alice']) {
      expect(await fresh.storage.accounts.findByLogin(name), name).toBeUndefined()
    }
    const clients = await fresh.storage.clients.list(10)
    expect(clients.map(({ clientId, secrets }) => [clientId, secrets])).toEqual([
      ['api-reference', []],
      ['jwt-login', []],
      ['password-token', []],
      ['personal-tokens', []],
    ])
    const link: Page = await testBrowser(fresh.app).get('/setup?token=x')
    expect(link.status).toBeGreaterThanOrEqual(400)
    // One that is too old, and the same with a later end.
    const { token, until } = setupToken(fresh.context)
    const longer = token.replace(/^[^.]+/, (until + hour).toString(36))
    fresh.clock.move(hour)
    for (const old of [token, longer, `NaN.${token.split('.')[1]}`]) {
      expect((await testBrowser(fresh.app).get(`/setup?token=${old}`)).status).toBe(410)
    }
    // The right one stands on the page, whose compressed length would tell of it.
    const right = `/setup?token=${setupToken(fresh.context).token}`
    const browser = testBrowser(fresh.app)
    const shown = await browser.get(right, { 'accept-encoding': 'gzip' })
    const again = await browser.post('/setup', hiddenFields(shown), { 'accept-encoding': 'gzip' })
    for (const page of [shown, again]) {
      expect(page.body).toContain('name="token"')
      expect(page.response.headers['content-encoding']).toBe('identity')
    }
    await fresh.close()
  })
})
