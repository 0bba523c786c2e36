/** What an app, a secret or a key may be called. */
import { canonicalName, type InvisibleProblem, invisibleProblem, longestName } from './visible_name.ts'

/** Why an app, a secret or a key cannot be called so. */
export type NameProblem =
  | 'name_empty'
  | { readonly key: 'name_long'; readonly longest: number }
  | `name_${InvisibleProblem}`

export function nameProblem(name: string): NameProblem | undefined {
  const text = canonicalName(name)
  if (text === '') return 'name_empty'
  if (text.length > longestName) return { key: 'name_long', longest: longestName }
  const problem = invisibleProblem(text)
  return problem && `name_${problem}`
}
