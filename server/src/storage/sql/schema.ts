/** The tables as Kysely sees them. Truth values are 0 and 1, moments are milliseconds, documents are JSON text. */

import type { Generated } from 'kysely'
import type {
  ClientCollaboratorRow,
  ClientInvitationRow,
  ClientOriginRow,
  ClientRedirectUriRow,
  ClientRow,
  ClientSecretRow,
  ClientTesterRow,
} from './clients/rows.ts'
import type { AppUseRow } from './log/app_use_row.ts'
import type {
  AuditChainRow,
  AuditDropRow,
  AuditRow,
  AuditSealRow,
  AuditUnchainedRow,
  WebhookCursorRow,
  WebhookDeliveryRow,
  WebhookRow,
} from './log/audit_rows.ts'
import type { DialectNoticeRow, DialectTellingRow, DialectUseRow } from './log/dialect_rows.ts'
import type { PlanUseRow } from './log/plan_use_row.ts'
import type { DataImportRow, MeasurementCountRow, MeasurementRow, VariableRow } from './measurements/rows.ts'
import type { IdempotencyKeyRow } from './operator/rows.ts'
import type { FactorRow, RecoveryCodeRow } from './people/factor_rows.ts'
import type { MailedLinkRow } from './people/mailed_link_rows.ts'
import type {
  AcceptanceRow,
  AccessRequestRow,
  AppPasswordRow,
  ConsentRow,
  FormerUsernameRow,
  IdentityRow,
  ImportedPersonRow,
  PasskeyRow,
  PictureRow,
  ReceiptRow,
  SessionRow,
} from './people/rows.ts'

export interface GrantRow {
  id: Buffer
  key: Buffer
  client_id: string
  user_id: string | null
  /** Index into `grantStates`. */
  state: number
  end_reason: string | null
  step: number
  stepped_at: number
  generation: number
  created_at: number
  expires_at: number
  used_at: number
  used_step: number
  ended_at: number | null
  epoch: number
  attempt: Buffer | null
  label: string | null
  auth_method: string | null
  sender_key: Buffer | null
  handle: Buffer | null
  /** Number of a row in `grant_terms`. */
  terms: number
  /** What else is the grant's own of its context, as JSON. */
  own: string | null
  session_id: string | null
  /** Seconds. */
  auth_time: number | null
  nonce: string | null
  code_challenge: string | null
  client_valid_after: number
  user_valid_after: number | null
  consent_valid_after: number | null
}

/** What grants agree on: their dialect and the shared part of their context, as JSON. Never changed. */
export interface GrantTermsRow {
  id: Generated<number>
  /** SHA-256 of `terms`. */
  digest: Buffer
  terms: string
  /** Milliseconds that a grant may need them, counted from when they were last taken for a new one. */
  lasts: number
  /** When they were taken for a new grant, to the day. */
  used_at: number
}

export interface GrantRepeatRow {
  grant_id: Buffer
  network: string
  count: number
  last_at: number
}

export interface ClaimRow {
  /** Hour in which the claim expires; a bucket is dropped whole. */
  bucket: number
  kind: string
  hash: Buffer
  attempt: Buffer
}

export interface UserRow {
  number: Generated<number>
  id: string
  username: string
  username_key: string
  email: string | null
  email_key: string | null
  email_verified: number
  /** When a mail server last refused the address for good. */
  email_refused_at: number | null
  password_hash: string | null
  roles: string
  claims: string
  second_factor: number
  enabled: number
  /** When its holder closed it; it is not enabled then. */
  closing_at: number | null
  valid_after: number
  guesses_forgiven_at: number | null
  created_at: number
  updated_at: number
}

export interface FailureRow {
  key: string
  starts_at: number
  ends_at: number
  count: number
}

export interface SigningKeyRow {
  kid: string
  alg: string
  state: string
  public_jwk: string
  sealed_private: Buffer
  created_at: number
  activated_at: number | null
  retired_at: number | null
}

export interface RequestRow {
  seq: Generated<number>
  request_id: string
  client_id: string
  at: number
  endpoint: string
  method: string
  status: number
  reason: string
  rule: string
  ruleset: string
  cause: string
  expected: string | null
  got: string | null
  user_agent: string | null
  pairwise: string | null
  network: string
  authenticated: number
}

export interface UsageRow {
  day: string
  user_id: string
  count: number
}

export interface SubscriptionKeyRow {
  id: string
  owner_id: string
  name: string
  start: string
  disabled: string | null
  open_to_all: number
  created_at: number | null
  digest: string
  previous_digest: string | null
  previous_start: string | null
  previous_until: number | null
  last_used_at: number | null
  /** YYYY-MM-DD, of which `used_count` is. */
  used_on: string | null
  used_count: number
}

export interface SubscriptionKeyCollaboratorRow {
  key_id: string
  user_id: string
}

export interface SubscriptionKeyInvitationRow {
  key_id: string
  /** The username as the lists compare it; it need not be anybody's. */
  username_key: string
  username: string
  user_id: string | null
  declined: number
}

