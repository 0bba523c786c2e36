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

export interface PasskeyRow {
  /** As base64url. */
  credential_id: string
  user_id: string
  rp_id: string
  user_handle: Buffer
  /** As COSE writes it. */
  public_key: Buffer
  sign_count: number
  /** JSON of a list. */
  transports: string
  name: string
  synced: number
  created_at: number
  used_at: number | null
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

export interface ReceiptRow {
  id: string
  user_id: string
  client_id: string
  at: number
  /** JSON of a `ConsentRead`. */
  content: string
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
  /** Where it began; null in those of a release before this column. */
  address: string | null
  /** Whether the person is to be asked for the operator's terms before it counts. */
  terms_due: number
}

/** A version of a document of the operator that somebody has accepted. */
export interface AcceptanceRow {
  user_id: string
  document: string
  version: string
  accepted_at: number
  language: string
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

export interface PictureRow {
  user_id: string
  /** SHA-256 of `content` in base64url, which names it in its address. */
  digest: string
  content: Buffer
  created_at: number
}

/** Somebody who came from another server; the row outlives the account. */
export interface ImportedPersonRow {
  /** SHA-256 of what the person is called by there. */
  mark: Buffer
  user_id: string
  imported_at: number
}

/** A username that an account had before. */
export interface FormerUsernameRow {
  username_key: string
  user_id: string
  username: string
  /** From then on anybody may have it. */
  kept_until: number
}

/** A request of a developer without an account, from an address that is proved. */
export interface AccessRequestRow {
  id: string
  email: string
  /** The address as addresses are compared. */
  email_key: string
  app_name: string
  purpose: string
  website: string | null
  language: string
  asked_at: number
  client_id: string | null
  expires_at: number
}
