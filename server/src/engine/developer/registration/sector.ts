/** The sector that an app says it belongs to (OpenID Connect Core 1.0 §8.1, Dynamic Client Registration 1.0 §5). */
import { FetchRefused, jsonOf } from '../../../lib/guarded_fetch.ts'
import type { ClientMetadata } from '../../../protocol/client_metadata.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { networkUnit } from '../../../runtime/limits/network.ts'
import { allowedFor, callOut } from '../../../runtime/outbound.ts'

/**
 * Takes one of the registrations that a network has in an hour: each is a row or a call of ours to a host that a stranger
 * has named. A Refusal where there are none left.
 */
export async function takeRegistration({ throttle }: Context, { address }: Caller): Promise<Refusal | undefined> {
  const unit = networkUnit(address)
  if (await throttle.take('registration', unit)) return undefined
  return new Refusal('registrations_exceeded', { retryAfter: throttle.retryAfter([['registration', unit]]) })
}

/**
 * Why the app is none of the sector that it names: without the word of the sector's host anybody could learn what its apps
 * call a person. What was wrong with the host is not told, as the answer would say what is to be found in our network.
 */
export async function whyOfNoSector(
  context: Context,
  { sector_identifier_uri: uri, redirect_uris: own }: ClientMetadata,
): Promise<Refusal | undefined> {
  if (uri === undefined) return undefined
  const listed = await readSector(context, uri)
  if (listed === undefined) return invalid('could not be read as a JSON array of addresses')
  return own.every((one) => listed.includes(one)) ? undefined : invalid('does not list all of redirect_uris')
}

async function readSector(context: Context, uri: string): Promise<readonly unknown[] | undefined> {
  try {
    const allowed = allowedFor(context.settings, 'stranger')
    const answer = await callOut('sector', uri, {}, { ...context.outbound, allowed })
    const listed = await jsonOf(answer)
    return Array.isArray(listed) ? listed : undefined
  } catch (error) {
    if (error instanceof FetchRefused) return undefined
    throw error
  }
}

function invalid(problem: string): Refusal {
  return new Refusal('client_metadata_invalid', { text: `sector_identifier_uri: ${problem}.` })
}
