/** What is wrong with what somebody filled in: a key of `en/form_problems.ts`, with what its sentence names. */
import type { Words } from './index.ts'
import { type Told, tell } from './told.ts'

export type FormProblem = Told<Words['formProblems']>

/** The sentence for a problem, in a language. */
export function sayProblem({ formProblems }: Words, problem: FormProblem): string {
  return tell(formProblems, problem)
}

/** Whether what was decided is a problem. Nothing else that is decided has a member `key`. */
export function isFormProblem(decided: object | string): decided is FormProblem {
  return typeof decided === 'string' || 'key' in decided
}
