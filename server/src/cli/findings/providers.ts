/** Whether people can sign in through each provider, as `doctor` and `apply` say it. */

import { messageOf } from '../../lib/text/reason.ts'
import { createKeyring } from '../../runtime/keys/keyring.ts'
import { createProviders } from '../../runtime/providers/providers.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import { engineSettings, type Settings } from '../../settings.ts'
import type { Storage } from '../../storage/contract.ts'
import { commandLog } from '../command.ts'
import { self } from '../invocation.ts'

/** One thing that was checked. A warning can wait, a problem cannot. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly text: string
  readonly repair?: string
}

/**
 * One finding for each provider: whether people can be sent there, and learnt from when they come back. None while calls are paused
 * after a restore.
 */
export async function lookAtProviders(storage: Storage, settings: Settings): Promise<Finding[]> {
  if ((await storage.recovery.find())?.paused) return []
  if (settings.secrets.length === 0) return []
  const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
  const outbound = { allowed: engineSettings(settings).outboundAllowed, paused: async () => false }
  const { clock } = storage
  const providers = createProviders({ storage, clock, keyring, log: await commandLog(), outbound })
  return Promise.all((await providers.list()).map((party) => lookAtProvider(party, settings.issuer)))
}

async function lookAtProvider({ provider, authorizationUri }: RelyingParty, issuer: string): Promise<Finding> {
  const check = `provider ${provider.id}`
  const back = `${issuer}/login/return/${provider.id}`
  if (provider.secretUnreadable) {
    const text = 'its client_secret cannot be opened with the root secrets that are known'
    return { check, state: 'problem', text, repair: `Give it the client_secret again with ${self} apply.` }
  }
  if (provider.kind === 'oauth2' && provider.endpoints.userinfo === undefined) {
    const repair = `Give it a userinfo_endpoint with ${self} apply.`
    return { check, state: 'problem', text: 'says of nobody who they are', repair }
  }
  try {
    await authorizationUri(back, { state: 'doctor', nonce: 'doctor', codeVerifier: 'doctor'.repeat(8) })
    return { check, state: 'ok', text: `can be reached; it has to know ${back}` }
  } catch (error) {
    const repair =
      'See that its issuer is right and answers from here. One on your own network has to be named in CONSENTRY_OUTBOUND_ALLOW.'
    return { check, state: 'problem', text: messageOf(error), repair }
  }
}
