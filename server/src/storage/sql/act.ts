/** Acts: what changes more than one row, together with its row in the audit log. */
import type { Acting, AuditEvent, Storage } from '../contract.ts'
import { acting } from './acting.ts'
import { actClaims } from './claims.ts'
import { clients } from './clients/clients.ts'
import { deviceRequests } from './clients/device_requests.ts'
import { teams } from './clients/teams.ts'
import { testers } from './clients/testers.ts'
import { type Connection, transact } from './connection.ts'
import { dialectNotices, initialTokens, planHolders, plans, providers, resources } from './entries.ts'
import { grantEnds } from './grant_ends.ts'
import { recovery } from './installation.ts'
import { jobs } from './jobs.ts'
import { keys } from './keys.ts'
import { audit } from './log/audit.ts'
import { appendChained } from './log/chained_append.ts'
import { dialectTellings } from './log/dialect_tellings.ts'
import { requestWrites } from './log/requests.ts'
import { webhooks } from './log/webhooks.ts'
import { importedPeople } from './moving/imported_people.ts'
import { idempotencyKeys, versions } from './operator/admin_api.ts'
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

/** What is changed by the same verbs in an act and outside of one. */
export function changeable(
  on: Connection,
): Omit<Acting, 'sessions' | 'grants' | 'claims' | 'requests' | 'idempotencyKeys'> {
  return {
    accounts: accounts(on),
    importedPeople: importedPeople(on),
    identities: identities(on),
    passkeys: passkeys(on),
    pictures: pictures(on),
    mailedLinks: mailedLinks(on),
    accessRequests: accessRequests(on),
    clients: clients(on),
    appTeams: teams(on, 'app'),
    testers: testers(on),
    consents: consents(on),
    receipts: receipts(on),
    acceptances: acceptances(on),
    factors: factors(on),
    appPasswords: appPasswords(on),
    deviceRequests: deviceRequests(on),
    keys: keys(on),
    subscriptionKeys: subscriptionKeys(on),
    keyTeams: teams(on, 'key'),
    resources: resources(on),
    providers: providers(on),
    plans: plans(on),
    planHolders: planHolders(on),
    initialTokens: initialTokens(on),
    dialectNotices: dialectNotices(on),
    dialectTellings: dialectTellings(on),
    jobs: jobs(on),
    audit: audit(on),
    webhooks: webhooks(on),
    recovery: recovery(on),
    versions: versions(on),
  }
}

export function acts(connection: Connection): Pick<Storage, 'act'> {
  return {
    async act(work) {
      let changed = false
      let added = false
      const answer = await transact(connection, async (db) => {
        const events: AuditEvent[] = []
        const within: Connection = {
          ...connection,
          db,
          lists: db,
          events,
          // The listeners are called when it is committed.
          clientsChanged() {
            changed = true
          },
          jobAdded() {
            added = true
          },
        }
        const verbs = {
          ...changeable(within),
          sessions: sessions(within),
          grants: { ...grantEnds(within), ...grantBeginnings(within) },
          claims: actClaims(within),
          requests: requestWrites(within),
          idempotencyKeys: idempotencyKeys(within),
        }
        const done = await acting(() => work(verbs))
        if (events.length > 0) await appendChained(connection, db, events)
        return done
      })
      if (changed) connection.clientsChanged()
      if (added) connection.jobAdded()
      return answer
    },
  }
}
