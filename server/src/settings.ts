/**
 * The settings of a process: one schema, read from flags, environment, file and defaults in that order. A wrong one
 * stops the start with one line that names it.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { readBrand } from './brand_file.ts'
import type { TlsSetting } from './http/connection/tls.ts'
import { day, second } from './lib/clock.ts'
import { nearest } from './lib/text/nearest.ts'
import { type Dialect, dialects } from './protocol/dialects.ts'
import { isLoopback } from './protocol/redirect_uri.ts'
import { loadRootSecrets } from './root_secrets.ts'
import type { BrandSetting } from './runtime/brand.ts'
import type { EngineSettings, ShownSetting } from './runtime/context.ts'
import type { Mailer } from './runtime/mailer/mailer.ts'
import type { SmtpOptions } from './runtime/mailer/smtp.ts'
import type { CollectorSetting } from './runtime/tracing/exporter.ts'
import { count, flag, offset, oneOf, port, share, text, whole } from './setting_shapes.ts'
import { merge, type Sources, settingsFile, shownSettings } from './setting_sources.ts'
import {
  idleSettings,
  loadTls,
  parseBreachService,
  parseCollector,
  parseDialects,
  parseDomains,
  parseIssuer,
  parseLegacyLogin,
  parseMail,
  parseManagement,
  parseOrigins,
  parsePasskeyRpId,
  parseProxy,
  signUpOf,
  withSecretFiles,
  wrong,
} from './setting_values.ts'
import { SettingsError } from './settings_error.ts'

export { type Sources, usualFile } from './setting_sources.ts'

/** Every setting under the name of its environment variable, with what it is for. */
export const settingsSchema = z.strictObject({
  PORT: port.default(3000).describe('Port to listen on'),
  HOST: text.default('127.0.0.1').describe('Address to listen on'),
  CONSENTRY_ISSUER: text
    .optional()
    .describe('Public URL of this server, without a slash at its end (http://localhost:PORT)'),
  CONSENTRY_DATA: text.default('./data').describe('Folder of the embedded database and the root secret'),
  DATABASE_URL: text.optional().describe('postgres:// URL; without it the embedded SQLite database is used'),
  DATABASE_URL_FILE: text.optional().describe('File that holds DATABASE_URL, in place of it'),
  CONSENTRY_SECRET: text
    .optional()
    .describe(
      'Root secret, at least 32 characters, or several as in CONSENTRY_SECRET_FILE (made in the data folder on first start)',
    ),
  CONSENTRY_SECRET_FILE: text
    .optional()
    .describe(
      'File that holds the root secret, or several: one to a line, the oldest first; + before one that is not used yet, - in place of one that was given up',
    ),
  CONSENTRY_DIALECTS: text
    .optional()
    .describe(
      `Legacy protocols to open, comma-separated, of ${dialects.slice(1).join(', ')}; none closes them all (all on a loopback issuer, else none)`,
    ),
  CONSENTRY_DATA_API: oneOf(['on', 'off'])
    .optional()
    .describe(
      'Whether the measurements API, its scopes and its reference are there (on with a loopback issuer or an open legacy protocol, else off)',
    ),
  CONSENTRY_PERSONAL_TOKENS: oneOf(['on', 'off'])
    .default('on')
    .describe(
      'Whether people may make tokens of their own for the measurements API, for their scripts; off, those that were made do not work either',
    ),
  CONSENTRY_TRUST_PROXY: text
    .optional()
    .describe('Proxies in front: how many hops, or their addresses, comma-separated'),
  CONSENTRY_WORKERS: whole(1, 64, 'must be a number from 1 to 64')
    .default(1)
    .describe('Processes that serve one port, for the cores of a machine; more than 1 needs PostgreSQL'),
  CONSENTRY_DRAIN: whole(0, 300, 'must be a number of seconds from 0 to 300')
    .optional()
    .describe(
      'Seconds that a server still serves after SIGTERM while /readyz already answers 503, so that proxies turn to others first (5 with CONSENTRY_TRUST_PROXY, else 0)',
    ),
  CONSENTRY_MANAGEMENT_PORT: port
    .optional()
    .describe('Port of /metrics for Prometheus, over http and never on the public port (off)'),
  CONSENTRY_MANAGEMENT_HOST: text
    .default('127.0.0.1')
    .describe(
      'Address of the management port: it asks for no password, so that no other than a private network may reach it',
    ),
  CONSENTRY_OTLP_ENDPOINT: text
    .optional()
    .describe(
      'OpenTelemetry collector that spans are sent to: a URL to which /v1/traces is added, https unless it is on this machine or CONSENTRY_OUTBOUND_ALLOW names it (no spans are made)',
    ),
  CONSENTRY_OTLP_HEADERS: text
    .optional()
    .describe('Headers sent to the collector, as NAME=VALUE, comma-separated, values percent-encoded (none)'),
  CONSENTRY_OTLP_HEADERS_FILE: text.optional().describe('File that holds CONSENTRY_OTLP_HEADERS, in place of it'),
  CONSENTRY_OTLP_SAMPLING: share
    .default(1)
    .describe('Share of requests and jobs of which spans are made, from 0 to 1; what callers ask for changes nothing'),
  CONSENTRY_TLS_CERT: text.optional().describe('Certificate file (PEM), to serve https directly'),
  CONSENTRY_TLS_KEY: text.optional().describe('Key file (PEM) of the certificate'),
  CONSENTRY_TLS_OLD_CLIENTS: flag
    .default('0')
    .describe('1 lets our own https listener also take TLS 1.2 suites with CBC or without forward secrecy'),
  CONSENTRY_OUTBOUND_ALLOW: text
    .optional()
    .describe(
      'Origins, comma-separated, that the server itself may call although they are http or private: providers, and the jwks_uri and back-channel logout URI of apps, where the operator has written them; smtp://HOST:PORT of a mail server without TLS (none)',
    ),
  SMTP_URL: text
    .optional()
    .describe(
      'Mail server: smtp://USER:PASSWORD@HOST:587, which has to offer STARTTLS unless it is on this machine, or smtps://…:465 (no mail is sent)',
    ),
  SMTP_URL_FILE: text.optional().describe('File that holds SMTP_URL, in place of it'),
  MAIL_FROM: text.optional().describe('Where mails come from: an address, or Name <address>; needed with SMTP_URL'),
  CONSENTRY_DKIM_KEY: text
    .optional()
    .describe(
      'File with the RSA private key (PEM) that signs mails (DKIM); with selector and domain (mails are not signed here)',
    ),
  CONSENTRY_DKIM_SELECTOR: text.optional().describe('DKIM selector, as in the DNS name SELECTOR._domainkey.DOMAIN'),
  CONSENTRY_DKIM_DOMAIN: text.optional().describe('Domain in whose name mails are signed'),
  CONSENTRY_APP_REGISTRATION: oneOf(['open', 'approval', 'closed'])
    .optional()
    .describe('Who may register apps (open on a loopback issuer, else approval)'),
  CONSENTRY_SIGNUP: oneOf(['open', 'invite', 'closed'])
    .optional()
    .describe(
      'Who may open an account of their own, by form, provider or app: anybody, whoever the operator invites, or nobody (open on a loopback issuer, else invite; closed off loopback without SMTP_URL)',
    ),
  CONSENTRY_SIGNUP_BLOCKED_DOMAINS: text
    .optional()
    .describe(
      'Domains, comma-separated, whose e-mail addresses cannot be used for new accounts, with those below them (none)',
    ),
  CONSENTRY_PASSWORD_MIN: whole(8, 100, 'must be a number from 8 to 100')
    .optional()
    .describe('Least characters of a new password; 8 do with a second factor (8 on a loopback issuer, else 15)'),
  CONSENTRY_SECOND_FACTOR: oneOf(['off', 'optional', 'required'])
    .default('optional')
    .describe(
      'Second factor at sign-in: required for every account, optional (on an https issuer owners and admins need one all the same), or off, which offers none and still asks for those that are there',
    ),
  CONSENTRY_BRAND: text
    .optional()
    .describe(
      'A JSON file with the name, logo, colours and links under which people know this server, see docs/branding.md (none: it is called Consentry)',
    ),
  CONSENTRY_BREACH_CHECK: text
    .default('off')
    .describe(
      'Whether new passwords are looked up at a breach service, which gets five characters of a digest: off, on (api.pwnedpasswords.com), or the https URL to which they are appended',
    ),
  CONSENTRY_LEGACY_LOGIN_URL: text
    .optional()
    .describe('Address of the former server, asked at the first sign-in by an unknown name: docs/operating/moving.md'),
  CONSENTRY_LEGACY_LOGIN_SECRET: text
    .optional()
    .describe(
      'Secret that those requests are signed with: whsec_ and 24 to 64 bytes in base64; needed with the address',
    ),
  CONSENTRY_LEGACY_LOGIN_SECRET_FILE: text.optional().describe('File that holds that secret, in place of it'),
  CONSENTRY_PASSKEY_RP_ID: text
    .optional()
    .describe(
      'Domain that passkeys are made for: the host of the issuer or a parent domain of it, which other sites below it share (the host of the issuer; there are no passkeys where that is an IP address)',
    ),
  CONSENTRY_TOKEN_REQUESTS_PER_DAY: count
    .default(100_000)
    .describe('Token requests per account and day; 0 sets no limit'),
  CONSENTRY_MEASUREMENTS_PER_ACCOUNT: count
    .default(1_000_000)
    .describe('Measurements that an account may have; 0 sets no limit'),
  CONSENTRY_AUDIT_RETENTION: whole(1, 36_500, 'must be a number of days from 1 to 36500')
    .default(365)
    .describe('Days that the audit log is kept'),
  CONSENTRY_PASSWORD_TOKEN_STATUS: flag
    .default('0')
    .describe('1 answers refusals of the password token protocol with 4xx; its documents answer them with 200'),
  CONSENTRY_REQUIRE_PUSHED_REQUESTS: flag.default('0').describe('1 takes pushed authorization requests alone'),
  CONSENTRY_FRONT_CHANNEL_TOKENS: flag
    .default('0')
    .describe(
      '1 lets apps that are registered for it (front_channel_tokens) get tokens in the redirect URL, with the quantimodo protocol',
    ),
  CONSENTRY_API_BODY_LIMIT: whole(65_536, 16_000_000, 'must be a number of bytes from 65536 to 16000000')
    .default(1_000_000)
    .describe('Bytes of a request body that the resource API takes; everything else takes 64 kB'),
  CONSENTRY_DEV: flag
    .default('0')
    .describe('1 allows what is for development only; refused unless the issuer is loopback'),
  CONSENTRY_CLOCK_OFFSET: offset.default(0).describe('Seconds by which the clock is moved; only with CONSENTRY_DEV=1'),
  CONSENTRY_LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severity that is logged'),
})

