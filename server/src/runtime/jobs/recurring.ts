/** The jobs that come again and again, of which there is one each for all processes together. */

import type { Context } from '../context.ts'
import { resealSecret } from '../keys/secrets_at_rest.ts'
import { jobKind, jobNames } from './kinds.ts'
import { addJob, jobPlace } from './queue.ts'

/** Adds those that are not there yet; under way they put themselves off. */
export async function ensureRecurringJobs(context: Pick<Context, 'storage' | 'keyring' | 'clock'>): Promise<void> {
  for (const kind of jobNames) {
    if (jobKind(kind).every === undefined) continue
    await addJob(context, context.storage, kind, { payload: {}, once: { id: kind, pause: 0 } })
  }
}

/** Brings the secrets of jobs under the present root secret, so that they outlive the older ones. */
export async function resealJobs({ storage, keyring }: Pick<Context, 'storage' | 'keyring'>): Promise<void> {
  for (const { id, secret } of await storage.jobs.listSealedBefore(keyring.generation)) {
    const sealed = resealSecret(keyring, secret, jobPlace(id))
    if (secret !== null && sealed !== undefined) await storage.jobs.reseal(id, secret, sealed)
  }
}
