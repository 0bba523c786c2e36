/** What a check is, and what can come of one. A check is data and one function that asks; it prints and decides nothing else. */
import type { Need } from './access.ts'
import type { Answer } from './http.ts'
import type { Metadata } from './metadata.ts'
import type { Probe } from './probe.ts'

/** How binding the sentence of the specification is, in its own words. */
export type Level = 'MUST' | 'SHOULD'

export interface Check {
  /** Its group and its name: `token.code_reuse`. */
  readonly id: string
  /** What is true of a server that passes. */
  readonly title: string
  /** The specification and its section: `RFC 6749 §4.1.2`. */
  readonly of: string
  readonly level: Level
  readonly sends: string
  readonly expects: string
  readonly needs?: readonly Need[]
  /** What a server announces that offers this. Without it every server does. */
  readonly offered?: (metadata: Metadata) => boolean
  /** Asks. Returns where the server does as it should; throws a Finding, NotOffered or NotChecked. */
  readonly run: (probe: Probe) => Promise<void>
}

export type State = 'passed' | 'failed' | 'warned' | 'not_offered' | 'not_checked'

export interface Result {
  readonly check: Check
  readonly state: State
  /** What was found, or why it was not looked at. */
  readonly reason?: string
  /** The option that would let it be checked. */
  readonly enable?: string
  /** The exchanges that show a finding. */
  readonly evidence: readonly Answer[]
}
