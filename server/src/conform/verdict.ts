/** How a check ends that does not pass: by a value that it throws. */
import type { Answer } from './http.ts'

/** The server does not do what the specification says; the exchanges show it. */
export class Finding extends Error {
  override readonly name = 'Finding'
  readonly evidence: readonly Answer[]
  constructor(message: string, evidence: readonly Answer[]) {
    super(message)
    this.evidence = evidence
  }
}

/** The server turns out not to have what the check is about, which is no fault. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered'
}

/** The check cannot be made; `enable` says what would make it possible. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
  readonly enable: string | undefined
  constructor(message: string, enable?: string) {
    super(message)
    this.enable = enable
  }
}

/** Throws a Finding unless it is so. The text says what is there in place of it. */
export function must(so: boolean, text: string, ...evidence: readonly Answer[]): asserts so {
  if (!so) throw new Finding(text, evidence)
}
