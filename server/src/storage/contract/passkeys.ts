/** Passkeys: credentials of the Web Authentication API that open an account (WebAuthn Level 3). */
import type { Millis } from '../../lib/clock.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Account } from './people.ts'

export interface Passkey {
  /** The ID that the authenticator gave it, as base64url. */
  readonly credentialId: string
  readonly userId: UserId
  /** The RP ID that it was made for; it works for no other. */
  readonly rpId: string
  /** 32 random bytes by which authenticators know the account. */
  readonly userHandle: Buffer
  /** The public key as COSE writes it. */
  readonly publicKey: Buffer
  /** The signature counter that was last seen; 0 where the authenticator does not count. */
  readonly signCount: number
  /** How a browser reaches the authenticator, as it said. */
  readonly transports: readonly string[]
  readonly name: string
  /** Whether it may lie on several devices. */
  readonly synced: boolean
  readonly createdAt: Millis
  /** Null where it was never used. */
  readonly usedAt: Millis | null
}

export type NewPasskey = Omit<Passkey, 'createdAt' | 'usedAt'>

export interface Passkeys {
  /** Keeps a new passkey. 'taken': there is one of that ID already, which stays as it is. */
  insert(passkey: NewPasskey): Promise<Passkey | 'taken'>
  /** The passkey and its account. */
  find(credentialId: string): Promise<{ readonly passkey: Passkey; readonly account: Account } | undefined>
  /** In the order in which they were added. */
  listByUser(userId: UserId): Promise<readonly Passkey[]>
  /**
   * Notes a use and the counter that came with it. 'count_fell': the counter is not above the one that is kept, so
   * nothing is noted; for one counter above 0 exactly one caller, ever, gets 'noted'. Counters that stay 0 do not count.
   */
  use(credentialId: string, signCount: number): Promise<'noted' | 'count_fell' | 'not_found'>
  rename(userId: UserId, credentialId: string, name: string): Promise<boolean>
  remove(userId: UserId, credentialId: string): Promise<boolean>
  /** How many there are of each other RP ID. */
  countElsewhere(rpId: string): Promise<ReadonlyMap<string, number>>
}
