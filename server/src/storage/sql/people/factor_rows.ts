/** The tables of second factors. */

export interface FactorRow {
  user_id: string
  totp_seed: string | null
  totp_generation: number | null
  totp_step: number | null
  totp_failures: number
  totp_created_at: number | null
  totp_used_at: number | null
  recovery_key: string | null
  recovery_generation: number | null
  recovery_failures: number
  recovery_created_at: number | null
  removal_at: number | null
  link_at: number | null
}

export interface RecoveryCodeRow {
  user_id: string
  digest: Buffer
  used_at: number | null
}
