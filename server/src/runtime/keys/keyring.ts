/**
 * The server's own keys, derived from the root secret for one purpose each, by generation (RFC 5869). Beside them what
 * is made with keys: signatures, sealed state, secrets at rest.
 * Not here: keys of clients (`../kept/client_keys.ts`). Neighbours: `../limits` is beside and unknown. To add: a
 * purpose, its name in the union below; a kind of sealed state, a call of `sealed` in the room that needs it.
 */
import { deriveKey } from '../../lib/hash.ts'
import type { Storage } from '../../storage/contract.ts'

export type Purpose =
  | 'check'
  | 'credential'
  | 'access token'
  | 'authorization request'
  | 'csrf'
  | 'signing keys at rest'
  | 'pairwise subject'
  | 'setup link'
  | 'network'
  | 'secrets at rest'
  | 'provider attempt'
  | 'identity link'
  | 'social code'
  | 'flash'
  | 'known device'
  | 'mailed link'
  | 'mailed content'
  | 'held link'
  | 'trial verifier'
  | 'logout request'
  | 'factor step'
  | 'new factor'
  | 'passkey ceremony'
  | 'factor removal'
  | 'hand over'
  | 'audit seal'
  | 'user code'
  | 'device request'
  | 'dpop nonce'

export interface Keyring {
  /** The generation under which new things are made. */
  readonly generation: number
  /** Generations whose secret is known, newest first, those included that are not used for new things yet. */
  readonly generations: readonly number[]
  /** The key for a purpose in a generation; undefined for a generation that this server has no secret of. */
  key(purpose: Purpose, generation?: number): Buffer | undefined
  /** The key of the present generation. */
  current(purpose: Purpose): Buffer
  /** The keys of a purpose in all known generations, the present one first. */
  all(purpose: Purpose): readonly Buffer[]
}

/** What lies in the database stays readable when the server moves to another address; what was issued does not. */
const atRest: ReadonlySet<Purpose> = new Set(['signing keys at rest', 'secrets at rest', 'check', 'audit seal'])

/** A generation that has been given up; it keeps its place so that the others keep their numbers. */
const givenUp = '-'
/** Marks a secret that is to be known everywhere before it is used. */
const announced = '+'

/**
 * A keyring over root secrets by generation, oldest first. Keys are bound to issuer and installation, so that a copied
 * database or a reused secret opens nothing elsewhere. A secret that begins with `+` only verifies: with many nodes it
 * is announced to all before the first one uses it. A `-` stands for one that has been given up.
 */
export function createKeyring(secrets: readonly string[], issuer: string, installation: Buffer): Keyring {
  const known = new Map<number, string>()
  let generation = 0
  for (const [i, text] of secrets.entries()) {
    if (text === givenUp) continue
    known.set(i + 1, text.startsWith(announced) ? text.slice(1) : text)
    if (!text.startsWith(announced)) generation = i + 1
  }
  const generations = [...known.keys()].sort((a, b) => b - a)
  const derived = new Map<number, Map<Purpose, Buffer>>(generations.map((of) => [of, new Map()]))
  const key = (purpose: Purpose, of = generation): Buffer | undefined => {
    const made = derived.get(of)?.get(purpose)
    if (made !== undefined) return made
    const secret = known.get(of)
    if (secret === undefined) return undefined
    const bound = atRest.has(purpose) ? '' : ` ${issuer}`
    const fresh = deriveKey(Buffer.from(secret), `consentry ${purpose}${bound}`, installation)
    derived.get(of)?.set(purpose, fresh)
    return fresh
  }
  const current = (purpose: Purpose): Buffer => {
    const made = key(purpose)
    if (made === undefined) throw new Error('keyring: there is no root secret')
    return made
  }
  return {
    generation,
    generations,
    key,
    current,
    all: (purpose) => [
      current(purpose),
      ...generations.filter((of) => of !== generation).flatMap((of) => key(purpose, of) ?? []),
    ],
  }
}

/** The root secret is not the one that this database has been used with. */
export class WrongRootSecret extends Error {
  override readonly name = 'WrongRootSecret'
}

/** What is wrong with the known secrets by the marks that the database keeps of each generation; reads only. */
export async function findWrongSecret(storage: Storage, keyring: Keyring): Promise<WrongRootSecret | undefined> {
  const marks = await storage.secretMarks.list()
  for (const generation of keyring.generations) {
    if ([undefined, markOf(keyring, generation)].includes(marks.get(generation))) continue
    const which = keyring.generations.length === 1 ? 'the root secret' : `root secret ${generation}`
    return new WrongRootSecret(`${which} is not the one that this database has been used with`)
  }
  return undefined
}

/**
 * Leaves a mark of each secret where the database has none yet. Throws WrongRootSecret, before any mark is left, where
 * one differs: going on would log everybody out, and a mark of a wrong start would shut the right one out.
 */
export async function requireSameSecrets(storage: Storage, keyring: Keyring): Promise<void> {
  const requireKnown = async () => {
    const wrong = await findWrongSecret(storage, keyring)
    if (wrong !== undefined) throw wrong
  }
  await requireKnown()
  for (const generation of keyring.generations) {
    await storage.secretMarks.leave(generation, markOf(keyring, generation))
  }
  // Of several first starts at once with different secrets one has left its mark.
  await requireKnown()
}

function markOf(keyring: Keyring, generation: number): string {
  return keyring.key('check', generation)?.toString('base64url') ?? ''
}
