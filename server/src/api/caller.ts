/** Who calls the resource API, and what the API is given to work with. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ApiCaller } from '../engine/access_tokens/api_caller.ts'
import type { ConnectedApp } from '../engine/account/apps/connected_apps.ts'
import type { AppDescription } from '../engine/developer/app_directory.ts'
import type { MeasurementsContext } from '../engine/measurements/measurements.ts'
import { bodyTokens, showsTokenInAddress } from '../http/bearer_token.ts'
import type { Audience } from '../http/endpoint.ts'
import { sayQuota } from '../http/quota_headers.ts'
import type { ClientId } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'

/** Where a token is looked for: before the body is read, with it, or before it again, which counts as no further use. */
export type TokenRead = 'head' | 'body' | 'again'

export interface ApiOptions {
  readonly context: MeasurementsContext & Pick<Context, 'appUses'>
  /**
   * Proves the access token of a request. Any one of `scopes` is enough; an empty list asks for no scope. A Refusal
   * where the token is missing, not valid or not enough; the last with the scopes that it does have as `got`. Asked
   * before the body is read, it answers undefined where the token may be in there, and is asked again with the body.
   */
  readonly authenticate: (
    request: FastifyRequest,
    scopes: readonly string[],
    read: TokenRead,
  ) => Promise<ApiCaller | Refusal | undefined>
  readonly apps: ApiApps
  /** Makes the hook that lets pages on other origins call. */
  readonly allowPages: (audience: Audience) => onRequestHookHandler
  /** The page around the reference. */
  readonly referencePage: ReferencePage
}

/** Draws the page around the reference. */
export type ReferencePage = (
  request: FastifyRequest,
  parts: {
    /** Where what reads the reference finds it without a script. */
    readonly documentHref: string
    readonly styles: readonly string[]
    readonly scripts: readonly string[]
  },
) => Promise<string>

/** What the API tells of apps and of what people let them do. */
export interface ApiApps {
  /** The app of this id, and whether it knows its secret. Throws a Refusal where too many wrong ones came. */
  describe(request: FastifyRequest, clientId: ClientId, secret?: string): Promise<AppDescription | undefined>
  /** The apps that may act for the person. */
  listConnected(account: ApiCaller['account']): Promise<readonly ConnectedApp[]>
  /** Ends all that an app may do for the caller; false where it may do nothing. */
  disconnect(request: FastifyRequest, caller: ApiCaller, clientId: ClientId, reason: string | null): Promise<boolean>
}

/** The scopes of this API. A token with any of them is a token for it. */
export const apiScopes = ['basic', 'readmeasurements', 'writemeasurements'] as const

/** A Fastify instance whose routes are typed by their zod schemas. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** One spelling of the API's base path. */
export interface ApiVersion {
  readonly prefix: string
  /** From 4 on a resource is wrapped in a member of its name. */
  readonly number: number
  /** The reference describes one version; the others answer the same. */
  readonly documented: boolean
}

const decorator = 'apiCaller'
const scopesDecorator = 'apiScopes'
const recordsDecorator = 'apiRecords'

/** Makes room for the caller on the requests of this instance, and looks at those whose token is in the body. */
export function prepareCallers(app: ApiInstance, { authenticate }: ApiOptions): void {
  app.decorateRequest(decorator, null)
  app.decorateRequest(scopesDecorator, null)
  app.decorateRequest(recordsDecorator, 0)
  app.addHook('preValidation', async (request, reply) => {
    const scopes = request.getDecorator<readonly string[] | null>(scopesDecorator)
    if (scopes === null) return
    if (request.getDecorator(decorator) !== null && bodyTokens(request.body).length === 0) return
    await admit(authenticate, request, scopes, 'body')
    spend(request, reply)
  })
}

/** Counts what apps did for people, once it is answered. `tags` of a route name what it is about, as in the reference. */
export function countUses(app: ApiInstance, context: Pick<Context, 'appUses'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const caller = findCaller(request)
    const [resource] = (request.routeOptions.schema as { readonly tags?: readonly string[] } | undefined)?.tags ?? []
    if (caller !== undefined && resource !== undefined && reply.statusCode < 400) {
      const { account, clientId } = caller
      const records = request.getDecorator<number>(recordsDecorator)
      context.appUses.count({ userId: account.id, clientId, resource, writes: request.method !== 'GET', records })
    }
    done()
  })
}

