/** Which hashes of other servers people still sign in with: one of each form among a few of them. */

import type { Storage } from '../../storage/contract.ts'
import { readPasswordHash } from '../limits/password_hash.ts'
import { keepRows, type Source } from './rows.ts'

export interface OtherHashes {
  /** At most five seconds old. */
  list(): Promise<readonly string[]>
}

/** Hashes that are looked at. A form that one in twenty of them has is missed once in two hundred times. */
const sample = 100

export function createOtherHashes(
  storage: Source['storage'] & Pick<Storage, 'accounts'>,
  clock: Source['clock'],
): OtherHashes {
  const kept = keepRows({ storage, clock }, async () => {
    const byForm = new Map<string, string>()
    for (const text of await storage.accounts.listOtherHashes(sample)) {
      const hash = readPasswordHash(text)
      if (typeof hash === 'object') byForm.set(hash.form, text)
    }
    return [...byForm.values()]
  })
  return { list: () => kept.find('all') }
}
