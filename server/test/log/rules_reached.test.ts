/** The request log shows as passed what stands before the rule that refused: so every rule of a list has to be run. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { authorizeRulesets } from '../../src/engine/authorize/table.ts'
import { tokenRulesets } from '../../src/engine/token/grants/index.ts'
import { deviceGrantType, jwtBearerGrantType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { type RuleName, rulesets } from '../../src/runtime/log/rules.ts'
import { Trace } from '../../src/runtime/log/trace.ts'
import { allow, ask, asked, poll, signedIn } from '../device/steps.ts'
import { addOlderClient } from '../dialects/quantimodo/visits.ts'
import { apply, openSetting, ownPath, type Setting } from '../providers/setting.ts'
import { newCode, newTokens } from '../support/answers.ts'
import { authorizeUrl, exchangeCode, post, refresh, signInOn, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type TestClient } from '../support/harness.ts'
import { addAssertions } from '../token/assertion_steps.ts'
import { addExchange } from '../token/exchange_steps.ts'

let h: Setting
let app: TestClient
const older = 'https://older.example/social'
beforeAll(async () => {
  h = await openSetting({}, { settings: { trustProxy: 1 } })
  await apply(h, { resources: [{ resource: 'https://tide.example', scopes: ['tides'], proxy: 'tide' }] })
  await addAccount(h)
  app = await addClient(h, {
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrantType],
  })
  await addOlderClient(h, { redirect_uris: [older] })
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => h.close())

// The rules that every token request has to pass stand in the list of each grant type as well; alone they are recorded where
// the request could not be read.
const { token: _everyGrantType, ...ofEndpoints } = rulesets
const lists: Readonly<Record<string, readonly RuleName[]>> = { ...authorizeRulesets, ...tokenRulesets, ...ofEndpoints }

/** The rules that were run or said to have nothing to check while `work` went on, and the lists that its requests ran. */
async function reachedBy(work: () => Promise<unknown>) {
  const [at, skip] = [vi.spyOn(Trace.prototype, 'at'), vi.spyOn(Trace.prototype, 'skip')]
  await work()
  return {
    // The first rule is under way from the beginning of a trace.
    rules: new Set<RuleName>(['request', ...[...at.mock.calls, ...skip.mock.calls].flat()]),
    lists: (at.mock.contexts as Trace[]).map(({ ruleset }) => ruleset),
  }
}

/** Sends somebody through the provider; answers the code that the older app gets. */
async function socialCode(): Promise<string> {
  const browser = testBrowser(h.app)
  const sent = await browser.get(socialUrl('login', { redirectUrl: older }))
  const back = await browser.get(ownPath(h.provider.answer(sent.location ?? '')))
  return new URL(back.location ?? '').searchParams.get('code') ?? ''
}

function socialUrl(name: string, query: Record<string, string>): string {
  return `/api/v2/auth/social/${name}?${new URLSearchParams({ provider: 'google', ...query })}`
}

/** For each list a request that passes all of its rules; what has to be there before comes about first. */
const requests: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  authorize: async () => () => newCode(h, app),
  'authorize:sign_in': async () => () => testBrowser(h.app).get(authorizeUrl(app)),
  'authorize:consent': async () => {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    const other = await addClient(h)
    return () => browser.get(authorizeUrl(other))
  },
  pushed: async () => () =>
    post(h.app, '/oauth/par', app, Object.fromEntries(new URL(authorizeUrl(app), 'http://localhost').searchParams)),
  device: async () => () => ask(h, app),
  'device:decided': async () => {
    const browser = await signedIn(h)
    const { userCode } = await asked(h, app)
    return () => allow(browser, userCode)
  },
  [`token:${deviceGrantType}`]: async () => {
    const { code, userCode } = await asked(h, app)
    await allow(await signedIn(h), userCode)
    return () => poll(h, app, code)
  },
  [`token:${tokenExchangeGrantType}`]: async () => {
    const { exchange } = await addExchange(h)
    return () => exchange()
  },
  [`token:${jwtBearerGrantType}`]: async () => {
    const { agree, assert } = await addAssertions(h, await addAccount(h, 'asserted'))
    await agree()
    return () => assert()
  },
  'token:authorization_code': async () => {
    const code = await newCode(h, app)
    return () => exchangeCode(h.app, app, code)
  },
  'token:refresh_token': async () => {
    const tokens = await newTokens(h, app, { scope: 'basic offline_access' })
    return () => refresh(h.app, app, tokens.refresh)
  },
  'token:client_credentials': async () => () => token(h.app, app, { grant_type: 'client_credentials' }),
  'token:password': async () => () =>
    post(h.app, '/v1/oauth/', { id: 'any' }, { username: 'alice', password: alicePassword }),
  logout: async () => {
    const browser = testBrowser(h.app)
    const { body } = await newTokens(h, app, { scope: 'openid' }, browser)
    return () => browser.get(`/oauth/logout?id_token_hint=${body.id_token}`)
  },
  'logout:asked': async () => {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    return () => browser.get(`/oauth/logout?client_id=${app.id}`)
  },
  'social:login': async () => () => testBrowser(h.app).get(socialUrl('login', { redirectUrl: older })),
  'social:code': async () => {
    const code = await socialCode()
    return () => h.app.inject(socialUrl('authorizeCode', { code }))
  },
  forward_auth: async () => {
    const reader = await addClient(h, { scope: 'tides' })
    const { body } = await token(h.app, reader, { grant_type: 'client_credentials' })
    const headers = { authorization: `Bearer ${body.access_token}` }
    return () => h.app.inject({ url: '/oauth/forward-auth/tide', headers })
  },
  'social:token': async () => async () => {
    const accessToken = h.provider.accessToken(h.provider.clientId)
    return h.app.inject(socialUrl('authorizeToken', { accessToken }))
  },
}

test.each(Object.entries(lists))('every rule of %s is run, or has nothing to check', async (list, rules) => {
  const request = await requests[list]?.()
  if (request === undefined) throw new Error(`no request here runs the list ${list}`)
  const reached = await reachedBy(request)
  expect(reached.lists).toContain(list)
  expect(rules.filter((rule) => !reached.rules.has(rule))).toEqual([])
})
