/** How a legacy protocol, or a version of it, is announced to end, browned out, closed and taken back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addBrownout, decideProtocol, removeBrownouts, undoPlan } from '../../src/engine/operator/protocols.ts'
import { day, hour, minute } from '../../src/lib/clock.ts'
import { type ClosableDialect, closableDialects } from '../../src/protocol/dialects.ts'
import { usesOfDialects } from '../../src/runtime/kept/legacy_dialects.ts'
import {
  addAccount,
  addClient,
  addSubscriptionKey,
  byCommand,
  doJobs,
  type Harness,
  harness,
} from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'

let mailbox: Mailbox
let h: Harness
beforeAll(async () => {
  mailbox = await openMailbox()
  h = await harness({ mailer: mailbox.mailer() })
})
afterAll(async () => {
  await h.close()
  await mailbox.close()
})

/** One request by each protocol and version, with the body of a refusal of its own. */
const requests: Readonly<Record<string, { readonly method: 'GET' | 'POST'; readonly url: string }>> = {
  'quantimodo/v1': { method: 'POST', url: '/api/v1/oauth2/token' },
  'quantimodo/v2': { method: 'POST', url: '/v2/bshaffer/oauth/access_token' },
  'quantimodo/v3': { method: 'GET', url: '/api/v3/oauth2/authorize' },
  'quantimodo/v4': { method: 'POST', url: '/v4/oauth2/token' },
  'quantimodo/v5': { method: 'POST', url: '/api/v5/bshaffer/oauth2/token' },
  'quantimodo/v6': { method: 'POST', url: '/api/v6/oauth/token' },
  'quantimodo/unversioned': { method: 'POST', url: '/oauth2/token' },
  'quantimodo/social': { method: 'GET', url: '/api/v2/auth/social/authorizeCode' },
  password_token: { method: 'POST', url: '/v1/oauth/' },
  'jwt_login/v1': { method: 'POST', url: '/auth/v1/login' },
  'jwt_login/v2': { method: 'POST', url: '/auth/v2/login' },
  'jwt_login/v3': { method: 'POST', url: '/auth/v3/refresh' },
}

const ask = (protocol: string) => {
  const { method, url } = requests[protocol] ?? { method: 'POST', url: '/' }
  return h.app.inject({ method, url })
}

/** Hears of what was decided: commands write beside the server. */
const heard = () => h.clock.move(6000)

async function brownOut(protocol: ClosableDialect): Promise<void> {
  const from = h.clock.now()
  expect(await addBrownout(h.context, byCommand, protocol, { from, until: from + 10 * minute })).toBeUndefined()
  heard()
}

