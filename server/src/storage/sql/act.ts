/** Acts: what changes more than one row, together with its row in the audit log. */
import type { Storage } from '../contract.ts'
import { acting } from './acting.ts'
import { actClaims } from './claims.ts'
import { clients } from './clients/clients.ts'
import { teams } from './clients/teams.ts'
import { testers } from './clients/testers.ts'
import { type Connection, transact } from './connection.ts'
import { dialectNotices, providers, resources } from './entries.ts'
import { grantEnds } from './grant_ends.ts'
import { jobs } from './jobs.ts'
import { keys } from './keys.ts'
import { audit } from './log/audit.ts'
import { acceptances } from './people/acceptances.ts'
import { accessRequests } from './people/access_requests.ts'
import { accounts } from './people/accounts.ts'
import { appPasswords } from './people/app_passwords.ts'
import { grantBeginnings } from './people/begun_grants.ts'
import { consents } from './people/consents.ts'
import { factors } from './people/factors.ts'
import { identities } from './people/identities.ts'
import { mailedLinks } from './people/mailed_links.ts'
import { passkeys } from './people/passkeys.ts'
import { pictures } from './people/pictures.ts'
import { receipts } from './people/receipts.ts'
import { sessions } from './people/sessions.ts'
import { subscriptionKeys } from './subscription_keys.ts'

export function acts(connection: Connection): Pick<Storage, 'act'> {
  return {
    async act(work) {
      let changed = false
      let added = false
      const answer = await transact(connection, (db) => {
        const within: Connection = {
          ...connection,
          db,
          lists: db,
          // The listeners are called when it is committed.
          clientsChanged() {
            changed = true
          },
          jobAdded() {
            added = true
          },
        }
        const verbs = {
          accounts: accounts(within),
          identities: identities(within),
          passkeys: passkeys(within),
          pictures: pictures(within),
          mailedLinks: mailedLinks(within),
          accessRequests: accessRequests(within),
          clients: clients(within),
          appTeams: teams(within, 'app'),
          testers: testers(within),
          consents: consents(within),
          receipts: receipts(within),
          sessions: sessions(within),
          acceptances: acceptances(within),
          factors: factors(within),
          appPasswords: appPasswords(within),
          keys: keys(within),
          subscriptionKeys: subscriptionKeys(within),
          keyTeams: teams(within, 'key'),
          resources: resources(within),
          providers: providers(within),
          dialectNotices: dialectNotices(within),
          grants: { ...grantEnds(within), ...grantBeginnings(within) },
          claims: actClaims(within),
          jobs: jobs(within),
          audit: audit(within),
        }
        return acting(() => work(verbs))
      })
      if (changed) connection.clientsChanged()
      if (added) connection.jobAdded()
      return answer
    },
  }
}
