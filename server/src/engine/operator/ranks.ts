/**
 * Who of those who run the server may do what: one table for the console and the admin API.
 *
 * A page asks by the right of what it shows (`operating` in `pages/guards.ts`); an act says which right it needs
 * (`operate(context, by, work, right)`, and `operateOn` for one that is done to an account), and whoever lacks it gets
 * `NotAllowed`, which pages answer by 403. `may` and `objectionTo` say the same beforehand, for what need not be shown.
 */
import type { ClientId, Role, UserId } from '../../protocol/names.ts'

/** Each right, and the lowest role that has it. */
const lowestRoles = {
  /** Sees the console and what it lists. */
  read: 'support',
  /** Signs people out everywhere. */
  end_sessions: 'support',
  /** Lets people try again who have guessed too often. */
  clear_counters: 'support',
  /** Starts and stops the delayed removal of a lost second factor. */
  remove_factor: 'support',
  /** All else that is done to an account: switches it on and off, mails it a reset link. */
  people: 'admin',
  /** Decides on apps and on requests for access. */
  apps: 'admin',
  /** Changes how the server works: protocols, keys, jobs, providers, resources, webhooks, plans. */
  run_server: 'admin',
  /** Gives and takes roles. */
  roles: 'owner',
} as const satisfies Readonly<Record<string, Role>>

export type Right = keyof typeof lowestRoles

const ranks: Readonly<Record<Role, number>> = { support: 1, admin: 2, owner: 3 }

/** Somebody with roles, who has none while their account is disabled or closed. */
export interface Ranked {
  readonly enabled: boolean
  readonly roles: readonly Role[]
}

/** The highest role that counts now; undefined for people without one. */
export function roleOf({ enabled, roles }: Ranked): Role | undefined {
  if (!enabled) return undefined
  return roles.reduce<Role | undefined>((highest, role) => (rankOf(role) > rankOf(highest) ? role : highest), undefined)
}

function rankOf(role: Role | undefined): number {
  return role === undefined ? 0 : ranks[role]
}

/** The lowest role that has a right. */
export function lowestRole(right: Right): Role {
  return lowestRoles[right]
}

/** Whether a role has a right. */
export function may(role: Role | undefined, right: Right): boolean {
  return rankOf(role) >= ranks[lowestRoles[right]]
}

/** Why somebody may not do something. */
export type Objection =
  /** Their role does not have the right. */
  | 'role'
  /** It is their own account, which they change on its own pages. */
  | 'own_account'
  /** Whom they would do it to has the same role or a higher one. */
  | 'rank'

/**
 * Why an account or app may not use a right on an account: who acts on an account has a higher role than it has, whether that is
 * enabled or not, and nobody acts on their own. Undefined where they may.
 */
export function objectionTo(
  by: Ranked & { readonly id: UserId | ClientId },
  subject: { readonly id: UserId; readonly roles: readonly Role[] },
  right: Right,
): Objection | undefined {
  const role = roleOf(by)
  if (!may(role, right)) return 'role'
  if (by.id === subject.id) return 'own_account'
  return rankOf(role) > rankOf(roleOf({ enabled: true, roles: subject.roles })) ? undefined : 'rank'
}

/** Thrown by an act of the operator that its actor may not do; nothing was done. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed'
  readonly objection: Objection
  constructor(objection: Objection) {
    super(objection)
    this.objection = objection
  }
}