export type SettingName = keyof z.infer<typeof settingsSchema>

export interface Settings {
  /** The settings file that was read. */
  readonly file: string | undefined
  /** Settings that were given and do nothing beside the others, each with what it needs. */
  readonly idle: readonly string[]
  readonly port: number
  readonly host: string
  readonly issuer: string
  readonly data: string
  readonly databaseUrl: string | undefined
  /** The file that the address of the database was read from. */
  readonly databaseUrlFile: string | undefined
  /** Root secrets by generation, oldest first. */
  readonly secrets: readonly string[]
  readonly dialects: ReadonlySet<Dialect>
  readonly dataApi: boolean
  readonly personalTokens: boolean
  /** Whether the dialects are open only because the issuer is loopback. */
  readonly loopback: boolean
  readonly trustProxy: number | readonly string[] | undefined
  /** How many processes serve. */
  readonly workers: number
  /** How long requests are still served after SIGTERM, in milliseconds. */
  readonly drain: number
  readonly https: TlsSetting | undefined
  /** Where metrics are; undefined where there are none. */
  readonly management: { readonly port: number; readonly host: string } | undefined
  /** Where spans are sent; undefined where none are made. */
  readonly collector: CollectorSetting | undefined
  readonly appRegistration: 'open' | 'approval' | 'closed'
  readonly signUp: EngineSettings['signUp']
  readonly blockedDomains: ReadonlySet<string>
  readonly outboundAllowed: ReadonlySet<string>
  /** How mail is sent; undefined where it is not. */
  readonly mail: SmtpOptions | undefined
  readonly passwordMinimum: number
  readonly secondFactor: EngineSettings['secondFactor']
  /** The address of the breach service; undefined where none is asked. */
  readonly breachService: string | undefined
  /** The server that people are moved from one by one; undefined where there is none. */
  readonly legacyLogin: EngineSettings['legacyLogin']
  /** How the operator calls this server; undefined where it is called by its product. */
  readonly brand: BrandSetting | undefined
  /** Undefined where there are no passkeys. */
  readonly passkeyRpId: string | undefined
  readonly tokenRequestsPerDay: number
  /** 0 = no limit. */
  readonly measurementsPerAccount: number
  /** Milliseconds. */
  readonly auditRetention: number
  readonly frontChannelTokens: boolean
  readonly requirePushedRequests: boolean
  readonly development: boolean
  readonly apiBodyLimit: number
  readonly passwordTokenStatus: boolean
  /** Milliseconds. */
  readonly clockOffset: number
  readonly logLevel: string
  /** All of them as they are in force, with where each comes from, and nothing of a secret. */
  readonly shown: readonly ShownSetting[]
}

