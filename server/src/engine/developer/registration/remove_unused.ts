/** Removes apps that registered themselves and that nobody has allowed anything. */
import { day, type Millis } from '../../../lib/clock.ts'
import { act } from '../../../runtime/act.ts'
import type { JobHandler } from '../../../runtime/jobs/job.ts'
import { registeredItself } from './register.ts'

/** How long a registration may wait for the first person, and stay after the last one has left. */
const unusedLife: Millis = 7 * day
const atOnce = 100

export const removeUnusedApps: JobHandler<'registrations.sweep'> = async (context) => {
  const { storage, clock } = context
  for (const clientId of await storage.clients.listUnused(clock.now() - unusedLife, atOnce)) {
    await act(context, {}, async ({ clients }, record) => {
      const app = await clients.find(clientId)
      if (app === undefined || !registeredItself(app)) return
      const { client_name: name = clientId } = app.metadata
      if (await clients.delete(clientId))
        await record('app_unused_removed', { clientId, detail: { name: String(name) } })
    })
  }
}
