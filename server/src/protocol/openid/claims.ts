/**
 * The claims of a person (OIDC Core §5.1), the scopes that open them (§5.4), and the claims parameter (§5.5). The room has
 * what OpenID Connect says of people and apps beyond OAuth.
 * Not here: whose claims they are and who is told them (`engine/access_tokens/userinfo.ts`). Neighbours: the rest of
 * `protocol/`, whose client document names the addresses that are judged here. To add: a claim, its scope in the table below.
 */
import { isDeepStrictEqual } from 'node:util'

/** Claims by the scope that opens them, in the order in which they are told. */
export const claimsOfScope = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'preferred_username',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
} as const satisfies Record<string, readonly string[]>

type ClaimScope = keyof typeof claimsOfScope
export type StandardClaim = (typeof claimsOfScope)[ClaimScope][number]

const scopeByClaim: ReadonlyMap<string, ClaimScope> = new Map(
  Object.entries(claimsOfScope).flatMap(([scope, claims]) =>
    claims.map((claim): [string, ClaimScope] => [claim, scope as ClaimScope]),
  ),
)

/** The scope that opens a claim; undefined where none does. */
export function scopeOfClaim(claim: string): string | undefined {
  return scopeByClaim.get(claim)
}

/** What is wanted of one claim. A value is wanted where `values` has some. */
export interface ClaimWish {
  readonly essential: boolean
  readonly values: readonly unknown[] | undefined
}

export type ClaimWishes = ReadonlyMap<string, ClaimWish>

/** The claims that a request asks for one by one, by where they are to be told. */
export interface ClaimsRequest {
  readonly userinfo: ClaimWishes
  readonly idToken: ClaimWishes
}

/** Characters of a claims parameter: more would not fit into the addresses of our pages. */
export const longestClaims = 4096

const nothingWanted: ClaimWish = { essential: false, values: undefined }

/** Reads a claims parameter; undefined where it is not what §5.5 says. Members that nobody knows are ignored. */
export function readClaims(text: string): ClaimsRequest | undefined {
  const whole = text.length > longestClaims ? undefined : readObject(text)
  if (whole === undefined) return undefined
  const userinfo = readWishes(whole.userinfo)
  const idToken = readWishes(whole.id_token)
  return userinfo === undefined || idToken === undefined ? undefined : { userinfo, idToken }
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function readWishes(part: unknown): ClaimWishes | undefined {
  if (part === undefined || part === null) return new Map()
  if (!isObject(part)) return undefined
  const wishes = new Map<string, ClaimWish>()
  for (const [claim, member] of Object.entries(part)) {
    const wish = member === null ? nothingWanted : readWish(member)
    if (wish === undefined) return undefined
    wishes.set(claim, wish)
  }
  return wishes
}

function readWish(member: unknown): ClaimWish | undefined {
  if (!isObject(member)) return undefined
  const { essential = false, value, values } = member
  if (typeof essential !== 'boolean') return undefined
  if (values !== undefined && !Array.isArray(values)) return undefined
  if (value !== undefined && values !== undefined) return undefined
  return { essential, values: value === undefined ? values : [value] }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a claim has the value that is wanted of it. Which one is preferred says nothing: an account has one. */
export function isAsWished({ values }: ClaimWish, value: unknown): boolean {
  return values === undefined || values.some((one) => isDeepStrictEqual(one, value))
}

/** What the texts of a wish say; undefined where it wants no value. */
export function textsWished(wish: ClaimWish | undefined): readonly string[] | undefined {
  return wish?.values?.filter((value) => typeof value === 'string')
}

/** The claims that people allow by themselves: whether an address or a number is confirmed is told with it. */
export type PermittedClaim = Exclude<StandardClaim, 'email_verified' | 'phone_number_verified'>

const permissionPrefix = 'openid#'

/**
 * The name under which it is remembered that a person lets an app see one claim. It stands among the scopes of their yes,
 * and nobody can ask for it as a scope.
 */
export function claimPermission(claim: string): string {
  return permissionPrefix + claim.replace(/^(email|phone_number)_verified$/, '$1')
}

/** The claim that a permission is about; undefined where it is a scope. */
export function claimPermitted(permission: string): PermittedClaim | undefined {
  if (!permission.startsWith(permissionPrefix)) return undefined
  const claim = permission.slice(permissionPrefix.length)
  return scopeByClaim.has(claim) && claimPermission(claim) === permission ? (claim as PermittedClaim) : undefined
}

/** Whether these are the claims of an ID token (§2): a signed UserInfo answer names nobody's sign-in, and has no end. */
export function isIdToken(
  claims: Readonly<Record<string, unknown>>,
): claims is Readonly<Record<string, unknown>> & { readonly sub: string; readonly exp: number } {
  return typeof claims.sub === 'string' && typeof claims.exp === 'number'
}
