/** The request log is searched by the id that a response carried. */
import type { Kysely, Migration } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import { requestIdIndex } from '../sql/log/request_log_table.ts'

export function requestIds({ requestLogApart }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // A log in a file of its own is looked after when it is opened.
      if (!requestLogApart) await requestIdIndex().execute(db)
    },
  }
}
