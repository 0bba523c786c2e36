/** Storage in PostgreSQL. */
import { describe } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'
import { storageContract } from './contract.ts'

describe.skipIf((await postgresUrl()) === undefined)('with a PostgreSQL server', () => {
  storageContract('PostgreSQL', async () => {
    const database = await createDatabase()
    return {
      open: (clock) => openPostgres({ url: database.url, clock }),
      remove: database.drop,
    }
  })
})
