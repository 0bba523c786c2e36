/** What the sections of the operator's document have in common: a change that can be told before it is made. */

import type { ActRecorder } from '../../../runtime/act.ts'
import type { Context, EngineSettings } from '../../../runtime/context.ts'
import type { MailQueue } from '../../../runtime/jobs/queue.ts'
import type { Acting } from '../../../storage/contract.ts'

/** What planning and applying a document works with; less than a whole server. */
export type ApplyContext = Pick<Context, 'storage' | 'passwords' | 'outbound'> &
  MailQueue & { readonly settings: Pick<EngineSettings, 'nativeSchemes'> }

export interface Change {
  readonly action: 'create' | 'update' | 'remove'
  readonly kind: 'user' | 'client' | 'resource' | 'provider' | 'plan' | 'subscription_key'
  /** What people know the thing by; never a secret. */
  readonly name: string
  /** Names of the members that an update changes; never their values. */
  readonly members: readonly string[]
  /** Does what takes long before the change is made. */
  prepare?(): Promise<void>
  /** Makes the change, in an act. */
  write(acting: Acting, record: ActRecorder): Promise<unknown>
}

/** The part of a plan that one section contributes. */
export interface Planned {
  readonly changes: readonly Change[]
  readonly problems: readonly string[]
}
