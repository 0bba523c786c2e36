/**
 * Takes every guard and every rule away, one after the other, and sees a request notice (`npm run mutants`). The sources are
 * changed as they are loaded (`vitest.config.ts`), so that one process tries them all.
 */
import { afterAll, expect, test } from 'vitest'
import { authorizeRulesets } from '../../src/engine/authorize/table.ts'
import { tokenRulesets } from '../../src/engine/token/grants/index.ts'
import { type Reason, refusals } from '../../src/protocol/refusal.ts'
import { rulesets } from '../../src/runtime/log/rules.ts'
import { byRule } from './by_rule.ts'
import { allGuards } from './guards.ts'
import { expectProvoked } from './provoked.ts'
import { index } from './rows/index.ts'
import { ruleOf } from './switches.ts'
import { type Killer, openTrials, type Row, type Taken } from './trying.ts'
import { untried, untriedRules } from './untried.ts'

const guards = allGuards()
const rows: readonly Row[] = index.flatMap(({ spec, rows: ofSpec }) =>
  ofSpec.map(({ section, level, asks, guard, shows }) => ({
    name: `${spec} §${section} ${level}: ${asks}`,
    guards: [guard].flat(),
    shows,
  })),
)
const reasons: readonly Killer[] = (Object.keys(refusals) as Reason[]).map((reason) => ({
  name: `the reason ${reason}`,
  shows: (world) => expectProvoked(world, reason),
}))
const trials = openTrials()
afterAll(() => trials.close())

test('every request shows what it says', async () => {
  expect(await trials.run([...rows, ...reasons, ...byRule])).toEqual([])
})

test('no row goes on without its guard', async () => {
  expect(await trials.unnoticed(rows)).toEqual([])
})

test('no other guard can be taken away without a request that notices', async () => {
  const held = new Set(rows.flatMap((row) => row.guards))
  const others = guards.filter(({ id }) => !held.has(id) && !(id in untried))
  expect(await trials.survivors(others.map(({ id, line }) => [`${id}\n${line}`, { guards: [id] }]))).toEqual([])
})

test('what is said to be shown by no request is shown by none', () => {
  expect(Object.entries(untried).flatMap(([id, { same }]) => (same !== true && trials.meets(id) ? [id] : []))).toEqual(
    [],
  )
})

/** The lists that are run; those that are left out say how far one of these came. A list is known when its first rule is passed. */
const lists: Readonly<Record<string, readonly string[]>> = { ...authorizeRulesets, ...tokenRulesets, ...rulesets }

test('no rule can be taken away without a request that notices', async () => {
  const all = Object.entries(lists).flatMap(([list, rules]) => rules.map((rule) => ({ list, rule })))
  const tried = all.filter((one) => !untriedRules.some((say) => say.these(one)))
  expect(await trials.survivors(tried.map((one) => [ruleOf(one.list, one.rule), one]))).toEqual([])
})

test('a guard that nobody notices is told with its MUST', async () => {
  const [row] = rows.filter((one) => one.guards[0]?.endsWith(': code_verifier_wrong') === true)
  if (row === undefined) throw new Error('there is no row to change')
  const blind: Row = { ...row, shows: (world) => row.shows(world).catch(() => undefined) }
  expect(await trials.unnoticed([blind])).toEqual([`${row.name}\n${row.guards.join()}`])
  const missing: Taken = { guards: ['a guard that no request meets'] }
  expect(await trials.survivors([['it', missing]])).toEqual(['it: no request meets it'])
})
