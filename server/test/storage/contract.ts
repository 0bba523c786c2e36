/** The contract of storage as a suite that every driver passes. */
import { describe } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { accessRequestTests } from './contract_access_requests.ts'
import { accountTests } from './contract_accounts.ts'
import { actTests } from './contract_acts.ts'
import { claimTests } from './contract_claims.ts'
import { clientTests } from './contract_clients.ts'
import { factorTests } from './contract_factors.ts'
import { filterTests } from './contract_filters.ts'
import { grantListTests } from './contract_grant_lists.ts'
import { grantTests } from './contract_grants.ts'
import { identityTests } from './contract_identities.ts'
import { jobTests } from './contract_jobs.ts'
import { listTests } from './contract_lists.ts'
import { logTests } from './contract_logs.ts'
import { mailedLinkTests } from './contract_mailed_links.ts'
import { measurementTests } from './contract_measurements.ts'
import { operatorTests } from './contract_operator.ts'
import { passkeyTests } from './contract_passkeys.ts'
import { subscriptionKeyTests } from './contract_subscription_keys.ts'
import { sweepTests } from './contract_sweep.ts'
import { teamTests } from './contract_teams.ts'

/** One database, which may be opened several times, as several processes would. */
export interface Place {
  open(clock: Clock): Promise<Storage>
  remove(): Promise<void>
}

export function storageContract(driver: string, place: () => Promise<Place>): void {
  describe(`storage on ${driver}`, () => {
    grantTests(place)
    grantListTests(place)
    claimTests(place)
    accountTests(place)
    factorTests(place)
    actTests(place)
    identityTests(place)
    accessRequestTests(place)
    passkeyTests(place)
    mailedLinkTests(place)
    clientTests(place)
    operatorTests(place)
    subscriptionKeyTests(place)
    teamTests(place)
    jobTests(place)
    listTests(place)
    logTests(place)
    measurementTests(place)
    filterTests(place)
    sweepTests(place)
  })
}
