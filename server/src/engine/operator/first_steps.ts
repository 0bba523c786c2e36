/** What is left to do on a server that has just got its administrator, as far as the server can tell. */

import type { Context } from '../../runtime/context.ts'
import { isBuiltIn } from '../../runtime/kept/builtin_clients.ts'
import { waitingApps } from './apps.ts'

export interface FirstSteps {
  /** Whether others can reach the server at its issuer: every other than a loopback address is https. */
  readonly published: boolean
  /** Whether there is an app beside those that the server makes itself. */
  readonly hasApp: boolean
  /** How many requests for access wait. */
  readonly accessRequests: number
  /** How many apps wait, or have a change that does. */
  readonly waitingApps: number
}

export async function firstSteps({ settings, storage }: Context): Promise<FirstSteps> {
  // One more than the server makes itself.
  const clients = await storage.clients.list(4)
  return {
    published: settings.issuer.startsWith('https:'),
    accessRequests: await storage.accessRequests.countWaiting(),
    waitingApps: (await waitingApps({ storage })).length,
    hasApp: clients.some(({ clientId }) => !isBuiltIn(clientId)),
  }
}
