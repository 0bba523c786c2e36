/** The report as JUnit XML, which build servers read: a suite for each specification, a test for each check. */
import type { Result } from '../check.ts'
import type { Outcome } from '../run.ts'
import { exchangeOf, type Mask } from './evidence.ts'

/** Text for XML: marks as entities, and none of the characters that XML cannot have. */
function text(value: string): string {
  return [...value]
    .filter((one) => one === '\t' || one === '\n' || one >= ' ')
    .join('')
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
    .replace(/[\ufffe\uffff]/g, '')
}

/** `strict`: whether what only should be counts as a failure. */
export function junitOf(outcome: Outcome, mask: Mask, strict: boolean): string {
  const suites = new Map<string, Result[]>()
  for (const result of outcome.results) {
    const name = result.check.of.split(' §', 1)[0] ?? ''
    suites.set(name, [...(suites.get(name) ?? []), result])
  }
  const isFailure = ({ state }: Result) => state === 'failed' || (strict && state === 'warned')
  const isSkipped = ({ state }: Result) => state === 'not_offered' || state === 'not_checked'
  const counts = (results: readonly Result[]) =>
    `tests="${results.length}" failures="${results.filter(isFailure).length}" errors="0" skipped="${results.filter(isSkipped).length}"`
  const caseOf = (result: Result) => {
    const { check, state, reason = '', enable, evidence } = result
    const shown = evidence.map((answer) => {
      const { request, answer: said } = exchangeOf(answer, mask)
      return `${request}\n\n${said}`
    })
    const found = [
      `${check.of}: ${check.title}.`,
      `Expected: ${check.expects}.`,
      `Found: ${mask(reason)}`,
      ...shown,
    ].join('\n\n')
    const want = enable === undefined ? '' : ` ${enable}`
    const inside = isFailure(result)
      ? `<failure message="${text(mask(reason))}" type="${check.level}">${text(found)}</failure>`
      : isSkipped(result)
        ? `<skipped message="${text(`${state === 'not_offered' ? 'not offered' : 'NOT CHECKED'}: ${mask(reason)}${want}`)}"/>`
        : state === 'warned'
          ? `<system-out>${text(found)}</system-out>`
          : ''
    return `    <testcase classname="${text(check.of)}" name="${text(`${check.id}: ${check.title}`)}">${inside}</testcase>`
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${text(outcome.issuer)}" ${counts(outcome.results)}>`,
    ...[...suites].flatMap(([name, results]) => [
      `  <testsuite name="${text(name)}" ${counts(results)}>`,
      ...results.map(caseOf),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}
