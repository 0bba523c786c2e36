/** The life of signing keys and of the root secret: nobody who was known before a rotation is a stranger after it. */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Context } from '../../src/runtime/context.ts'
import { WrongRootSecret } from '../../src/runtime/keys/keyring.ts'
import { rotateKeys, turnKeys } from '../../src/runtime/keys/signing_keys.ts'
import { createContext } from '../../src/runtime/lifecycle.ts'
import { newTokens } from '../support/answers.ts'
import { apiStatus, authorizeUrl, refresh, signInOn, testBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  type Harness,
  harness,
  issuer,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'

const day = 86_400_000
const newSecret = 'another root secret of the tests, as long as the first'
const silent = pino({ level: 'silent' })

let h: Harness
let client: TestClient
beforeEach(async () => {
  h = await harness({ settings: { idleTtl: 400 * 86_400 } })
  await addAccount(h)
  client = await addClient(h)
})
afterEach(() => h.close())

/** Another node over the same database. */
function node(secrets: readonly string[]): Promise<Context> {
  return createContext({ settings: h.context.settings, storage: h.storage, secrets, log: silent })
}

async function turn(context = h.context): Promise<boolean> {
  const changed = await turnKeys(h.storage, context.keyring, h.clock.now())
  await context.signer.reload()
  return changed
}

async function states() {
  const keys = (await h.storage.keys.list()).filter(({ alg }) => alg === 'RS256')
  return Object.fromEntries(keys.map(({ kid, state }) => [kid, state]))
}

async function verifies(idToken: string | undefined, app = h.app): Promise<boolean> {
  const keys = (await app.inject('/oauth/jwks')).json() as JSONWebKeySet
  const currentDate = new Date(h.clock.now())
  return jwtVerify(idToken ?? '', createLocalJWKSet(keys), { issuer, currentDate }).then(
    () => true,
    () => false,
  )
}

const kidOf = (jwt: string) => decodeProtectedHeader(jwt).kid ?? ''

describe('signing keys', () => {
  test('are published before they sign, take over after ninety days, and stay for thirty more', async () => {
    const { id } = await newTokens(h, client, { scope: 'openid offline_access' })
    const first = kidOf(id)
    const published = await states()
    const next = Object.keys(published).find((kid) => kid !== first) ?? ''
    expect(published).toEqual({ [first]: 'signing', [next]: 'next' })

    h.clock.move(90 * day - 1)
    expect(await turn()).toBe(false)
    h.clock.move(1)
    expect(await turn()).toBe(true)
    const after = await states()
    expect(after).toMatchObject({ [first]: 'retired', [next]: 'signing' })
    expect(Object.values(after).sort()).toEqual(['next', 'retired', 'signing'])
    expect(await turn()).toBe(false)

    expect(kidOf(h.context.signer.sign('RS256', 'JWT', {}))).toBe(next)
    h.clock.move(30 * day - 1)
    expect(await turn()).toBe(false)
    expect(h.context.signer.verify(id, 'JWT')).toBeDefined()
    h.clock.move(1)
    expect(await turn()).toBe(true)
    expect(Object.keys(await states())).not.toContain(first)
    expect(h.context.signer.verify(id, 'JWT')).toBeUndefined()
  })

  test('whose follower is missing get one, as after a node that stopped half way', async () => {
    const [signing, next] = ['signing', 'next'].map((state) =>
      h.context.signer.keys().find((key) => key.alg === 'ES256' && key.state === state),
    )
    if (signing === undefined || next === undefined) throw new Error('no keys')
    await h.storage.keys.promote(signing.kid, next.kid, h.clock.now())
    expect(await turn()).toBe(true)
    const present = h.context.signer.keys().filter(({ alg }) => alg === 'ES256')
    expect(present.map(({ state }) => state).sort()).toEqual(['next', 'retired', 'signing'])
    expect(await turn()).toBe(false)
  })

  test('rotate on command once everybody can have seen the next one, or in a hurry', async () => {
    const { storage, context, clock } = h
    const rotate = (hurry: boolean) => rotateKeys(storage, context.keyring, clock.now(), { hurry })
    expect((await rotate(false)).map(({ outcome }) => outcome)).toEqual(['too_early', 'too_early', 'too_early'])
    const possible = (await rotate(false))[0]?.possibleAt ?? 0
    clock.move(possible - clock.now())
    expect((await rotate(false)).map(({ outcome }) => outcome)).toEqual(['rotated', 'rotated', 'rotated'])
    expect((await rotate(false))[0]?.outcome).toBe('too_early')
    expect((await rotate(true)).map(({ outcome }) => outcome)).toEqual(['rotated', 'rotated', 'rotated'])
    const only = await rotateKeys(storage, context.keyring, clock.now(), { hurry: true, algorithms: ['ES256'] })
    expect(only).toMatchObject([{ alg: 'ES256', outcome: 'rotated' }])
  })

  test('are rotated by one of two nodes that do it at once, and both then agree', async () => {
    const other = await node([rootSecret])
    const rotate = (context: Context) => rotateKeys(h.storage, context.keyring, h.clock.now(), { hurry: true })
    const outcomes = await Promise.all([rotate(h.context), rotate(other)])
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const of = outcomes.flat().filter((rotation) => rotation.alg === alg)
      expect(of.filter(({ outcome }) => outcome === 'rotated').length, alg).toBeGreaterThanOrEqual(1)
      const keys = (await h.storage.keys.list()).filter((key) => key.alg === alg)
      for (const state of ['next', 'signing']) {
        expect(
          keys.filter((key) => key.state === state),
          `${alg} ${state}`,
        ).toHaveLength(1)
      }
    }
    h.clock.move(90 * day)
    expect(await Promise.all([turn(), turn(other)])).toContain(true)
    await h.context.signer.reload()
    await other.signer.reload()
    expect(other.signer.jwks()).toEqual(h.context.signer.jwks())
    expect(kidOf(other.signer.sign('ES256', 'JWT', {}))).toBe(kidOf(h.context.signer.sign('ES256', 'JWT', {})))
  })
})

