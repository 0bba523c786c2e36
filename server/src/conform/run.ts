/**
 * Black-box checks of any authorization server: each asks over HTTP what its specification says, and compares the answer.
 * The room knows nothing of the server that it comes with, whose own answers count no more than those of others.
 * Not here: what prints and reads options (`cli/conform/`). Neighbours: only `lib/` is below, so that a mistake of ours
 * is not made twice, once in the server and once in what judges it. To add: a check is an entry in the file of its group
 * in `checks/`, a group a file there and its line in `checks/index.ts`, a kind of access its line in `access.ts`.
 */
import { enabledBy, type Given, missing } from './access.ts'
import type { Check, Result } from './check.ts'
import { checks } from './checks/index.ts'
import { type Http, NoAnswer } from './http.ts'
import { readMetadata } from './metadata.ts'
import { createProbe, type Probe } from './probe.ts'
import { Finding, NotChecked, NotOffered } from './verdict.ts'

export interface Outcome {
  readonly issuer: string
  readonly results: readonly Result[]
  /** Why what was given did not open what it should: a sign-in or a registration that was refused. */
  readonly trouble: string | undefined
}

/** Runs the checks, all or those whose ID begins so; undefined where the issuer says nothing of itself. */
export async function conform(given: Given, http: Http, only: readonly string[] = []): Promise<Outcome | undefined> {
  const metadata = await readMetadata(http, given.issuer)
  if (metadata === undefined) return undefined
  const probe = createProbe(given, http, metadata)
  const results: Result[] = []
  try {
    for (const check of checks) {
      if (only.length > 0 && !only.some((name) => check.id === name || check.id.startsWith(`${name}.`))) continue
      results.push(await resultOf(check, probe))
    }
  } finally {
    await probe.close()
  }
  return { issuer: given.issuer, results, trouble: probe.trouble }
}

async function resultOf(check: Check, probe: Probe): Promise<Result> {
  if (check.offered !== undefined && !check.offered(probe.metadata)) {
    return { check, state: 'not_offered', reason: 'The server does not announce it.', evidence: [] }
  }
  const need = missing(probe.given, check.needs ?? [])
  if (need !== undefined) {
    return {
      check,
      state: 'not_checked',
      reason: `It needs ${enabledBy[need]}.`,
      enable: enabledBy[need],
      evidence: [],
    }
  }
  try {
    await check.run(probe)
    return { check, state: 'passed', evidence: [] }
  } catch (error) {
    return thrown(check, error)
  }
}

function thrown(check: Check, error: unknown): Result {
  if (error instanceof Finding) {
    const state = check.level === 'MUST' ? 'failed' : 'warned'
    return { check, state, reason: error.message, evidence: error.evidence }
  }
  if (error instanceof NotOffered) return { check, state: 'not_offered', reason: `${error.message}.`, evidence: [] }
  if (error instanceof NotChecked) {
    const enable = error.enable === undefined ? {} : { enable: error.enable }
    return { check, state: 'not_checked', reason: error.message, ...enable, evidence: [] }
  }
  if (error instanceof NoAnswer) return { check, state: 'failed', reason: error.message, evidence: [] }
  // An answer that nobody thought of must not cost all the others.
  const message = error instanceof Error ? error.message : String(error)
  return { check, state: 'not_checked', reason: `This check broke: ${message}`, evidence: [] }
}
