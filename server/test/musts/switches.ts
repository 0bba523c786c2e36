/**
 * Which guard is away. The changed sources ask here, so that one process tries every guard in turn.
 */
import type { RuleName } from '../../src/runtime/log/rules.ts'
import { Trace } from '../../src/runtime/log/trace.ts'

/** What is taken away: guards, or whatever a rule of a list refuses. */
export type Taken = { readonly guards: readonly string[] } | { readonly list: string; readonly rule: string }

let taken: Taken | undefined
let trace: Trace | undefined
let met = new Set<string>()

/** A rule of a list, as the name under which it is met. */
export const ruleOf = (list: string, rule: string): string => `rule ${list}: ${rule}`

function isTaken(id: string): boolean {
  if (taken === undefined) return false
  if ('guards' in taken) return taken.guards.includes(id)
  return trace !== undefined && trace.ruleset === taken.list && trace.rule === taken.rule
}

/** What the changed sources call. */
const guards = {
  /** A request begins: its first rule is under way. */
  begin(begun: Trace): void {
    trace = begun
  },
  /** Whether a refusal that is about to be made is made. */
  stands(id: string): boolean {
    met.add(id)
    if (trace !== undefined) met.add(ruleOf(trace.ruleset, trace.rule))
    return !isTaken(id)
  },
  /** A condition, or whether an expression holds: false where it is taken away. */
  holds(id: string, condition: unknown): boolean {
    const held = Boolean(condition)
    if (held) met.add(id)
    return held && !isTaken(id)
  },
}
Object.assign(globalThis, { guards })

const { at } = Trace.prototype
Trace.prototype.at = function (rule: RuleName): void {
  trace = this
  at.call(this, rule)
}

/** Does the work without what is taken; answers the guards and rules that said no, the missing ones among them. */
export async function without(what: Taken | undefined, work: () => Promise<void>): Promise<ReadonlySet<string>> {
  taken = what
  trace = undefined
  met = new Set()
  try {
    await work()
    return met
  } finally {
    taken = undefined
  }
}
