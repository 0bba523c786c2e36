/** Sentences that are told by their key in a table of a language. */

type Sentences<Table> = { readonly [Key in keyof Table]: string | ((values: never) => string) }

/** A sentence of a table by its key: the key alone, or with the values that the sentence names. */
export type Told<Table> = {
  [Key in keyof Table]: Table[Key] extends (values: infer Values) => string ? { readonly key: Key } & Values : Key
}[keyof Table]

/** The sentence that is told. */
export function tell<Table extends Sentences<Table>>(table: Table, told: Told<Table>): string {
  const withValues = typeof told === 'object' && told !== null && 'key' in told
  const sentence = table[(withValues ? told.key : told) as keyof Table]
  return typeof sentence === 'function' ? sentence(told as never) : String(sentence)
}
