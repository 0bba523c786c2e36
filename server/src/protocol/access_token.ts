/**
 * Opaque access tokens: authenticated, not encrypted, derived from the grant and never stored (RFC 6749 §1.4). They
 * hold nothing that their holder may not know, and are worth the token cut down to the grant as it is now.
 *
 *   at ‖ base62( version 1 ‖ generation 2 ‖ grant id 16 ‖ step 4 ‖ issued 6 ‖ lifetime 4 ‖ jti 16
 *               ‖ n 1 ‖ scope bits n ‖ m 1 ‖ resource bits m ‖ sender key 0 or 32 with a length byte ‖ zeros ‖ tag 16 )
 */
import { decodeBase62, encodeBase62 } from '../lib/base62.ts'
import type { Millis, Seconds } from '../lib/clock.ts'
import { equalBytes, hmacSha256, sha256 } from '../lib/hash.ts'
import type { Bound } from './credential.ts'

const version = 1
const fixedBytes = 49
const tagBytes = 16
const maxTextLength = 512

export const accessTokenPrefix = 'at'

export interface OpaqueToken {
  readonly generation: number
  readonly grantId: Buffer
  readonly step: number
  readonly issued: Millis
  /** Lifetime in seconds. */
  readonly lifetime: Seconds
  /** 16 bytes; names this token in introspection and in the list of revoked ones. */
  readonly jti: Buffer
  /** Indexes into the grant's scopes and resources. */
  readonly scope: readonly number[]
  readonly resources: readonly number[]
  /** Thumbprint of the key that the token is bound to (RFC 9449 §6). */
  readonly senderKey: Buffer | null
}

export interface PresentedToken extends OpaqueToken {
  readonly signed: Buffer
  readonly tag: Buffer
}

/** Writes the token under the access-token key of its generation. */
export function encodeAccessToken(token: OpaqueToken, serverKey: Buffer, bound: Bound): string {
  const scope = toBits(token.scope)
  const resources = toBits(token.resources)
  const sender = token.senderKey ?? noBytes
  const used = fixedBytes + 3 + scope.length + resources.length + sender.length
  const padded = Math.ceil((used + tagBytes) / 5) * 5
  // Not Buffer.alloc: memory of its own for so few bytes costs more than all that is written into them.
  const payload = Buffer.allocUnsafe(padded).fill(0)
  payload[0] = version
  payload.writeUInt16BE(token.generation, 1)
  token.grantId.copy(payload, 3)
  payload.writeUInt32BE(token.step, 19)
  payload.writeUIntBE(token.issued, 23, 6)
  payload.writeUInt32BE(token.lifetime, 29)
  token.jti.copy(payload, 33)
  let at = fixedBytes
  for (const part of [scope, resources, sender]) {
    payload[at] = part.length
    part.copy(payload, at + 1)
    at += 1 + part.length
  }
  const signed = payload.subarray(0, padded - tagBytes)
  digest(serverKey, signed, bound).copy(payload, padded - tagBytes, 0, tagBytes)
  return accessTokenPrefix + encodeBase62(payload)
}

/** Reads a token, or undefined where the text is none. Proves nothing. */
export function decodeAccessToken(text: string): PresentedToken | undefined {
  if (text.length > maxTextLength || !text.startsWith(accessTokenPrefix)) return undefined
  const payload = decodeBase62(text.slice(accessTokenPrefix.length))
  if (payload === undefined || payload.length < fixedBytes + 3 + tagBytes || payload[0] !== version) return undefined
  const end = payload.length - tagBytes
  const parts: Buffer[] = []
  let at = fixedBytes
  for (let i = 0; i < 3; i++) {
    const length = payload[at] ?? 0
    if (at + 1 + length > end) return undefined
    parts.push(payload.subarray(at + 1, at + 1 + length))
    at += 1 + length
  }
  const [scope, resources, sender] = parts as [Buffer, Buffer, Buffer]
  if (end - at >= 5 || payload.subarray(at, end).some((byte) => byte !== 0)) return undefined
  return {
    generation: payload.readUInt16BE(1),
    grantId: payload.subarray(3, 19),
    step: payload.readUInt32BE(19),
    issued: payload.readUIntBE(23, 6),
    lifetime: payload.readUInt32BE(29),
    jti: payload.subarray(33, 49),
    scope: fromBits(scope),
    resources: fromBits(resources),
    senderKey: sender.length === 0 ? null : sender,
    signed: payload.subarray(0, end),
    tag: payload.subarray(end),
  }
}

/** Whether this server made the token for this grant. Constant time. */
export function proveAccessToken(token: PresentedToken, serverKey: Buffer, bound: Bound): boolean {
  return equalBytes(digest(serverKey, token.signed, bound).subarray(0, tagBytes), token.tag)
}

/**
 * What a text is that may be a token that a person has made for themselves: random, and found by its digest, so that it
 * outlives every key of the server. People and secret scanners know it by its beginning.
 */
export const personalTokenForm = /^pat[0-9A-Za-z]{49}$/

/** The text of a new one; `random` answers so many random bytes. */
export function newPersonalToken(random: (bytes: number) => Buffer): string {
  return `pat${encodeBase62(random(35))}`
}

/** The jti of a token that must come out the same when the same step is answered again. */
export function deriveJti(
  bound: Bound,
  step: number,
  { scope, resources, senderKey }: Pick<OpaqueToken, 'scope' | 'resources' | 'senderKey'>,
): Buffer {
  const head = Buffer.allocUnsafe(bound.key.length + bound.id.length + 4)
  bound.key.copy(head, 0)
  bound.id.copy(head, bound.key.length)
  head.writeUInt32BE(step, head.length - 4)
  const bits = toBits(scope)
  const parts = [head, Buffer.of(bits.length), bits, toBits(resources)]
  if (senderKey !== null) parts.push(senderKey)
  return sha256(Buffer.concat(parts)).subarray(0, 16)
}

/** What the tag is the beginning of. */
function digest(serverKey: Buffer, signed: Buffer, bound: Bound): Buffer {
  return hmacSha256(serverKey, accessTokenPrefix, signed, bound.key)
}

const noBytes = Buffer.alloc(0)

/** A set of small indexes as bits, without trailing zero bytes so that there is one spelling. */
function toBits(indexes: readonly number[]): Buffer {
  if (indexes.length === 0) return noBytes
  const bits = Buffer.allocUnsafe((Math.max(...indexes) >> 3) + 1).fill(0)
  for (const index of indexes) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7))
  return bits
}

function fromBits(bits: Buffer): number[] {
  const indexes: number[] = []
  for (let i = 0; i < bits.length * 8; i++) if (((bits[i >> 3] as number) >> (i & 7)) & 1) indexes.push(i)
  return indexes
}
