/** Makes signing keys in time and retires old ones, and takes over what another process has made of them. */
import { second } from '../../lib/clock.ts'
import { turnKeys } from '../keys/signing_keys.ts'
import type { Chore, JobHandler } from './job.ts'

export const keyTurner: JobHandler<'keys.turn'> = async ({ storage, keyring, clock, signer }) => {
  await turnKeys(storage, keyring, clock.now())
  await signer.reload()
}

export const keyLoader: Chore = {
  every: 10 * second,
  run: ({ signer }) => signer.reload(),
  failure: 'the signing keys could not be read',
}