describe('a brown-out', () => {
  test('of each protocol and version is 410 there, says until when, and leaves all others as they are', async () => {
    for (const protocol of closableDialects.filter((one) => one in requests)) {
      await brownOut(protocol)
      for (const other of Object.keys(requests)) {
        const { statusCode, headers, body } = await ask(other)
        if (other !== protocol) {
          expect([other, statusCode]).not.toEqual([other, 410])
          continue
        }
        expect([protocol, statusCode]).toEqual([protocol, 410])
        expect(body).toContain('switched off until')
        expect(Number(headers['retry-after'])).toBeGreaterThan(500)
        expect(Number(headers['retry-after'])).toBeLessThanOrEqual(600)
        expect(headers.deprecation).toMatch(/^@\d{10}$/)
        expect(headers.link).toContain('rel="successor-version"')
      }
      h.clock.move(10 * minute)
      expect((await ask(protocol)).statusCode).not.toBe(410)
      await undoPlan(h.context, byCommand, protocol)
      heard()
      expect((await ask(protocol)).headers.link).toBeUndefined()
    }
  })

  test('of a whole protocol reaches each of its versions', async () => {
    await brownOut('quantimodo')
    for (const protocol of Object.keys(requests).filter((one) => one.startsWith('quantimodo/'))) {
      expect([protocol, (await ask(protocol)).statusCode]).toEqual([protocol, 410])
    }
    await removeBrownouts(h.context, byCommand, 'quantimodo', 'all')
    heard()
    expect((await ask('quantimodo/v1')).statusCode).toBe(400)
  })

  test('stands in the request log of the app under a reason of its own', async () => {
    const app = await addClient(h, { dialects: ['quantimodo'] })
    await brownOut('quantimodo/v3')
    await h.app.inject({ method: 'POST', url: `/api/v3/oauth2/token?client_id=${app.id}` })
    await h.context.requests.flush()
    await expect
      .poll(async () => {
        await h.context.requests.flush()
        return (await h.storage.requests.list(app.id, 5)).map(({ reason, status }) => [reason, status])
      })
      .toEqual([['dialect_brown_out', 410]])
    await undoPlan(h.context, byCommand, 'quantimodo/v3')
    heard()
  })

  test.each<[string, { readonly at: number; readonly takes: number }, string]>([
    ['is over', { at: -2 * hour, takes: hour }, 'past'],
    ['takes no time', { at: hour, takes: 0 }, 'too_short'],
    ['takes more than a day', { at: hour, takes: day + minute }, 'too_long'],
    ['begins after the end', { at: 40 * day, takes: hour }, 'after_end'],
    ['overlaps another', { at: 2 * hour, takes: hour }, 'overlaps'],
  ])('is not scheduled where it %s', async (_what, { at, takes }, problem) => {
    await undoPlan(h.context, byCommand, 'jwt_login/v2')
    const now = h.clock.now()
    await decideProtocol(h.context, byCommand, 'jwt_login/v2', { sunset: now + 30 * day })
    await addBrownout(h.context, byCommand, 'jwt_login/v2', { from: now + 2.5 * hour, until: now + 2.6 * hour })
    const from = now + at
    expect(await addBrownout(h.context, byCommand, 'jwt_login/v2', { from, until: from + takes })).toBe(problem)
    await undoPlan(h.context, byCommand, 'jwt_login/v2')
    heard()
  })
})

