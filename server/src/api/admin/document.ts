/** Changes that are an entry of the operator's document: judged, made and noted as `consentry apply` does it. */
import { z } from 'zod'
import { executeApply, planApply } from '../../engine/operator/apply/apply.ts'
import { type ApplyDocument, DocumentError, parseDocument, type Section } from '../../engine/operator/apply/document.ts'
import { Problem } from '../../http/problem_details.ts'
import type { Call } from './operation.ts'

/**
 * The schema of a body that is an entry of the document, or a change of one: these members and no other. What a member may
 * hold is judged by the document, which says it in its own words.
 */
export function membersOf<Name extends string>(names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, z.unknown().optional()]))
  return z.strictObject(shape as Record<Name, z.ZodOptional<z.ZodUnknown>>)
}

/** Brings one thing in line with an entry of a section. Throws Problem. */
export async function applyEntry(
  { context, by }: Pick<Call, 'context' | 'by'>,
  section: Section,
  entry: Readonly<Record<string, unknown>>,
): Promise<void> {
  const document = judged(section, () => parseDocument(JSON.stringify({ [section]: [entry] })))
  await executeApply(context, by, await judged(section, () => planApply(context, document)))
}

/** Entries of a section as the document reads them. Throws Problem. */
export function readEntries<Name extends Section>(
  section: Name,
  entries: readonly Readonly<Record<string, unknown>>[],
): NonNullable<ApplyDocument[Name]> {
  const document = judged(section, () => parseDocument(JSON.stringify({ [section]: entries })))
  const read = document[section]
  if (read === undefined) throw new Error('admin API: a section of the document was not read')
  return read
}

/** What `judge` answers; what it finds wrong with the document is a Problem. */
function judged<T>(section: Section, judge: () => T): T {
  const told = (error: unknown): never => {
    if (!(error instanceof DocumentError)) throw error
    const errors = error.problems.map((problem) => partProblem(section, problem))
    throw new Problem('bad_request', { detail: errors[0]?.detail, errors: errors.slice(0, 20) })
  }
  try {
    const answer = judge()
    return answer instanceof Promise ? (answer.catch(told) as T) : answer
  } catch (error) {
    return told(error)
  }
}

/** `clients[0].redirect_uris[0]: …`, as a problem of the body. */
function partProblem(section: Section, problem: string) {
  const cut = problem.indexOf(': ')
  const place = problem.slice(0, cut).replace(`${section}[0]`, '')
  const parts = place.split(/[.[\]]+/).filter((part) => part !== '')
  return { pointer: `#${parts.map((part) => `/${part}`).join('')}`, detail: problem.slice(cut + 2) }
}

/** The members of `before` with those of `change`; null takes one out (RFC 7396). */
export function patched(
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const members = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(members)
}
