/**
 * Changes that are made to the version that was read, and once for an Idempotency-Key: both are held in the transaction of the
 * act itself, whichever act it is.
 */
import { hour, minute } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import type { Context } from '../../../runtime/context.ts'
import type { KeptAnswer, KeyClaim, Versioned } from '../../../storage/contract.ts'

export type { KeptAnswer, KeyClaim, Versioned }

/** How long an answer is kept, and how long a request counts as under way. */
const kept = 24 * hour
const underWay = 2 * minute

/** Why nothing was changed. */
export type Barred =
  /** It is not there. */
  | 'gone'
  /** It is another version by now. */
  | 'changed'
  /** The key came with another request. */
  | 'other_request'
  /** The first request with the key has not been answered yet. */
  | 'under_way'
  /** It was carried out, and its answer is lost. */
  | 'answer_lost'

/** Thrown in place of a change. */
export class ChangeBarred extends Error {
  override readonly name = 'ChangeBarred'
  readonly why: Barred
  constructor(why: Barred) {
    super(why)
    this.why = why
  }
}

/** What is to be as it was read. */
export interface Expected {
  readonly kind: Versioned
  readonly key: string
  /** The versions that will do; undefined where any will. */
  readonly versions: readonly string[] | undefined
}

/** The version of something as it is now; undefined where it is not there. */
export function versionOf(
  { storage }: Pick<Context, 'storage'>,
  { kind, key }: Pick<Expected, 'kind' | 'key'>,
): Promise<string | undefined> {
  return storage.versions.of(kind, key)
}

/**
 * The context for one change. Its first act throws ChangeBarred, and nothing is done, where the version is another one by
 * then; every act does where another request has the claim. `settle` is called at the end: where there was nothing to do, it
 * holds the version, too.
 */
export function contextFor(
  context: Context,
  { expected, claim }: { readonly expected?: Expected | undefined; readonly claim?: KeyClaim | undefined },
): { readonly context: Context; settle(): Promise<void> } {
  const { storage } = context
  let begun = false
  const held: Context['storage'] = {
    ...storage,
    act(work) {
      const first = !begun
      begun = true
      return storage.act(async (acting) => {
        if (first && expected !== undefined) {
          requireVersion(await acting.versions.of(expected.kind, expected.key), expected)
        }
        if (claim !== undefined && !(await acting.idempotencyKeys.carryOut(claim))) throw new ChangeBarred('under_way')
        return work(acting)
      })
    },
  }
  return {
    context: { ...context, storage: held },
    async settle() {
      if (!begun && expected !== undefined)
        requireVersion(await storage.versions.of(expected.kind, expected.key), expected)
    },
  }
}

function requireVersion(present: string | undefined, { versions }: Expected): void {
  if (present === undefined) throw new ChangeBarred('gone')
  if (versions !== undefined && !versions.includes(present)) throw new ChangeBarred('changed')
}

/** A request with a key: who sent it and where, and a text of all that it asks for. */
export interface KeyedRequest {
  readonly who: string
  readonly route: string
  readonly key: string
  readonly asked: string
}

/** The claim of a request on its key, or the answer that it was given before. Throws ChangeBarred. */
export async function claimKey(
  { storage }: Pick<Context, 'storage'>,
  { who, route, key, asked }: KeyedRequest,
): Promise<KeyClaim | KeptAnswer> {
  const digest = sha256(JSON.stringify([who, route, key]))
  const claim = await storage.idempotencyKeys.claim({ key: digest, request: sha256(asked) }, underWay, kept)
  if (typeof claim === 'string') throw new ChangeBarred(claim)
  return claim
}

/** Keeps the answer to a request with a key. */
export function keepAnswer({ storage }: Pick<Context, 'storage'>, claim: KeyClaim, answer: KeptAnswer): Promise<void> {
  return storage.idempotencyKeys.answer(claim, answer)
}

/** Gives the claim of a request back under which nothing was carried out. */
export function releaseKey({ storage }: Pick<Context, 'storage'>, claim: KeyClaim): Promise<void> {
  return storage.idempotencyKeys.release(claim)
}