describe('who would break', () => {
  test('is counted by version', async () => {
    const app = await addClient(h, { dialects: ['quantimodo'], code_without_pkce: true })
    const query = new URLSearchParams({
      client_id: app.id,
      response_type: 'code',
      redirect_uri: 'https://app.example/cb',
    })
    for (const url of ['/api/v1/oauth2/authorize', '/v5/oauth2/authorize', '/oauth2/authorize']) {
      await h.app.inject({ method: 'GET', url: `${url}?${query}` })
    }
    await h.context.legacyDialects.flush()
    const uses = await usesOfDialects(h.storage, h.clock)
    for (const part of ['v1', 'v5', 'unversioned']) {
      const seen = uses.get(`quantimodo/${part}` as ClosableDialect)?.map(({ clientId }) => clientId)
      expect(seen).toContain(app.id)
    }
  })

  test('is told of the end by mail once, and it is kept who was told when', async () => {
    const [olga, kurt, finn] = await Promise.all(['olga', 'kurt', 'finn'].map((name) => addAccount(h, name)))
    if (olga === undefined || kurt === undefined || finn === undefined) throw new Error('no accounts')
    const seen = await addClient(h, { client_name: 'Old Journal' }, { ownerId: olga.id })
    await addClient(h, { client_name: 'New Journal' }, { ownerId: finn.id })
    h.context.legacyDialects.count('quantimodo/v3', seen.id)
    await h.context.legacyDialects.flush()
    await addSubscriptionKey(h, 'k'.repeat(32), kurt.id)
    await h.context.subscriptionKeys.find('k'.repeat(32)).then((found) => {
      if (found.outcome === 'ok') h.context.subscriptionKeys.countUse(found.key)
    })
    await h.context.subscriptionKeys.flush()

    const sunset = Math.floor(h.clock.now() / day + 60) * day
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { sunset, link: 'https://example.com/moving' })
    await decideProtocol(h.context, byCommand, 'jwt_login/v1', { sunset })
    await doJobs(h)
    await doJobs(h)
    const to = () => mailbox.mails.map((mail) => mail.to).sort()
    expect(to()).toEqual(['kurt@example.com', 'olga@example.com'])
    const mail = mailbox.mails.find((one) => one.to === 'olga@example.com')
    expect(mail?.text).toContain('Old Journal')
    expect(mail?.links).toContain('https://example.com/moving')
    expect(await h.storage.dialectTellings.list('quantimodo/v3')).toMatchObject([
      { clientId: seen.id, userId: olga.id, sunset },
    ])
    expect(await h.storage.dialectTellings.list('jwt_login/v1')).toMatchObject([
      { clientId: 'jwt-login', userId: kurt.id, sunset },
    ])

    // An app that is first seen later is told a day later, nobody twice.
    const late = await addClient(h, { client_name: 'Late Journal' }, { ownerId: finn.id })
    h.context.legacyDialects.count('quantimodo/v3', late.id)
    await h.context.legacyDialects.flush()
    h.clock.move(day + minute)
    await doJobs(h)
    await doJobs(h)
    expect(to()).toEqual(['finn@example.com', 'kurt@example.com', 'olga@example.com'])

    // Another end is told of again, and so is that one was taken back.
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { sunset: sunset + day })
    await undoPlan(h.context, byCommand, 'jwt_login/v1')
    await doJobs(h)
    await doJobs(h)
    expect(to().filter((one) => one === 'olga@example.com')).toHaveLength(2)
    expect(await h.storage.dialectTellings.list('quantimodo/v3')).toHaveLength(4)
    const last = (name: string) => mailbox.mails.findLast((one) => one.to === `${name}@example.com`)
    expect(last('olga')?.text).toContain('You were told of another day before.')
    expect(to().filter((one) => one === 'kurt@example.com')).toHaveLength(2)
    expect(last('kurt')?.subject).toMatch(/^A protocol that .* uses stays open$/)
    expect(await h.storage.dialectTellings.list('jwt_login/v1')).toEqual([])

    // Who was told is told once, and of a new end anew, although their app was not seen lately.
    h.clock.move(40 * day)
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { sunset: sunset + 10 * day })
    await doJobs(h)
    await doJobs(h)
    expect(to().filter((one) => one === 'olga@example.com')).toHaveLength(3)
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { sunset: undefined })
    await undoPlan(h.context, byCommand, 'quantimodo/v3')
    await doJobs(h)
    await doJobs(h)
    expect(to().filter((one) => one === 'olga@example.com')).toHaveLength(4)
    expect(last('olga')?.subject).toBe('A protocol that Old Journal uses stays open')
    expect(last('finn')?.subject).toBe('A protocol that Late Journal uses stays open')

    // Who was told of another day, or of none, hears of the closing; and again when it is opened.
    const subjects = () => mailbox.mails.filter((one) => one.to === 'finn@example.com').map(({ subject }) => subject)
    const settle = async () => {
      await doJobs(h)
      await doJobs(h)
    }
    const before = subjects().length
    h.context.legacyDialects.count('quantimodo/v3', late.id)
    await h.context.legacyDialects.flush()
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { closed: true })
    await settle()
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { closed: true, link: 'https://example.com/moving' })
    await settle()
    await undoPlan(h.context, byCommand, 'quantimodo/v3')
    await settle()
    const ending = h.clock.now() + day
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { sunset: ending })
    await settle()
    h.clock.move(2 * day)
    await decideProtocol(h.context, byCommand, 'quantimodo/v3', { closed: true })
    await settle()
    expect(subjects().slice(before)).toEqual([
      'A protocol that Late Journal uses was closed',
      'A protocol that Late Journal uses stays open',
      expect.stringMatching(/^A protocol that Late Journal uses will be closed on /),
    ])
    await undoPlan(h.context, byCommand, 'quantimodo/v3')

    await decideProtocol(h.context, byCommand, 'jwt_login/v1', { sunset: sunset + day })
    await doJobs(h)
    expect(await h.storage.accounts.erase(kurt.id)).toBe('erased')
    expect(await h.storage.dialectTellings.list('jwt_login/v1')).toEqual([])
  })
})
