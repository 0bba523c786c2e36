/**
 * Device codes (RFC 8628 §3.2) before the person has decided: they name a request that waits, and after a yes the grant that
 * has come of it.
 */
import { type Millis, minute } from '../../lib/clock.ts'
import { decodeCredential, proveCredential } from '../../protocol/credential.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import type { DeviceRequest } from '../../storage/contract.ts'
import { clockSkew } from './credentials.ts'

/** How long a person has to decide, and for how much longer the device may ask what came of it. */
export const deviceLife: Millis = 10 * minute
export const deviceGrace: Millis = minute

/**
 * The request of a device code, proved; undefined where the text is another kind of credential, or where the request is no
 * longer kept and at most its grant is left. A Refusal where this server has not made it, or it came too fast to be looked at. `guesser`
 * names the counter of the client and address.
 */
export async function findDeviceRequest(
  context: Context,
  text: string,
  guesser: string,
): Promise<DeviceRequest | Refusal | undefined> {
  const presented = decodeCredential(text)
  if (presented === undefined || presented.kind !== 'device') return undefined
  if (context.devicePolls.isHasty(text)) return new Refusal('slow_down')
  const key = context.keyring.key('credential', presented.generation)
  const age = context.clock.now() - presented.issued
  if (key === undefined || age < -clockSkew) return new Refusal('credential_not_ours')
  const found = await context.throttle.prove<DeviceRequest | 'gone' | null>('client', guesser, async () => {
    const request = await context.storage.deviceRequests.find(presented.grantId)
    // What is no longer kept is proved by its grant.
    if (request === undefined) return { ok: true, value: 'gone' }
    const proved = proveCredential(presented, key, request)
    return proved ? { ok: true, value: request } : { ok: false, value: null }
  })
  if (found === undefined) return tooManyFailures(context.throttle, [['client', guesser]])
  if (found === null) return new Refusal('credential_not_ours')
  if (found !== 'gone') return found
  const over = age > deviceLife && (await context.storage.grants.find(presented.grantId)) === undefined
  return over ? new Refusal('device_code_expired') : undefined
}
