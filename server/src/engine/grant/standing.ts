/** Whether a grant may still be used, judged on what stands behind it as of now. */
import type { Millis } from '../../lib/clock.ts'
import type { EndReason, GrantView } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** Why a grant does not stand: it has ended, or its user, client or consent was taken away; undefined where it does. */
export function whyNotStanding({ grant, standing }: GrantView): Refusal | undefined {
  if (grant.state === 'ended') return ended(grant.endReason ?? 'revoked_by_operator')
  if (!standing.clientEnabled) return new Refusal('client_disabled')
  if ((standing.clientValidAfter ?? Number.POSITIVE_INFINITY) > grant.clientValidAfter) {
    return new Refusal('client_invalidated')
  }
  if (grant.userId !== null) {
    // In the words of any other revocation: the state of an account is not the app's business.
    if (!standing.userEnabled || isLater(standing.userValidAfter, grant.userValidAfter))
      return new Refusal('grant_revoked')
  }
  if (grant.consentValidAfter !== null) {
    if (!standing.consentEnabled || isLater(standing.consentValidAfter, grant.consentValidAfter)) {
      return new Refusal('consent_withdrawn')
    }
  }
  return undefined
}

/** The refusal for a grant that has ended, in words that its client's owner may read. */
export function ended(reason: EndReason): Refusal {
  if (reason === 'grant_limit') return new Refusal('grant_limit_reached')
  return new Refusal('grant_revoked', { cause: endCauses[reason] })
}

const endCauses: Readonly<Record<EndReason, string>> = {
  revoked_by_user: 'The person ended this authorization.',
  revoked_by_client: 'The app revoked this authorization itself.',
  revoked_by_operator: 'The operator ended this authorization.',
  code_reused: 'Its authorization code was used twice, so the grant was ended.',
  refresh_token_reused: 'One of its older refresh tokens was used again, so the grant was ended.',
  password_changed: 'The person changed their password.',
  second_factor: 'The account got a second factor, which the way of this sign-in does not ask for.',
  grant_limit: 'The person has more live authorizations at this app than allowed.',
  signed_out: 'The person signed out.',
}

function isLater(present: Millis | null, copied: Millis | null): boolean {
  return present === null || copied === null || present > copied
}
