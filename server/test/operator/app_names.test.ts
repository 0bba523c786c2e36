/** Apps that a node of the release before has registered: it knows nothing of the names by which they are found. */
import { expect, test } from 'vitest'
import { ensureRecurringJobs } from '../../src/runtime/jobs/recurring.ts'
import { drivers } from '../support/drivers.ts'
import { addClient, doJobs } from '../support/harness.ts'

test.each(await drivers())('on $name they are found by their names within a minute', async (driver) => {
  const servers = await driver.servers()
  const { h } = servers
  const found = async (beginning: string) =>
    (await h.storage.clients.search({ beginning }, { limit: 10 }))?.items.map(({ clientId }) => clientId)
  await ensureRecurringJobs(h.context)
  await addClient(h, { client_name: 'Ärzte Journal' }, { id: 'app-named' })
  await addClient(h, { client_name: undefined }, { id: 'app-nameless' })
  await servers.execute('update clients set name_key = null')
  expect(await found('ärzte')).toEqual([])
  await doJobs(h)
  expect(await found('ärzte')).toEqual(['app-named'])
  expect((await found('app-'))?.sort()).toEqual(['app-named', 'app-nameless'])
  await servers.close()
})
