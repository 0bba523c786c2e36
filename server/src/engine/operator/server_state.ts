/** How the server stands, for those who run it: signing keys, and what its nodes and its database say. */
import { type Millis, minute } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import { signingLife } from '../../runtime/keys/signing_keys.ts'
import type { Node, Restored, SigningKey } from '../../storage/contract.ts'

/** A signing key without anything of its secret. */
export interface ListedKey
  extends Pick<SigningKey, 'kid' | 'alg' | 'state' | 'createdAt' | 'activatedAt' | 'retiredAt'> {
  /** When the next key takes its place by itself; null where it does not sign. */
  readonly turnsAt: Millis | null
}

export interface KeyState {
  readonly keys: readonly ListedKey[]
  /** Generations of the root secret that this database has been opened with, the newest last. */
  readonly generations: readonly number[]
  /** The generation in use. */
  readonly generation: number
}

export async function listKeys({ storage, keyring }: Context): Promise<KeyState> {
  const keys = await storage.keys.list()
  return {
    keys: keys.map(({ kid, alg, state, createdAt, activatedAt, retiredAt }) => {
      const turnsAt = state === 'signing' ? (activatedAt ?? createdAt) + signingLife : null
      return { kid, alg, state, createdAt, activatedAt, retiredAt, turnsAt }
    }),
    generations: [...(await storage.secretMarks.list()).keys()].sort((a, b) => a - b),
    generation: keyring.generation,
  }
}

export interface ServerHealth {
  readonly database: 'sqlite' | 'postgres'
  /** Nodes that were seen in the last two minutes. */
  readonly nodes: readonly Node[]
  /** Alarms of this node, by their names. */
  readonly alarms: readonly string[]
  readonly restored: Restored | undefined
  /** Entries of the logs that this node has lost since its start. */
  readonly lost: { readonly audit: number; readonly requests: number }
  /** Jobs that wait after an attempt that failed. */
  readonly failing: number
}

export async function serverHealth(context: Context): Promise<ServerHealth> {
  const { storage, clock, alarms, audit, requests } = context
  const waiting = await storage.jobs.list({ state: 'waiting', limit: 1000 })
  return {
    database: storage.driver,
    nodes: await storage.nodes.list(clock.now() - 2 * minute),
    alarms: [...alarms.list()],
    restored: await storage.recovery.find(),
    lost: { audit: audit.dropped, requests: requests.dropped },
    failing: waiting.filter(({ error }) => error !== null).length,
  }
}
