/** What `doctor` finds about passkeys. */
import { passkeysElsewhere } from '../../engine/account/passkeys/passkeys.ts'
import type { Settings } from '../../settings.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Finding } from './providers.ts'

/** Passkeys that were made for another domain than the one that they are made for now, and how they come to work again. */
export async function lookAtPasskeys(storage: Storage, settings: Settings): Promise<Finding[]> {
  const { passkeyRpId, issuer } = settings
  const { hostname } = new URL(issuer)
  return [...(await passkeysElsewhere(storage, settings))].map(([domain, count]) => {
    const passkeys = count === 1 ? '1 passkey was' : `${count} passkeys were`
    const now = passkeyRpId === undefined ? 'this issuer has no domain' : `the domain of passkeys is now ${passkeyRpId}`
    const back =
      hostname === domain || hostname.endsWith(`.${domain}`)
        ? `Set CONSENTRY_PASSKEY_RP_ID to ${domain}, or let`
        : `An issuer below ${domain} could use them, with CONSENTRY_PASSKEY_RP_ID set to it. Otherwise let`
    return {
      check: 'passkeys',
      state: 'warning',
      text: `${passkeys} made for ${domain} and cannot be used: ${now}`,
      repair: `${back} their holders sign in with a password and a recovery code, and add new ones.`,
    }
  })
}
