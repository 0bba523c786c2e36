/** What the last restore from a backup has left to do. */
import { type Kysely, type Migration, sql } from 'kysely'

export function recoveryTable(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table recovery (
        one smallint primary key check (one = 1),
        backup_at bigint not null,
        restored_at bigint not null,
        clone smallint not null,
        reapplied_until bigint,
        paused smallint not null,
        unacknowledged smallint not null
      )`.execute(db)
    },
  }
}
