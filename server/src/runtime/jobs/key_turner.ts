/** Makes signing keys in time, retires old ones, and takes over what another process has made of them. */
import { second } from '../../lib/clock.ts'
import { turnKeys } from '../keys/signing_keys.ts'
import type { Job } from './job.ts'

export const keyTurner: Job = {
  every: 10 * second,
  run: async ({ storage, keyring, clock, signer }) => {
    await turnKeys(storage, keyring, clock.now())
    await signer.reload()
  },
  failure: 'the signing keys could not be looked after',
}
