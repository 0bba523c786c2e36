/** /developer/apps/ID/older: what the people behind an app switch on for its older copies, and that it then works. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { risksBy } from '../../src/engine/client/risks.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import type { Account } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
import { askTokens } from '../dialects/quantimodo/quantimodo.ts'
import { lastRecord, visit } from '../dialects/quantimodo/visits.ts'
import { addCollaborator } from '../storage/fixtures.ts'
import { authorize, authorizeUrl, exchangeCode, hiddenFields, type Page, type TestBrowser } from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness } from '../support/harness.ts'
import { type RegisteredApp, registerApp, signedIn } from './developer.ts'
import { byId, named, read, textOf } from './markup.ts'

let h: Harness
let dev: TestBrowser
let alice: Account
async function open(settings: Partial<EngineSettings> = {}): Promise<void> {
  h = await harness({ settings })
  alice = await addAccount(h)
  dev = await signedIn(h)
}
beforeEach(() => open())
afterEach(() => h.close())

/** An app of hers with a document that the pages would not have made. */
const addOwn = (metadata: Record<string, unknown> = {}) => addClient(h, metadata, { ownerId: alice.id })

const pathOf = (app: { readonly id: string }) => `/developer/apps/${app.id}/older`

/** The page as it is shown now: what is offered, what is on, and the text of the replay window. */
function formOf(page: Page) {
  const root = read(page.body)
  const boxes = named(root, 'input').filter(({ attributes }) => attributes.name === 'setting')
  return {
    offered: boxes.map(({ attributes }) => attributes.value ?? ''),
    on: boxes.filter(({ attributes }) => 'checked' in attributes).map(({ attributes }) => attributes.value ?? ''),
    replayWindow: byId(root, 'replay-window').attributes.value ?? '',
    lostAnswerWindow: byId(root, 'lost-answer-window').attributes.value ?? '',
  }
}

/** Sends the form of a page with these boxes ticked and no others. */
function send(page: Page, app: { readonly id: string }, on: readonly string[], replayWindow = '', browser = dev) {
  const fields = new URLSearchParams(hiddenFields(page))
  for (const name of on) fields.append('setting', name)
  fields.append('replay_window', replayWindow)
  return browser.post(pathOf(app), fields.toString())
}

/** Opens the page and sets everything as given. */
async function set(app: { readonly id: string }, on: readonly string[], replayWindow = ''): Promise<Page> {
  return dev.follow(await send(await dev.get(pathOf(app)), app, on, replayWindow))
}

/** Sends the form with a lost answer window and nothing else. */
async function setLost(app: { readonly id: string }, lostAnswerWindow: string): Promise<Page> {
  const fields = new URLSearchParams(hiddenFields(await dev.get(pathOf(app))))
  for (const name of (fields.get('shown') ?? '').split(' ').filter(Boolean)) fields.append('setting', name)
  fields.append('replay_window', fields.get('shown_replay_window') ?? '')
  fields.append('lost_answer_window', lostAnswerWindow)
  return dev.post(pathOf(app), fields.toString())
}

async function metadataOf(app: { readonly id: string }) {
  return (await h.storage.clients.find(app.id))?.metadata ?? {}
}

const addressOf = (app: { readonly id: string }, more: Record<string, string> = {}) =>
  `/api/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: app.id, scope: 'basic', state: 's', ...more })}`

/** A code of the legacy protocol without PKCE, or undefined where none is given out. */
async function olderCode(app: RegisteredApp): Promise<string | undefined> {
  const { location } = await visit(h, addressOf(app))
  return location?.startsWith(callback) ? (new URL(location).searchParams.get('code') ?? undefined) : undefined
}

const secretOf = (app: RegisteredApp) => (app.secret === '' ? {} : { client_secret: app.secret })

/** A token request as the old apps send it: by GET, everything in the query. */
function ask(app: RegisteredApp, query: Record<string, string>) {
  return askTokens(h, { query: { client_id: app.id, ...query } })
}

