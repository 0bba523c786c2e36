/**
 * The settings of a process: one schema (`settings_schema.ts`), read from flags, environment, file and defaults in that order. A wrong one
 * stops the start with one line that names it.
 */
import { resolve } from 'node:path'
import type { z } from 'zod'
import { readBrand } from './brand_file.ts'
import type { TlsSetting } from './http/connection/tls.ts'
import { day, second } from './lib/clock.ts'
import { nearest } from './lib/text/nearest.ts'
import type { Dialect } from './protocol/dialects.ts'
import { isLoopback } from './protocol/redirect_uri.ts'
import { loadRootSecrets } from './root_secrets.ts'
import type { BrandSetting } from './runtime/brand.ts'
import type { EngineSettings, ShownSetting } from './runtime/context.ts'
import type { Mailer } from './runtime/mailer/mailer.ts'
import type { SmtpOptions } from './runtime/mailer/smtp.ts'
import type { CollectorSetting } from './runtime/tracing/exporter.ts'
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
  parseSchemes,
  parseScopes,
  signUpOf,
  withSecretFiles,
  wrong,
} from './setting_values.ts'
import { SettingsError } from './settings_error.ts'
import { type SettingName, settingsSchema } from './settings_schema.ts'

export { type Sources, usualFile } from './setting_sources.ts'
export { type SettingName, settingsSchema }

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
  readonly frontChannelLogout: boolean
  readonly requirePushedRequests: boolean
  readonly dynamicRegistration: EngineSettings['dynamicRegistration']
  readonly registrationScopes: readonly string[]
  readonly documentHosts: ReadonlySet<string>
  readonly nativeSchemes: ReadonlySet<string>
  readonly assertionAudience: EngineSettings['assertionAudience']
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
    frontChannelLogout: raw.CONSENTRY_FRONT_CHANNEL_LOGOUT === '1',
    requirePushedRequests: raw.CONSENTRY_REQUIRE_PUSHED_REQUESTS === '1',
    dynamicRegistration: raw.CONSENTRY_DYNAMIC_REGISTRATION,
    registrationScopes: parseScopes('CONSENTRY_REGISTRATION_SCOPES', raw.CONSENTRY_REGISTRATION_SCOPES),
    nativeSchemes: parseSchemes('CONSENTRY_NATIVE_SCHEMES', raw.CONSENTRY_NATIVE_SCHEMES),
    documentHosts: parseDomains('CONSENTRY_CIMD_HOSTS', raw.CONSENTRY_CIMD_HOSTS),
    assertionAudience: raw.CONSENTRY_ASSERTION_AUDIENCE,
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
    frontChannelLogout: settings.frontChannelLogout,
    requirePushedRequests: settings.requirePushedRequests,
    dynamicRegistration: settings.dynamicRegistration,
    registrationScopes: settings.registrationScopes,
    documentHosts: settings.documentHosts,
    nativeSchemes: settings.nativeSchemes,
    assertionAudience: settings.assertionAudience,
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
