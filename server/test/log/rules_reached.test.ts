/** The request log shows as passed what stands before the rule that refused: so every rule of a list has to be run. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { authorizeRulesets } from '../../src/engine/authorize/table.ts'
import { tokenRulesets } from '../../src/engine/token/grants/index.ts'
import { type RuleName, rulesets } from '../../src/runtime/log/rules.ts'
import { Trace } from '../../src/runtime/log/trace.ts'
import { newCode, newTokens } from '../support/answers.ts'
import { authorizeUrl, exchangeCode, post, refresh, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let app: TestClient
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  app = await addClient(h)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => h.close())

const lists: Readonly<Record<string, readonly RuleName[]>> = { ...authorizeRulesets, ...tokenRulesets, ...rulesets }

/** The rules that were run or said to have nothing to check while `work` went on. */
async function rulesOf(work: () => Promise<unknown>): Promise<ReadonlySet<RuleName>> {
  const [at, skip] = [vi.spyOn(Trace.prototype, 'at'), vi.spyOn(Trace.prototype, 'skip')]
  await work()
  // The first rule is under way from the beginning of a trace.
  return new Set(['request', ...[...at.mock.calls, ...skip.mock.calls].map(([rule]) => rule)])
}

const requests: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  authorize: async () => () => newCode(h, app),
  'authorize:sign_in': async () => () => testBrowser(h.app).get(authorizeUrl(app)),
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
  'logout:asked': async () => () => testBrowser(h.app).get(`/oauth/logout?client_id=${app.id}`),
}

test.each(Object.entries(requests))('every rule of %s is run, or has nothing to check', async (list, prepare) => {
  const request = await prepare()
  const reached = await rulesOf(request)
  expect((lists[list] ?? []).filter((rule) => !reached.has(rule))).toEqual([])
  expect(lists[list]?.length).toBeGreaterThan(3)
})