describe('an app that was registered at the pages', () => {
  test('completes the older flow once it is let in, refreshes without its secret, and is out again at once', async () => {
    const app = await registerApp(dev)
    expect(await olderCode(app)).toBeUndefined()
    expect((await lastRecord(h, app)).reason).toBe('dialect_not_allowed')

    const page = await set(app, ['quantimodo', 'refresh_without_secret'])
    expect(textOf(read(page.body))).toContain('The settings for legacy clients are saved.')
    expect(formOf(page).on).toEqual(['quantimodo', 'refresh_without_secret'])

    const code = (await olderCode(app)) ?? ''
    const withoutSecret = await ask(app, { grant_type: 'authorization_code', code })
    expect([withoutSecret.status, withoutSecret.body.error]).toEqual([401, 'invalid_client'])
    const tokens = await ask(app, { grant_type: 'authorization_code', code, ...secretOf(app) })
    expect(tokens.status).toBe(200)
    const user = await h.app.inject({ url: `/api/v3/user?access_token=${tokens.body.access_token}` })
    expect(user.statusCode).toBe(200)
    const fresh = await ask(app, { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token })
    expect(fresh.status).toBe(200)

    await set(app, ['quantimodo'])
    const refresh = { grant_type: 'refresh_token', refresh_token: fresh.body.refresh_token }
    expect((await ask(app, refresh)).body.error).toBe('invalid_client')
    const next = await ask(app, { ...refresh, ...secretOf(app) })
    expect(next.status).toBe(200)

    await set(app, [])
    const last = { grant_type: 'refresh_token', refresh_token: next.body.refresh_token, ...secretOf(app) }
    expect((await ask(app, last)).status).toBeGreaterThanOrEqual(400)
    expect((await lastRecord(h, app)).reason).toBe('dialect_not_allowed')
    expect(await olderCode(app)).toBeUndefined()
    expect(await metadataOf(app)).toMatchObject({ dialects: ['oauth'] })
    const standard = await authorize(h.app, authorizeUrl(app, { scope: 'basic' }))
    expect((await exchangeCode(h.app, app, standard.code)).status).toBe(200)
  })

  test('without a secret signs in without PKCE once that is switched on', async () => {
    const app = await registerApp(dev, { kind: 'spa' })
    await set(app, ['quantimodo'])
    expect(await olderCode(app)).toBeUndefined()
    expect((await lastRecord(h, app)).reason).toBe('code_challenge_missing')
    await set(app, ['quantimodo', 'code_without_pkce'])
    const code = (await olderCode(app)) ?? ''
    const tokens = await ask(app, { grant_type: 'authorization_code', code })
    expect(tokens.status).toBe(200)
    await set(app, ['quantimodo'])
    expect(await olderCode(app)).toBeUndefined()
  })

  test('has the replay window that was typed, to the letter of the document with 0, and the usual one again', async () => {
    const app = await registerApp(dev)
    const tokens = async () => {
      const code = (await olderCode(app)) ?? ''
      return (await ask(app, { grant_type: 'authorization_code', code, ...secretOf(app) })).body.refresh_token
    }
    const again = async (seconds: number) => {
      const refresh = { grant_type: 'refresh_token', refresh_token: await tokens(), ...secretOf(app) }
      expect((await ask(app, refresh)).status).toBe(200)
      h.clock.move(seconds * 1000)
      return (await ask(app, refresh)).status
    }
    await set(app, ['quantimodo'], ' 0 ')
    expect(formOf(await dev.get(pathOf(app))).replayWindow).toBe('0')
    expect(await again(0)).toBe(400)
    await set(app, ['quantimodo'], '120')
    expect(await again(119)).toBe(200)
    await set(app, ['quantimodo'], '')
    expect(await again(29)).toBe(200)
    expect(await again(31)).toBe(200)
    await setLost(app, '0')
    expect(formOf(await dev.get(pathOf(app))).lostAnswerWindow).toBe('0')
    expect(await again(31)).toBe(400)
    await setLost(app, '172800')
    expect(await again(172_799)).toBe(200)
    expect(await again(172_800)).toBe(400)
    expect(await metadataOf(app)).toMatchObject({ lost_answer_window: 172_800 })
    const refused = await setLost(app, '604801')
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('Give whole seconds from 0 to 604800')
    expect(await metadataOf(app)).toMatchObject({ lost_answer_window: 172_800 })
    await setLost(app, '')
    expect(await metadataOf(app)).not.toHaveProperty('lost_answer_window')
    expect(await metadataOf(app)).not.toHaveProperty('replay_window')
  })

  test('keeps its refresh token, and shows its token in two places, where that is switched on', async () => {
    const app = await registerApp(dev)
    await set(app, ['quantimodo', 'refresh_rotation', 'token_in_header_and_query'])
    const code = (await olderCode(app)) ?? ''
    const { body } = await ask(app, { grant_type: 'authorization_code', code, ...secretOf(app) })
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token, ...secretOf(app) }
    expect((await ask(app, refresh)).body.refresh_token).toBe(body.refresh_token)
    const twice = () =>
      h.app.inject({
        url: `/api/v3/user?access_token=${body.access_token}`,
        headers: { authorization: `Bearer ${body.access_token}` },
      })
    expect((await twice()).statusCode).toBe(200)
    await set(app, ['quantimodo'])
    expect((await twice()).statusCode).toBe(400)
    expect((await ask(app, refresh)).body.refresh_token).not.toBe(body.refresh_token)
  })

  test('gets tokens in the redirect where the operator allows it as well, and the page says whether he has', async () => {
    const app = await registerApp(dev)
    await set(app, ['quantimodo', 'front_channel_tokens'])
    const refused = await visit(h, addressOf(app, { response_type: 'token' }))
    expect(refused.location).toContain('unsupported_response_type')
    expect((await dev.get(pathOf(app))).body).toContain('has not. Until then it changes nothing.')
    await h.close()
    await open({ frontChannelTokens: true })
    const other = await registerApp(dev)
    await set(other, ['quantimodo', 'front_channel_tokens'])
    expect((await dev.get(pathOf(other))).body).not.toContain('until then it changes nothing')
    const { location } = await visit(h, addressOf(other, { response_type: 'token' }))
    expect(location).toContain('#access_token=at')
  })
})

