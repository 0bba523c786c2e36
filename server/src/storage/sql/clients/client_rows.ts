/** Clients as rows and back. */
import { type RawBuilder, sql } from 'kysely'
import type { Millis } from '../../../lib/clock.ts'
import type {
  ClientAmendment,
  ClientProposal,
  ClientRecord,
  ClientSecret,
  ClientStatus,
  ClientVerification,
  Registration,
} from '../../contract.ts'
import { asBuffer } from '../bytes.ts'
import type { Db } from '../connection.ts'
import { nameKeyOf } from './client_names.ts'
import type { ClientRow, ClientSecretRow } from './rows.ts'

/** The records of these ids, in their order, as far as they are there. */
export async function readClients(from: Db, ids: readonly string[]): Promise<ClientRecord[]> {
  if (ids.length === 0) return []
  const rows = await from
    .selectFrom('clients as c')
    .leftJoin('client_secrets as s', 's.client_id', 'c.client_id')
    .selectAll('c')
    .select(['s.id as secret_id', 's.name as secret_name', 's.hash as secret_hash'])
    .select(['s.created_at as secret_created_at', 's.expires_at as secret_expires_at', 's.imported as secret_imported'])
    .where('c.client_id', 'in', ids)
    .orderBy('s.created_at')
    .orderBy('s.id')
    .execute()
  const found = new Map<string, { row: ClientRow; secrets: ClientSecret[] }>()
  for (const row of rows) {
    let entry = found.get(row.client_id)
    if (entry === undefined) {
      entry = { row, secrets: [] }
      found.set(row.client_id, entry)
    }
    if (row.secret_id === null || row.secret_hash === null) continue
    entry.secrets.push({
      id: row.secret_id,
      name: row.secret_name ?? '',
      hash: asBuffer(row.secret_hash),
      createdAt: row.secret_created_at ?? 0,
      expiresAt: row.secret_expires_at,
      ...(row.secret_imported === null ? {} : { imported: row.secret_imported }),
    })
  }
  return ids.flatMap((id) => {
    const entry = found.get(id)
    return entry === undefined ? [] : [toRecord(entry.row, entry.secrets)]
  })
}

function toRecord(row: ClientRow, secrets: readonly ClientSecret[]): ClientRecord {
  return {
    clientId: row.client_id,
    ownerId: row.owner_id as ClientRecord['ownerId'],
    status: statusOf(row),
    validAfter: row.valid_after,
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    proposal: row.proposal === null ? null : (JSON.parse(row.proposal) as ClientProposal),
    verification: row.verification === null ? null : (JSON.parse(row.verification) as ClientVerification),
    refusedForm: row.refused_form,
    registration: registrationOf(row),
    tokensUntil: row.tokens_until,
    secrets,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

const digestBytes = 32

function registrationOf({ registration_digest: digest, registration_tokens: tokens }: ClientRow): Registration | null {
  if (digest !== null) return { digest: asBuffer(digest) }
  if (tokens === null) return null
  const whole = asBuffer(tokens)
  const count = whole.length / digestBytes
  return {
    tokens: Array.from({ length: count }, (_, i) => whole.subarray(i * digestBytes, (i + 1) * digestBytes)),
  }
}

export function registrationColumns(
  registration: Registration | null | undefined,
): Pick<ClientRow, 'registration_digest' | 'registration_tokens'> {
  const { digest = null, tokens } = registration ?? {}
  return { registration_digest: digest, registration_tokens: tokens === undefined ? null : Buffer.concat(tokens) }
}

/** An app in development counts as switched off for a release that does not know the state. */
export function statusColumns(status: ClientStatus): Pick<ClientRow, 'enabled' | 'pending'> {
  return { enabled: Number(status === 'enabled'), pending: Number(status === 'pending') }
}

function statusOf({ enabled, pending }: Pick<ClientRow, 'enabled' | 'pending'>): ClientStatus {
  if (enabled === 1) return 'enabled'
  return pending === 1 ? 'pending' : 'disabled'
}

/** The next `valid_after`: now, but always later than it was. */
function movedOn(now: Millis): RawBuilder<number> {
  return sql<number>`case when valid_after >= ${now} then valid_after + 1 else ${now} end`
}

/** What an amendment writes into the client's own row. */
export function amendedColumns(change: ClientAmendment, now: Millis) {
  const { metadata, ownerId, status, proposal, verification, refusedForm, tokensUntil, registration, invalidate } =
    change
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  return {
    updated_at: now,
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata), name_key: nameKeyOf(metadata) }),
    ...(ownerId === undefined ? {} : { owner_id: ownerId }),
    ...(status === undefined ? {} : statusColumns(status)),
    ...(proposal === undefined ? {} : { proposal: json(proposal) }),
    ...(verification === undefined ? {} : { verification: json(verification) }),
    ...(refusedForm === undefined ? {} : { refused_form: refusedForm }),
    ...(tokensUntil === undefined ? {} : { tokens_until: tokensUntil }),
    ...(registration === undefined ? {} : registrationColumns(registration)),
    ...(invalidate === true ? { valid_after: movedOn(now) } : {}),
  }
}

export function fromSecret(clientId: string, secret: ClientSecret): ClientSecretRow {
  return {
    client_id: clientId,
    id: secret.id,
    name: secret.name,
    hash: secret.hash,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt,
    imported: secret.imported ?? null,
  }
}
