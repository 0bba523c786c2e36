/** Whether nothing goes out: no job is done and nobody is called, since a restore and until the operator says so. */
import type { Storage } from '../../storage/contract.ts'
import { keepAll, type Source } from './rows.ts'

/** Read again after a change that is heard of, and after five seconds at most. */
export function createPause(source: Source & { readonly storage: Pick<Storage, 'recovery'> }): () => Promise<boolean> {
  return keepAll(source, async () => (await source.storage.recovery.find())?.paused === true)
}
