/**
 * The wire formats by which a grant can come about (design word: dialect), and what is peculiar to each: one row, read
 * by every layer. What no row says is as the standard has it.
 */

/** The client that a dialect has instead of those of developers: its apps send people's passwords (RFC 6749 §4.3). */
export interface PasswordClient {
  readonly clientId: string
  /** What account holders read in their lists. */
  readonly name: string
  readonly tokenFormat: 'handle' | 'login_jwt'
  /** Whether a refresh token goes with it; each then has an age of its own. */
  readonly refreshes: boolean
}

export interface DialectFacts {
  /** Seconds that what it issues lives, where that is not for the settings. */
  readonly lives?: { readonly code?: number; readonly accessToken?: number; readonly refreshToken?: number }
  /** Seconds that an access token of its apps has to live at least. */
  readonly leastAccessTokenLife?: number
  /** Whether authorization responses have an empty state where none was sent, and nothing behind it: no issuer. */
  readonly stateLast?: true
  /** Whether tokens may be asked for in the redirect at all. */
  readonly frontChannel?: 'implicit' | 'every'
  /** Whether access tokens may come in query or body. */
  readonly tokenOutsideHeader?: true
  /** Whether its apps have people sign in through providers for a ticket, and pages to land on. */
  readonly socialSignIn?: true
  /** Whether its callers show a developer's subscription key. */
  readonly subscriptionKeys?: true
  /** The client of a dialect at which no other can ask. */
  readonly passwordClient?: PasswordClient
  /** Parts of it that the operator can retire alone, by their paths. */
  readonly versions?: readonly string[]
}

const day = 86_400

const table = {
  oauth: { frontChannel: 'every' },
  // Old apps count on the lives that their servers gave. QuantiModo's phone apps renew a day before the end, so a short
  // life would make them renew before each call; and they cut the address apart by hand: they look for `&state=` even
  // though they sent none, and take all that follows for its value.
  quantimodo: {
    lives: { code: 600, accessToken: 30 * day },
    leastAccessTokenLife: 2 * day,
    stateLast: true,
    frontChannel: 'implicit',
    tokenOutsideHeader: true,
    socialSignIn: true,
    versions: ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'unversioned', 'social'],
  },
  password_token: {
    lives: { accessToken: 30 * day },
    passwordClient: { clientId: 'password-token', name: 'Password sign-in', tokenFormat: 'handle', refreshes: false },
  },
  jwt_login: {
    lives: { accessToken: 12 * 3600, refreshToken: 14 * day },
    subscriptionKeys: true,
    passwordClient: { clientId: 'jwt-login', name: 'API sign-in', tokenFormat: 'login_jwt', refreshes: true },
    versions: ['v1', 'v2', 'v3'],
  },
} as const satisfies Readonly<Record<string, DialectFacts>>

export type Dialect = keyof typeof table
/** Every dialect but the standard one. */
export type LegacyDialect = Exclude<Dialect, 'oauth'>

type Versioned = { [Name in Dialect]: (typeof table)[Name] extends { versions: unknown } ? Name : never }[Dialect]
/** What the operator can close and the meters count: a legacy protocol as a whole, or one version of it. */
export type ClosableDialect = LegacyDialect | `${Versioned}/${(typeof table)[Versioned]['versions'][number]}`

/** The clients of the dialects at which people's passwords are sent. */
export const passwordClients = {
  password_token: table.password_token.passwordClient,
  jwt_login: table.jwt_login.passwordClient,
}

export const dialectFacts: Readonly<Record<Dialect, DialectFacts>> = table

export const dialects = Object.keys(table) as [Dialect, ...Dialect[]]

/** The standard dialect, which is always open, and knows no leniency. */
export const standardDialect = 'oauth'

export function isLegacy(dialect: Dialect): dialect is LegacyDialect {
  return dialect !== standardDialect
}

export const legacyDialects: readonly LegacyDialect[] = dialects.filter(isLegacy)

/** Everything that can be closed alone. */
export const closableDialects: readonly ClosableDialect[] = [
  ...legacyDialects,
  ...legacyDialects.flatMap((name) => (dialectFacts[name].versions ?? []).map((version) => versionOf(name, version))),
]

/** One version of a legacy protocol, as it is closed alone. */
export function versionOf(dialect: LegacyDialect, version: string): ClosableDialect {
  return `${dialect}/${version}` as ClosableDialect
}

/** Whether a fact is true of any of the dialects `among`. */
export function anyHas(among: Iterable<Dialect>, fact: keyof DialectFacts): boolean {
  for (const name of among) if (dialectFacts[name][fact] !== undefined) return true
  return false
}

/** The client of the dialect whose callers show a subscription key. */
export const subscriptionKeyClient = Object.values(dialectFacts).find((facts) => facts.subscriptionKeys)
  ?.passwordClient as PasswordClient

/** The dialect whose apps have people sign in through providers. */
export const socialDialect = dialects.find((name) => dialectFacts[name].socialSignIn) as LegacyDialect

/** The legacy dialect that developers can choose for their apps. */
export const appDialect = legacyDialects.find((name) => !dialectFacts[name].passwordClient) as LegacyDialect
