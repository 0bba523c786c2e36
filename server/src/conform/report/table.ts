/** What a run found, for a terminal and for programs. */
import type { Result, State } from '../check.ts'
import type { Outcome } from '../run.ts'
import { exchangeOf, type Mask } from './evidence.ts'

/** States as a person reads them. */
export const words: Readonly<Record<State, string>> = {
  passed: 'ok',
  failed: 'FAILS',
  warned: 'should',
  not_offered: 'not offered',
  not_checked: 'NOT CHECKED',
}

export function countOf(results: readonly Result[], state: State): number {
  return results.filter((result) => result.state === state).length
}

/** One line that says it all. */
export function summaryOf({ results }: Outcome): string {
  const parts: readonly (readonly [State, string])[] = [
    ['passed', 'ok'],
    ['failed', 'failed'],
    ['warned', 'should be better'],
    ['not_offered', 'not offered'],
    ['not_checked', 'NOT CHECKED'],
  ]
  const said = parts.map(([state, word]) => `${countOf(results, state)} ${word}`).join(' · ')
  return `${results.length} checks: ${said}`
}

/** What is not checked for want of an option, by the option. */
export function wantsOf(results: readonly Result[]): readonly (readonly [option: string, checks: number])[] {
  const wants = new Map<string, number>()
  for (const { state, enable } of results) {
    if (state === 'not_checked' && enable !== undefined) wants.set(enable, (wants.get(enable) ?? 0) + 1)
  }
  return [...wants]
}

/** A result as a program reads it. */
export function documentOf(outcome: Outcome, mask: Mask) {
  return {
    issuer: outcome.issuer,
    ...(outcome.trouble === undefined ? {} : { trouble: mask(outcome.trouble) }),
    checks: outcome.results.map(({ check, state, reason, enable, evidence }) => ({
      id: check.id,
      state,
      of: check.of,
      level: check.level,
      title: check.title,
      ...(reason === undefined ? {} : { reason: mask(reason) }),
      ...(enable === undefined ? {} : { enable }),
      ...(evidence.length === 0 ? {} : { evidence: evidence.map((answer) => exchangeOf(answer, mask)) }),
    })),
  }
}

/** The lines for a terminal: a table, then each finding with what shows it, then what was not looked at. */
export function linesOf(outcome: Outcome, mask: Mask): readonly string[] {
  const { results, issuer, trouble } = outcome
  const widest = (of: (result: Result) => string) => Math.max(...results.map((result) => of(result).length))
  const [ids, sections] = [widest(({ check }) => check.id), widest(({ check }) => check.of)]
  const table = results.map(({ check, state, reason }) => {
    const said = state === 'passed' ? check.title : mask(reason ?? check.title)
    return `${words[state].padEnd(11)}  ${check.id.padEnd(ids)}  ${check.of.padEnd(sections)}  ${said}`
  })
  const findings = results.filter(({ state }) => state === 'failed' || state === 'warned')
  const shown = findings.flatMap(({ check, reason, evidence }) => [
    '',
    `${check.level}  ${check.id}  ${check.of}`,
    `  ${check.title}.`,
    `  Sent: ${check.sends}. Expected: ${check.expects}.`,
    `  Found: ${mask(reason ?? '')}`,
    ...evidence.flatMap((answer) => {
      const { request, answer: said } = exchangeOf(answer, mask)
      return ['', ...request.split('\n').map((line) => `  > ${line}`), ...said.split('\n').map((line) => `  < ${line}`)]
    }),
  ])
  const wants = wantsOf(results).map(([option, checks]) => `  ${checks} more with ${option}`)
  return [
    issuer,
    '',
    ...table,
    ...shown,
    '',
    ...(trouble === undefined ? [] : [`THE ACCESS THAT WAS GIVEN DID NOT WORK: ${mask(trouble)}`, '']),
    ...(wants.length === 0 ? [] : [`NOT CHECKED, for want of access:`, ...wants, '']),
    summaryOf(outcome),
  ]
}
