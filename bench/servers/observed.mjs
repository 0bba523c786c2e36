/**
 * The server of this checkout as a run with `--observed` measures it: with metrics, audit log and request log as in
 * production, or with OBSERVED=none without them. No setting of the product can do that, so it is done to the parts here.
 */
import { createServer } from '../../server/dist/app.js'
import { loadSettings } from '../../server/dist/settings.js'

const server = await createServer(loadSettings({ env: process.env }))
if (process.env.OBSERVED === 'none') {
  const { requests, audit, storage } = server.context
  requests.record = () => {}
  audit.record = () => {}
  const insert = storage.grants.insert.bind(storage.grants)
  storage.grants.insert = (grant) => insert(grant)
}
await server.listen()
process.once('SIGTERM', async () => {
  await server.close()
  process.exit(0)
})
