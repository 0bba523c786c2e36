/** A backup of more rows than are read at once brought back into PostgreSQL, which takes so long that memory is collected between the reads. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { commandLine } from '../support/command.ts'
import { rootSecret } from '../support/harness.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'

const hasPostgres = (await postgresUrl()) !== undefined
const many = 10_000

const command = commandLine()
afterAll(() => command.close())

test.skipIf(!hasPostgres)(
  'more rows than are read at once come back whole',
  async () => {
    const env = { CONSENTRY_SECRET: rootSecret }
    const people = join(command.folder, 'people.csv')
    const file = join(command.folder, 'a.backup')
    const lines = Array.from({ length: many }, (_, n) => `person${n},person${n}@example.com,Person ${n}`)
    writeFileSync(people, ['username,email,name', ...lines].join('\n'))
    expect(await command.run(['import', '--from', 'csv', people], { env })).toMatchObject({ code: 0 })
    expect(await command.run(['backup', file], { env })).toMatchObject({ code: 0 })

    const restored = await createDatabase()
    try {
      const there = { ...env, DATABASE_URL: restored.url }
      expect(await command.run(['restore', file], { env: there })).toMatchObject({ code: 0 })
      expect(await command.run(['check'], { env: there })).toMatchObject({ code: 0 })
    } finally {
      await restored.drop()
    }
  },
  110_000,
)
