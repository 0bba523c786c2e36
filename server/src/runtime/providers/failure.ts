/** How a sign-in through a provider ends that does not name a person. */

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
