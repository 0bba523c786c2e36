/**
 * Signing keys and JWTs of ours (RFC 7515, RFC 7518 §3), signed with node:crypto because that is twice as fast as
 * WebCrypto. Private keys lie sealed in storage; the public ones are published as a JWK Set (RFC 7517 §5).
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { Millis } from '../../lib/clock.ts'
import { seal, unseal } from '../../lib/seal.ts'
import { capabilities } from '../../protocol/capabilities.ts'
import type { SigningKey, Storage } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'

export const signingAlgorithms = capabilities.signingAlgorithms
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

export interface Signer {
  /** A compact JWS over the claims under the present key of `alg`. */
  sign(alg: SigningAlgorithm, type: string, claims: Readonly<Record<string, unknown>>): string
  /** The claims of a JWT that one of our published keys has signed, whatever its age; undefined otherwise. */
  verify(jwt: string, type: string): Readonly<Record<string, unknown>> | undefined
  /** Whether a JWT names one of our published keys as the one that signed it; nothing of it is checked. */
  namesOurKey(jwt: string): boolean
  /** The JWK Set as published: public parts only, those of the next keys included. */
  jwks(): { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  /** Takes over what the stored keys have become. */
  reload(): Promise<void>
  /** The stored keys as last taken over. */
  keys(): readonly SigningKey[]
}

interface LoadedKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly headers: Map<string, string>
}

