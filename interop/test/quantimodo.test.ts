/** npm `quantimodo`, unmodified: the client of the API that our older dialect speaks. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { allow, arrival, inChromium, signIn, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient } from '../support/documents.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type QuantimodoClient, quantimodoClient } from '../support/quantimodo_client.ts'
import { type RunningServer, startServer } from '../support/server.ts'

inChromium('npm quantimodo', () => {
  const openPage = useChromium()
  const name = 'Mood Tracker'
  const scope = 'basic readmeasurements writemeasurements'
  let app: LoopbackApp
  let server: RunningServer
  let registered: ReturnType<typeof confidentialClient>
  let client: QuantimodoClient
  let token: string
  let agreed = false

  beforeAll(async () => {
    app = await startLoopbackApp()
    registered = confidentialClient(name, app.redirectUri, { scope, dialects: ['quantimodo'] })
    server = await startServer([registered])
    token = await signInWithCode()
  })
  beforeEach(() => {
    client = quantimodoClient(server.issuer)
    client.present(token)
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  /** A code by the browser, from the address that the client itself asks. */
  async function codeFromBrowser(): Promise<string> {
    const query = new URLSearchParams({
      clientId: registered.client_id,
      client_secret: registered.client_secret,
      response_type: 'code',
      scope,
      redirect_uri: app.redirectUri,
      state: 'xyz',
      platform: 'web',
    })
    const page = await openPage()
    await page.goto(`${server.issuer}/api/v3/oauth2/authorize?${query}`)
    await signIn(page)
    // The yes of the first time is remembered, until the share is ended.
    if (!agreed) await allow(page, name)
    agreed = true
    const callback = await arrival(page, app.redirectUri)
    expect(callback.search).toMatch(/^\?code=[A-Za-z0-9]+&state=xyz/)
    return callback.searchParams.get('code') ?? ''
  }

  function exchange(code: string) {
    return quantimodoClient(server.issuer).call(
      'AuthenticationApi',
      'getAccessToken',
      'authorization_code',
      code,
      'code',
      scope,
      {
        clientId: registered.client_id,
        clientSecret: registered.client_secret,
        redirectUri: app.redirectUri,
        state: 'xyz',
        platform: 'web',
      },
    )
  }

  async function signInWithCode(): Promise<string> {
    const answer = await exchange(await codeFromBrowser())
    expect(answer.status).toBe(200)
    const body = answer.body as Record<string, unknown>
    expect(body).toMatchObject({ success: true, token_type: 'Bearer', scope, expires_in: 30 * 86_400 })
    expect(body.accessToken).toBe(body.access_token)
    return String(body.access_token)
  }

  test('exchanges the code once', async () => {
    const code = await codeFromBrowser()
    expect((await exchange(code)).status).toBe(200)
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('reads the user, by header or by query, but not by both', async () => {
    const user = { loginName: alice.username, email: alice.email, administrator: false, accessToken: token }
    expect((await client.call('UserApi', 'getUser', {})).data).toMatchObject(user)
    client.present(token, 'query')
    expect((await client.call('UserApi', 'getUser', { includeAuthorizedClients: true })).data).toMatchObject(user)
    client.present(token, 'both')
    expect(await client.call('UserApi', 'getUser', {})).toMatchObject({ status: 400 })
    client.present(undefined)
    expect(await client.call('UserApi', 'getUser', {})).toMatchObject({ status: 401 })
  })

  test('creates, lists, changes and deletes a measurement', async () => {
    const created = await client.call(
      'MeasurementsApi',
      'postMeasurements',
      [
        {
          measurementItems: [{ timestamp: 1_406_419_860, value: 3 }],
          sourceName: 'test-app',
          unitAbbreviatedName: '/5',
          variableName: 'Overall Mood',
          variableCategoryName: 'Emotions',
          combinationOperation: 'MEAN',
        },
      ],
      {},
    )
    expect(created).toMatchObject({ status: 201, body: { success: true } })

    const filter = { variableName: 'Overall Mood', sort: '-startTime', limit: 10, offset: 0, minMaxFilter: true }
    const list = async () =>
      (await client.call('MeasurementsApi', 'getMeasurements', filter)).data as {
        readonly id: number
        readonly variableId: number
        readonly value: number
      }[]
    const [measurement, ...others] = await list()
    expect(others).toEqual([])
    expect(measurement).toMatchObject({
      value: 3,
      variableName: 'Overall Mood',
      unitAbbreviatedName: '/5',
      sourceName: 'test-app',
    })

    const change = { id: measurement?.id, value: 4, startTime: 1_406_419_860 }
    expect(await client.call('MeasurementsApi', 'updateMeasurement', change)).toMatchObject({
      status: 201,
      data: { success: true },
    })
    expect((await list())[0]?.value).toBe(4)

    const which = { clientId: registered.client_id, startTime: 1_406_419_860, variableId: measurement?.variableId }
    expect(await client.call('MeasurementsApi', 'deleteMeasurement', which)).toMatchObject({ status: 204 })
    expect(await list()).toEqual([])
  })

  test('reads the catalogue of units and categories', async () => {
    const units = (await client.call('UnitsApi', 'getUnits')).data as readonly Record<string, unknown>[]
    expect(units).toContainEqual(expect.objectContaining({ abbreviatedName: '/5', category: 'Rating' }))
    expect((await client.call('UnitsApi', 'getUnitCategories')).status).toBe(200)
    const categories = (await client.call('VariablesApi', 'getVariableCategories')).data
    expect(categories).toContainEqual(expect.objectContaining({ name: 'Emotions' }))
  })

  test('reads the settings of the app without a token, and its secret only with the secret', async () => {
    client.present(undefined)
    const anonymous = await client.call('AppSettingsApi', 'getAppSettings', { clientId: registered.client_id })
    expect(anonymous.body).toMatchObject({
      success: true,
      appSettings: { clientId: registered.client_id, clientSecret: null, appDisplayName: name },
    })
    const proved = await client.call('AppSettingsApi', 'getAppSettings', {
      clientId: registered.client_id,
      clientSecret: registered.client_secret,
    })
    expect(proved.body).toMatchObject({ appSettings: { clientSecret: registered.client_secret } })
  })

  describe('shares', () => {
    test('lists the app, and ending the share ends its tokens', async () => {
      const other = await signInWithCode()
      client.present(other)
      const shares = await client.call('SharesApi', 'getShares', {})
      expect(JSON.stringify(shares.body)).toContain(registered.client_id)
      const ended = await client.call('SharesApi', 'deleteShare', registered.client_id, { reason: 'enough' })
      expect([200, 204]).toContain(ended.status)
      expect(await client.call('UserApi', 'getUser', {})).toMatchObject({ status: 401 })
    })
  })
})
