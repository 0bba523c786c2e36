/** How many measurements each person has, so that a limit can be held without counting them at every write. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function measurementCounts({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table measurement_counts (user_number bigint not null primary key, count bigint not null) ${keyed}`.execute(
        db,
      )
      await sql`insert into measurement_counts (user_number, count)
        select user_number, count(*) from measurements group by user_number`.execute(db)
    },
  }
}
