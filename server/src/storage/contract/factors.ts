/** Second factors of accounts: an authenticator app (RFC 6238) and recovery codes. Secrets are sealed before they get here. */
import type { Millis } from '../../lib/clock.ts'
import type { UserId } from '../../protocol/names.ts'

/** A secret sealed under a key of the root secret; `generation` is that of the key. */
export interface SealedFactor {
  readonly generation: number
  readonly sealed: string
}

/** What an account has of second factors. */
export interface Factors {
  readonly totp: TotpFactor | undefined
  readonly recovery: RecoveryFactor | undefined
  /** When the second factor goes because its holder has lost it; null where nobody has asked for that. */
  readonly removalAt: Millis | null
  /** When the holder last came by a link that was mailed or printed for them. */
  readonly linkAt: Millis | null
}

export interface TotpFactor {
  readonly seed: SealedFactor
  /** The time step of the code that was last taken (RFC 6238 §4.2). */
  readonly step: number
  /** Wrong codes since a right one of any authenticator. */
  readonly failures: number
  readonly createdAt: Millis
  readonly usedAt: Millis | null
}

export interface RecoveryFactor {
  /** The key under which the codes are digested. */
  readonly key: SealedFactor
  readonly failures: number
  /** How many codes are not used yet. */
  readonly left: number
  readonly createdAt: Millis
}

export interface SecondFactors {
  find(userId: UserId): Promise<Factors | undefined>
  /** Gives an account its app, whose code of `step` was just taken; false where it has one. */
  addTotp(userId: UserId, seed: SealedFactor, step: number): Promise<boolean>
  removeTotp(userId: UserId): Promise<boolean>
  /**
   * Takes the code of a time step: of any number of callers with one step, or an older one, one gets true (RFC 6238 §5.2).
   */
  useTotp(userId: UserId, step: number): Promise<boolean>
  /** Gives an account new recovery codes by their digests, or none; the ones before end. */
  setRecoveryCodes(userId: UserId, key: SealedFactor, digests: readonly Buffer[]): Promise<void>
  /** Strikes a code; of any number of callers with one code one gets how many are left. */
  useRecoveryCode(userId: UserId, digest: Buffer): Promise<number | undefined>
  /** Counts a wrong code against one authenticator. */
  countFailure(userId: UserId, of: 'totp' | 'recovery'): Promise<void>
  /** A factor was proved: no failures count any more, and no removal waits. Answers whether one did. */
  proved(userId: UserId): Promise<boolean>
  /** Lets a removal wait until `at`; false where one waits already. */
  askRemoval(userId: UserId, at: Millis): Promise<boolean>
  /** Takes a waiting removal back; answers whether one waited. */
  cancelRemoval(userId: UserId): Promise<boolean>
  /** No failures count any more; nothing else changes. */
  forgiveFailures(userId: UserId): Promise<void>
  /** The holder came by a link that was mailed or printed for them: no failures count any more. */
  noteLink(userId: UserId, at: Millis): Promise<void>
  /** Throws away the app, the recovery codes and all else that is known here of an account. */
  clear(userId: UserId): Promise<void>
  /** Accounts with a secret that lies sealed under an older generation, in the order of their ids. */
  listSealedBefore(generation: number, limit: number, after?: UserId): Promise<readonly UserId[]>
  /** Writes secrets sealed anew, each unless it has changed meanwhile. */
  reseal(userId: UserId, secret: 'totp' | 'recovery', from: SealedFactor, to: SealedFactor): Promise<void>
}
