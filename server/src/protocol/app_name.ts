/** What an app, a secret or a key may be called. */
import { canonicalName, invisibleProblem, longestName } from './visible_name.ts'

/** Why an app, a secret or a key cannot be called so, in a sentence. */
export function nameProblem(name: string): string | undefined {
  const text = canonicalName(name)
  if (text === '') return 'Give it a name.'
  if (text.length > longestName) return `A name has at most ${longestName} characters.`
  const problem = invisibleProblem(text)
  return problem === undefined ? undefined : `The name ${problem}.`
}
