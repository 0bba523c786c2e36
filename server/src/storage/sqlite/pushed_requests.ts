/** Pushed authorization requests on SQLite, whose writes are committed with those of the grants. */
import type { PushedRequests } from '../contract.ts'
import { toPushedRequest } from '../sql/claims.ts'
import { requireStorable } from '../text.ts'
import { type Database, prepareRows } from './database.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function sqlitePushedRequests(database: Database, reader: Reader, writer: Writer): PushedRequests {
  const insert = database.prepare(
    'insert into pushed_requests (id, client_id, parameters, expires_at) values (?, ?, ?, ?)',
  )
  const select = prepareRows(database, 'select id, client_id, parameters, expires_at from pushed_requests where id = ?')
  return {
    async put({ id, clientId, parameters, expiresAt }) {
      const text = JSON.stringify(parameters)
      requireStorable('parameters', text)
      await writer.write(() => void insert.run(id, clientId, text, expiresAt))
    },

    async find(id) {
      const row = await reader.read(() => select.get(id))
      return row && toPushedRequest(row as [Uint8Array, string, string, number])
    },
  }
}
