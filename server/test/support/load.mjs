// A process under load that says each change once it is acknowledged, until it is killed.
import { randomBytes } from 'node:crypto'
import { clock, openStorage, say } from './storage_child.mjs'

const [driver, address, templates] = process.argv.slice(2)
const storage = await openStorage(driver, address)
const { grant, swap } = JSON.parse(templates)
const hour = 3_600_000
const event = {
  type: 'acted',
  actor: null,
  operator: 'command:load',
  subject: null,
  address: null,
  requestId: null,
  detail: {},
}

async function worker() {
  for (;;) {
    const now = clock.now()
    const id = randomBytes(16)
    const name = id.toString('hex')
    await storage.grants.insert({ ...grant, id, key: randomBytes(16), createdAt: now, expiresAt: now + hour })
    say(`inserted ${name}`)
    for (let step = 0; step < 4; step++) {
      const kind = step === 0 ? 'code' : 'refresh'
      const tried = { ...swap, id, kind, step, issued: now, attempt: randomBytes(16) }
      const { outcome } = await storage.grants.advance(tried)
      say(`${outcome} ${name} ${step}`)
    }
    const hash = randomBytes(32)
    say(`${await storage.claims.claimOnce('ticket', hash, grant.expiresAt)} ${hash.toString('hex')}`)
    await storage.act(async ({ clients, audit }) => {
      await clients.insert({ clientId: name, ownerId: null, status: 'enabled', metadata: {}, secrets: [] })
      await audit.append([{ ...event, at: now, clientId: name }])
    })
    say(`acted ${name}`)
    if (name < '4') {
      await storage.grants.end(id, 'revoked_by_user')
      say(`ended ${name}`)
    }
  }
}

for (let i = 0; i < 16; i++) void worker()
