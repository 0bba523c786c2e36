/** What is kept as a whole. */

/**
 * Sections of the operator's document whose feature is not built yet, or that are kept as a whole. A write to one of kind
 * `subscription_keys` or `providers` bumps the change signal of `onClientsChanged`.
 */
export interface Documents {
  get(kind: string, name: string): Promise<Readonly<Record<string, unknown>> | undefined>
  list(kind: string): Promise<readonly { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[]>
  put(kind: string, name: string, body: Readonly<Record<string, unknown>>): Promise<void>
  /**
   * Writes what `decide` makes of the document as it is (undefined: there is none); of two at once, the later one decides
   * from what the earlier one left. Answers what is written, or undefined where `decide` wants no change.
   */
  amend(
    kind: string,
    name: string,
    decide: (present: Readonly<Record<string, unknown>> | undefined) => Readonly<Record<string, unknown>> | undefined,
  ): Promise<Readonly<Record<string, unknown>> | undefined>
  delete(kind: string, name: string): Promise<boolean>
}
