/**
 * The device_code grant (RFC 8628 §3.4): a device that cannot show a browser asks until a person has decided elsewhere. It
 * proves that the caller is the client that asked, and says what has become of the request.
 */

import { deviceGrantType } from '../../../protocol/names.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import { type Client, scopeNow } from '../../../runtime/kept/clients.ts'
import { guesserKey } from '../../../runtime/limits/network.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { DeviceRequest } from '../../../storage/contract.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { openOwnCredential } from '../../client/own_credential.ts'
import { deviceLife, findDeviceRequest } from '../../grant/device_codes.ts'
import { requireGrantedResources } from '../../grant/resources.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof } from '../grant_type.ts'
import { requireParameter } from '../token_parameters.ts'

export interface DeviceCodeRequest {
  readonly grantType: typeof deviceGrantType
  readonly deviceCode: string
  readonly resources: readonly string[]
}

export const deviceCode: GrantType<DeviceCodeRequest> = {
  name: deviceGrantType,
  rules: [
    'pace',
    'credential',
    'credential_client',
    'decision',
    'sender_key',
    'resource',
    'standing',
    'account_limit',
    'plan',
    'dpop_once',
    'once',
  ],
  decode: (form) => ({
    grantType: deviceGrantType,
    deviceCode: requireParameter(form, 'device_code'),
    resources: form.all('resource'),
  }),
  prove,
}

async function prove(
  context: Context,
  request: DeviceCodeRequest,
  { client }: AuthenticatedClient,
  trace: Trace,
): Promise<Proof> {
  const waiting = orThrow(await findWaiting(context, request, client, trace))
  if (waiting !== undefined) requireAllowed(context, request, waiting, { client, trace })
  else trace.skip('decision')
  const { grant, standing, step, issued } = await openOwnCredential(
    context,
    { text: request.deviceCode, kind: 'device' },
    client,
    trace,
  )
  trace.proved(grant.userId)
  trace.at('once')
  // The first refresh has shown that the device has its tokens; what came long after would be asked of the database in vain.
  if (grant.step > 1) throw new Refusal('device_code_used')
  trace.at('resource')
  if (request.resources.length === 0) trace.skip('resource')
  const resources = requireGrantedResources(request.resources, grant.context.resources)
  const scope = await usableScopes(context, client, scopeNow(client, grant.context.scope))
  return { kind: 'advance', credential: 'device', grant, standing, step, issued, scope, resources }
}

/** The request that the code names, as long as it is kept. */
async function findWaiting(context: Context, { deviceCode: code }: DeviceCodeRequest, client: Client, trace: Trace) {
  trace.at('pace')
  const found = await findDeviceRequest(context, code, guesserKey(client.id, trace.caller))
  if (found instanceof Refusal) {
    if (found.reason === 'slow_down') trace.hush()
    else trace.at('credential')
  }
  return found
}

/** Throws Refusal unless a person has said yes. */
function requireAllowed(
  { clock, devicePolls }: Context,
  { deviceCode: code }: DeviceCodeRequest,
  { clientId, state, askedAt }: DeviceRequest,
  { client, trace }: { readonly client: Client; readonly trace: Trace },
): void {
  trace.at('credential_client')
  if (clientId !== client.id) throw new Refusal('credential_of_another_client')
  trace.proved()
  const { early, first } = devicePolls.note(code)
  trace.at('decision')
  if (state === 'allowed') return
  if (state === 'denied') throw new Refusal('device_denied')
  if (clock.now() >= askedAt + deviceLife) throw new Refusal('device_code_expired')
  // A device asks every few seconds; that it does is told once, and once that it does so too often.
  if (!first) trace.hush()
  if (!early) throw new Refusal('authorization_pending')
  trace.at('pace')
  throw new Refusal('slow_down')
}
