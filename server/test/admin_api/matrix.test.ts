/** Who gets what answer from every operation of the admin API. An operation without a row fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AdminMethod } from '../../src/api/admin/operation.ts'
import { operations } from '../../src/api/admin/operations.ts'
import { authorize, authorizeUrl, exchangeCode } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness } from '../support/harness.ts'
import { adminResource, call, machineToken, ownToken } from './calls.ts'

const callers = [
  'nobody',
  'person',
  'support',
  'admin',
  'owner',
  'app token',
  'admin.read',
  'admin.write',
  'token of another app',
] as const
type CallerName = (typeof callers)[number]

/**
 * The lowest role that may, and what it is answered where things of these names are not there and the body is `{}`: by that it
 * shows that it was let in.
 */
const rows: Readonly<Record<string, readonly ['support' | 'admin' | 'owner', number]>> = {
  listPeople: ['support', 200],
  createPerson: ['admin', 400],
  invitePerson: ['admin', 400],
  getPerson: ['support', 404],
  listPersonAccess: ['support', 404],
  changePerson: ['admin', 400],
  endPersonAccess: ['support', 404],
  mailResetLink: ['admin', 404],
  startFactorRemoval: ['support', 404],
  stopFactorRemoval: ['support', 404],
  clearGuesses: ['support', 404],
  deletePerson: ['admin', 404],
  listApps: ['support', 200],
  createApp: ['admin', 400],
  getApp: ['support', 404],
  getAppUse: ['support', 404],
  changeApp: ['admin', 404],
  deleteApp: ['admin', 404],
  approveApp: ['admin', 400],
  refuseApp: ['admin', 400],
  wantAppChanges: ['admin', 400],
  endAppTokens: ['admin', 404],
  addAppSecret: ['admin', 400],
  removeAppSecret: ['admin', 404],
  listAccessRequests: ['support', 200],
  approveAccessRequest: ['admin', 409],
  refuseAccessRequest: ['admin', 400],
  listResources: ['support', 200],
  createResource: ['admin', 400],
  getResource: ['support', 404],
  changeResource: ['admin', 404],
  deleteResource: ['admin', 404],
  listProtocols: ['support', 200],
  getProtocol: ['support', 404],
  changeProtocol: ['admin', 404],
  addBrownout: ['admin', 400],
  removeBrownouts: ['admin', 404],
  getProtocolUse: ['support', 404],
  undoProtocolPlan: ['admin', 404],
  listProviders: ['support', 200],
  getProvider: ['support', 404],
  listPlans: ['support', 200],
  createPlan: ['admin', 400],
  getPlan: ['support', 404],
  changePlan: ['admin', 404],
  deletePlan: ['admin', 404],
  getAppPlan: ['support', 404],
  changeAppPlan: ['admin', 400],
  listSubscriptionKeys: ['support', 200],
  createSubscriptionKey: ['admin', 400],
  getSubscriptionKey: ['support', 404],
  changeSubscriptionKey: ['admin', 404],
  deleteSubscriptionKey: ['admin', 404],
  getSubscriptionKeyPlan: ['support', 404],
  changeSubscriptionKeyPlan: ['admin', 400],
  listSettings: ['support', 200],
  getRetention: ['support', 200],
  listChecks: ['support', 200],
  getUsage: ['support', 200],
  listSigningKeys: ['support', 200],
  turnSigningKeys: ['admin', 200],
  listJobs: ['support', 200],
  retryJob: ['admin', 404],
  getHealth: ['support', 200],
  listAuditEvents: ['support', 200],
  exportAuditEvents: ['admin', 200],
  listWebhooks: ['support', 200],
  createWebhook: ['admin', 400],
  getWebhook: ['support', 404],
  changeWebhook: ['admin', 404],
  rotateWebhookSecret: ['admin', 404],
  testWebhook: ['admin', 404],
  deleteWebhook: ['admin', 404],
  listWebhookDeliveries: ['support', 404],
  replayWebhookDelivery: ['admin', 404],
}

const ranks = { support: 1, admin: 2, owner: 3 } as const

/** What a caller is answered: 401 for what is no token of this API, 403 for too low a role or the wrong scope. */
function expectedFor(caller: CallerName, method: AdminMethod, lowest: keyof typeof ranks, allowed: number): number {
  switch (caller) {
    case 'nobody':
    case 'app token':
    case 'token of another app':
      return 401
    case 'person':
      return 403
    case 'support':
    case 'admin':
    case 'owner':
      return ranks[caller] >= ranks[lowest] ? allowed : 403
    case 'admin.read':
      return method === 'GET' ? allowed : 403
    case 'admin.write':
      return method === 'GET' ? 403 : allowed
  }
}

let h: Harness
const tokens = new Map<CallerName, string | undefined>()

beforeAll(async () => {
  h = await harness()
  const scope = 'admin.read admin.write'
  const console = await addClient(h, { admin_api: true, scope: `${scope} basic` })
  const tokenOf = async (username: string, asked: Record<string, string>, of = console) => {
    const { code } = await authorize(h.app, authorizeUrl(of, asked), { username })
    return (await exchangeCode(h.app, of, code)).body.access_token
  }
  tokens.set('nobody', undefined)
  await addAccount(h, 'person')
  tokens.set('person', await tokenOf('person', { scope, resource: adminResource }))
  for (const role of ['support', 'admin', 'owner'] as const) {
    await addAccount(h, role, { roles: [role] })
    tokens.set(role, await tokenOf(role, { scope, resource: adminResource }))
  }
  const plain = await addClient(h)
  tokens.set('app token', await ownToken(h, plain, { scope: 'basic' }))
  tokens.set('admin.read', await machineToken(h, 'owner', 'admin.read'))
  tokens.set('admin.write', await machineToken(h, 'owner', 'admin.write'))
  tokens.set('token of another app', await tokenOf('owner', { scope: 'basic' }, plain))
})
afterAll(() => h.close())

describe('Every operation of the admin API', () => {
  it('has a row, and every row an operation', () => {
    expect(Object.keys(rows).sort()).toEqual(operations.map(({ id }) => id).sort())
  })

  for (const { id, method, path, body } of operations) {
    it(`${method} ${path} answers each caller as its row says`, async () => {
      const row = rows[id]
      if (row === undefined) throw new Error(`${id} has no row`)
      const url = path.replaceAll(/\{[a-z_]+\}/g, 'nothing')
      const answered = await Promise.all(
        callers.map(async (caller) => {
          const more = { headers: { 'if-match': '*' }, ...(body === undefined ? {} : { body: {} }) }
          const { statusCode } = await call(h, tokens.get(caller), method, url, more)
          return [caller, statusCode] as const
        }),
      )
      const expected = callers.map((caller) => [caller, expectedFor(caller, method, ...row)] as const)
      expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(expected))
    })
  }
})
