/**
 * The life of signing keys: next → signing → retired, by itself and on command. A key is published before it signs, so
 * that nobody meets a signature whose key is not in the set yet, and stays published until the last token that it has
 * signed has expired (OIDC Core §10.1.1). Any number of nodes may do this at once: each step is decided in storage.
 */
import { day, type Millis, minute } from '../../lib/clock.ts'
import type { SigningKey, Storage } from '../../storage/contract.ts'
import { type Actor, act } from '../act.ts'
import type { Keyring } from './keyring.ts'
import { makeKey, type SigningAlgorithm, signingAlgorithms } from './signer.ts'

/** How long a key signs before the next one takes over. */
export const signingLife: Millis = 90 * day
/** How long a key is published before it signs by itself; longer than anybody should keep our key set. */
const publishedAhead: Millis = day
/** How long it must have been published before it may sign on command; longer than nodes take to load it. */
const publishedAtLeast: Millis = minute
/** How long a key stays published after it has signed for the last time; longer than any JWT of ours lives. */
const retiredLife: Millis = 30 * day

/** Makes what is missing: a signing key per algorithm, and the one that follows it. */
export async function ensureKeys(storage: Storage, keyring: Keyring, now: Millis): Promise<void> {
  const keys = await storage.keys.list()
  for (const alg of signingAlgorithms) {
    for (const state of ['signing', 'next'] as const) {
      if (keys.some((key) => key.alg === alg && key.state === state)) continue
      await storage.keys.insertFirst(await makeKey(alg, state, keyring, now))
    }
  }
}

/** Does what is due: promotes, makes followers, drops what has served. Answers whether anything changed. */
export async function turnKeys(storage: Storage, keyring: Keyring, now: Millis): Promise<boolean> {
  const keys = await storage.keys.list()
  let changed = false
  for (const alg of signingAlgorithms) {
    const { signing, next } = present(keys, alg)
    if (signing === undefined || next === undefined) {
      // A node may have stopped between promoting a key and making the one that follows.
      changed = true
      continue
    }
    const old = now - (signing.activatedAt ?? signing.createdAt) >= signingLife
    if (old && now - next.createdAt >= publishedAhead) {
      changed = (await promote(storage, { from: signing, to: next }, now)) || changed
    }
  }
  for (const key of keys) {
    if (key.state !== 'retired' || now - (key.retiredAt ?? now) < retiredLife) continue
    await storage.keys.delete(key.kid)
    changed = true
  }
  if (changed) await ensureKeys(storage, keyring, now)
  return changed
}

/** What became of a rotation on command, per algorithm. */
export interface Rotation {
  readonly alg: SigningAlgorithm
  /** The key that signs now. */
  readonly kid: string
  readonly outcome: 'rotated' | 'too_early' | 'another_node'
  /** When the next key will have been published for long enough. */
  readonly possibleAt: Millis
}

export interface RotationOptions {
  /** Also where the next key was published too short a time ago. */
  readonly hurry: boolean
  /** All where they are left out. */
  readonly algorithms?: readonly SigningAlgorithm[]
}

/** Lets the next keys sign now, unless one was published too short a time ago (`hurry` overrides that); `by` is who asked for it. */
export async function rotateKeys(
  storage: Storage,
  keyring: Keyring,
  now: Millis,
  { hurry, algorithms = signingAlgorithms, by }: RotationOptions & { readonly by?: Actor },
): Promise<readonly Rotation[]> {
  await ensureKeys(storage, keyring, now)
  const keys = await storage.keys.list()
  const rotations: Rotation[] = []
  for (const alg of algorithms) {
    const { signing, next } = present(keys, alg)
    if (signing === undefined || next === undefined) throw new Error(`signing keys: there is no ${alg} key`)
    const possibleAt = next.createdAt + publishedAtLeast
    if (now < possibleAt && !hurry) {
      rotations.push({ alg, kid: signing.kid, outcome: 'too_early', possibleAt })
      continue
    }
    const done = await promote(storage, { from: signing, to: next, by }, now)
    rotations.push({ alg, kid: next.kid, outcome: done ? 'rotated' : 'another_node', possibleAt })
  }
  await ensureKeys(storage, keyring, now)
  return rotations
}

/** Lets a key sign in place of another, unless another node was faster. */
function promote(
  storage: Storage,
  { from, to, by = {} }: { readonly from: SigningKey; readonly to: SigningKey; readonly by?: Actor | undefined },
  now: Millis,
): Promise<boolean> {
  return act({ storage, clock: { now: () => now } }, by, async ({ keys }, record) => {
    if (!(await keys.promote(from.kid, to.kid, now))) return false
    await record('signing_key_rotated', { detail: { alg: to.alg, kid: to.kid } })
    return true
  })
}

function present(
  keys: readonly SigningKey[],
  alg: SigningAlgorithm,
): { signing: SigningKey | undefined; next: SigningKey | undefined } {
  const find = (state: SigningKey['state']) => keys.find((key) => key.alg === alg && key.state === state)
  return { signing: find('signing'), next: find('next') }
}
