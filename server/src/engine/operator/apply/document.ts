/** The operator's document: its sections and members, and what is wrong with one, named by its place. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { canonicalEmail, canonicalUsername, emailProblem, usernameProblem } from '../../../protocol/account_names.ts'
import { clientSchemaWith, visibleText } from '../../../protocol/client_metadata.ts'
import { givenClientId, roles } from '../../../protocol/names.ts'
import { addressProblem } from '../../../protocol/openid/client_addresses.ts'
import { isAdminScope, parseScope } from '../../../protocol/scope.ts'
import { type ScopeEntry, scopeEntrySchema } from '../../../protocol/scope_entry.ts'
import { defaultMetadata, fixedMetadata, isFixed } from '../../../runtime/kept/builtin_clients.ts'
import { keyDigest, keyPattern, keyStart } from '../../../runtime/kept/subscription_keys.ts'
import { type HashProblem, readPasswordHash } from '../../../runtime/limits/password_hash.ts'
import { passwordBytes } from '../../../runtime/limits/passwords.ts'
import { en } from '../../../words/en/index.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { problemAt, problemsOf } from '../../../words/schema_problem.ts'
import { claims, short, text, webUrl } from '../../account/profile/claims.ts'
import { usesAdminApi } from '../../grant/scopes.ts'

/** A document that cannot be applied; one problem a line, each beginning with its place. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const username = text
  .transform(canonicalUsername)
  .superRefine((value, context) => explain(context, usernameProblem(value)))

const email = text.transform(canonicalEmail).superRefine((value, context) => explain(context, emailProblem(value)))

function explain(context: z.RefinementCtx, problem: FormProblem | undefined): void {
  if (problem !== undefined) context.addIssue({ code: 'custom', message: sayProblem(en, problem) })
}

/** What a strict object says of members that it does not have; everything else is said by the schema itself. */
function unknown(text: string): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => (issue.code === 'unrecognized_keys' ? text : undefined)
}

const user = z.strictObject({
  username,
  email: email.nullable().optional(),
  email_verified: z.boolean().optional(),
  password: text
    .min(1, 'is empty')
    .refine((value) => Buffer.byteLength(value) <= passwordBytes, 'is longer than 1,024 bytes')
    .optional(),
  /** A hash of the password, as `export` writes it; taken where the document makes the account. */
  password_hash: text
    .superRefine((value, context) => {
      const hash = readPasswordHash(value)
      if (typeof hash === 'string') context.addIssue({ code: 'custom', message: hashProblems[hash] })
    })
    .optional(),
  enabled: z.boolean().optional(),
  /** Said by `export` for `import`, which keeps them. */
  id: short.optional(),
  created_at: short.optional(),
  roles: z
    .array(z.enum(roles))
    .transform((names) => [...new Set(names)])
    .optional(),
  claims: claims.optional(),
})

/** What is wrong with the hash of a password or secret. */
const hashProblems: Readonly<Record<HashProblem, string>> = {
  hash_unknown: 'is a hash of a kind that cannot be checked here',
  hash_malformed: 'is a broken hash',
  hash_too_costly: 'is a hash whose check would take too much time or memory',
}

/** SHA-256 of a secret, or a hash as passwords have it. */
const secretHash = text.superRefine((value, context) => {
  if (/^sha256:[0-9a-f]{64}$/.test(value)) return
  const hash = readPasswordHash(value)
  if (typeof hash === 'string') context.addIssue({ code: 'custom', message: hashProblems[hash] })
})

/** Who shares an app or a subscription key with its owner. */
const collaborators = z.array(username).max(1000).optional()

const planName = text.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a to z, 0 to 9, hyphen and underscore')
/** Null takes the plan away. */
const heldPlan = planName.nullable().optional()
const quota = z.int().min(1, 'must be a whole number, 1 or more').max(1_000_000_000_000).optional()

/** How much may be asked for; a period that is left out has no limit. */
const plan = z
  .strictObject({ name: planName, per_minute: quota, per_day: quota, per_month: quota })
  .refine(({ name, ...periods }) => Object.values(periods).some((limit) => limit !== undefined), {
    message: 'sets no limit: name per_minute, per_day or per_month',
  })

const clientId = text.regex(
  givenClientId,
  'must be 1 to 255 printable ASCII characters without space, and not begin with https://',
)

