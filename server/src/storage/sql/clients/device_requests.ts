/** Requests of devices that wait for a person's decision. */
import type { Selectable } from 'kysely'
import type { ClientId } from '../../../protocol/names.ts'
import type { DeviceRequest, DeviceRequests } from '../../contract.ts'
import { requireStorable } from '../../text.ts'
import { asBuffer } from '../bytes.ts'
import type { Connection } from '../connection.ts'
import type { DeviceRequestRow } from '../schema.ts'

const states = ['asked', 'allowed', 'denied'] as const satisfies readonly DeviceRequest['state'][]

export function deviceRequests({ db }: Connection): DeviceRequests {
  return {
    async put({ id, key, userCode, clientId, scope, resources, network, state, askedAt, expiresAt }) {
      const asked = JSON.stringify({ scope, resources, network })
      requireStorable('asked', asked)
      const kept = await db
        .insertInto('device_requests')
        .values({
          id,
          key,
          user_code: userCode,
          client_id: clientId,
          asked,
          state: states.indexOf(state),
          asked_at: askedAt,
          expires_at: expiresAt,
        })
        .onConflict((conflict) => conflict.column('user_code').doNothing())
        .returning('state')
        .executeTakeFirst()
      return kept !== undefined
    },

    async find(id) {
      const row = await db.selectFrom('device_requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toDeviceRequest(row)
    },

    async findByUserCode(digest) {
      const row = await db.selectFrom('device_requests').selectAll().where('user_code', '=', digest).executeTakeFirst()
      return row && toDeviceRequest(row)
    },

    async decide(id, decision) {
      const decided = await db
        .updateTable('device_requests')
        .set({ state: states.indexOf(decision) })
        .where('id', '=', id)
        .where('state', '=', states.indexOf('asked'))
        .returning('state')
        .executeTakeFirst()
      return decided !== undefined
    },
  }
}

function toDeviceRequest(row: Selectable<DeviceRequestRow>): DeviceRequest {
  const asked = JSON.parse(row.asked) as Pick<DeviceRequest, 'scope' | 'resources' | 'network'>
  return {
    id: asBuffer(row.id),
    key: asBuffer(row.key),
    userCode: asBuffer(row.user_code),
    clientId: row.client_id as ClientId,
    ...asked,
    state: states[row.state] ?? 'denied',
    askedAt: Number(row.asked_at),
    expiresAt: Number(row.expires_at),
  }
}
