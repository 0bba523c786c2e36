/** What pages show of the operator. */
export interface Brand {
  readonly name: string
  /** Path of the logo. */
  readonly logo?: string | undefined
  /** Path of the stylesheet with the operator's colours. */
  readonly styles: string
  /** Where people get help: an https or mailto URL. */
  readonly support?: string | undefined
  readonly terms?: string | undefined
  readonly privacy?: string | undefined
  /** Where the operator says how the service is. */
  readonly status?: string | undefined
  /** Whether pages say what the server runs on. */
  readonly footer: boolean
}
