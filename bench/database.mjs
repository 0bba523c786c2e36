/** Looks into a SQLite file that a server may have open. */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The module that is built in, or the package that the server uses where it is not. */
async function sqlite() {
  const builtIn = 'node:sqlite'
  const require = createRequire(new URL('../server/package.json', import.meta.url))
  return import(builtIn).catch(() => import(require.resolve('@photostructure/sqlite')))
}

/** Rows of every table, and the bytes of the file after everything committed has been moved into it. */
export async function inspect(path) {
  const { DatabaseSync } = await sqlite()
  const database = new DatabaseSync(path)
  try {
    database.exec('pragma busy_timeout = 10000')
    const checkpoint = database.prepare('pragma wal_checkpoint(truncate)').get()
    if (checkpoint.busy !== 0) throw new Error('the write-ahead log could not be moved into the file')
    const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all()
    const rows = Object.fromEntries(
      tables
        .filter(({ name }) => !name.startsWith('sqlite_'))
        .map(({ name }) => [name, database.prepare(`select count(*) as count from "${name}"`).get().count]),
    )
    return { rows, bytes: statSync(path).size }
  } finally {
    database.close()
  }
}