/** The members that are ours, then everything else as the client's metadata. */
const client = z
  .looseObject({
    client_id: clientId.refine((id) => !isFixed(id), 'is that of a built-in client, which cannot be changed'),
    client_secret: text.regex(/^[\x20-\x7e]{32,1000}$/, 'must have 32 to 1,000 printable ASCII characters').optional(),
    /** As `export` writes them, an empty list for an app that has none yet; taken where the document makes the client. */
    client_secret_hashes: z.array(secretHash).max(20).optional(),
    status: z.enum(['enabled', 'pending', 'disabled']).optional(),
    owner: username.nullable().optional(),
    collaborators,
    verified: z.boolean().optional(),
    plan: heldPlan,
  })
  .transform(
    (
      { client_id, client_secret, client_secret_hashes, status, owner, collaborators, verified, plan, ...rest },
      context,
    ) => {
      const fixed = fixedMetadata(client_id)
      for (const [name, value] of Object.entries(fixed)) {
        if (rest[name] === undefined || isDeepStrictEqual(rest[name], value)) continue
        context.addIssue({ code: 'custom', path: [name], message: 'cannot be changed: this client is built in' })
      }
      const metadata = clientSchemaWith('any').safeParse({ ...defaultMetadata(client_id), ...rest, ...fixed })
      if (metadata.success) {
        if (metadata.data.backchannel_logout_uri?.includes('#')) {
          const message = 'must have no fragment (OpenID Connect Back-Channel Logout 1.0 §2.2)'
          context.addIssue({ code: 'custom', path: ['backchannel_logout_uri'], message })
          return z.NEVER
        }
        const address = addressProblem(metadata.data)
        if (address !== undefined) {
          const { member, problem } = address
          context.addIssue({ code: 'custom', path: [member], params: { problem } })
          return z.NEVER
        }
        if (!usesAdminApi({ metadata: metadata.data }) && parseScope(metadata.data.scope ?? '')?.some(isAdminScope)) {
          const message = 'holds a scope of the admin API, which needs admin_api or admin_role beside it'
          context.addIssue({ code: 'custom', path: ['scope'], message })
          return z.NEVER
        }
        const namesMethod = { ...rest, ...fixed }.token_endpoint_auth_method !== undefined
        const own = { client_id, client_secret, client_secret_hashes, status, owner, collaborators, verified, plan }
        return { ...own, metadata: metadata.data, namesMethod }
      }
      for (const { path, message } of problemsOf(metadata.error, rest, [])) {
        context.addIssue({ code: 'custom', path: [...path], message })
      }
      return z.NEVER
    },
  )

/** A scope of the admin API means nothing anywhere else. */
const ownScope = scopeEntrySchema.refine((entry) => !isAdminScope(scopeName(entry)), 'is a scope of the admin API')

const scopeName = (entry: string | ScopeEntry) => (typeof entry === 'string' ? entry : entry.name)

const resource = z.strictObject({
  resource: text
    .max(500)
    .refine(
      (value) => URL.canParse(value) && /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(value),
      'must be an absolute URI',
    )
    .refine((value) => !value.includes('#'), 'must have no fragment (RFC 8707 §2)'),
  scopes: z
    .array(ownScope)
    .max(64)
    .refine((entries) => new Set(entries.map(scopeName)).size === entries.length, 'has a scope twice')
    .optional(),
  token_format: z.enum(['opaque', 'jwt']).optional(),
  name: visibleText.optional(),
  publisher: visibleText.optional(),
  website: webUrl.optional(),
  terms: webUrl.optional(),
  /** The API's description: a URL, or a file beside the server. */
  openapi: short.optional(),
  stability: visibleText.optional(),
  /** The day on which the API is switched off. */
  sunset: text
    .refine(
      (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)),
      'must be a day, as 2030-12-31',
    )
    .optional(),
  /** The name under which proxies ask whether to let a request to it through. */
  proxy: text
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a to z, 0 to 9, full stop, hyphen and underscore')
    .optional(),
  /** The client that it authenticates as, where it asks about tokens and reports calls. */
  client_id: clientId.optional(),
})

/** The names of all members of an entry of the section `resources`. */
export const resourceMembers = Object.keys(resource.shape) as readonly (keyof typeof resource.shape)[]

/** Where a provider's issuer needs no telling. */
const knownIssuers: ReadonlyMap<string, string> = new Map([['google', 'https://accounts.google.com']])

/** Whose keys sign, and the apps that the operator agrees to for everybody (RFC 7523 §2.1). */
const jwtBearer = z.strictObject({
  jwks: z
    .strictObject({
      keys: z
        .array(z.looseObject({ kty: z.string() }))
        .min(1)
        .max(20),
    })
    .refine(({ keys }) => keys.every((key) => !('d' in key) && !('k' in key)), 'must hold public keys alone')
    .optional(),
  agreed: z
    .array(
      z.strictObject({
        client_id: clientId,
        scope: text.refine((value) => (parseScope(value) ?? []).length > 0, 'is not a list of scopes'),
      }),
    )
    .max(100)
    .refine((list) => new Set(list.map((one) => one.client_id)).size === list.length, 'has a client twice')
    .optional(),
})

