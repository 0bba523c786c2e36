/** How a sign-in through a provider ends that does not name a person. */
import { FetchRefused } from '../../lib/guarded_fetch.ts'

/** The provider did not answer, or not as it has to. Holds no secret and nothing of the person. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed'
  /** Whether it was out of reach, so that the same may work later. */
  readonly unreachable: boolean
  constructor(message: string, unreachable = false) {
    super(message)
    this.unreachable = unreachable
  }
}

/** The person, or the provider, said no; `error` is the provider's (RFC 6749 §4.1.2.1). */
export class ProviderDenied extends Error {
  override readonly name = 'ProviderDenied'
  readonly error: string
  constructor(error: string) {
    super(error)
    this.error = error
  }
}

/** What the guard has said of a call, where that is behind an error. */
export function refusedCall(error: unknown): FetchRefused | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof FetchRefused) return at
  return undefined
}

/** What went wrong, in words that hold nothing of the person: the guard's sentence, or the library's codes. */
export function reasonOf(error: unknown): string {
  const refused = refusedCall(error)
  if (refused !== undefined) return refused.message
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error && causes.length < 4; at = at.cause) {
    causes.push('code' in at && typeof at.code === 'string' ? at.code : at.message)
  }
  return [...new Set(causes)].join(': ').slice(0, 300)
}
