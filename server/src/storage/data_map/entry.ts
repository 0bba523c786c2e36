/** What an entry of the data map says: for each column what it is for, whose it is, how long it is kept, and how it leaves. */
import type { Tables } from '../sql/schema.ts'

/** `person`: about an account holder. `developer`: about an app and those who make it. */
type Whose = 'person' | 'developer' | 'operator' | 'server'

interface Handling {
  readonly whose: Whose
  /** How long it is kept. */
  readonly kept: string
  /** Where the one whose it is gets to see it. */
  readonly exported: string
  /** What removes it. */
  readonly erased: string
}

/** What a column is for; how it is handled where that is not as the rest of its table. */
type ColumnEntry = string | (Partial<Handling> & { readonly purpose: string })

export interface TableEntry<Column extends string = string> extends Handling {
  readonly holds: string
  /** Whether `consentry backup` takes it along. What may be used once, was mailed or is a session does not come back. */
  readonly backup: 'kept' | 'left out'
  readonly columns: Readonly<Record<Column, ColumnEntry>>
}

/** The entries of some tables, with one for each of their columns. */
export type Entries<Name extends keyof Tables> = { readonly [Table in Name]: TableEntry<keyof Tables[Table] & string> }
