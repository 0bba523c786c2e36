/** Who of those who run the server may do what, and to whom. */
import { expect, test } from 'vitest'
import { may, objectionTo, roleOf } from '../../src/engine/operator/ranks.ts'
import type { Role } from '../../src/protocol/names.ts'

const people = ([undefined, 'support', 'admin', 'owner'] as const).map((role) => ({
  id: `usr_${role ?? 'person'}` as const,
  enabled: true,
  roles: role === undefined ? [] : ([role] as readonly Role[]),
}))

test('an account acts on accounts of a lower rank, and never on itself', () => {
  const answers = people.map((by) => people.map((subject) => objectionTo(by, subject, 'end_sessions') ?? 'may'))
  expect(answers).toEqual([
    ['role', 'role', 'role', 'role'],
    ['may', 'own_account', 'rank', 'rank'],
    ['may', 'may', 'own_account', 'rank'],
    ['may', 'may', 'may', 'own_account'],
  ])
})

test('two of the same rank do nothing to each other, and a disabled account keeps its rank towards those who act on it', () => {
  const [, , admin, owner] = people
  if (admin === undefined || owner === undefined) throw new Error('no people')
  expect(objectionTo(admin, { ...admin, id: 'usr_other' }, 'people')).toBe('rank')
  expect(objectionTo(owner, { ...owner, id: 'usr_other' }, 'roles')).toBe('rank')
  expect(objectionTo({ ...owner, enabled: false }, admin, 'people')).toBe('role')
})

test('support reads, clears counters, ends sessions and starts the removal of a factor, and nothing else', () => {
  const rights = [
    'read',
    'clear_counters',
    'end_sessions',
    'remove_factor',
    'people',
    'apps',
    'run_server',
    'roles',
  ] as const
  const of = (role: Role) => rights.filter((right) => may(role, right))
  expect(of('support')).toEqual(rights.slice(0, 4))
  expect(of('admin')).toEqual(rights.slice(0, 7))
  expect(of('owner')).toEqual(rights)
})

test('of several roles the highest counts, and none while the account is disabled', () => {
  expect(roleOf({ enabled: true, roles: ['support', 'owner', 'admin'] })).toBe('owner')
  expect(roleOf({ enabled: false, roles: ['owner'] })).toBeUndefined()
})
