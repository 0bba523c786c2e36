/** Whether a database is as it should be: by itself, and with the root secret that it is used with. */

import { jobPlace } from '../../runtime/jobs/queue.ts'
import { unreadableFactors } from '../../runtime/keys/factor_secrets.ts'
import { findWrongSecret, type Keyring } from '../../runtime/keys/keyring.ts'
import { openSecret } from '../../runtime/keys/secrets_at_rest.ts'
import { openSigningKey } from '../../runtime/keys/signer.ts'
import { isSaltReadable } from '../../runtime/keys/subjects.ts'
import { unreadableWebhooks } from '../../runtime/keys/webhook_secrets.ts'
import { providerPlace } from '../../runtime/providers/provider.ts'
import type { DatabaseFault, Storage } from '../../storage/contract.ts'

/** What is wrong, in plain sentences; reads everything and changes nothing. Without a keyring nothing sealed is looked at. */
export async function checkDatabase(storage: Storage, keyring: Keyring | undefined): Promise<readonly DatabaseFault[]> {
  const faults = await storage.findFaults()
  return keyring === undefined ? faults : [...faults, ...(await findShut(storage, keyring))]
}

/** What lies sealed and does not open. */
async function findShut(storage: Storage, keyring: Keyring): Promise<readonly DatabaseFault[]> {
  const check = 'seals'
  const wrong = await findWrongSecret(storage, keyring)
  if (wrong !== undefined) return [{ check, text: `${capital(wrong.message)}. Nothing sealed opens with it.` }]
  const keys = (await storage.keys.list()).filter((key) => openSigningKey(key, keyring) === undefined)
  const providers = (await storage.providers.list()).filter(
    ({ id, client_secret: secret }) =>
      secret !== undefined && openSecret(keyring, secret, providerPlace(id)) === undefined,
  )
  const jobs = (await storage.jobs.listSealedBefore(Number.MAX_SAFE_INTEGER)).filter(
    ({ id, secret }) => openSecret(keyring, secret, jobPlace(id)) === undefined,
  )
  const factors = await unreadableFactors(storage, keyring)
  const counts: readonly (readonly [count: number, what: string])[] = [
    [keys.length, 'signing keys'],
    [providers.length, 'secrets of providers'],
    [jobs.length, 'secrets of jobs'],
    [factors, 'secrets of second factors'],
    [await unreadableWebhooks(storage, keyring), 'secrets of webhooks'],
  ]
  return [
    ...counts
      .filter(([count]) => count > 0)
      .map(([count, what]) => ({
        check,
        text: `There are ${what} that the known root secrets do not open (${count}).`,
      })),
    ...((await isSaltReadable(storage, keyring))
      ? []
      : [{ check, text: 'The known root secrets do not open the salt of pairwise subjects.' }]),
  ]
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
