/**
 * What a person has begun: an app's own parameters, or a page of ours. A copy of it travels beside what is sealed for a
 * browser and is bound to none. Nothing has been decided in it: it can only be begun once more, from the first check, by
 * a person who clicks.
 */
import { z } from 'zod'
import type { Millis } from '../../lib/clock.ts'
import { dialects } from '../../protocol/dialects.ts'
import type { Context } from '../../runtime/context.ts'
import { type Opened, type Sealed, sealed } from '../../runtime/keys/sealed.ts'
import { claimsIn } from './checks/claims.ts'
import type { AuthorizationRequest, Found } from './request.ts'

const requestSchema = z.object({
  kind: z.literal('request'),
  dialect: z.enum(dialects),
  path: z.string(),
  parameters: z.array(z.tuple([z.string(), z.string()]).readonly()).readonly(),
})

/** An app's request at the social endpoint at `path`. */
export const socialSchema = z.object({
  kind: z.literal('social'),
  path: z.string(),
  provider: z.string(),
  redirectUrl: z.string(),
  clientId: z.string().optional(),
})
export type BegunSocial = Readonly<z.infer<typeof socialSchema>>

const pageSchema = z.object({ kind: z.literal('page'), path: z.string() })

const copies = sealed({
  purpose: 'authorization request',
  schema: z.discriminatedUnion('kind', [requestSchema, socialSchema, pageSchema]),
  // For as long as its key is known: whoever comes back late is to know what they were doing.
  life: Number.POSITIVE_INFINITY,
  version: 1,
})
const place = 'copy for no browser'

/** What a person has begun, and can begin once more. */
export type Begun = Readonly<z.infer<typeof requestSchema>> | BegunSocial | Readonly<z.infer<typeof pageSchema>>

/** The copy that travels beside what is sealed for a browser. */
export function sealCopy(context: Context, begun: Begun): string {
  return copies.seal(context, begun, { place })
}

/** What was begun, from a copy; undefined if we did not make the copy. */
export function openCopy(context: Context, copy: string): Begun | undefined {
  const opened = copies.open(context, copy, { places: [place] })
  return opened.outcome === 'open' ? opened.value : undefined
}

/** What was begun, from a copy alone or from what has one beside it; undefined for all that we did not make. */
export function begunIn(context: Context, text: string): Begun | undefined {
  return openCopy(context, copyIn(text)) ?? openCopy(context, text)
}

/** Seals a value for a place, with a copy beside it. */
export function sealBeside<Value>(
  context: Context,
  kind: Sealed<Value>,
  value: Value,
  to: { readonly copy: string; readonly place: string; readonly since: Millis },
): string {
  const { copy, place, since } = to
  return `${lengthOf(copy)}${copy}${kind.seal(context, value, { place, beside: copy, since })}`
}

/** What `sealBeside` has sealed for one of these places. */
export function openBeside<Value>(
  context: Context,
  kind: Sealed<Value>,
  text: string,
  places: readonly string[],
): Opened<Value> {
  const [copy, rest] = partsOf(text)
  return kind.open(context, rest, { places, beside: copy })
}

/** The copy beside a sealed value; empty where there is none. */
export function copyIn(text: string): string {
  return partsOf(text)[0]
}

/**
 * The copy that is bound to no browser and what is bound to one; the first three digits say how long the copy is. Both are
 * empty where the length is not spelled as we write it.
 */
function partsOf(text: string): readonly [copy: string, rest: string] {
  const end = 3 + (Number.parseInt(text.slice(0, 3), 36) || 0)
  const copy = text.slice(3, end)
  return text.startsWith(lengthOf(copy)) ? [copy, text.slice(end)] : ['', '']
}

function lengthOf(copy: string): string {
  return copy.length.toString(36).padStart(3, '0')
}

/** Parts a request into its copy, which holds what the app has sent, and what was found in it. */
export function partRequest(
  context: Context,
  request: AuthorizationRequest,
): { readonly copy: string; readonly found: Found } {
  const { asked, state, nonce, claims, acrValues, ...found } = request
  const { path, parameters } = asked
  return { copy: sealCopy(context, { kind: 'request', dialect: request.dialect, path, parameters }), found }
}

/** The request of which a copy and what was found are the parts; undefined where the copy is of something else. */
export function wholeRequest(context: Context, copy: string, found: Found): AuthorizationRequest | undefined {
  const begun = openCopy(context, copy)
  if (begun?.kind !== 'request') return undefined
  const sent = (wanted: string) => begun.parameters.find(([name]) => name === wanted)?.[1]
  return {
    ...found,
    asked: begun,
    state: sent('state'),
    nonce: sent('nonce'),
    ...claimsIn(sent('claims'), sent('acr_values')),
  }
}

/** Where what a copy holds is begun once more; undefined if we did not make the copy. Asks no database. */
export function againHrefOf(context: Context, copy: string): string | undefined {
  const begun = openCopy(context, copy)
  switch (begun?.kind) {
    case undefined:
      return undefined
    case 'request':
      return `${begun.path}?again=${copy}`
    case 'page':
      return begun.path
    case 'social': {
      const { provider, redirectUrl, clientId } = begun
      const query = { provider, redirectUrl, ...(clientId === undefined ? {} : { client_id: clientId }) }
      return `${begun.path}?${new URLSearchParams(query)}`
    }
  }
}

/** The app that was named, whether it exists or not. */
export function clientIdOf(begun: Begun): string | undefined {
  if (begun.kind === 'page') return undefined
  if (begun.kind === 'social') return begun.clientId
  return begun.parameters.find(([name]) => name === 'client_id')?.[1]
}