/** Reads and judges all settings. Throws SettingsError. Makes the data folder and its secret where they are needed. */
export function loadSettings(sources: Sources): Settings {
  const file = settingsFile(sources)
  const { values, from } = merge(sources, file, settingsSchema.shape)
  const given = withSecretFiles(values)
  const raw = parse(given)
  const secure = raw.CONSENTRY_TLS_CERT !== undefined
  const issuer = parseIssuer(raw.CONSENTRY_ISSUER ?? `${secure ? 'https' : 'http'}://localhost:${raw.PORT}`)
  if (secure && issuer.startsWith('http:'))
    throw wrong('CONSENTRY_ISSUER', 'must be https where a certificate is given')
  const loopback = isLoopback(new URL(issuer).hostname)
  const development = raw.CONSENTRY_DEV === '1'
  if (development && !loopback) throw wrong('CONSENTRY_DEV', 'is for loopback issuers only')
  if (development && sources.env.NODE_ENV === 'production') {
    throw wrong('CONSENTRY_DEV', 'is refused where NODE_ENV is production')
  }
  if (raw.CONSENTRY_CLOCK_OFFSET !== 0 && !development) throw wrong('CONSENTRY_CLOCK_OFFSET', 'needs CONSENTRY_DEV=1')
  if (raw.DATABASE_URL !== undefined) {
    if (!/^postgres(ql)?:\/\//.test(raw.DATABASE_URL)) throw wrong('DATABASE_URL', 'must begin with postgres://')
    // The value holds a password, so the message does not repeat it.
    if (!URL.canParse(raw.DATABASE_URL)) throw wrong('DATABASE_URL', 'is not a URL')
  }
  if (raw.CONSENTRY_WORKERS > 1 && raw.DATABASE_URL === undefined) {
    throw wrong('CONSENTRY_WORKERS', 'needs PostgreSQL (DATABASE_URL): a SQLite database is served by one process')
  }
  const data = resolve(raw.CONSENTRY_DATA)
  const outboundAllowed = parseOrigins(raw.CONSENTRY_OUTBOUND_ALLOW)
  const open = parseDialects(raw.CONSENTRY_DIALECTS, loopback)
  const dataApi = raw.CONSENTRY_DATA_API === undefined ? loopback || open.size > 1 : raw.CONSENTRY_DATA_API === 'on'
  const settings: Omit<Settings, 'shown'> = {
    file,
    idle: idleSettings(given, { secure, mail: raw.SMTP_URL !== undefined, dataApi, open }),
    port: raw.PORT,
    host: raw.HOST,
    issuer,
    data,
    databaseUrl: raw.DATABASE_URL,
    databaseUrlFile: raw.DATABASE_URL_FILE,
    secrets: loadRootSecrets({
      given: raw.CONSENTRY_SECRET,
      file: raw.CONSENTRY_SECRET_FILE,
      data,
      make: sources.make ?? true,
    }),
    dialects: open,
    dataApi,
    personalTokens: raw.CONSENTRY_PERSONAL_TOKENS === 'on',
    loopback,
    trustProxy: parseProxy(raw.CONSENTRY_TRUST_PROXY),
    workers: raw.CONSENTRY_WORKERS,
    drain: (raw.CONSENTRY_DRAIN ?? (raw.CONSENTRY_TRUST_PROXY === undefined ? 0 : 5)) * second,
    management: parseManagement(raw),
    collector: parseCollector(raw, outboundAllowed),
    https: loadTls(raw.CONSENTRY_TLS_CERT, raw.CONSENTRY_TLS_KEY, raw.CONSENTRY_TLS_OLD_CLIENTS === '1'),
    appRegistration: raw.CONSENTRY_APP_REGISTRATION ?? (loopback ? 'open' : 'approval'),
    outboundAllowed,
    mail: parseMail(raw, outboundAllowed),
    signUp: signUpOf(raw.CONSENTRY_SIGNUP, { loopback, mail: raw.SMTP_URL !== undefined }),
    blockedDomains: parseDomains('CONSENTRY_SIGNUP_BLOCKED_DOMAINS', raw.CONSENTRY_SIGNUP_BLOCKED_DOMAINS),
    passwordMinimum: raw.CONSENTRY_PASSWORD_MIN ?? (loopback ? 8 : 15),
    secondFactor: raw.CONSENTRY_SECOND_FACTOR,
    brand: raw.CONSENTRY_BRAND === undefined ? undefined : readBrand(raw.CONSENTRY_BRAND),
    breachService: parseBreachService(raw.CONSENTRY_BREACH_CHECK, outboundAllowed),
    legacyLogin: parseLegacyLogin(raw, outboundAllowed),
    passkeyRpId: parsePasskeyRpId(raw.CONSENTRY_PASSKEY_RP_ID, issuer),
    tokenRequestsPerDay: raw.CONSENTRY_TOKEN_REQUESTS_PER_DAY,
    measurementsPerAccount: raw.CONSENTRY_MEASUREMENTS_PER_ACCOUNT,
    auditRetention: raw.CONSENTRY_AUDIT_RETENTION * day,
    frontChannelTokens: raw.CONSENTRY_FRONT_CHANNEL_TOKENS === '1',
    requirePushedRequests: raw.CONSENTRY_REQUIRE_PUSHED_REQUESTS === '1',
    development,
    apiBodyLimit: raw.CONSENTRY_API_BODY_LIMIT,
    passwordTokenStatus: raw.CONSENTRY_PASSWORD_TOKEN_STATUS === '1',
    clockOffset: raw.CONSENTRY_CLOCK_OFFSET * 1000,
    logLevel: raw.CONSENTRY_LOG_LEVEL,
  }
  return { ...settings, shown: shownSettings(Object.keys(settingsSchema.shape), raw, settings, from) }
}

/** Judges single values without reading or making anything else. Throws SettingsError. */
export function requireSound(values: Partial<Record<SettingName, string>>): { readonly loopback: boolean } {
  const raw = parse({ ...values })
  const loopback = isLoopback(new URL(parseIssuer(raw.CONSENTRY_ISSUER ?? `http://localhost:${raw.PORT}`)).hostname)
  parseDialects(raw.CONSENTRY_DIALECTS, loopback)
  return { loopback }
}

/** On which way mail leaves a server with these settings. */
export function mailWay({ mail, development }: Settings): Mailer['way'] {
  if (mail !== undefined) return 'smtp'
  return development ? 'outbox' : 'none'
}

/** What the engine reads of them, with the lifetimes that are fixed for now. */
export function engineSettings(settings: Settings): EngineSettings {
  return {
    issuer: settings.issuer,
    dialects: settings.dialects,
    trustProxy: settings.trustProxy,
    dataApi: settings.dataApi,
    personalTokens: settings.dataApi && settings.personalTokens,
    codeTtl: 60,
    accessTokenTtl: 3600,
    jwtAccessTokenTtl: 600,
    refreshTokenTtl: 365 * 86_400,
    idleTtl: 90 * 86_400,
    idTokenTtl: 3600,
    sessionIdleTtl: 7 * 86_400,
    sessionTtl: 30 * 86_400,
    replayWindow: { confidential: 30, public: 10 },
    lostAnswerWindow: { confidential: 86_400, public: 60 },
    grantLimit: 100,
    passwordMinimum: settings.passwordMinimum,
    secondFactor: settings.secondFactor,
    breachService: settings.breachService,
    legacyLogin: settings.legacyLogin,
    // Its logo is drawn where pages are served.
    brand: settings.brand && { ...settings.brand, logo: undefined },
    passkeyRpId: settings.passkeyRpId,
    tokenRequestsPerDay: settings.tokenRequestsPerDay,
    measurementsPerAccount: settings.measurementsPerAccount,
    auditRetention: settings.auditRetention,
    frontChannelTokens: settings.frontChannelTokens,
    requirePushedRequests: settings.requirePushedRequests,
    retention: 30 * day,
    appRegistration: settings.appRegistration,
    signUp: settings.signUp,
    blockedDomains: settings.blockedDomains,
    outboundAllowed: settings.outboundAllowed,
    passwordTokenStatus: settings.passwordTokenStatus,
    development: settings.development,
    apiBodyLimit: settings.apiBodyLimit,
    shown: settings.shown,
  }
}

function parse(merged: Record<string, unknown>): z.infer<typeof settingsSchema> {
  const result = settingsSchema.safeParse(merged)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  if (issue?.code === 'unrecognized_keys') throw unknownSetting(issue.keys[0] ?? '')
  throw wrong(String(issue?.path[0] ?? 'a setting'), issue?.message ?? 'is wrong')
}

function unknownSetting(name: string): SettingsError {
  const known = Object.keys(settingsSchema.shape)
  const meant = nearest(name, known) ?? nearest(name.replace('CONSENTRY_', ''), known)
  return new SettingsError(`Unknown setting ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`)
}
