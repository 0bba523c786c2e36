/**
 * The request of a device that cannot show a browser (RFC 8628 §3.1): kept until a person has typed its code elsewhere and
 * decided. The folder has the way from there to the yes or no.
 */
import type { Form } from '../../../lib/form.ts'
import { hmacSha256 } from '../../../lib/hash.ts'
import { randomBytes } from '../../../lib/random.ts'
import { makeTypedCode, spellTypedCode } from '../../../lib/text/typed_code.ts'
import type { Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import { pollInterval } from '../../../runtime/limits/device_polls.ts'
import { networkDigest, networkName } from '../../../runtime/limits/network.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { makeDeviceCode } from '../../grant/credentials.ts'
import { deviceGrace, deviceLife } from '../../grant/device_codes.ts'
import { newGrantId } from '../../grant/grant_id.ts'
import { checksAt } from '../table.ts'

/** What the device is told (RFC 8628 §3.2); times in seconds. */
export interface AskedByDevice {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresIn: number
  readonly interval: number
}

/** How often another code is made where one is taken: with a million in use, one of 25,000 is. */
const attempts = 5

/** Checks what a device asks for, and keeps it. A Refusal has kept nothing. */
export async function askForDevice(
  context: Context,
  form: Form,
  { client, method }: AuthenticatedClient,
  trace: Trace,
): Promise<AskedByDevice | Refusal> {
  const checked = await checksAt.device.run(
    { context, form, trace },
    { client, frontChannel: undefined, for: 'device' },
  )
  if ('refusal' in checked) return checked.refusal
  const { scope, resources } = checked.found
  trace.proved()
  trace.at('device_limit')
  const full = context.deviceLimit.whyFull(client.id, method === 'none' ? trace.caller : undefined)
  if (full !== undefined) return full
  const now = Math.floor(context.clock.now())
  const { address } = trace.caller
  const request = {
    id: newGrantId(now),
    key: randomBytes(16),
    clientId: client.id,
    scope,
    resources,
    network: { name: networkName(address), digest: networkDigest(context.keyring.current('network'), address) },
    state: 'asked',
    askedAt: now,
    expiresAt: now + deviceLife + deviceGrace,
  } as const
  const userCode = await keepUnderCode(context, request)
  trace.note('The device was given its codes. A person has ten minutes to decide.')
  return {
    deviceCode: makeDeviceCode(context, request, now),
    userCode: spellTypedCode(userCode),
    expiresIn: deviceLife / 1000,
    interval: pollInterval,
  }
}

async function keepUnderCode(
  { storage, keyring }: Context,
  request: Omit<Parameters<Context['storage']['deviceRequests']['put']>[0], 'userCode'>,
): Promise<string> {
  for (let left = attempts; left > 0; left--) {
    const code = makeTypedCode()
    if (await storage.deviceRequests.put({ ...request, userCode: codeDigest(keyring.current('user code'), code) })) {
      return code
    }
  }
  throw new Error('device request: no code for people is free')
}

/** The digest under which a code for people is kept: so few letters are soon tried out by whoever has no key. */
export function codeDigest(key: Buffer, code: string): Buffer {
  return hmacSha256(key, code)
}
