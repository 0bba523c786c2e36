/** Passwords whose hashes another server has made: checked wherever a password is, and replaced by the first right one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changePassword, signIn } from '../../src/engine/account/accounts.ts'
import { readPasswordHash } from '../../src/runtime/limits/password_hash.ts'
import { createPasswords, PasswordQueueFull } from '../../src/runtime/limits/passwords.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { type Harness, harness } from '../support/harness.ts'
import { hashesOf, password } from './files.ts'

const caller = { requestId: 'r', address: '127.0.0.1', userAgent: null } as const
const hashes = await hashesOf()
const kinds = Object.keys(hashes)

let h: Harness
beforeAll(async () => {
  h = await harness()
})
afterAll(() => h.close())

let count = 0
async function addPerson(passwordHash: string): Promise<string> {
  const username = `mover${++count}`
  const made = { username, email: null, emailVerified: false, passwordHash, roles: [], claims: {} }
  const account = await h.storage.accounts.insert({ id: `usr_${username}`, ...made })
  expect(account).toMatchObject({ username })
  return username
}

const hashOf = async (username: string) => (await h.storage.accounts.findByLogin(username))?.passwordHash ?? ''
const signInAs = (login: string, text: string) => signIn(h.context, { login, password: text }, caller)

describe('a password of another server', () => {
  test.each(kinds)('by %s signs in, and has a hash of ours from then on', async (kind) => {
    const username = await addPerson(hashes[kind] ?? '')
    expect(await signInAs(username, `${password}!`)).toEqual({ outcome: 'wrong' })
    expect(await hashOf(username)).toBe(hashes[kind])
    const before = await h.storage.accounts.findByLogin(username)
    const signedIn = await signInAs(username, password)
    expect(signedIn).toMatchObject({ outcome: 'signed_in' })
    const after = await h.storage.accounts.findByLogin(username)
    expect(h.context.passwords.isOwn(after?.passwordHash ?? '')).toBe(true)
    // Nothing else is another, so that nothing ends by it.
    expect(after).toEqual({ ...before, passwordHash: after?.passwordHash })
    expect(signedIn).toMatchObject({ account: { passwordHash: after?.passwordHash } })
    expect(await signInAs(username, password)).toMatchObject({ outcome: 'signed_in' })
    expect(await signInAs(username, `${password}!`)).toEqual({ outcome: 'wrong' })
  })

  test('signs in on the page', async () => {
    const username = await addPerson(hashes.bcrypt ?? '')
    const browser = testBrowser(h.app)
    const wrong = await signInOn(browser, await browser.get('/login'), username, 'wrong one')
    expect(wrong.status).toBe(401)
    const page = await signInOn(browser, await browser.get('/login'), username, password)
    expect(page.body).toContain(username)
    expect(h.context.passwords.isOwn(await hashOf(username))).toBe(true)
  })

  test('opens the password token protocol', async () => {
    const username = await addPerson(hashes.scrypt ?? '')
    const form = new URLSearchParams({ username, password }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await h.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload: form })
    expect(answer.json()).toMatchObject({ data: { access_token: expect.any(String) } })
    expect(h.context.passwords.isOwn(await hashOf(username))).toBe(true)
  })

  test('is the present one of a person who changes it', async () => {
    const username = await addPerson(hashes['pbkdf2-sha256'] ?? '')
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), username, password)
    const account = await h.storage.accounts.findByLogin(username)
    if (account === undefined) throw new Error('nobody')
    const [session] = await h.storage.sessions.listByUser(account.id)
    if (session === undefined) throw new Error('no session')
    await h.storage.accounts.renewPasswordHash(account.id, account.passwordHash ?? '', hashes['pbkdf2-sha256'] ?? '')
    const live = { session, account: { ...account, passwordHash: hashes['pbkdf2-sha256'] ?? null } }
    const form = { current: 'not it', next: 'another brilliant umbrella' }
    expect(await changePassword(h.context, live, form, caller)).toMatchObject({ outcome: 'problems' })
    const changed = await changePassword(h.context, live, { ...form, current: password }, caller)
    expect(changed).toMatchObject({ outcome: 'changed' })
  })

  test('of which two sign in at once is replaced once, and both are in', async () => {
    const username = await addPerson(hashes.bcrypt ?? '')
    const both = await Promise.all([signInAs(username, password), signInAs(username, password)])
    const stored = await hashOf(username)
    for (const one of both) expect(one).toMatchObject({ outcome: 'signed_in', account: { passwordHash: stored } })
  })

  test('still signs in where the queue of passwords has no place for a new hash', async () => {
    const passwords = createPasswords({ cost: { memory: 8, passes: 1 } })
    const context = {
      ...h.context,
      passwords: { ...passwords, hash: () => Promise.reject(new PasswordQueueFull('full')) },
    }
    const username = await addPerson(hashes.argon2i ?? '')
    expect(await signIn(context, { login: username, password }, caller)).toMatchObject({ outcome: 'signed_in' })
    expect(await hashOf(username)).toBe(hashes.argon2i)
  })

  test('by bcrypt counts to its 72nd byte, once, and the whole of it from then on', async () => {
    const long = 'é'.repeat(36)
    const username = await addPerson((await hashesOf(long)).bcrypt ?? '')
    expect(await signInAs(username, `${long} and more`)).toMatchObject({ outcome: 'signed_in' })
    expect(await signInAs(username, long)).toEqual({ outcome: 'wrong' })
    expect(await signInAs(username, `${long} and more`)).toMatchObject({ outcome: 'signed_in' })
  })

  test('by bcrypt is none with a NUL byte in it', async () => {
    const username = await addPerson(hashes.bcrypt ?? '')
    expect(await signInAs(username, `${password}\0`)).toEqual({ outcome: 'wrong' })
    expect(await signInAs(username, `${password}\0more`)).toEqual({ outcome: 'wrong' })
  })

  test('is taken as it was typed there, in whichever spelling of Unicode', async () => {
    const composed = 'Überstraße mit Café'.normalize('NFC')
    const decomposed = composed.normalize('NFD')
    const first = await addPerson((await hashesOf(decomposed)).bcrypt ?? '')
    expect(await signInAs(first, decomposed)).toMatchObject({ outcome: 'signed_in' })
    expect(await signInAs(first, composed)).toMatchObject({ outcome: 'signed_in' })
    const second = await addPerson((await hashesOf(composed)).bcrypt ?? '')
    expect(await signInAs(second, decomposed)).toMatchObject({ outcome: 'signed_in' })
  })

  test('whose hash is no hash at all is wrong, and no fault', async () => {
    for (const broken of ['', 'none', '$2b$04$short', '$argon2id$v=19$m=8,t=1,p=1$x$y', '$pbkdf2-sha512$i=NaN$a$b']) {
      const username = await addPerson(broken)
      expect(await signInAs(username, password)).toEqual({ outcome: 'wrong' })
    }
  })
})

describe('a hash', () => {
  const unusable: readonly (readonly [text: string, problem: string])[] = [
    [`$2b$14$${'A'.repeat(53)}`, 'hash_too_costly'],
    [`$2b$31$${'A'.repeat(53)}`, 'hash_too_costly'],
    [`$2b$03$${'A'.repeat(53)}`, 'hash_malformed'],
    [`$2x$10$${'A'.repeat(53)}`, 'hash_unknown'],
    [`$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$argon2id$v=19$m=65536,t=100,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$argon2id$v=19$m=65536,t=1,p=255$c2FsdHNhbHQ$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$argon2id$v=18$m=65536,t=1,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`, 'hash_malformed'],
    [`$argon2id$v=19$m=65536,t=0,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`, 'hash_malformed'],
    [`$scrypt$ln=20,r=8,p=1$c2FsdA$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$scrypt$ln=60,r=8,p=1$c2FsdA$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$scrypt$ln=14,r=8,p=1000000$c2FsdA$${'A'.repeat(43)}`, 'hash_too_costly'],
    [`$pbkdf2-sha512$i=1000000000$c2FsdA$${'A'.repeat(86)}`, 'hash_too_costly'],
    [`$pbkdf2-sha256$i=1900000$c2FsdA$${'A'.repeat(86)}`, 'hash_too_costly'],
    [`$pbkdf2-sha256$i=0$c2FsdA$${'A'.repeat(43)}`, 'hash_malformed'],
    [`$pbkdf2-sha256$i=1000,l=16$c2FsdA$${'A'.repeat(43)}`, 'hash_malformed'],
    ['$pbkdf2-sha256$i=1000$c2FsdA$AAAA', 'hash_malformed'],
    ['$6$salt$aaaa', 'hash_unknown'],
    ['plain', 'hash_unknown'],
    ['5f4dcc3b5aa765d61d8327deb882cf99', 'hash_unknown'],
    [`$2b$10$${'x'.repeat(100_000)}`, 'hash_malformed'],
  ]
  test.each(unusable.map(([text, problem]) => [text.slice(0, 40), problem, text] as const))(
    '%s… is %s',
    (_, problem, text) => {
      expect(readPasswordHash(text)).toBe(problem)
    },
  )

  test('is kept in its one spelling', () => {
    const hash = readPasswordHash('$pbkdf2$i=1000$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAA=')
    expect(hash).toMatchObject({
      kind: 'pbkdf2-sha1',
      form: '$pbkdf2-sha1$i=1000,l=20',
      text: '$pbkdf2-sha1$i=1000,l=20$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAA',
    })
  })
})

describe('while people sign in with hashes of another server', () => {
  test('a wrong password takes no less for anybody than the dearest of them', async () => {
    const slow = `$pbkdf2-sha512$i=200000$c2l4dGVlbiBieXRlcw$${'A'.repeat(86)}`
    const passwords = createPasswords({ cost: { memory: 8, passes: 1 } })
    const own = await passwords.hash(password)
    const took = async (hash: string | null) => {
      const began = performance.now()
      expect(await passwords.verify(hash, 'wrong', [slow])).toBe(false)
      return performance.now() - began
    }
    await took(null)
    const read = readPasswordHash(slow)
    if (typeof read === 'string') throw new Error(read)
    // The least of several: a busy machine makes any of them longer.
    let alone = Number.POSITIVE_INFINITY
    for (let time = 0; time < 5; time++) {
      const began = performance.now()
      await read.verify('wrong')
      alone = Math.min(alone, performance.now() - began)
    }
    // Those who have no such hash are held back as long; half of it is below every measurement of it.
    for (const hash of [null, own, slow]) expect(await took(hash)).toBeGreaterThan(alone / 2)
  })

  test('a server knows which they are a moment after they came, and no more once they have signed in', async () => {
    const other = await harness({ passwords: createPasswords() })
    try {
      expect(await other.context.otherHashes.list()).toEqual([])
      const made = { username: 'late', email: null, emailVerified: false, roles: [], claims: {} }
      await other.storage.accounts.insert({ id: 'usr_late', ...made, passwordHash: hashes.bcrypt ?? '' })
      other.clock.move(5001)
      expect(await other.context.otherHashes.list()).toEqual([hashes.bcrypt])
      expect(await signIn(other.context, { login: 'late', password }, caller)).toMatchObject({ outcome: 'signed_in' })
      other.clock.move(5001)
      expect(await other.context.otherHashes.list()).toEqual([])
    } finally {
      await other.close()
    }
  })
})
