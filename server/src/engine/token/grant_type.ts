/** What a grant type is to the token pipeline: the request that it reads, its rules, and what it proves. */
import type { Millis } from '../../lib/clock.ts'
import type { Form } from '../../lib/form.ts'
import type { CredentialKind, GrantView } from '../../protocol/grant.ts'
import type { Context } from '../../runtime/context.ts'
import type { RuleName } from '../../runtime/log/rules.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { AuditEvent } from '../../storage/contract.ts'
import type { AuthenticatedClient } from '../client/client_authentication.ts'
import type { SenderKey } from '../client/dpop.ts'

/**
 * A grant type of the token endpoint (RFC 6749 §4), one value in each file of `grants/`. Its functions are methods, so
 * that one table holds them all: a request reaches only the grant type of its own name.
 */
export interface GrantType<Request extends { readonly grantType: string }> {
  /** The value of `grant_type` on the wire. */
  readonly name: Request['grantType']
  /** Its rules in the order in which they are run, after those of every token request. */
  readonly rules: readonly RuleName[]
  /**
   * Reads the request under the standard's names. Throws Refusal. Left out where only older protocols have the grant type,
   * which read it in their own way: then the token endpoint does not know it, and discovery does not name it.
   */
  decode?(form: Form): Request
  /** Proves what the client asks for, and changes nothing. Throws Refusal. */
  prove(context: Context, request: Request, sender: Sender, trace: Trace): Promise<Proof>
}

/** Who asks: the client as it has authenticated, and the key that it has proved to hold (RFC 9449), if any. */
export interface Sender extends AuthenticatedClient {
  readonly senderKey: SenderKey | undefined
}

/** What a grant type has proved, and by that what becomes of the grant. */
export type Proof = AdvancesGrant | BeginsGrant | UsesGrant

interface Proved extends GrantView {
  /** What the access token may be used for. */
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  /** When the access token ends at the latest, where something else than its app and grant says so. */
  readonly until?: Millis | undefined
}

/** A one-time credential of an existing grant, by which the grant takes its next step. */
export interface AdvancesGrant extends Proved {
  readonly kind: 'advance'
  readonly credential: CredentialKind
  /** Step of the credential, and when it was issued (milliseconds). */
  readonly step: number
  readonly issued: number
}

/** A new grant, to be stored. */
interface BeginsGrant extends Proved {
  readonly kind: 'begin'
  /** Its access token, where that is not derived from the grant. */
  readonly accessToken: string | undefined
  /** What the audit log says of it, stored with the grant. */
  readonly event: AuditEvent
}

/** A stored grant that takes no step, such as the client's own: each answer is a token of its own. */
interface UsesGrant extends Proved {
  readonly kind: 'use'
}