/** Loads the stored signing keys; `signing_keys.ts` has seen to it that there are some. */
export async function createSigner(storage: Storage, keyring: Keyring): Promise<Signer> {
  let stored: readonly SigningKey[] = []
  let loaded = new Map<string, LoadedKey>()
  let present = new Map<SigningAlgorithm, LoadedKey>()
  let set: ReturnType<Signer['jwks']> = { keys: [] }

  async function takeOver(): Promise<void> {
    const listed = await storage.keys.list()
    const keys = await Promise.all(
      listed.map(async (key) => loaded.get(key.kid) ?? (await load(key, keyring, storage))),
    )
    // All at once or, where a key does not open, not at all.
    stored = listed
    loaded = new Map(keys.map((key) => [key.kid, key]))
    present = new Map(
      stored.flatMap((key) => {
        const usable = loaded.get(key.kid)
        return key.state === 'signing' && usable !== undefined ? [[key.alg, usable] as const] : []
      }),
    )
    set = { keys: stored.map((key) => key.publicJwk) }
  }

  /** One after another: what was read earlier must not come after what was read later. */
  let loads: Promise<void> = Promise.resolve()
  function reload(): Promise<void> {
    const next = loads.then(takeOver)
    loads = next.catch(() => {})
    return next
  }

  let heard = false
  storage.onClientsChanged(() => {
    if (heard) return
    heard = true
    loads = loads.then(() => {
      heard = false
      // Where this fails, the loader of every ten seconds tries again and says so.
      return takeOver().catch(() => {})
    })
  })

  await reload()
  return {
    reload,
    keys: () => stored,
    sign(alg, type, claims) {
      const key = present.get(alg)
      if (key === undefined) throw new Error(`signer: there is no ${alg} key`)
      const signed = `${header(key, type)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      return `${signed}.${signature(key, signed).toString('base64url')}`
    },
    verify(jwt, type) {
      if (jwt.length > 8192) return undefined
      const parts = jwt.split('.')
      if (parts.length !== 3) return undefined
      const [head, body, mark] = parts as [string, string, string]
      const key = loaded.get(String(parse(head)?.kid))
      // Our own headers have one spelling each: algorithm, type and key id are compared as a whole.
      if (key === undefined || head !== header(key, type)) return undefined
      const given = Buffer.from(mark, 'base64url')
      // Decoding forgives padding, other letters and bits that say nothing (RFC 7515 §2 does not).
      if (given.toString('base64url') !== mark || !verifies(key, `${head}.${body}`, given)) return undefined
      return parse(body)
    },
    namesOurKey: (jwt) => loaded.has(String(parse(jwt.split('.', 1)[0] ?? '')?.kid)),
    jwks: () => set,
  }
}

function header(key: LoadedKey, type: string): string {
  const known = key.headers.get(type)
  if (known !== undefined) return known
  const made = Buffer.from(JSON.stringify({ alg: key.alg, typ: type, kid: key.kid })).toString('base64url')
  key.headers.set(type, made)
  return made
}

function signature(key: LoadedKey, text: string): Buffer {
  const data = Buffer.from(text)
  if (key.alg === 'RS256') return sign('sha256', data, key.privateKey)
  if (key.alg === 'EdDSA') return sign(null, data, key.privateKey)
  // DER and our own conversion: Node 24 takes twice as long for the other encoding.
  return fromDer(sign('sha256', data, key.privateKey))
}

function verifies(key: LoadedKey, text: string, mark: Buffer): boolean {
  const data = Buffer.from(text)
  if (key.alg === 'RS256') return verify('sha256', data, key.publicKey, mark)
  if (key.alg === 'EdDSA') return verify(null, data, key.publicKey, mark)
  return mark.length === 64 && verify('sha256', data, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, mark)
}

/** An ECDSA signature as R ‖ S of 32 bytes each (RFC 7518 §3.4) from its DER form. */
function fromDer(der: Buffer): Buffer {
  const out = Buffer.allocUnsafe(64).fill(0)
  let at = 2
  for (let i = 0; i < 2; i++) {
    const length = der[at + 1] as number
    const value = der.subarray(at + 2, at + 2 + length)
    const trimmed = value.length > 32 ? value.subarray(value.length - 32) : value
    trimmed.copy(out, (i + 1) * 32 - trimmed.length)
    at += 2 + length
  }
  return out
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The private half of a stored key and the generation that it is sealed under; undefined where none of ours opens it. */
export function openSigningKey(
  key: SigningKey,
  keyring: Keyring,
): { readonly generation: number; readonly opened: Buffer } | undefined {
  for (const generation of keyring.generations) {
    const sealing = keyring.key(atRest, generation)
    const opened = sealing && unseal(sealing, key.sealedPrivate, key.kid)
    if (opened !== undefined) return { generation, opened }
  }
  return undefined
}

/**
 * Opens a stored key. One that lies sealed under an older root secret is sealed anew under the present one; never the
 * other way round, which a node that only knows of a newer secret would do.
 */
async function load(key: SigningKey, keyring: Keyring, storage: Storage): Promise<LoadedKey> {
  const found = openSigningKey(key, keyring)
  if (found === undefined) throw new Error('a signing key in the database was sealed under another root secret')
  const { generation, opened } = found
  if (generation < keyring.generation) {
    await storage.keys.reseal(key.kid, key.sealedPrivate, seal(keyring.current(atRest), opened, key.kid))
  }
  const privateKey = createPrivateKey({ key: JSON.parse(opened.toString()), format: 'jwk' })
  return {
    kid: key.kid,
    alg: key.alg,
    privateKey,
    publicKey: createPublicKey(privateKey),
    headers: new Map(),
  }
}

const atRest = 'signing keys at rest'
const generate = promisify(generateKeyPair)

/** A new key, sealed, in one of the two states in which a key begins; its ID is its thumbprint (RFC 7638 §3). */
export async function makeKey(
  alg: SigningAlgorithm,
  state: 'next' | 'signing',
  keyring: Keyring,
  now: Millis,
): Promise<SigningKey> {
  const { privateKey, publicKey } = await (alg === 'RS256'
    ? generate('rsa', { modulusLength: 2048 })
    : alg === 'ES256'
      ? generate('ec', { namedCurve: 'P-256' })
      : generate('ed25519'))
  const jwk = publicKey.export({ format: 'jwk' })
  const { calculateJwkThumbprint } = await import('jose')
  const kid = await calculateJwkThumbprint(jwk)
  return {
    kid,
    alg,
    state,
    publicJwk: { ...jwk, kid, alg, use: 'sig' },
    sealedPrivate: seal(keyring.current(atRest), JSON.stringify(privateKey.export({ format: 'jwk' })), kid),
    createdAt: now,
    activatedAt: state === 'signing' ? now : null,
    retiredAt: null,
  }
}
