/** The secrets of webhooks, which lie sealed. */
import type { Storage } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'
import { openSecret, resealSecret } from './secrets_at_rest.ts'

/** Where the secrets of a webhook lie: they open nowhere else. */
export function webhookPlace(id: string): string {
  return `webhook ${id}`
}

/** Brings the secrets under the present root secret, so that they outlive the older ones. */
export async function resealWebhooks({ webhooks }: Pick<Storage, 'webhooks'>, keyring: Keyring): Promise<void> {
  for (const { id, secrets } of await webhooks.all()) {
    const anew = secrets.map((one) => ({
      ...one,
      secret: resealSecret(keyring, one.secret, webhookPlace(id)) ?? one.secret,
    }))
    if (anew.some(({ secret }, at) => secret !== secrets[at]?.secret)) await webhooks.update(id, { secrets: anew })
  }
}

/** How many webhooks have a secret that the known root secrets do not open. */
export async function unreadableWebhooks({ webhooks }: Pick<Storage, 'webhooks'>, keyring: Keyring): Promise<number> {
  const all = await webhooks.all()
  const shut = all.filter(({ id, secrets }) =>
    secrets.some(({ secret }) => openSecret(keyring, secret, webhookPlace(id)) === undefined),
  )
  return shut.length
}
