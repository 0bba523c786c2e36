/** The sector that an app says it belongs to (OpenID Connect Core 1.0 §8.1, Dynamic Client Registration 1.0 §5). */
import type { ClientMetadata } from '../../../protocol/client_metadata.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { networkUnit } from '../../../runtime/limits/network.ts'
import { en } from '../../../words/en/index.ts'
import { tell } from '../../../words/told.ts'
import { outboundOfApps, sectorProblem } from '../../client/sector_identifier.ts'

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
 * Why the app does not belong to the sector that it names. If the sector's host had no say, anybody could learn what the apps
 * of that sector call a person.
 */
export async function whyOfNoSector(context: Context, metadata: ClientMetadata): Promise<Refusal | undefined> {
  const problem = await sectorProblem(outboundOfApps(context), metadata)
  const text = problem && `sector_identifier_uri: ${tell(en.documentProblems, problem)}.`.slice(0, 300)
  return text === undefined ? undefined : new Refusal('client_metadata_invalid', { text })
}
