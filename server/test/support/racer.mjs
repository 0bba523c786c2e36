// One of two processes that race for the same steps and claims: waits for a line of JSON, answers with what it won.
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { openStorage, say } from './storage_child.mjs'

const [driver, address] = process.argv.slice(2)
const storage = await openStorage(driver, address)
say('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const { swaps, hashes, handles, subjects, expires } = JSON.parse(line)
  const advanced = swaps.map((swap) =>
    storage.grants.advance({ ...swap, id: Buffer.from(swap.id, 'hex'), attempt: randomBytes(16) }),
  )
  const claimed = hashes.map((hash) => storage.claims.claimOnce('ticket', Buffer.from(hash, 'hex'), expires))
  const inserted = handles.map((grant) =>
    storage.grants.insertByHandle({
      ...grant,
      id: randomBytes(16),
      key: randomBytes(16),
      handle: Buffer.from(grant.handle, 'hex'),
    }),
  )
  const opened = subjects.map((subject) =>
    storage.identities.open(
      {
        id: `usr_${randomBytes(8).toString('hex')}`,
        username: `person ${subject}`,
        email: null,
        emailVerified: false,
        passwordHash: null,
        roles: [],
        claims: {},
      },
      { issuer: 'https://accounts.example.com', subject, providerId: 'example', label: null },
    ),
  )
  say(
    JSON.stringify({
      outcomes: (await Promise.all(advanced)).map((one) => one.outcome),
      claims: await Promise.all(claimed),
      rows: (await Promise.all(inserted)).map((one) => one.id.toString('hex')),
      accounts: await Promise.all(opened),
    }),
  )
  break
}
await storage.close()