export interface ResourceRow {
  resource: string
  /** JSON. */
  scopes: string | null
  token_format: string | null
  name: string | null
  publisher: string | null
  website: string | null
  terms: string | null
  openapi: string | null
  stability: string | null
  sunset: string | null
  proxy: string | null
  client_id: string | null
}

export interface ProviderRow {
  id: string
  kind: string
  name: string | null
  issuer: string | null
  authorization_endpoint: string | null
  token_endpoint: string | null
  userinfo_endpoint: string | null
  jwks_uri: string | null
  token_info_endpoint: string | null
  scope: string | null
  client_id: string
  /** JSON of a sealed secret. */
  client_secret: string | null
  /** JSON. */
  native_client_ids: string | null
  email_authoritative: number | null
  /** JSON. */
  jwt_bearer: string | null
}

export interface SecretMarkRow {
  generation: number
  mark: string
}

export interface NodeRow {
  id: string
  release: string
  started_at: number
  seen_at: number
}

/** An account whose e-mail address another account has in another spelling, so that it is not found by it. */
export interface EmailClashRow {
  user_id: string
  other_id: string
}

export interface JobRow {
  id: string
  kind: string
  target: string | null
  /** JSON. */
  payload: string
  /** JSON of a `SealedText`. */
  secret: string | null
  due_at: number
  attempts: number
  lease: number
  error: string | null
  created_at: number
  ended_at: number | null
  outcome: string | null
  /** Milliseconds; null where nobody has asked for it again since it was taken. */
  again_after: number | null
}

/** An app that was deleted lately, for the people who had connected it. */
export interface DeletedClientRow {
  client_id: string
  name: string
  deleted_at: number
}

/** The last restore from a backup; no row where there was none. */
export interface RecoveryRow {
  one: number
  backup_at: number
  restored_at: number
  clone: number
  reapplied_until: number | null
  paused: number
  unacknowledged: number
}

/** An authorization request that an app has pushed. */
export interface PushedRequestRow {
  id: Buffer
  client_id: string
  /** JSON: names and values in order. */
  parameters: string
  expires_at: number
}

/** A request of a device that waits for a person's decision. */
export interface DeviceRequestRow {
  id: Buffer
  key: Buffer
  user_code: Buffer
  client_id: string
  /** JSON. */
  asked: string
  state: number
  asked_at: number
  expires_at: number
}

export interface Tables {
  installation: { one: number; id: Buffer; subject_salt: string | null }
  /** Counters that tell other processes what has changed where the database cannot call them. */
  signals: { name: string; value: number }
  grants: GrantRow
  grant_terms: GrantTermsRow
  grant_repeats: GrantRepeatRow
  claims: ClaimRow
  pushed_requests: PushedRequestRow
  device_requests: DeviceRequestRow
  users: UserRow
  imported_people: ImportedPersonRow
  former_usernames: FormerUsernameRow
  pictures: PictureRow
  identities: IdentityRow
  passkeys: PasskeyRow
  mailed_links: MailedLinkRow
  access_requests: AccessRequestRow
  clients: ClientRow
  client_secrets: ClientSecretRow
  client_origins: ClientOriginRow
  client_redirect_uris: ClientRedirectUriRow
  client_collaborators: ClientCollaboratorRow
  client_invitations: ClientInvitationRow
  client_testers: ClientTesterRow
  consents: ConsentRow
  consent_receipts: ReceiptRow
  sessions: SessionRow
  acceptances: AcceptanceRow
  factors: FactorRow
  recovery_codes: RecoveryCodeRow
  app_passwords: AppPasswordRow
  failures: FailureRow
  signing_keys: SigningKeyRow
  request_log: RequestRow
  audit_log: AuditRow
  audit_chains: AuditChainRow
  audit_drops: AuditDropRow
  audit_seals: AuditSealRow
  audit_unchained: AuditUnchainedRow
  webhooks: WebhookRow
  webhook_deliveries: WebhookDeliveryRow
  webhook_cursors: WebhookCursorRow
  usage: UsageRow
  dialect_uses: DialectUseRow
  app_uses: AppUseRow
  deleted_clients: DeletedClientRow
  subscription_keys: SubscriptionKeyRow
  subscription_key_collaborators: SubscriptionKeyCollaboratorRow
  subscription_key_invitations: SubscriptionKeyInvitationRow
  resources: ResourceRow
  providers: ProviderRow
  dialect_notices: DialectNoticeRow
  plans: { name: string; per_minute: number | null; per_day: number | null; per_month: number | null }
  plan_holders: { holder: string; plan: string }
  initial_tokens: {
    digest: string
    name: string
    uses_left: number | null
    expires_at: number | null
    created_at: number
  }
  plan_uses: PlanUseRow
  dialect_tellings: DialectTellingRow
  secret_marks: SecretMarkRow
  email_clashes: EmailClashRow
  nodes: NodeRow
  jobs: JobRow
  opened_by: { one: number; oldest_release: string }
  recovery: RecoveryRow
  idempotency_keys: IdempotencyKeyRow
  variables: VariableRow
  measurements: MeasurementRow
  measurement_counts: MeasurementCountRow
  data_imports: DataImportRow
}
