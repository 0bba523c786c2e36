/** Every act on an account judges who does it, whatever calls it: a higher role than the account's, and never one's own. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Operator } from '../../src/engine/operator/operator.ts'
import * as people from '../../src/engine/operator/people.ts'
import { NotAllowed } from '../../src/engine/operator/ranks.ts'
import type { Role } from '../../src/protocol/names.ts'
import type { Account } from '../../src/storage/contract.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount, issuer } from '../support/harness.ts'

const [sqlite] = await drivers()
let servers: Servers
beforeAll(async () => {
  servers = (await sqlite?.servers()) as Servers
})
afterAll(() => servers.close())

type ActOn = (by: Operator, id: Account['id']) => Promise<unknown>

/** Each act, and the lowest role that may do it to anybody. */
const acts: Readonly<Record<string, readonly [Role, ActOn]>> = {
  setUserPassword: ['admin', (by, id) => people.setUserPassword(servers.h.context, by, id, 'another horse battery')],
  enableUser: ['admin', (by, id) => people.enableUser(servers.h.context, by, id)],
  disableUser: ['admin', (by, id) => people.disableUser(servers.h.context, by, id)],
  endEverything: ['support', (by, id) => people.endEverything(servers.h.context, by, id)],
  forgiveGuesses: ['support', (by, id) => people.forgiveGuesses(servers.h.context, by, id)],
  changeRoles: ['owner', (by, id) => people.changeRoles(servers.h.context, by, id, ['support'])],
  mailResetLink: ['admin', (by, id) => people.mailResetLink(servers.h.context, by, id)],
  startFactorRemoval: ['support', (by, id) => people.startFactorRemoval(servers.h.context, by, id)],
  stopFactorRemoval: ['support', (by, id) => people.stopFactorRemoval(servers.h.context, by, id)],
  removeSecondFactor: ['admin', (by, id) => people.removeSecondFactor(servers.h.context, by, id)],
  deleteUser: ['admin', (by, id) => people.deleteUser(servers.h.context, by, id)],
  makeResetLink: ['admin', (by, id) => people.makeResetLink(servers.h.context, by, id, issuer)],
}

/** Those that make an account, or invite to one: there is nobody yet whose rank could count. */
const making = ['createUser', 'inviteUser']

const ranks = [undefined, 'support', 'admin', 'owner'] as const
const rank = (role: Role | undefined) => ranks.indexOf(role)

let made = 0
function person(role: Role | undefined): Promise<Account> {
  return addAccount(servers.h, `someone${++made}`, { roles: role === undefined ? [] : [role] })
}

function as({ id }: Account): Operator {
  return { via: 'account', id, caller: { requestId: 'r', address: '192.0.2.1', userAgent: null } }
}

async function objectionOf(done: Promise<unknown>): Promise<string | undefined> {
  try {
    await done
    return undefined
  } catch (error) {
    if (error instanceof NotAllowed) return error.objection
    throw error
  }
}

test('the table below has every act on an account', () => {
  expect([...Object.keys(acts), ...making].sort()).toEqual(Object.keys(people).sort())
})

test.each(Object.entries(acts))('%s is done to accounts of a lower rank alone', async (_name, [lowest, actOn]) => {
  for (const actor of ranks) {
    const by = await person(actor)
    const allowed = rank(actor) >= rank(lowest)
    expect(await objectionOf(actOn(as(by), by.id)), `${actor} on their own`).toBe(allowed ? 'own_account' : 'role')
    for (const other of ranks) {
      const subject = await person(other)
      const expected = !allowed ? 'role' : rank(actor) > rank(other) ? undefined : 'rank'
      expect(await objectionOf(actOn(as(by), subject.id)), `${actor} on ${other}`).toBe(expected)
      if (expected === undefined) continue
      expect(await servers.h.storage.accounts.find(subject.id)).toEqual(subject)
      const { events } = await servers.h.storage.audit.search(5, { actor: by.id, subject: subject.id })
      expect(events).toEqual([])
    }
  }
})

test('who opens an account may run the server, and who gives it roles may give roles', async () => {
  for (const actor of ranks) {
    const by = as(await person(actor))
    const open = (roles: readonly Role[]) =>
      objectionOf(people.createUser(servers.h.context, by, { username: `opened${++made}`, email: null, roles }))
    expect(await open([]), `${actor}`).toBe(rank(actor) >= rank('admin') ? undefined : 'role')
    for (const role of ['support', 'owner'] as const) {
      expect(await open([role]), `${actor} makes ${role}`).toBe(actor === 'owner' ? undefined : 'role')
    }
  }
})
