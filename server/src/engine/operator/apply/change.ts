/** What the sections of the operator's document have in common: a change that can be told before it is made. */
import type { Context } from '../../../runtime/context.ts'
import type { Operator } from '../operator.ts'

/** What planning and applying a document works with; less than a whole server. */
export type ApplyContext = Pick<Context, 'storage' | 'clock' | 'keyring' | 'passwords'>

export interface Change {
  readonly action: 'create' | 'update' | 'remove'
  readonly kind: 'user' | 'client' | 'resource' | 'provider' | 'subscription_key'
  /** What people know the thing by; never a secret. */
  readonly name: string
  /** Names of the members that an update changes; never their values. */
  readonly members: readonly string[]
  /** Makes the change; `by` is who applies the document. */
  write(by: Operator): Promise<void>
}

/** The part of a plan that one section contributes. */
export interface Planned {
  readonly changes: readonly Change[]
  readonly problems: readonly string[]
}
