/** Every operation of the admin API. */
import type { Operation } from './operation.ts'
import { accessOperations } from './resources/access_requests.ts'
import { appSecretOperations } from './resources/app_secrets.ts'
import { appOperations } from './resources/apps.ts'
import { jobOperations } from './resources/jobs.ts'
import { resourceOperations } from './resources/own_apis.ts'
import { peopleOperations } from './resources/people.ts'
import { planOperations } from './resources/plans.ts'
import { protocolOperations } from './resources/protocols.ts'
import { providerOperations } from './resources/providers.ts'
import { runningOperations } from './resources/running.ts'
import { serverOperations } from './resources/server.ts'
import { subscriptionKeyOperations } from './resources/subscription_keys.ts'
import { webhookOperations } from './resources/webhooks.ts'

export const operations: readonly Operation[] = [
  ...peopleOperations,
  ...appOperations,
  ...appSecretOperations,
  ...accessOperations,
  ...resourceOperations,
  ...protocolOperations,
  ...providerOperations,
  ...planOperations,
  ...subscriptionKeyOperations,
  ...runningOperations,
  ...jobOperations,
  ...serverOperations,
  ...webhookOperations,
]
