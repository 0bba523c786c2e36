/** The small interfaces of storage that both databases share word for word. */
import type { Storage } from '../contract.ts'
import { acts } from './act.ts'
import { clients } from './clients/clients.ts'
import { teams } from './clients/teams.ts'
import { testers } from './clients/testers.ts'
import type { Connection } from './connection.ts'
import { dialectNotices, providers, resources } from './entries.ts'
import { failures } from './failures.ts'
import { subjectSalt } from './installation.ts'
import { jobs } from './jobs.ts'
import { keys, secretMarks } from './keys.ts'
import { appUses } from './log/app_uses.ts'
import { audit } from './log/audit.ts'
import { dialectUses } from './log/dialect_uses.ts'
import { requests } from './log/requests.ts'
import { usage } from './log/usage.ts'
import type { LongReads } from './long_reads.ts'
import { imports } from './measurements/imports.ts'
import { measurements } from './measurements/measurements.ts'
import { nodes } from './nodes.ts'
import { acceptances } from './people/acceptances.ts'
import { accessRequests } from './people/access_requests.ts'
import { accounts } from './people/accounts.ts'
import { appPasswords } from './people/app_passwords.ts'
import { consents } from './people/consents.ts'
import { factors } from './people/factors.ts'
import { identities } from './people/identities.ts'
import { mailedLinks } from './people/mailed_links.ts'
import { passkeys } from './people/passkeys.ts'
import { pictures } from './people/pictures.ts'
import { receipts } from './people/receipts.ts'
import { sessions } from './people/sessions.ts'
import { subscriptionKeys } from './subscription_keys.ts'

export type Shared = Pick<
  Storage,
  | 'act'
  | 'accounts'
  | 'identities'
  | 'passkeys'
  | 'pictures'
  | 'mailedLinks'
  | 'accessRequests'
  | 'clients'
  | 'appTeams'
  | 'testers'
  | 'consents'
  | 'receipts'
  | 'sessions'
  | 'acceptances'
  | 'factors'
  | 'appPasswords'
  | 'failures'
  | 'keys'
  | 'requests'
  | 'audit'
  | 'usage'
  | 'dialectUses'
  | 'appUses'
  | 'subscriptionKeys'
  | 'keyTeams'
  | 'resources'
  | 'providers'
  | 'dialectNotices'
  | 'secretMarks'
  | 'subjectSalt'
  | 'nodes'
  | 'jobs'
  | 'measurements'
  | 'imports'
>

export function sharedParts(connection: Connection, reads: LongReads): Shared & { flush(): Promise<void> } {
  const { touched, ...sessionVerbs } = sessions(connection)
  return {
    ...acts(connection),
    accounts: accounts(connection),
    identities: identities(connection),
    passkeys: passkeys(connection),
    pictures: pictures(connection),
    mailedLinks: mailedLinks(connection),
    accessRequests: accessRequests(connection),
    clients: clients(connection),
    appTeams: teams(connection, 'app'),
    testers: testers(connection),
    consents: consents(connection),
    receipts: receipts(connection),
    sessions: sessionVerbs,
    acceptances: acceptances(connection),
    factors: factors(connection),
    appPasswords: appPasswords(connection),
    failures: failures(connection),
    keys: keys(connection),
    requests: requests(connection, reads),
    audit: audit(connection),
    usage: usage(connection),
    dialectUses: dialectUses(connection),
    appUses: appUses(connection),
    subscriptionKeys: subscriptionKeys(connection),
    keyTeams: teams(connection, 'key'),
    resources: resources(connection),
    providers: providers(connection),
    dialectNotices: dialectNotices(connection),
    secretMarks: secretMarks(connection),
    subjectSalt: subjectSalt(connection),
    nodes: nodes(connection),
    jobs: jobs(connection),
    measurements: measurements(connection, reads),
    imports: imports(connection),
    flush: () => touched.flush(),
  }
}