describe('the root secret', () => {
  test('and every signing key are replaced under load without one failed refresh or verification', async () => {
    const { access, refresh: held, id } = await newTokens(h, client, { scope: 'openid offline_access basic' })
    const untouched = await newTokens(h, client, { scope: 'openid offline_access basic' })
    const browser = testBrowser(h.app)
    const signIn = await browser.follow(await browser.get(authorizeUrl(client, { scope: 'basic' })))
    const before = await h.storage.keys.list()

    let app = h.app
    let turns = 0
    let stop = false
    const failures: string[] = []
    const load = (async () => {
      let last = held
      while (!stop) {
        const answer = await refresh(app, client, last)
        if (answer.status !== 200) failures.push(JSON.stringify(answer.body))
        if (!(await verifies(answer.body.id_token, app))) failures.push(`not verified: ${answer.body.id_token}`)
        last = answer.body.refresh_token ?? ''
        turns++
      }
      return last
    })()
    const passed = async (count: number) => {
      const until = turns + count
      while (turns < until && failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }

    await passed(3)
    // Announced everywhere first, then used: the steps of the operator, a restarted node at each.
    const announced = await node([rootSecret, `+${newSecret}`])
    expect(announced.keyring.generation).toBe(1)
    const appAnnounced = await createApp(announced)
    app = appAnnounced
    await passed(3)
    const renewed = await node([rootSecret, newSecret])
    expect(renewed.keyring.generation).toBe(2)
    const appRenewed = await createApp(renewed)
    // Both kinds of node serve at once for a while.
    app = appRenewed
    await passed(2)
    app = appAnnounced
    await passed(2)
    await rotateKeys(h.storage, renewed.keyring, h.clock.now(), { hurry: true })
    await announced.signer.reload()
    await passed(2)
    await renewed.signer.reload()
    app = appRenewed
    await rotateKeys(h.storage, renewed.keyring, h.clock.now(), { hurry: true })
    await renewed.signer.reload()
    await passed(3)
    stop = true
    const last = await load
    expect(failures).toEqual([])

    // What was issued before lives on.
    expect(await apiStatus(appRenewed, access)).toBe(200)
    expect(await verifies(id, appRenewed)).toBe(true)
    expect((await refresh(appRenewed, client, untouched.refresh)).status).toBe(200)
    expect((await refresh(appRenewed, client, last)).status).toBe(200)
    // And a person in the middle of signing in goes on.
    const moved = testBrowser(appRenewed)
    for (const [name, value] of browser.cookies) moved.cookies.set(name, value)
    const page = await signInOn(moved, signIn)
    expect(page.location ?? page.body).toMatch(/code=|id="consent-allow"/)
    const again = await moved.follow(await moved.get(authorizeUrl(client, { scope: 'basic' })))
    expect(again.body).not.toContain('id="login-form"')

    // Every private key lies under the new secret now.
    const after = await h.storage.keys.list()
    for (const key of before) {
      const now = after.find(({ kid }) => kid === key.kid)
      expect(now?.sealedPrivate.equals(key.sealedPrivate), `${key.alg} ${key.state}`).toBe(false)
    }
    await expect(node(['-', newSecret])).resolves.toBeDefined()
    await Promise.all([appAnnounced.close(), appRenewed.close()])
  })

  test('that is another one than the database knows is refused, and changes nothing', async () => {
    const before = await h.storage.keys.list()
    await expect(node([newSecret])).rejects.toThrow(WrongRootSecret)
    await expect(node([newSecret, rootSecret])).rejects.toThrow(WrongRootSecret)
    await node([rootSecret, newSecret])
    await expect(node([rootSecret, `${newSecret}!`])).rejects.toThrow(WrongRootSecret)
    await expect(node(['-', `${newSecret}!`])).rejects.toThrow(WrongRootSecret)
    expect((await h.storage.keys.list()).map(({ kid, state }) => [kid, state])).toEqual(
      before.map(({ kid, state }) => [kid, state]),
    )
  })

  test('that two nodes announce differently at once is one of them, and the other node is refused', async () => {
    const started = await Promise.allSettled([
      node([rootSecret, newSecret]),
      node([rootSecret, `${newSecret}!`]),
      node([rootSecret, newSecret]),
    ])
    const refused = started.map(({ status }) => status === 'rejected')
    expect([
      [false, true, false],
      [true, false, true],
    ]).toContainEqual(refused)
  })
})
