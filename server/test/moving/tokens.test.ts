/** Refresh tokens that another server has issued: redeemed once, and ordinary ones from then on. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kind, kinds, type Place } from '../backup/place.ts'
import { apiStatus, post, refresh } from '../support/browser.ts'
import { addAccount, addClient, type Harness, type TestClient } from '../support/harness.ts'
import { fileOf } from './files.ts'

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

describe.each(await kinds())('a refresh token of another server in $name', (kind: Kind) => {
  let place: Place
  let h: Harness
  let app: TestClient
  let other: TestClient
  beforeAll(async () => {
    place = await kind.full()
    h = await place.serve()
    await addAccount(h, 'anna')
    app = await addClient(h, { scope: 'basic readmeasurements offline_access' }, { id: 'meadow' })
    other = await addClient(h, {}, { id: 'other' })
    // The command goes by the clock of the machine, which must not be ahead of this server's.
    h.clock.move(600_000)
  })
  afterAll(async () => {
    await h.close()
    await place.close()
  })

  let count = 0
  const token = () => `another-servers-token-${kind.name}-${++count}`
  const entry = (text: string, more: object = {}) => ({
    token_sha256: digestOf(text),
    client_id: 'meadow',
    username: 'anna',
    scope: 'basic readmeasurements',
    expires_at: new Date(h.clock.now() + 30 * 86_400_000).toISOString(),
    ...more,
  })

  async function bring(...tokens: readonly object[]) {
    const lines = tokens.map((one) => JSON.stringify({ refresh_token: one })).join('\n')
    const { code, stdout, stderr } = await place.run(
      'import',
      '--from',
      'json',
      fileOf(lines, 'tokens.jsonl'),
      '--json',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as {
      refresh_tokens: Record<string, number>
      skipped: readonly { at: string; reason: string }[]
    }
  }

  test('gets one of ours once, which works as any other', async () => {
    const text = token()
    expect((await refresh(h.app, app, text)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await bring(entry(text))).refresh_tokens).toMatchObject({ imported: 1 })
    h.context.clients.forget()
    const first = await refresh(h.app, app, text)
    expect(first).toMatchObject({ status: 200, body: { scope: 'basic readmeasurements' } })
    expect(await apiStatus(h.app, String(first.body.access_token))).toBe(200)
    // The same answer within the replay window.
    const again = await refresh(h.app, app, text)
    expect(again.body).toMatchObject({ refresh_token: first.body.refresh_token, access_token: first.body.access_token })
    const second = await refresh(h.app, app, String(first.body.refresh_token))
    expect(second.status).toBe(200)
    const events = await h.storage.audit.search(10, { type: 'grant_imported' })
    expect(events.events[0]).toMatchObject({ clientId: 'meadow', detail: { source: 'json' } })
    // Two steps behind: two parties hold it, so that the authorization ends.
    expect((await refresh(h.app, app, text)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(h.app, app, String(second.body.refresh_token))).status).toBe(400)
  })

  test('is brought once, and is nobody else’s', async () => {
    const text = token()
    expect((await bring(entry(text))).refresh_tokens).toMatchObject({ imported: 1 })
    expect((await bring(entry(text))).refresh_tokens).toMatchObject({ imported: 0, already_there: 1 })
    expect((await bring(entry(text, { client_id: 'other' }))).skipped).toMatchObject([{ reason: 'token_of_another' }])
    h.context.clients.forget()
    expect((await refresh(h.app, other, text)).status).toBe(400)
    expect((await refresh(h.app, app, text)).status).toBe(200)
  })

  test('is no access token, whatever it looks like', async () => {
    const text = digestOf(`${kind.name} forty hexadecimal digits`).slice(0, 40)
    await bring(entry(text))
    expect(await apiStatus(h.app, text)).toBe(401)
    h.context.clients.forget()
    expect((await refresh(h.app, app, text)).status).toBe(200)
  })

  test('can be revoked by its app, and by nobody else', async () => {
    const text = token()
    await bring(entry(text))
    h.context.clients.forget()
    await post(h.app, '/oauth/revoke', other, { token: text })
    await post(h.app, '/oauth/revoke', app, { token: text, token_type_hint: 'refresh_token' })
    expect((await refresh(h.app, app, text)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('ends with the account, and when it would have ended there', async () => {
    const [soon, long] = [token(), token()]
    await addAccount(h, 'ben')
    const expires = new Date(h.clock.now() + 3_600_000).toISOString()
    await bring(entry(soon, { username: 'ben', expires_at: expires }), entry(long, { username: 'ben' }))
    h.context.clients.forget()
    h.clock.move(3_700_000)
    expect((await refresh(h.app, app, soon)).body).toMatchObject({ error: 'invalid_grant' })
    const ben = await h.storage.accounts.findByLogin('ben')
    if (ben === undefined) throw new Error('nobody')
    await h.storage.accounts.update(ben.id, { enabled: false, validAfter: h.clock.now() })
    expect((await refresh(h.app, app, long)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('is left where it cannot be one here, with the reason', async () => {
    await addClient(h, { grant_types: ['authorization_code'] }, { id: `coder-${kind.name}` })
    const { skipped } = await bring(
      entry(token(), { username: 'nobody' }),
      entry(token(), { client_id: 'nothing' }),
      entry(token(), { client_id: `coder-${kind.name}` }),
      entry(token(), { expires_at: '2020-01-01T00:00:00Z' }),
      entry(token(), { scope: 'a"b' }),
      { client_id: 'meadow', username: 'anna', scope: 'basic', expires_at: '2099-01-01T00:00:00Z' },
      entry('', { token_sha256: 'not hexadecimal' }),
    )
    expect(skipped.map(({ at, reason }) => `${at} ${reason}`).sort()).toEqual([
      'line 1 user_unknown',
      'line 2 client_unknown',
      'line 3 client_without_refresh',
      'line 4 token_expired',
      'line 5 token_unsound',
      'line 6 unreadable',
      'line 7 unreadable',
    ])
  })
})
