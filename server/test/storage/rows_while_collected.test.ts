/** Rows of a SQLite file that are read for a copy, while the engine of JavaScript tidies its memory between two batches. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { makeBackupFile, readSqlite } from '../../src/storage/backup/sqlite.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('none of them is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-rows-'))
  try {
    const path = join(folder, 'consentry.db')
    const made = await makeBackupFile(path)
    const all = Array.from({ length: 20_000 }, (_, number) => [`plan${number}`, 1, 2, 3])
    await made.write('plans', ['name', 'per_minute', 'per_day', 'per_month'], all)
    await made.commit()
    await made.close()
    const source = await readSqlite(path)
    // The engine keeps all that a function has seen until it has compiled it, which takes many rows.
    for (let round = 0; round < 4; round++) {
      let read = 0
      for await (const rows of source.read('plans', ['name'])) {
        read += rows.length
        if (round === 0 || read % 4000 > 0) continue
        collect()
        await turn()
      }
      expect(read).toBe(all.length)
    }
    await source.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
