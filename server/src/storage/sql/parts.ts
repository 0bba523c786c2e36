/** The small interfaces of storage that both databases share word for word. */
import type { Storage } from '../contract.ts'
import { accounts } from './accounts.ts'
import { audit } from './audit.ts'
import { clients } from './clients.ts'
import type { Cold } from './cold.ts'
import { consents } from './consents.ts'
import { dialectUses } from './dialect_uses.ts'
import { documents } from './documents.ts'
import { failures } from './failures.ts'
import { identities } from './identities.ts'
import { keys } from './keys.ts'
import type { LongReads } from './long_reads.ts'
import { measurements } from './measurements.ts'
import { requests } from './requests.ts'
import { sessions } from './sessions.ts'
import { testers } from './testers.ts'
import { usage } from './usage.ts'

export type Shared = Pick<
  Storage,
  | 'accounts'
  | 'identities'
  | 'clients'
  | 'testers'
  | 'consents'
  | 'sessions'
  | 'failures'
  | 'keys'
  | 'requests'
  | 'audit'
  | 'usage'
  | 'dialectUses'
  | 'documents'
  | 'measurements'
>

export function sharedParts(cold: Cold, reads: LongReads): Shared & { flush(): Promise<void> } {
  const { touched, ...sessionVerbs } = sessions(cold)
  return {
    accounts: accounts(cold),
    identities: identities(cold),
    clients: clients(cold),
    testers: testers(cold),
    consents: consents(cold),
    sessions: sessionVerbs,
    failures: failures(cold),
    keys: keys(cold),
    requests: requests(cold, reads),
    audit: audit(cold),
    usage: usage(cold),
    dialectUses: dialectUses(cold),
    documents: documents(cold),
    measurements: measurements(cold, reads),
    flush: () => touched.flush(),
  }
}
