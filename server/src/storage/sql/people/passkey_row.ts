/** A row of the table of passkeys, as `../schema.ts` has the others. */
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
