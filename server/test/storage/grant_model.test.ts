/** Random histories of a grant beside real storage. */
import { describe, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'
import { checkGrantModel, frozenClock } from './grant_model.ts'

test('on SQLite every history of a grant is one that the model allows', async () => {
  const clock = frozenClock()
  const storage = await openSqlite({ path: ':memory:', clock })
  await checkGrantModel([storage], clock, rounds(300))
  await storage.close()
})

describe.skipIf((await postgresUrl()) === undefined)('with a PostgreSQL server', () => {
  test('on PostgreSQL every history of a grant, from two nodes, is one that the model allows', async () => {
    const clock = frozenClock()
    const database = await createDatabase()
    const nodes = [await openPostgres({ url: database.url, clock }), await openPostgres({ url: database.url, clock })]
    await checkGrantModel(nodes, clock, rounds(60))
    for (const node of nodes) await node.close()
    await database.drop()
  })
})
