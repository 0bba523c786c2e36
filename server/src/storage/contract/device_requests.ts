/** Requests of devices that cannot show a browser, until a person has decided elsewhere (RFC 8628). */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId } from '../../protocol/names.ts'

export interface DeviceRequest {
  /** Id and key of the grant that a yes makes of it, so that one device code is good before and after. */
  readonly id: Buffer
  readonly key: Buffer
  /** A keyed digest of the code that the person types. */
  readonly userCode: Buffer
  readonly clientId: ClientId
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  /** From where it came: the network without its last part, and a digest of the whole by which two are compared. */
  readonly network: { readonly name: string; readonly digest: string }
  readonly state: 'asked' | 'allowed' | 'denied'
  readonly askedAt: Millis
  /** Until when the row is kept; a decision has to come before. */
  readonly expiresAt: Millis
}

export interface DeviceRequests {
  /** Keeps a request; false, with nothing kept, where another one that is still kept has the same code for people. */
  put(request: DeviceRequest): Promise<boolean>
  /** The request, whether it has expired or not: it may be gone a moment after that. */
  find(id: Buffer): Promise<DeviceRequest | undefined>
  findByUserCode(digest: Buffer): Promise<DeviceRequest | undefined>
  /** Decides a request. For one request true is answered exactly once, ever; false also where it is gone. */
  decide(id: Buffer, decision: 'allowed' | 'denied'): Promise<boolean>
}
