/**
 * One-time credentials: authorization codes, refresh tokens and device codes as values derived from (grant, step) and
 * never stored (RFC 6749 §1.3.1, §1.5; unguessable by RFC 6749 §10.10).
 *
 *   prefix ‖ base62( version 1 ‖ key generation 2 ‖ grant id 16 ‖ step 4 ‖ issued 6 ‖ tag 16 )
 *
 * The tag is an HMAC under a server key and the grant's own key: neither the database nor the server key alone makes
 * one. Writing and reading agree byte for byte, so there is one spelling per credential.
 */
import { decodeBase62, encodeBase62 } from '../lib/base62.ts'
import type { Millis } from '../lib/clock.ts'
import { equalBytes, hmacSha256 } from '../lib/hash.ts'
import type { CredentialKind, Grant } from './grant.ts'

export type { CredentialKind } from './grant.ts'

const prefixes = { code: 'ac', refresh: 'rt', device: 'dc' } as const satisfies Record<CredentialKind, string>
const kinds: Readonly<Record<string, CredentialKind>> = { ac: 'code', rt: 'refresh', dc: 'device' }

const version = 1
const payloadBytes = 45
const tagBytes = 16
const tagOffset = payloadBytes - tagBytes
const textLength = 2 + (payloadBytes / 5) * 7

/** A well-formed credential; nothing about it is proved yet. */
export interface PresentedCredential {
  readonly kind: CredentialKind
  readonly generation: number
  readonly grantId: Buffer
  readonly step: number
  readonly issued: Millis
  readonly tag: Buffer
}

/** The parts of a grant that its credentials are bound to. */
export type Bound = Pick<Grant, 'id' | 'key'>

/** Writes the credential of a grant at `step`, issued at `issued`, under the credential key of its generation. */
export function encodeCredential(
  kind: CredentialKind,
  serverKey: Buffer,
  bound: Bound & Pick<Grant, 'generation'>,
  { step, issued }: { readonly step: number; readonly issued: Millis },
): string {
  const payload = Buffer.allocUnsafe(payloadBytes)
  payload[0] = version
  payload.writeUInt16BE(bound.generation, 1)
  bound.id.copy(payload, 3)
  payload.writeUInt32BE(step, 19)
  payload.writeUIntBE(issued, 23, 6)
  tag(kind, serverKey, payload, bound).copy(payload, tagOffset)
  return prefixes[kind] + encodeBase62(payload)
}

/** Reads a credential, or undefined where the text is none. Linear in a text of fixed length. */
export function decodeCredential(text: string): PresentedCredential | undefined {
  if (text.length !== textLength) return undefined
  const kind = kinds[text.slice(0, 2)]
  if (kind === undefined) return undefined
  const payload = decodeBase62(text.slice(2))
  if (payload === undefined || payload[0] !== version) return undefined
  return {
    kind,
    generation: payload.readUInt16BE(1),
    grantId: payload.subarray(3, 19),
    step: payload.readUInt32BE(19),
    issued: payload.readUIntBE(23, 6),
    tag: payload.subarray(tagOffset),
  }
}

/** Whether the presented credential is one that this server made for this grant. Constant time. */
export function proveCredential(presented: PresentedCredential, serverKey: Buffer, bound: Bound): boolean {
  const payload = Buffer.allocUnsafe(tagOffset)
  payload[0] = version
  payload.writeUInt16BE(presented.generation, 1)
  presented.grantId.copy(payload, 3)
  payload.writeUInt32BE(presented.step, 19)
  payload.writeUIntBE(presented.issued, 23, 6)
  return equalBytes(tag(presented.kind, serverKey, payload, bound), presented.tag)
}

function tag(kind: CredentialKind, serverKey: Buffer, payload: Buffer, bound: Bound): Buffer {
  return hmacSha256(serverKey, prefixes[kind], payload.subarray(0, tagOffset), bound.key).subarray(0, tagBytes)
}