describe('what is offered', () => {
  const everyones = ['token_in_header_and_query', 'front_channel_tokens']

  test('is what makes sense for the kind of the app, each with its risk', async () => {
    const web = await dev.get(pathOf(await registerApp(dev)))
    expect(formOf(web).offered).toEqual(['quantimodo', 'refresh_without_secret', 'refresh_rotation', ...everyones])
    const spa = await dev.get(pathOf(await registerApp(dev, { kind: 'spa' })))
    expect(formOf(spa).offered).toEqual(['quantimodo', 'code_without_pkce', ...everyones])
    for (const page of [web, spa]) {
      const words = textOf(read(page.body))
      for (const name of [...formOf(page).offered.slice(1), 'replay_window']) {
        expect(risksBy(name).length, name).toBeGreaterThan(0)
        for (const risk of risksBy(name)) expect(words).toContain(`Risk: ${en.risks[risk]}`)
      }
    }
    const keyed = await addOwn({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.example/jwks' })
    expect(formOf(await dev.get(pathOf(keyed))).offered).toEqual(['quantimodo', 'refresh_rotation', ...everyones])
  })

  test.each([
    ['web', 'code_without_pkce'],
    ['spa', 'refresh_without_secret'],
    ['native', 'refresh_without_secret'],
    ['spa', 'refresh_rotation'],
  ])('is all that is taken: an app of kind %s cannot have %s', async (kind, name) => {
    const app = await registerApp(dev, { kind })
    const before = await h.storage.clients.find(app.id)
    const page = await set(app, ['quantimodo', name], '5')
    expect(page.status).toBe(400)
    expect(textOf(read(page.body))).toContain(`This app cannot have ${name}.`)
    expect(formOf(page)).toMatchObject({ on: ['quantimodo'], replayWindow: '5' })
    expect(await h.storage.clients.find(app.id)).toEqual(before)
  })

  test.each([
    ['by settings', new Set(['oauth'] as const)],
    ['by a later decision', undefined],
  ])('is nothing of a protocol that the operator has closed %s, but for leaving it', async (_, dialects) => {
    await h.close()
    await open(dialects === undefined ? {} : { dialects })
    if (dialects === undefined) await decideDialect(h.storage, h.clock, 'quantimodo', { closed: true })
    h.clock.move(1001)
    const app = await registerApp(dev)
    const page = await dev.get(pathOf(app))
    expect(page.body).toContain('has not opened the legacy protocol')
    expect(formOf(page).offered).toEqual(['refresh_without_secret', 'refresh_rotation', 'front_channel_tokens'])
    const refused = await send(page, app, ['quantimodo'])
    expect([refused.status, refused.body.includes('This app cannot have quantimodo.')]).toEqual([400, true])

    const inside = await addOwn({ dialects: ['oauth', 'quantimodo'] })
    expect(formOf(await dev.get(pathOf(inside))).on).toEqual(['quantimodo'])
    await set(inside, [])
    expect(await metadataOf(inside)).toMatchObject({ dialects: ['oauth'] })
  })

  test('is nothing for a built-in client, whoever looks after it', async () => {
    await addCollaborator(h.storage, 'jwt-login', alice.id)
    const before = await h.storage.clients.find('jwt-login')
    const page = await dev.get(pathOf({ id: 'jwt-login' }))
    expect([page.status, page.body.includes('This app is built in'), page.body.includes('older-form')]).toEqual([
      200,
      true,
      false,
    ])
    const own = hiddenFields(await dev.get('/logout'))
    for (const fields of [{ setting: 'quantimodo' }, { setting: 'code_without_pkce' }, { replay_window: '0' }]) {
      expect((await dev.post(pathOf({ id: 'jwt-login' }), { ...own, ...fields })).status).toBe(400)
    }
    expect(await h.storage.clients.find('jwt-login')).toEqual(before)
  })
})

describe('what is not taken', () => {
  const seconds = 'Give whole seconds from 0 to 300'

  test.each(['-1', '301', '1e9', '1000000000', 'NaN', 'Infinity', '1.5', '0x10', '١٠', 'soon', '<b>'])(
    'is a replay window of %s, which is said beside the field with what was typed still in it',
    async (text) => {
      const app = await registerApp(dev)
      const before = await h.storage.clients.find(app.id)
      const page = await set(app, ['quantimodo'], text)
      expect(page.status).toBe(400)
      const root = read(page.body)
      expect(textOf(byId(root, 'replay-window-problem'))).toContain(seconds)
      expect(formOf(page)).toMatchObject({ on: ['quantimodo'], replayWindow: text })
      expect(textOf(named(root, 'title')[0] ?? root)).toContain('Problem: Legacy clients')
      expect(await h.storage.clients.find(app.id)).toEqual(before)
    },
  )

  test('is a form with a field twice, or with a switch that there is not', async () => {
    const app = await registerApp(dev)
    const before = await h.storage.clients.find(app.id)
    const own = new URLSearchParams(hiddenFields(await dev.get(pathOf(app)))).toString()
    for (const more of [
      'replay_window=5&replay_window=6',
      'shown=quantimodo&shown=',
      'setting=quantimodo&setting=first_party',
      'setting=__proto__',
      'setting=constructor',
      'setting=access_token_ttl',
    ]) {
      expect((await dev.post(pathOf(app), `${own}&${more}`)).status, more).toBe(400)
    }
    expect(await h.storage.clients.find(app.id)).toEqual(before)
    const harmless = `${own}&setting=quantimodo&setting=quantimodo&first_party=true&dialects=jwt_login`
    expect((await dev.post(pathOf(app), harmless)).status).toBe(303)
    expect(await metadataOf(app)).toMatchObject({ dialects: ['oauth', 'quantimodo'], first_party: false })
  })

  test('is what the schema of client documents refuses, in its own words and at its own switch', async () => {
    const app = await addOwn()
    const both = await set(app, ['refresh_without_secret', 'refresh_rotation'])
    expect(both.status).toBe(400)
    const root = read(both.body)
    expect(textOf(byId(root, 'refresh-without-secret-problem'))).toContain('It needs refresh tokens that rotate')
    expect(byId(root, 'refresh-without-secret').attributes['aria-describedby']).toBe('refresh-without-secret-problem')

    const only = await addOwn({ dialects: ['quantimodo'] })
    const locked = read((await set(only, [])).body)
    expect(textOf(byId(locked, 'quantimodo-problem'))).toContain('It is the only way in that this app has.')

    const short = await addOwn({ access_token_ttl: 3600 })
    const page = await set(short, ['quantimodo'])
    expect([page.status, textOf(read(page.body)).includes('Its access_token_ttl must be 172800 or more')]).toEqual([
      400,
      true,
    ])
    for (const one of [app, only, short]) expect((await metadataOf(one)).refresh_rotation).toBeUndefined()
    expect(await metadataOf(only)).toMatchObject({ dialects: ['quantimodo'] })
  })
})

describe('of changes by several people', () => {
  test('none is lost, although each had the page of before', async () => {
    const app = await registerApp(dev)
    const carol = await addAccount(h, 'carol')
    await addCollaborator(h.storage, app.id, carol.id)
    const colleague = await signedIn(h, 'carol')
    const [hers, his] = [await colleague.get(pathOf(app)), await dev.get(pathOf(app))]
    expect((await send(hers, app, ['quantimodo'], '7', colleague)).status).toBe(303)
    // Beside a slip: the page that comes back knows what she has done.
    const slip = await send(his, app, ['refresh_without_secret', 'code_without_pkce'])
    expect(formOf(slip)).toMatchObject({ on: ['quantimodo', 'refresh_without_secret'], replayWindow: '7' })
    expect((await send(his, app, ['refresh_without_secret'])).status).toBe(303)
    expect(await metadataOf(app)).toMatchObject({
      dialects: ['oauth', 'quantimodo'],
      refresh_without_secret: true,
      replay_window: 7,
    })
  })

  test('none is lost when they are sent at the same moment', async () => {
    const app = await registerApp(dev)
    const page = await dev.get(pathOf(app))
    const names = ['quantimodo', 'refresh_without_secret', 'token_in_header_and_query', 'front_channel_tokens']
    const answers = await Promise.all(names.map((name) => send(page, app, [name])))
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 303))
    expect(formOf(await dev.get(pathOf(app))).on).toEqual(names)
  })
})

