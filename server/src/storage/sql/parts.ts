/** The small interfaces of storage that both databases share word for word. */
import type { Storage } from '../contract.ts'
import { acts } from './act.ts'
import { clients } from './clients/clients.ts'
import { testers } from './clients/testers.ts'
import type { Cold } from './connection.ts'
import { dialectNotices, providers, resources } from './entries.ts'
import { failures } from './failures.ts'
import { keys, secretMarks } from './keys.ts'
import { audit } from './log/audit.ts'
import { dialectUses } from './log/dialect_uses.ts'
import { requests } from './log/requests.ts'
import { usage } from './log/usage.ts'
import type { LongReads } from './long_reads.ts'
import { measurements } from './measurements/measurements.ts'
import { nodes } from './nodes.ts'
import { accounts } from './people/accounts.ts'
import { consents } from './people/consents.ts'
import { identities } from './people/identities.ts'
import { sessions } from './people/sessions.ts'
import { subscriptionKeys } from './subscription_keys.ts'

export type Shared = Pick<
  Storage,
  | 'act'
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
  | 'subscriptionKeys'
  | 'resources'
  | 'providers'
  | 'dialectNotices'
  | 'secretMarks'
  | 'nodes'
  | 'measurements'
>

export function sharedParts(cold: Cold, reads: LongReads): Shared & { flush(): Promise<void> } {
  const { touched, ...sessionVerbs } = sessions(cold)
  return {
    ...acts(cold),
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
    subscriptionKeys: subscriptionKeys(cold),
    resources: resources(cold),
    providers: providers(cold),
    dialectNotices: dialectNotices(cold),
    secretMarks: secretMarks(cold),
    nodes: nodes(cold),
    measurements: measurements(cold, reads),
    flush: () => touched.flush(),
  }
}
