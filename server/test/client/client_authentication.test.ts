/** Client authentication. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/lib/hash.ts'
import { expectRefusal, newCode } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  post,
  type TestBrowser,
  type TokenAnswer,
  token,
} from '../support/browser.ts'
import { costOf, median } from '../support/cost.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

describe('client authentication', () => {
  let h: Harness
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
    browser = (await authorize(h.app, authorizeUrl(client))).browser
  })
  afterAll(() => h.close())

  /** A token request as it stands, from an address of its own so that failures of other tests do not count. */
  let address = 0
  async function raw(
    fields: Record<string, string>,
    authorization?: string,
    from = `10.0.${address++ >> 8}.${address & 255}`,
  ): Promise<TokenAnswer> {
    const response = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      remoteAddress: from,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      payload: new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString(),
    })
    return { status: response.statusCode, headers: response.headers, body: response.json() }
  }
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

  test('D62: two ways of authentication at once are refused', async () => {
    const both = basic(client.id, client.secret)
    expectRefusal(await raw({ client_secret: client.secret }, both), 'invalid_request')
    expectRefusal(await raw({ client_id: client.id, client_secret: client.secret }, both), 'invalid_request')
    const assertion = {
      client_assertion: 'x.y.z',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    expectRefusal(await raw(assertion, both), 'invalid_request')
    expectRefusal(await raw({ client_id: client.id, client_secret: client.secret, ...assertion }), 'invalid_request')
    expect((await raw({ client_id: client.id }, both)).status).toBe(200)
  })

  test('D62: the client of the header and that of the body must be one', async () => {
    const other = await addClient(h)
    expectRefusal(await raw({ client_id: other.id }, basic(client.id, client.secret)), 'invalid_request')
  })

  test('D63: a client authenticates as registered and in no other way, at every endpoint', async () => {
    const inBody = await addClient(h, { token_endpoint_auth_method: 'client_secret_post' })
    const inHeader = await addClient(h, { token_endpoint_auth_method: 'client_secret_basic' })
    const asForm = (of: TestClient) => ({ client_id: of.id, client_secret: of.secret })
    expect((await raw(asForm(inBody))).status).toBe(200)
    expect((await raw({}, basic(inHeader.id, inHeader.secret))).status).toBe(200)
    expectRefusal(await raw({}, basic(inBody.id, inBody.secret)), 'invalid_client', 401)
    expectRefusal(await raw(asForm(inHeader)), 'invalid_client', 401)
    expectRefusal(await raw({ client_id: inHeader.id }), 'invalid_client', 401)
    for (const url of ['/oauth/introspect', '/oauth/revoke']) {
      expectRefusal(await post(h.app, url, inBody, { token: 'x' }), 'invalid_client', 401, url)
      expectRefusal(await post(h.app, url, { id: inHeader.id }, { token: 'x' }), 'invalid_client', 401, url)
    }
    expect((await raw(asForm(client))).status).toBe(200)
  })

  test('D63: a client registered for an assertion cannot fall back to a secret or to nothing', async () => {
    const strong = await addClient(h, { token_endpoint_auth_method: 'private_key_jwt' })
    expectRefusal(await raw({}, basic(strong.id, strong.secret)), 'invalid_client', 401)
    expectRefusal(await raw({ client_id: strong.id, client_secret: strong.secret }), 'invalid_client', 401)
    expectRefusal(await raw({ client_id: strong.id }), 'invalid_client', 401)
    expectRefusal(await raw({ client_id: strong.id, client_assertion: 'x' }), 'invalid_client', 401)
  })

  test('D63: a public client with a secret, or with an assertion, is not authenticated', async () => {
    const open = await addClient(h, { token_endpoint_auth_method: 'none' })
    const code = await newCode(h, open, {}, browser)
    expectRefusal(await exchangeCode(h.app, { id: open.id, secret: 'x' }, code), 'invalid_client', 401)
    expectRefusal(await exchangeCode(h.app, { id: open.id }, code, { client_assertion: 'x' }), 'invalid_client', 401)
    expect((await exchangeCode(h.app, { id: open.id }, code)).status).toBe(200)
    expectRefusal(await post(h.app, '/oauth/introspect', { id: open.id }, { token: code }), 'invalid_client', 401)
  })

  test('D64: unknown, disabled and wrong get one answer; WWW-Authenticate only where Basic was used', async () => {
    const disabled = await addClient(h)
    await h.storage.clients.amend(disabled.id, () => ({ status: 'disabled' }))
    h.context.clients.forget()
    const answers = [
      await raw({}, basic(client.id, 'wrong')),
      await raw({}, basic(client.id, '')),
      await raw({}, basic(client.id, client.secret.slice(0, -1))),
      await raw({}, basic(client.id, `${client.secret}x`)),
      await raw({}, basic('nobody', client.secret)),
      await raw({}, basic(disabled.id, disabled.secret)),
    ]
    const inBody = [
      await raw({ client_id: client.id, client_secret: 'wrong' }),
      await raw({ client_id: 'nobody', client_secret: 'wrong' }),
      await raw({ client_id: client.id }),
      await raw({}),
    ]
    for (const answer of [...answers, ...inBody]) {
      expectRefusal(answer, 'invalid_client', 401)
      expect(answer.body).toEqual(answers[0]?.body)
    }
    for (const answer of answers) expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/)
    for (const answer of inBody) expect(answer.headers['www-authenticate']).toBeUndefined()
  })

  test('D64: an unknown client costs about what a known one costs', async () => {
    const cost = (id: string) => costOf(() => raw({}, basic(id, 'w'.repeat(43))))
    const known: number[] = []
    const unknown: number[] = []
    for (let i = 0; i < 40; i++) {
      known.push((await cost(client.id)).cost)
      unknown.push((await cost(`nobody${i}`)).cost)
    }
    const ratio = median(unknown) / median(known)
    expect(ratio).toBeGreaterThan(0.33)
    expect(ratio).toBeLessThan(3)
  })

  test('D65: Basic is decoded exactly or not at all', async () => {
    const secret = 'p:a ss+wörd%&=–and-more-than-32-characters'
    const odd = await addClient(h, {}, { id: 'odd:id %+é' })
    await h.storage.clients.amend(odd.id, () => ({
      addSecret: {
        id: 's2',
        name: 'odd',
        hash: sha256(secret),
        createdAt: 0,
        expiresAt: null,
      },
    }))
    h.context.clients.forget()
    const encoded = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
    expect((await raw({}, basic(encoded(odd.id), encoded(secret)))).status).toBe(200)
    expect((await raw({}, basic(encodeURIComponent(odd.id), encodeURIComponent(secret)))).status).toBe(200)
    expectRefusal(await raw({}, basic(odd.id, secret)), 'invalid_client', 401)
    const right = Buffer.from(`${client.id}:${client.secret}`)
    const text = right.toString('base64')
    for (const header of [
      'Basic',
      'Basic ',
      'Basic !!!!',
      `Basic ${text.slice(0, -3)}*`,
      `Basic ${text} x`,
      `Basic ${text}, Basic ${text}`,
      `Basic ${text.slice(0, 8)} ${text.slice(8)}`,
      `Basic ${text}====`,
      `Basic\t${text}`,
      `Bearer ${text}`,
      text,
      `Basic ${Buffer.from(client.id).toString('base64')}`,
      `Basic ${Buffer.from(`:${client.secret}`).toString('base64')}`,
      `Basic ${Buffer.concat([right, Buffer.from([0xff])]).toString('base64')}`,
      `Basic ${Buffer.from(`${client.id}:${client.secret}%`).toString('base64')}`,
      `Basic ${Buffer.from(`${client.id}\0:${client.secret}`).toString('base64')}`,
      `Basic ${Buffer.from(`${client.id}:${client.secret}\0`).toString('base64')}`,
      `Basic ${Buffer.from(` ${client.id}:${client.secret}`).toString('base64')}`,
      `Basic ${Buffer.from(`${client.id}:${client.secret} `).toString('base64')}`,
    ]) {
      expectRefusal(await raw({}, header), 'invalid_client', 401, header)
    }
    expect((await raw({}, `basic ${text.replace(/=+$/, '')}`)).status).toBe(200)
  })

  test('D65: bits behind the end of the base64 are not overlooked', async () => {
    const padded = await addClient(h, {}, { id: 'pad' })
    const right = basic(padded.id, padded.secret)
    expect(right).toMatch(/[^=]=$/)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const next = alphabet[alphabet.indexOf(right.at(-2) ?? '') + 1] ?? '/'
    expect(Buffer.from(`${right.slice(6, -2)}${next}=`, 'base64')).toEqual(Buffer.from(right.slice(6), 'base64'))
    expectRefusal(await raw({}, `${right.slice(0, -2)}${next}=`), 'invalid_client', 401)
    expect((await raw({}, right)).status).toBe(200)
  })

  test('D66: two secrets are valid beside each other until one is taken away or expires', async () => {
    const rotating = await addClient(h)
    const second = 'a second secret of more than thirty-two characters'
    const expiresAt = h.clock.now() + 10_000
    const row = { id: 'two', name: 'second', hash: sha256(second), createdAt: 0, expiresAt }
    await h.storage.clients.amend(rotating.id, () => ({ addSecret: row }))
    h.context.clients.forget()
    expect((await raw({}, basic(rotating.id, rotating.secret))).status).toBe(200)
    expect((await raw({}, basic(rotating.id, encodeURIComponent(second)))).status).toBe(200)
    h.clock.move(10_000)
    expectRefusal(await raw({}, basic(rotating.id, encodeURIComponent(second))), 'invalid_client', 401)
    expect((await raw({}, basic(rotating.id, rotating.secret))).status).toBe(200)
    expect(rotating.secret).toHaveLength(43)
  })

  test('D64, I130: after a hundred wrong secrets from one network more of them get 429 there, and nowhere else', async () => {
    const target = await addClient(h)
    const network = '2001:db8:1:2'
    for (let i = 0; i < 100; i++) await raw({}, basic(target.id, `wrong ${i}`), `${network}::${i.toString(16)}`)
    const closed = await raw({}, basic(target.id, 'wrong again'), `${network}:9::1`)
    expectRefusal(closed, 'temporarily_unavailable', 429)
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(0)
    expectRefusal(await raw({}, basic(target.id, 'wrong'), '2001:db8:1:3::1'), 'invalid_client', 401)
    expect((await raw({}, basic(client.id, client.secret), `${network}::1`)).status).toBe(200)
    h.clock.move(10 * 60_000)
    expectRefusal(await raw({}, basic(target.id, 'wrong'), `${network}::1`), 'invalid_client', 401)
  })

  test('K173: a certificate that a header speaks of authenticates nobody', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----%0AMIIB%0A-----END CERTIFICATE-----'
    const headers = {
      'x-ssl-cert': certificate,
      'x-client-cert': certificate,
      'x-ssl-client-cert': certificate,
      'x-forwarded-client-cert': `Hash=00;Cert="${certificate}";Subject="CN=${client.id}"`,
      'client-cert': ':MIIB:',
      'ssl-client-verify': 'SUCCESS',
      'x-ssl-client-s-dn': `CN=${client.id}`,
      forwarded: `for=127.0.0.1;by=127.0.0.1;host=${client.id}`,
    }
    const noSecret = { id: client.id }
    const asked = { grant_type: 'client_credentials' }
    const [plain, forged] = [await token(h.app, noSecret, asked), await token(h.app, noSecret, asked, headers)]
    expectRefusal(forged, 'invalid_client', 401)
    expect(forged.body).toEqual(plain.body)
    expect((await token(h.app, client, asked, headers)).status).toBe(200)
  })

  test('K162: made-up client ids leave one counter behind, not one each', async () => {
    const from = '192.0.2.77'
    for (let i = 0; i < 100; i++) await raw({}, basic(`made-up-${i}-${'x'.repeat(2000)}`, 'w'), from)
    expectRefusal(await raw({}, basic('yet another', 'w'), from), 'temporarily_unavailable', 429)
    expect((await raw({}, basic(client.id, client.secret), from)).status).toBe(200)
  })

  test('I130: successes never count as failures', async () => {
    const busy = await addClient(h)
    for (let i = 0; i < 150; i++) {
      expect((await raw({}, basic(busy.id, busy.secret), '198.51.100.9')).status).toBe(200)
    }
    expect((await token(h.app, busy, { grant_type: 'client_credentials' })).status).toBe(200)
  })
})