/** Notes how many records a request has read or changed, for the person to see. */
export function noteRecords(request: FastifyRequest, records: number): void {
  request.setDecorator(recordsDecorator, records)
}

/** Lets the request in, or throws the Refusal. */
async function admit(
  authenticate: ApiOptions['authenticate'],
  request: FastifyRequest,
  scopes: readonly string[],
  read: TokenRead,
): Promise<void> {
  const caller = await authenticate(request, scopes, read)
  if (caller instanceof Refusal)
    throw caller.reason === 'scope_insufficient' ? withScope(caller, scopes[0] ?? '') : caller
  if (caller === undefined && read === 'body') throw new Refusal('token_missing')
  if (read !== 'again') request.setDecorator(decorator, caller ?? null)
}

/** Says what is left of the plan of whoever was let in. Throws the Refusal where nothing was. */
function spend(request: FastifyRequest, reply: FastifyReply): void {
  const quota = findCaller(request)?.quota
  if (quota === undefined) return
  sayQuota(reply, quota)
  if (quota.refusal !== undefined) throw quota.refusal
}

/** The refusal with the scope that is needed. */
function withScope({ reason, detail }: Refusal, scope: string): Refusal {
  const { got } = detail
  return new Refusal(reason, { scope, ...(got !== undefined && { text: insufficient(scope, got) }), ...detail })
}

/**
 * A hook that lets a request in before its body is read, if its token has any one of the scopes; a token in the body is
 * looked at once that is read. The first scope is what a client is told to ask for.
 */
export function requireScope({ authenticate }: ApiOptions, ...scopes: readonly [string, ...string[]]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    request.setDecorator(scopesDecorator, scopes)
    await admit(authenticate, request, scopes, 'head')
    spend(request, reply)
  }
}

/**
 * What was read, unless the caller's token has ended while that took its time: then nothing is told. Throws the Refusal.
 * Nothing happens to a request without a caller.
 */
export async function whileAllowed<T>(
  { authenticate }: ApiOptions,
  request: FastifyRequest,
  reading: Promise<T>,
): Promise<T> {
  const answer = await reading
  if (findCaller(request) !== undefined) await admit(authenticate, request, ['readmeasurements'], 'again')
  return answer
}

/** What clients of the older API have been reading since. */
function insufficient(needed: string, got: string): string {
  return (
    `The request requires higher privileges (scope ${needed} required) than provided by the access token ` +
    `(scope ${got} associated with provided access token).`
  )
}

/** Throws `scope_insufficient` unless the caller's token has the scope, for what only some uses of a route need. */
export function requireHeldScope({ scope: held }: ApiCaller, scope: string): void {
  if (held.includes(scope)) return
  const got = held.join(' ')
  throw new Refusal('scope_insufficient', { scope, got, text: insufficient(scope, got) })
}

/**
 * A hook that lets everybody in, and knows the caller of a token with the scope. A token that is no good is refused all
 * the same: who sends one must learn that it has expired.
 */
export function noticeScope({ authenticate }: ApiOptions, scope: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await authenticate(request, [scope], 'head')
    const none = caller === undefined || caller instanceof Refusal
    if (none && caller !== undefined && !['token_missing', 'scope_insufficient'].includes(caller.reason)) throw caller
    request.setDecorator(decorator, none ? null : caller)
    spend(request, reply)
  }
}

/**
 * A hook for what needs no token and takes no notice of one: a token that is shown in two places is refused all the same,
 * as everywhere.
 */
export function refuseTwoTokens(options: ApiOptions) {
  const notice = noticeScope(options, apiScopes[0])
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.headers.authorization !== undefined && showsTokenInAddress(request)) await notice(request, reply)
  }
}

/** The caller that `requireScope` let in. */
export function callerOf(request: Pick<FastifyRequest, 'getDecorator'>): ApiCaller {
  return request.getDecorator<ApiCaller>(decorator)
}

/** The caller that `noticeScope` knows. */
export function findCaller(request: Pick<FastifyRequest, 'getDecorator'>): ApiCaller | undefined {
  return request.getDecorator<ApiCaller | null>(decorator) ?? undefined
}
