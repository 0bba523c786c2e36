/** Receipts of consents. */
import type { UserId } from '../../../protocol/names.ts'
import type { ConsentRead, Receipt, Receipts } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Connection } from '../connection.ts'
import type { ReceiptRow } from './rows.ts'

export function receipts({ db, lists }: Connection): Receipts {
  const ofUser = (userId: UserId) =>
    lists
      .selectFrom('consent_receipts')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
  return {
    async insert({ id, userId, clientId, at, read }) {
      const row = { id, user_id: userId, client_id: clientId, at, content: JSON.stringify(read) }
      await db.insertInto('consent_receipts').values(row).execute()
    },

    async listByUser(userId, { limit, offset }) {
      return (await ofUser(userId).limit(limit).offset(offset).execute()).map(toReceipt)
    },

    async findLatest(userId, clientId) {
      const row = await ofUser(userId).where('client_id', '=', clientId).limit(1).executeTakeFirst()
      return row && toReceipt(row)
    },

    async find(userId, id) {
      if (!isStorable(id)) return undefined
      const row = await ofUser(userId).where('id', '=', id).executeTakeFirst()
      return row && toReceipt(row)
    },
  }
}

function toReceipt({ id, user_id, client_id, at, content }: ReceiptRow): Receipt {
  return { id, userId: user_id as UserId, clientId: client_id, at, read: JSON.parse(content) as ConsentRead }
}
