/** An authenticator as far as messages go: it makes passkeys and signs with them, as it is told and not as it should. */
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

/** What a page asks of the browser. */
export interface Asked {
  readonly options: {
    readonly challenge: string
    readonly rpId?: string
    readonly rp?: { readonly id: string }
    readonly user?: { readonly id: string }
    readonly allowCredentials?: readonly { readonly id: string }[]
  }
  readonly state: string
}

/** The first passkey form of a page. */
export function passkeyFormOf(body: string): Asked {
  const text = (value: string | undefined) =>
    (value ?? '').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
  const box = /<div data-ceremony="[^"]*" data-options="([^"]*)"/.exec(body)?.[1]
  const state = /name="ceremony" value="([^"]*)"/.exec(body)?.[1]
  if (box === undefined || state === undefined) throw new Error(`no passkey form: ${body.slice(0, 300)}`)
  return { options: JSON.parse(text(box)), state }
}

const flag = { present: 0x01, verified: 0x04, mayBeSynced: 0x08, holdsKey: 0x40 }

/** How an answer differs from a right one. */
export interface Twist {
  readonly origin?: string
  readonly type?: string
  readonly challenge?: string
  readonly rpId?: string
  readonly crossOrigin?: boolean
  readonly verified?: boolean
  readonly present?: boolean
  readonly counter?: number
  readonly userHandle?: string | undefined
  /** Signs with another key. */
  readonly key?: KeyObject
  /** Attestation other than `none`: its format and its statement, as CBOR. */
  readonly attestation?: { readonly format: string; readonly statement: Buffer }
}

export interface TestPasskey {
  readonly id: string
  readonly userHandle: string
  readonly key: KeyObject
  counter: number
}

const text = (value: string) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([
    bytes.length < 24 ? Buffer.from([0x60 + bytes.length]) : Buffer.from([0x78, bytes.length]),
    bytes,
  ])
}
const bytesOf = (value: Buffer) =>
  Buffer.concat([
    value.length < 24
      ? Buffer.from([0x40 + value.length])
      : value.length < 256
        ? Buffer.from([0x58, value.length])
        : Buffer.from([0x59, value.length >> 8, value.length & 0xff]),
    value,
  ])

/** A list of byte strings as CBOR. */
export function certificates(...of: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0xa1]), text('x5c'), Buffer.from([0x80 + of.length]), ...of.map(bytesOf)])
}

function clientData(kind: string, asked: Asked, origin: string, twist: Twist): string {
  const data = {
    type: twist.type ?? kind,
    challenge: twist.challenge ?? asked.options.challenge,
    origin: twist.origin ?? origin,
    crossOrigin: twist.crossOrigin ?? false,
  }
  return Buffer.from(JSON.stringify(data)).toString('base64url')
}

function authenticatorData(rpId: string, flags: number, counter: number, rest = Buffer.alloc(0)): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count, rest])
}

function flagsOf({ verified = true, present = true }: Twist): number {
  return (present ? flag.present : 0) | (verified ? flag.verified : 0) | flag.mayBeSynced
}

/** Makes a passkey as the page asks; its JSON is what the page's script would send. */
export function makePasskey(
  asked: Asked,
  origin: string,
  twist: Twist & { readonly id?: string } = {},
): { readonly passkey: TestPasskey; readonly credential: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = Buffer.from(twist.id ?? randomBytes(20).toString('base64url'), 'base64url')
  // {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1).
  const cose = Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    bytesOf(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    bytesOf(Buffer.from(y, 'base64url')),
  ])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(id.length)
  const data = authenticatorData(
    twist.rpId ?? asked.options.rp?.id ?? '',
    flagsOf(twist) | flag.holdsKey,
    twist.counter ?? 0,
    Buffer.concat([Buffer.alloc(16), length, id, cose]),
  )
  const { format, statement } = twist.attestation ?? { format: 'none', statement: Buffer.from([0xa0]) }
  const attestation = Buffer.concat([
    Buffer.from([0xa3]),
    ...[text('fmt'), text(format), text('attStmt'), statement, text('authData'), bytesOf(data)],
  ])
  const name = id.toString('base64url')
  const credential = {
    id: name,
    rawId: name,
    type: 'public-key',
    response: {
      clientDataJSON: clientData('webauthn.create', asked, origin, twist),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    },
    clientExtensionResults: {},
  }
  const passkey = { id: name, userHandle: asked.options.user?.id ?? '', key: privateKey, counter: twist.counter ?? 0 }
  return { passkey, credential: JSON.stringify(credential) }
}

/** Signs as the page asks; the JSON is what the page's script would send. */
export function signWith(passkey: TestPasskey, asked: Asked, origin: string, twist: Twist = {}): string {
  const data = authenticatorData(
    twist.rpId ?? asked.options.rpId ?? '',
    flagsOf(twist),
    twist.counter ?? passkey.counter,
  )
  const client = clientData('webauthn.get', asked, origin, twist)
  const signed = Buffer.concat([data, createHash('sha256').update(Buffer.from(client, 'base64url')).digest()])
  const signature = createSign('sha256')
    .update(signed)
    .sign(twist.key ?? passkey.key)
  return JSON.stringify({
    id: passkey.id,
    rawId: passkey.id,
    type: 'public-key',
    response: {
      clientDataJSON: client,
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: 'userHandle' in twist ? twist.userHandle : passkey.userHandle,
    },
    clientExtensionResults: {},
  })
}
