/**
 * What somebody is on the way to who was sent to a provider. It travels in two parts: a copy with which the same can be
 * begun anew in any browser, and the rest, which is for the browser that set out.
 */
import { z } from 'zod'
import type { Context } from '../../runtime/context.ts'
import { type Begun, type BegunSocial, partRequest, sealCopy, socialSchema, wholeRequest } from '../authorize/begun.ts'
import { type AuthorizationRequest, foundSchema } from '../authorize/request.ts'

/** What the person was on the way to. */
export type Destination = EntryDestination | ConnectDestination

/** Where somebody goes who is to be found out by the provider's answer. */
export type EntryDestination =
  /** Signing in here, for an app's request or a page of ours. */
  | {
      readonly kind: 'sign_in'
      readonly request?: AuthorizationRequest | undefined
      readonly next?: string | undefined
      /** Whether a page of ours wants them to prove themselves again. */
      readonly anew?: boolean | undefined
    }
  /** A code for an app at the social endpoints. */
  | SocialDestination

export type SocialDestination = BegunSocial

/** One more way into the account of a session, which has to be there still when the provider has answered. */
const connectSchema = z.object({
  kind: z.literal('connect'),
  session: z.templateLiteral(['ses_', z.string()]),
  /** The account's `updatedAt` at the start, as in a PendingLink. */
  asOf: z.number(),
})
export type ConnectDestination = Readonly<z.infer<typeof connectSchema>>

/** A destination without what stands in its copy, of somebody who is to be found out, and of anybody. */
export const keptEntrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sign_in'),
    found: foundSchema.optional(),
    next: z.string().optional(),
    anew: z.boolean().optional(),
  }),
  socialSchema,
])
export const keptSchema = z.union([keptEntrySchema, connectSchema])
type KeptEntry = Readonly<z.infer<typeof keptEntrySchema>>
type Kept = Readonly<z.infer<typeof keptSchema>>

interface Parts<Rest> {
  readonly copy: string
  readonly kept: Rest
}

/** Parts a destination into its copy and the rest. */
export function partDestination(context: Context, destination: EntryDestination): Parts<KeptEntry>
export function partDestination(context: Context, destination: Destination): Parts<Kept>
export function partDestination(context: Context, destination: Destination): Parts<Kept> {
  if (destination.kind !== 'sign_in') return { copy: sealCopy(context, begunOf(destination)), kept: destination }
  const { request, ...rest } = destination
  if (request === undefined) return { copy: sealCopy(context, begunOf(destination)), kept: rest }
  const { copy, found } = partRequest(context, request)
  return { copy, kept: { ...rest, found } }
}

/** What a person begins anew who is not on the way to an app's authorization request. */
function begunOf(destination: Destination): Begun {
  switch (destination.kind) {
    case 'sign_in':
      return { kind: 'page', path: destination.next ?? '/login' }
    case 'connect':
      return { kind: 'page', path: '/account/security' }
    case 'social':
      return destination
  }
}

/** The destination of which a copy and the rest are the parts; undefined where the copy is of something else. */
export function wholeDestination(context: Context, copy: string, kept: KeptEntry): EntryDestination | undefined
export function wholeDestination(context: Context, copy: string, kept: Kept): Destination | undefined
export function wholeDestination(context: Context, copy: string, kept: Kept): Destination | undefined {
  if (kept.kind !== 'sign_in') return kept
  const { found, ...rest } = kept
  if (found === undefined) return rest
  const request = wholeRequest(context, copy, found)
  return request && { ...rest, request }
}
