/** The sentence of what a check has found, in the language of these words. */
import type { CheckFacts } from './en/console/checks.ts'
import type { Words } from './en/index.ts'

export function sayCheck(
  words: Pick<Words, 'checks'>,
  found: CheckFacts & { readonly id: keyof Words['checks']['each']; readonly case: string },
): string {
  const cases: Readonly<Record<string, string | ((facts: CheckFacts) => string)>> = words.checks.each[found.id].cases
  const say = cases[found.case] ?? ''
  return typeof say === 'string' ? say : say(found)
}
