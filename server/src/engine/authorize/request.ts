/** An authorization request that has passed its checks, as it is carried from page to page. */
import { z } from 'zod'
import { dialects } from '../../protocol/dialects.ts'
import type { ClaimsRequest } from '../../protocol/openid/claims.ts'
import { responseModes } from '../../protocol/response_type.ts'
import { ticketSchema } from './ticket.ts'

/** What was found in a request. Beside it travels what the app has sent (`begun.ts`). */
export const foundSchema = z.object({
  dialect: z.enum(dialects),
  clientId: z.string(),
  redirectUri: z.string(),
  redirectUriSent: z.boolean(),
  /** How the answer comes to the redirect URI, errors included. */
  mode: z.enum(responseModes),
  /** The tokens to answer with, and whether a code comes with them; a code alone where there is none. */
  frontChannel: z.object({ accessToken: z.boolean(), idToken: z.boolean(), code: z.boolean().optional() }).optional(),
  scope: z.array(z.string()).readonly(),
  resources: z.array(z.string()).readonly(),
  codeChallenge: z.string().optional(),
  /** Thumbprint of the key that the code is to be bound to (RFC 9449 §10). */
  dpopJkt: z.string().optional(),
  prompt: z.array(z.string()).readonly(),
  /** Seconds. */
  maxAge: z.number().optional(),
  loginHint: z.string().optional(),
  /** The subject that the id_token_hint names, and how that token itself calls them, where it does. */
  hintSubject: z.string().optional(),
  hintSector: z.string().optional(),
  hintName: z.string().optional(),
  /** The subjects of which the person has to be one (OIDC Core §5.5.1), and the sector in which they are named. */
  subjectsWanted: z.array(z.string()).readonly().optional(),
  subjectSector: z.string().optional(),
  /** When it came in; a sign-in that prompt or max_age ask for must be later. Milliseconds. */
  startedAt: z.number(),
  /** What the app was where its document says that: what has become another one since is not answered (`document_form.ts`). */
  clientForm: z.string().optional(),
  /** What claims it at its completion, where the app had pushed it (RFC 9126). */
  pushed: z.object({ id: z.string(), claimedUntil: z.number() }).optional(),
  /** The ticket that it came with: who the person is, for this one request. */
  ticket: ticketSchema.optional(),
})
export type Found = Readonly<z.infer<typeof foundSchema>>

/** What an app has asked for, as it came: the path, and the parameters that hold nothing secret. */
export interface Asked {
  readonly path: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

export interface AuthorizationRequest extends Found {
  readonly state?: string | undefined
  readonly nonce?: string | undefined
  /** What it asks to be told of the person, claim by claim (OIDC Core §5.5). */
  readonly claims?: ClaimsRequest | undefined
  /** The classes of sign-in that it would like, the best first (`acr_values`, OIDC Core §3.1.2.1). */
  readonly acrValues?: readonly string[] | undefined
  /** What the app has sent, so that the request can be begun anew. */
  readonly asked: Asked
}
