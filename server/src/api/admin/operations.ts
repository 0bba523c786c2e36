/** Every operation of the admin API. */
import type { Operation } from './operation.ts'
import { accessOperations } from './resources/access_requests.ts'
import { appOperations } from './resources/apps.ts'
import { resourceOperations } from './resources/own_apis.ts'
import { peopleOperations } from './resources/people.ts'
import { protocolOperations } from './resources/protocols.ts'
import { runningOperations } from './resources/running.ts'
import { webhookOperations } from './resources/webhooks.ts'

export const operations: readonly Operation[] = [
  ...peopleOperations,
  ...appOperations,
  ...accessOperations,
  ...resourceOperations,
  ...protocolOperations,
  ...runningOperations,
  ...webhookOperations,
]
