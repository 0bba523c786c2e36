/** Who is behind a request, for the log, the throttles and the protocols that a client may use. */
import type { Dialect } from '../protocol/names.ts'

/** Who is calling, as far as the transport knows. */
export interface Caller {
  readonly requestId: string
  /** Address of the peer, or as told by a trusted proxy. Never logged for app owners. */
  readonly address: string
  readonly userAgent: string | null
  readonly dialect: Dialect
}