test('the audit log says who has changed which setting to what, and nothing where nothing changed', async () => {
  const app = await registerApp(dev)
  await set(app, ['quantimodo', 'refresh_without_secret'], '0')
  await set(app, ['quantimodo', 'refresh_without_secret'], '00')
  await set(app, ['quantimodo', 'code_without_pkce'], '0')
  await set(app, ['quantimodo'], '')
  await h.context.audit.flush()
  const events = (await h.storage.audit.list(100)).filter(({ type }) => type === 'older_settings_changed').reverse()
  expect(events.map(({ actor, clientId, detail }) => ({ actor, clientId, detail }))).toEqual([
    {
      actor: alice.id,
      clientId: app.id,
      detail: { dialects: ['oauth', 'quantimodo'], refresh_without_secret: true, replay_window: 0 },
    },
    { actor: alice.id, clientId: app.id, detail: { refresh_without_secret: null, replay_window: null } },
  ])
})

describe('the overview', () => {
  const idsOf = async (app: { readonly id: string }) => {
    const page = read((await dev.get(`/developer/apps/${app.id}`)).body)
    const named1 = named(page, 'code').map(({ attributes }) => attributes.id ?? '')
    return named1.filter((id) => id.endsWith('-endpoint'))
  }
  const standard = ['authorization-endpoint', 'token-endpoint']
  const older = ['older-authorization-endpoint', 'older-token-endpoint']

  test('names the addresses that the app may use', async () => {
    const app = await registerApp(dev)
    expect(await idsOf(app)).toEqual(standard)
    await set(app, ['quantimodo'])
    expect(await idsOf(app)).toEqual([...standard, ...older])
    const page = read((await dev.get(`/developer/apps/${app.id}`)).body)
    expect(textOf(byId(page, 'older-authorization-endpoint'))).toBe('http://localhost:3000/api/oauth2/authorize')
    expect(textOf(byId(page, 'older-token-endpoint'))).toBe('http://localhost:3000/api/oauth2/token')
    const only = await addOwn({ dialects: ['quantimodo'] })
    expect(await idsOf(only)).toEqual(older)
    await decideDialect(h.storage, h.clock, 'quantimodo', { closed: true })
    h.clock.move(1001)
    expect(await idsOf(app)).toEqual(standard)
    expect(await idsOf(only)).toEqual([])
  })

  test('shows what was switched on as risks', async () => {
    const app = await registerApp(dev)
    const risks = async () => {
      const root = read((await dev.get(`/developer/apps/${app.id}`)).body)
      return named(byId(root, 'app-risks'), 'code').map(textOf)
    }
    await set(app, ['quantimodo', 'refresh_without_secret'], '31')
    expect(await risks()).toEqual(['refresh_without_secret', 'replay_window'])
    await set(app, ['refresh_rotation'], '0')
    expect(await risks()).toEqual(['refresh_rotation', 'replay_window'])
    await set(app, ['refresh_rotation'], '30')
    expect(await risks()).toEqual(['refresh_rotation'])
    await setLost(app, '604800')
    expect(await risks()).toEqual(['refresh_rotation'])
    await set(app, ['refresh_without_secret'])
    await setLost(app, '61')
    expect(await risks()).toEqual(['refresh_without_secret', 'lost_answer_window'])
    await setLost(app, '60')
    expect(await risks()).toEqual(['refresh_without_secret'])
  })
})

test('the page tells the owner what well-known apps need', async () => {
  const page = await dev.get(pathOf(await addOwn()))
  const told = textOf(byId(read(page.body), 'known-apps'))
  for (const word of ['token_in_header_and_query', 'refresh_without_secret', 'basic', 'redirect URIs', 'Android']) {
    expect(told).toContain(word)
  }
})
