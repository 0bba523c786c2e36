/** The security profile of an app in the portal: what the app does not meet, in words, and what choosing one does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerApp, signedIn } from '../pages/developer.ts'
import { newTokens } from '../support/answers.ts'
import { hiddenFields, refresh, type TestBrowser } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'
import { addFapiApp } from './steps.ts'

let h: Harness
let dev: TestBrowser
let alice: Awaited<ReturnType<typeof addAccount>>
beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  dev = await signedIn(h)
})
afterAll(() => h.close())

const settingsOf = (id: string) => dev.get(`/developer/apps/${id}/settings`)
async function send(id: string, what: string, fields: Record<string, string>) {
  const csrf = hiddenFields(await dev.get(`/developer/apps/${id}/settings`)).csrf ?? ''
  return dev.post(`/developer/apps/${id}/${what}`, { csrf, ...fields })
}
const choose = (id: string, profile: string) => send(id, 'settings/profile', { profile })
const metadataOf = async (id: string) => (await h.storage.clients.find(id as TestClient['id']))?.metadata ?? {}
const conditionsIn = (body: string, profile: string) => {
  const list = new RegExp(`id="app-unmet-${profile}">(.*?)</ul>`, 's').exec(body)?.[1] ?? ''
  return [...list.matchAll(/data-condition="(\w+)"/g)].map(([, name]) => name)
}

describe('the settings of an app', () => {
  test('say in words what it does not meet of each profile', async () => {
    const app = await registerApp(dev, { scope: 'basic' })
    const { body } = await settingsOf(app.id)
    expect(conditionsIn(body, 'fapi2-security')).toEqual(['own_key', 'key_registered'])
    expect(body).toContain('an app authenticates by a key of its own (private_key_jwt)')
    expect(conditionsIn(body, 'oauth21')).toEqual([])
    const german = await dev.get(`/developer/apps/${app.id}/settings`, { 'accept-language': 'de' })
    expect(german.body).toContain('eine App weist sich mit einem eigenen Schlüssel aus (private_key_jwt)')
    const native = await registerApp(dev, { name: 'Pocket', kind: 'native', redirect_uris: 'com.example.app:/cb' })
    expect(conditionsIn((await settingsOf(native.id)).body, 'mcp')).toEqual(['https_or_loopback'])
    expect(conditionsIn((await settingsOf(native.id)).body, 'fapi2-security')).toContain('https_redirects')
  })

  test('put it on a profile that it meets: switches are set, what was issued ends, leniencies are refused', async () => {
    const app = await registerApp(dev, { name: 'Second', scope: 'basic' })
    await h.storage.clients.amend(app.id as TestClient['id'], ({ metadata }) => ({
      metadata: { ...metadata, front_channel_tokens: true, require_pkce: false },
    }))
    h.context.clients.forget()
    const held = await newTokens(h, app as TestClient, { scope: 'basic' })
    h.clock.move(1000)
    expect((await choose(app.id, 'oauth21')).location).toContain('done=profiled')
    const metadata = await metadataOf(app.id)
    expect(metadata).toMatchObject({ profile: 'oauth21', profile_by: 'developer', require_pkce: true })
    expect(metadata.front_channel_tokens).toBeUndefined()
    expect((await refresh(h.app, app as TestClient, held.refresh)).status).toBe(400)
    const overview = await dev.get(`/developer/apps/${app.id}`)
    expect(overview.body).toContain('OAuth 2.1')
    const older = await send(app.id, 'older', { shown: '', setting: 'front_channel_tokens' })
    expect(older.status).toBe(400)
    expect(older.body).toContain('does not go with the profile oauth21')
    expect((await metadataOf(app.id)).front_channel_tokens).toBeUndefined()
    expect((await choose(app.id, 'none')).location).toContain('done=profiled')
    expect(await metadataOf(app.id)).toMatchObject({ require_pkce: true })
    expect(await metadataOf(app.id)).not.toHaveProperty('profile')
  })

  test('refuse a profile that it does not meet, or that there is not, and change nothing', async () => {
    const app = await registerApp(dev, { name: 'Third', scope: 'basic' })
    const before = await metadataOf(app.id)
    const refused = await choose(app.id, 'fapi2-security')
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('private_key_jwt')
    const unknown = await choose(app.id, 'fapi1')
    expect(unknown.status).toBe(400)
    expect(unknown.body).toContain('Choose one of the security profiles.')
    expect(await metadataOf(app.id)).toEqual(before)
  })

  test('keep a redirect URI out that its profile does not go with', async () => {
    const app = await registerApp(dev, { name: 'Fourth', kind: 'native', redirect_uris: 'http://127.0.0.1/cb' })
    expect((await choose(app.id, 'mcp')).location).toContain('done=profiled')
    const added = await send(app.id, 'redirect-uris', { uri: 'com.example.app:/cb' })
    expect(added.status).toBe(400)
    expect(added.body).toContain('redirect URIs are https or a loopback address')
  })

  test('offer no switch for what its profile sets, and keep that whatever is sent', async () => {
    const app = await addFapiApp(h)
    await h.storage.clients.amend(app.id, () => ({ ownerId: alice.id }))
    expect((await settingsOf(app.id)).body).not.toContain('id="app-protections-form"')
    await send(app.id, 'settings/protections', {})
    expect(await metadataOf(app.id)).toMatchObject({
      profile: 'fapi2-security',
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
    })
    const free = await registerApp(dev, { name: 'Fifth', scope: 'basic' })
    expect((await settingsOf(free.id)).body).toContain('id="app-protections-form"')
  })

  test('leave a profile alone that the operator has given', async () => {
    const app = await addClient(h, { profile: 'oauth21' }, { ownerId: alice.id })
    expect((await settingsOf(app.id)).body).toContain('id="app-profile-fixed"')
    const answer = await choose(app.id, 'none')
    expect(answer.status).toBe(400)
    expect(await metadataOf(app.id)).toMatchObject({ profile: 'oauth21' })
  })
})
