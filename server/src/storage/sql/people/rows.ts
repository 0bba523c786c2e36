/** Tables of what people have beside their account, as Kysely sees them; all others are in `../schema.ts`. */

export interface IdentityRow {
  issuer: string
  subject: string
  user_id: string
  provider_id: string
  label: string | null
  created_at: number
  used_at: number
}

export interface ConsentRow {
  user_id: string
  client_id: string
  scope: string
  enabled: number
  valid_after: number
  granted_at: number
  touched: number
  shown: string | null
}

export interface SessionRow {
  id: string
  token_hash: Buffer
  user_id: string
  auth_time: number
  amr: string
  created_at: number
  last_seen_at: number
  user_agent: string | null
  user_valid_after: number
}

export interface AppPasswordRow {
  /** SHA-256 of the password. */
  digest: Buffer
  id: string
  user_id: string
  name: string
  created_at: number
  used_at: number | null
}
