/** Plans of the operator: how much an app or a subscription key may ask for, who has which, and what was used of it. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function planTables({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table plans (
        name text primary key, per_minute bigint, per_day bigint, per_month bigint
      ) ${keyed}`.execute(db)
      await sql`create table plan_holders (holder text primary key, plan text not null) ${keyed}`.execute(db)
      await sql`create table plan_uses (
        holder text not null, period text not null, count bigint not null, ends_at bigint not null,
        primary key (holder, period)
      ) ${keyed}`.execute(db)
      await sql`create index plan_uses_end on plan_uses (ends_at)`.execute(db)
    },
  }
}
