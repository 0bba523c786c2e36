/** Tables of apps as Kysely sees them; all others are in `../schema.ts`. */

export interface ClientRow {
  client_id: string
  owner_id: string | null
  /** 1: enabled. Else `pending` tells an app in development from one that is switched off. */
  enabled: number
  pending: number
  valid_after: number
  metadata: string
  /** JSON of a `ClientProposal`. */
  proposal: string | null
  /** JSON of a `ClientVerification`. */
  verification: string | null
  refused_form: string | null
  /** The name in lower case; null for an app that a node of the release before has registered, until it is changed. */
  name_key: string | null
  /** Until when refresh tokens that another server has issued may come. */
  tokens_until: number | null
  /** Of what a public app has said of itself where it registered itself. */
  registration_digest: Buffer | null
  /** SHA-256 of the tokens by which an app that registered itself is managed, one behind the other, the newest first. */
  registration_tokens: Buffer | null
  created_at: number
  updated_at: number
}

export interface ClientSecretRow {
  client_id: string
  id: string
  name: string
  hash: Buffer
  created_at: number
  expires_at: number | null
  /** The hash that another server has made of it, by which it is checked until it comes for the first time. */
  imported: string | null
}

export interface ClientOriginRow {
  client_id: string
  /** As `URL.origin` writes it. */
  origin: string
}

export interface ClientRedirectUriRow {
  client_id: string
  /** SHA-256 of the URI as it was registered. */
  digest: Buffer
}

export interface ClientCollaboratorRow {
  client_id: string
  user_id: string
}

export interface ClientInvitationRow {
  client_id: string
  /** The username or e-mail address as the lists compare it; it need not be anybody's. */
  username_key: string
  username: string
  user_id: string | null
  declined: number
}

export interface ClientTesterRow {
  client_id: string
  /** The username as the lists compare it; it need not be anybody's. */
  username_key: string
  username: string
  user_id: string | null
  state: string
  invited_at: number
}
