/** Checks of an authorization request in order: each gets what those before it have found, and adds what it finds. */
import type { Form } from '../../../lib/form.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import type { RuleName } from '../../../runtime/log/rules.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { Pushed } from '../sources/pushed.ts'

/** What every check is given: the parameters as they came, and where. */
export interface Asking {
  readonly context: Context
  readonly form: Form
  readonly trace: Trace
  /** What claims the request, where the app has pushed it. */
  readonly pushed?: Pushed | undefined
}

/** All that was found, or a refusal and what was found before it. */
export type Ended<Found> = { readonly found: Found } | { readonly refusal: Refusal; readonly found: Partial<Found> }

interface Rule {
  readonly name: RuleName
  readonly check: (asking: Asking, found: never) => unknown
}

/** A list of named checks; `Found` is what all of them find together. */
export class Checks<Found extends object = object> {
  readonly #rules: readonly Rule[]

  constructor(rules: readonly Rule[] = []) {
    this.#rules = rules
  }

  /** The same list with one more check, which answers what it finds or a Refusal. */
  rule<More extends object | undefined>(
    name: RuleName,
    check: (asking: Asking, found: Found) => More | Refusal | Promise<More | Refusal>,
  ): Checks<More extends object ? Found & More : Found> {
    return new Checks([...this.#rules, { name, check }])
  }

  /** Their names in order. */
  get names(): readonly RuleName[] {
    return this.#rules.map(({ name }) => name)
  }

  /** Runs the checks until one refuses. What is thrown is a fault. `known` is what the list says is known before. */
  async run(asking: Asking, known?: Partial<Found>): Promise<Ended<Found>> {
    // Filled by the checks in order, which `rule` has typed.
    const found: Partial<Found> = { ...known }
    for (const { name, check } of this.#rules) {
      asking.trace.at(name)
      const answered = check(asking, found as never)
      const more = answered instanceof Promise ? await answered : answered
      if (more instanceof Refusal) return { refusal: more, found }
      Object.assign(found, more)
    }
    return { found: found as Found }
  }
}