const provider = z
  .strictObject({
    id: text
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a to z, 0 to 9, hyphen and underscore')
      .refine(
        (value) => !value.startsWith('callback'),
        'must not begin with callback, which old apps look for in every address',
      ),
    kind: z.enum(['oidc', 'oauth2', 'facebook']),
    name: visibleText.optional(),
    issuer: webUrl.optional(),
    authorization_endpoint: webUrl.optional(),
    token_endpoint: webUrl.optional(),
    userinfo_endpoint: webUrl.optional(),
    jwks_uri: webUrl.optional(),
    token_info_endpoint: webUrl.optional(),
    scope: text.refine((value) => parseScope(value) !== undefined, 'is not a list of scopes').optional(),
    client_id: short,
    client_secret: short.optional(),
    native_client_ids: z.array(short).max(20).optional(),
    email_authoritative: z.boolean().optional(),
    jwt_bearer: jwtBearer.optional(),
  })
  .transform((entry) => {
    const issuer = entry.issuer ?? (entry.kind === 'oidc' ? knownIssuers.get(entry.id) : undefined)
    return issuer === undefined ? entry : { ...entry, issuer }
  })
  .superRefine((entry, context) => {
    const { jwt_bearer: assertions } = entry
    const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (assertions !== undefined && entry.kind !== 'oidc') say(['jwt_bearer'], 'is for providers of kind oidc alone')
    if (assertions !== undefined && (assertions.jwks === undefined) === (entry.jwks_uri === undefined)) {
      say(['jwt_bearer'], 'needs the keys of the provider: either jwks in it, or jwks_uri beside it')
    }
    const needed =
      entry.kind === 'oidc'
        ? (['issuer'] as const)
        : entry.kind === 'oauth2'
          ? (['authorization_endpoint', 'token_endpoint'] as const)
          : []
    for (const name of needed) {
      if (entry[name] === undefined) say([name], `is missing: a provider of kind ${entry.kind} needs it`)
    }
  })

const subscriptionKey = z
  .strictObject({
    key: z.string().regex(keyPattern, 'must be 32 letters and digits').optional(),
    /** SHA-256 of the key in base64url, as `export` writes it in place of the key. */
    key_digest: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 in base64url')
      .optional(),
    /** Its first characters, where the key itself is not there to be seen. */
    start: z
      .string()
      .regex(/^[A-Za-z0-9]{0,4}$/, 'must be up to 4 letters and digits')
      .optional(),
    owner: username,
    name: visibleText.optional(),
    disabled: z.boolean().optional(),
    collaborators,
    open_to: z.enum(['team', 'all']).optional(),
    plan: heldPlan,
  })
  .transform(({ key, key_digest, start, ...entry }, context) => {
    const digest = key === undefined ? key_digest : keyDigest(key)
    if (digest !== undefined) return { ...entry, digest, start: key === undefined ? (start ?? '') : keyStart(key) }
    context.addIssue({ code: 'custom', path: ['key'], message: 'is missing' })
    return z.NEVER
  })

const sections = {
  users: z.array(user).optional(),
  plans: z.array(plan).optional(),
  clients: z.array(client).optional(),
  resources: z.array(resource).optional(),
  providers: z.array(provider).optional(),
  subscription_keys: z.array(subscriptionKey).optional(),
}

const documentSchema = z.strictObject(sections, {
  error: unknown(`Unknown section (expected ${Object.keys(sections).join(', ')})`),
})

export type ApplyDocument = z.infer<typeof documentSchema>
export type Section = keyof ApplyDocument
export type PlanEntry = z.infer<typeof plan>
export type UserEntry = z.infer<typeof user>
export type ClientEntry = z.infer<typeof client>
export type ResourceEntry = z.infer<typeof resource>
export type ProviderEntry = z.infer<typeof provider>
export type SubscriptionKeyEntry = z.infer<typeof subscriptionKey>

/** What makes an entry the same one as before, and what must not stand in a section twice. */
const unique: { readonly [Name in Section]: readonly string[] } = {
  users: ['username', 'email'],
  plans: ['name'],
  clients: ['client_id'],
  resources: ['resource', 'proxy'],
  providers: ['id'],
  subscription_keys: ['digest'],
}

/** Reads a document. Throws DocumentError. */
export function parseDocument(json: string): ApplyDocument {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch (error) {
    // The message of the parser may quote the document, and with it a secret.
    const place =
      error instanceof Error ? /position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined
    throw new DocumentError([`The document is not valid JSON${place === undefined ? '' : ` (${place})`}`])
  }
  const result = documentSchema.safeParse(content)
  if (!result.success) {
    throw new DocumentError(problemsOf(result.error, content, []).map(({ path, message }) => problemAt(path, message)))
  }
  const repeated = repetitions(result.data)
  if (repeated.length > 0) throw new DocumentError(repeated)
  return result.data
}

/** One entry of the section `resources`, given by itself. Throws DocumentError. */
export function parseResource(content: unknown): ResourceEntry {
  const result = resource.safeParse(content)
  if (result.success) return result.data
  throw new DocumentError(problemsOf(result.error, content, []).map(({ path, message }) => problemAt(path, message)))
}

function repetitions(document: ApplyDocument): string[] {
  return Object.entries(unique).flatMap(([section, members]) =>
    members.flatMap((member) => {
      const seen = new Map<string, number>()
      return (document[section as Section] ?? []).flatMap((entry, at) => {
        const value = (entry as Record<string, unknown>)[member]
        if (typeof value !== 'string') return []
        // Names of people and addresses are compared in lower case, everything else to the letter.
        const key = section === 'users' ? value.toLowerCase() : value
        const first = seen.get(key)
        seen.set(key, first ?? at)
        const told = member === 'digest' ? 'key' : member
        return first === undefined ? [] : [problemAt([section, at, told], `is the same as in ${section}[${first}]`)]
      })
    }),
  )
}
