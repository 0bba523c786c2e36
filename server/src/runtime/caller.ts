/** Who is behind a request, for the log and the throttles. */

/** Who is calling, as far as the transport knows. */
export interface Caller {
  readonly requestId: string
  /** Address of the peer, or as told by a trusted proxy. Never logged for app owners. */
  readonly address: string
  readonly userAgent: string | null
}

/** Where something is tried out that nobody has asked for. */
export const nobody: Caller = { requestId: '', address: '', userAgent: null }
