/** How the text of a single setting is read, where that takes more than its schema says. Each throws SettingsError. */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import ipaddr from 'ipaddr.js'
import type { TlsSetting } from './http/connection/tls.ts'
import { reasonOf } from './lib/text/reason.ts'
import { canonicalDomain, canonicalEmail, emailProblem } from './protocol/account_names.ts'
import { type Dialect, dialectFacts, dialects } from './protocol/dialects.ts'
import { isForbiddenScheme, isLoopback } from './protocol/redirect_uri.ts'
import { isAdminScope, parseScope } from './protocol/scope.ts'
import { readText } from './root_secrets.ts'
import type { EngineSettings } from './runtime/context.ts'
import type { DkimOptions, SmtpOptions } from './runtime/mailer/smtp.ts'
import type { CollectorSetting } from './runtime/tracing/exporter.ts'
import { SettingsError } from './settings_error.ts'

/** How mail is sent, of the settings that belong together. */
interface MailTexts {
  readonly SMTP_URL?: string | undefined
  readonly MAIL_FROM?: string | undefined
  readonly CONSENTRY_DKIM_KEY?: string | undefined
  readonly CONSENTRY_DKIM_SELECTOR?: string | undefined
  readonly CONSENTRY_DKIM_DOMAIN?: string | undefined
}

/** A setting that cannot be used, by its name. */
export function wrong(name: string, problem: string): SettingsError {
  return new SettingsError(`${name} ${problem}`)
}

export function parseIssuer(value: string): string {
  const name = 'CONSENTRY_ISSUER'
  let url: URL
  try {
    url = new URL(value)
  } catch {
    throw wrong(name, 'is not a URL')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong(name, 'must be an https URL')
  // Read off the text as well: the parser drops an empty query or fragment without a word.
  if (/[?#]/.test(value) || url.username !== '' || url.password !== '') {
    throw wrong(name, 'must have no query, fragment or user')
  }
  if (url.pathname !== '/') throw wrong(name, 'must have no path: give this server a host of its own')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrong(name, 'may be http on localhost, 127.0.0.1 and [::1] only; use https')
  }
  return url.origin
}

/** The address to which five characters of a password's digest are appended; undefined where none is asked. */
export function parseBreachService(value: string, allowed: ReadonlySet<string>): string | undefined {
  if (value === 'off') return undefined
  if (value === 'on') return 'https://api.pwnedpasswords.com/range/'
  const url = URL.canParse(value) ? new URL(value) : undefined
  const fits = url !== undefined && url.username === '' && url.password === '' && !value.includes('#')
  const reachable = url !== undefined && (url.protocol === 'https:' || allowed.has(url.origin))
  if (!fits || !reachable) throw wrong('CONSENTRY_BREACH_CHECK', 'must be off, on or an https URL')
  return value
}

/** The server that people are moved from, and its secret; undefined where none is named. Messages never repeat the secret. */
export function parseLegacyLogin(
  texts: {
    readonly CONSENTRY_LEGACY_LOGIN_URL?: string | undefined
    readonly CONSENTRY_LEGACY_LOGIN_SECRET?: string | undefined
  },
  allowed: ReadonlySet<string>,
): EngineSettings['legacyLogin'] {
  const { CONSENTRY_LEGACY_LOGIN_URL: address, CONSENTRY_LEGACY_LOGIN_SECRET: secret } = texts
  if (address === undefined && secret === undefined) return undefined
  if (address === undefined || secret === undefined) {
    throw wrong('CONSENTRY_LEGACY_LOGIN_URL', 'goes together with CONSENTRY_LEGACY_LOGIN_SECRET')
  }
  const url = URL.canParse(address) ? new URL(address) : undefined
  const fits = url !== undefined && url.username === '' && url.password === '' && !address.includes('#')
  const reachable = url?.protocol === 'https:' || (url?.protocol === 'http:' && allowed.has(url.origin))
  if (!fits || !reachable) {
    throw wrong('CONSENTRY_LEGACY_LOGIN_URL', 'must be an https URL, unless CONSENTRY_OUTBOUND_ALLOW names its origin')
  }
  const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1] ?? ''
  const bytes = Buffer.from(key, 'base64').length
  if (bytes < 24 || bytes > 64) {
    throw wrong('CONSENTRY_LEGACY_LOGIN_SECRET', 'must be whsec_ and 24 to 64 random bytes in base64')
  }
  return { url: url.href, secret }
}

/**
 * The domain of passkeys; undefined where there are none. Browsers make them for domains only, and for a parent domain where
 * it is no public suffix (WebAuthn Level 3 §5.1.3).
 */
export function parsePasskeyRpId(value: string | undefined, issuer: string): string | undefined {
  const name = 'CONSENTRY_PASSKEY_RP_ID'
  const { hostname } = new URL(issuer)
  if (ipaddr.isValid(hostname.replace(/^\[|\]$/g, ''))) {
    if (value === undefined) return undefined
    throw wrong(name, 'needs an issuer with a domain, which an IP address is not')
  }
  const id = value?.toLowerCase() ?? hostname
  if (id === hostname || (id.includes('.') && hostname.endsWith(`.${id}`))) return id
  throw wrong(name, `must be ${hostname} or a parent domain of it`)
}

export function parseDialects(value: string | undefined, loopback: boolean): ReadonlySet<Dialect> {
  if (value === undefined) return new Set(loopback ? dialects : ['oauth'])
  const named = value.split(',').map((name) => name.trim())
  if (named.length === 1 && named[0] === 'none') return new Set(['oauth'])
  for (const name of named) {
    if (!(dialects as readonly string[]).includes(name)) {
      throw wrong('CONSENTRY_DIALECTS', `knows ${dialects.join(', ')} and none`)
    }
  }
  return new Set(['oauth', ...(named as Dialect[])])
}

export function parseProxy(value: string | undefined): number | readonly string[] | undefined {
  if (value === undefined) return undefined
  if (/^[0-9]{1,2}$/.test(value)) return Number(value)
  const addresses = value.split(',').map((address) => address.trim())
  for (const address of addresses) {
    // As it is written in full: the library also reads 10.1 and 0x7f.1, which another reader takes for something else.
    const [host = ''] = address.split('/')
    const whole = host.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(host)
    if (!whole || !(address === host ? ipaddr.isValid(address) : ipaddr.isValidCIDR(address))) {
      throw wrong('CONSENTRY_TRUST_PROXY', 'must be a number of hops or a list of addresses')
    }
  }
  return addresses
}

/** Origins such as http://127.0.0.1:9000, or smtp://mail:1025 of a mail server. */
export function parseOrigins(value: string | undefined): ReadonlySet<string> {
  const origins = new Set<string>()
  for (const text of (value ?? '').split(',').map((part) => part.trim())) {
    if (text === '') continue
    const url = URL.canParse(text) ? new URL(text) : undefined
    const origin = url && `${url.protocol}//${url.host}`
    if (origin === undefined || !/^(?:https?|smtp):/.test(origin) || origin !== text.replace(/\/$/, '')) {
      throw wrong('CONSENTRY_OUTBOUND_ALLOW', 'must be a list of origins such as http://127.0.0.1:9000')
    }
    origins.add(origin)
  }
  return origins
}

/**
 * How mail is sent; undefined where no mail server is named. Messages never repeat SMTP_URL, which may hold a password.
 * Without TLS a server is spoken to only on this machine, or where `allowed` names it.
 */
export function parseMail(texts: MailTexts, allowed: ReadonlySet<string>): SmtpOptions | undefined {
  const { SMTP_URL: address, MAIL_FROM: from } = texts
  const dkim = parseDkim(texts)
  if (address === undefined) {
    if (dkim !== undefined) throw wrong('CONSENTRY_DKIM_KEY', 'needs SMTP_URL')
    return undefined
  }
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw wrong('SMTP_URL', 'must be smtp://HOST or smtps://HOST, with user, password and port where they are needed')
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    throw wrong('SMTP_URL', 'must have no path, query or fragment')
  }
  if (from === undefined) throw wrong('MAIL_FROM', 'must be set where SMTP_URL is: the address that mails come from')
  const secure = url.protocol === 'smtps:'
  const plain = isLoopback(url.hostname) || allowed.has(`${url.protocol}//${url.host}`)
  const encoded = 'has a user or password that is not percent-encoded'
  const [user, pass] = [url.username, url.password].map((part) => decoded(part, 'SMTP_URL', encoded))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    security: secure ? 'tls' : plain ? 'plain' : 'starttls',
    auth: user ? { user, pass: pass ?? '' } : undefined,
    from: parseFrom(from),
    dkim,
  }
}

function decoded(text: string, name: string, problem: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong(name, problem)
  }
}

/** `Name <address>`, or an address alone. */
function parseFrom(text: string): SmtpOptions['from'] {
  const [, name = '', inner] = /^\s*"?([^"<>]*?)"?\s*<([^<>]+)>\s*$/.exec(text) ?? []
  const address = canonicalEmail(inner ?? text)
  if (emailProblem(address) !== undefined) throw wrong('MAIL_FROM', 'must be an address, or Name <address>')
  return { name, address }
}

function parseDkim(texts: MailTexts): DkimOptions | undefined {
  const { CONSENTRY_DKIM_KEY: file, CONSENTRY_DKIM_SELECTOR: keySelector, CONSENTRY_DKIM_DOMAIN: domainName } = texts
  if (file === undefined && keySelector === undefined && domainName === undefined) return undefined
  if (file === undefined || keySelector === undefined || domainName === undefined) {
    throw wrong('CONSENTRY_DKIM_KEY', 'goes together with CONSENTRY_DKIM_SELECTOR and CONSENTRY_DKIM_DOMAIN')
  }
  for (const [name, value] of Object.entries({
    CONSENTRY_DKIM_SELECTOR: keySelector,
    CONSENTRY_DKIM_DOMAIN: domainName,
  })) {
    if (!/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(value)) throw wrong(name, 'must be a name as DNS has them')
  }
  const privateKey = readText(file, 'CONSENTRY_DKIM_KEY')
  try {
    if (createPrivateKey(privateKey).asymmetricKeyType !== 'rsa') throw new Error('another type')
  } catch {
    throw wrong('CONSENTRY_DKIM_KEY', 'must name a file with a private key (PEM, RSA)')
  }
  return { domainName, keySelector, privateKey }
}

/** What of a process decides whether a setting does anything. */
interface Surroundings {
  readonly secure: boolean
  readonly mail: boolean
  readonly dataApi: boolean
  readonly open: ReadonlySet<Dialect>
}

/** Settings that were given and do nothing beside the others, each with what it needs. */
export function idleSettings(given: Readonly<Record<string, unknown>>, has: Surroundings): readonly string[] {
  const handles = [...has.open].some((name) => dialectFacts[name].passwordClient?.tokenFormat === 'handle')
  const needs: readonly (readonly [name: string, there: boolean, need: string])[] = [
    ['MAIL_FROM', has.mail, 'SMTP_URL'],
    ['CONSENTRY_TLS_OLD_CLIENTS', has.secure, 'CONSENTRY_TLS_CERT'],
    ['CONSENTRY_PASSWORD_TOKEN_STATUS', handles, 'the password_token protocol'],
    ['CONSENTRY_MEASUREMENTS_PER_ACCOUNT', has.dataApi, 'CONSENTRY_DATA_API=on'],
    ['CONSENTRY_PERSONAL_TOKENS', has.dataApi, 'CONSENTRY_DATA_API=on'],
    ['CONSENTRY_MANAGEMENT_HOST', given.CONSENTRY_MANAGEMENT_PORT !== undefined, 'CONSENTRY_MANAGEMENT_PORT'],
    ['CONSENTRY_OTLP_HEADERS', given.CONSENTRY_OTLP_ENDPOINT !== undefined, 'CONSENTRY_OTLP_ENDPOINT'],
    ['CONSENTRY_OTLP_SAMPLING', given.CONSENTRY_OTLP_ENDPOINT !== undefined, 'CONSENTRY_OTLP_ENDPOINT'],
    ['CONSENTRY_API_BODY_LIMIT', has.dataApi, 'CONSENTRY_DATA_API=on'],
  ]
  const off = (value: unknown) => value === undefined || ['0', 'false', 'off'].includes(String(value))
  return needs.flatMap(([name, there, need]) => (there || off(given[name]) ? [] : [`${name} (needs ${need})`]))
}

/** Domains, in the form in which those of addresses are kept, in lower case. */
export function parseDomains(name: string, value: string | undefined): ReadonlySet<string> {
  const domains = (value ?? '')
    .split(',')
    .map((part) => canonicalDomain(part.normalize('NFKC').trim()).toLowerCase())
    .filter((part) => part !== '')
  if (domains.some((domain) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain))) {
    throw wrong(name, 'must be a list of domains such as example.com')
  }
  return new Set(domains)
}

/** Schemes of native apps that are no reversed domain names. */
export function parseSchemes(name: string, value: string | undefined): ReadonlySet<string> {
  const schemes = (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const unsound = schemes.find((scheme) => !/^[a-z][a-z0-9+-]{1,30}$/.test(scheme))
  if (unsound !== undefined) throw wrong(name, 'must be a list of schemes in lower case, without a dot, such as cursor')
  const forbidden = schemes.find(isForbiddenScheme)
  if (forbidden !== undefined) throw wrong(name, `cannot hold ${forbidden}, which is no app's own`)
  return new Set(schemes)
}

/** A list of scopes (RFC 6749 §3.3), each once. */
export function parseScopes(name: string, value: string): readonly string[] {
  const scopes = parseScope(value.replaceAll(',', ' ').trim().replaceAll(/ +/g, ' '))
  if (scopes === undefined || scopes.length === 0) throw wrong(name, 'must be a list of scopes')
  if (scopes.some(isAdminScope)) throw wrong(name, 'cannot hold scopes of the admin API')
  return scopes
}

/** Who may open an account. Without mail nobody could prove an address, which is for a server of one's own alone. */
export function signUpOf(
  given: EngineSettings['signUp'] | undefined,
  { loopback, mail }: { readonly loopback: boolean; readonly mail: boolean },
): EngineSettings['signUp'] {
  if (!loopback && !mail) return 'closed'
  return given ?? (loopback ? 'open' : 'invite')
}

/** The settings file: a JSON object of the names of settings. */
export function readSettingsFile(path: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content }
    throw new Error('it is not a JSON object')
  } catch (error) {
    throw wrong('CONSENTRY_CONFIG', `cannot be read from ${path}: ${reasonOf(error)}`)
  }
}

/** What our own https listener is given, where there is one. */
export function loadTls(
  cert: string | undefined,
  key: string | undefined,
  oldClients: boolean,
): TlsSetting | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw wrong('CONSENTRY_TLS_CERT', 'and CONSENTRY_TLS_KEY go together')
  return { cert: readText(cert, 'CONSENTRY_TLS_CERT'), key: readText(key, 'CONSENTRY_TLS_KEY'), oldClients }
}

/** The settings with what stands in the files of secrets. The root secrets, which may be several, are read for themselves. */
export function withSecretFiles(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole = { ...given }
  for (const name of ['DATABASE_URL', 'SMTP_URL', 'CONSENTRY_LEGACY_LOGIN_SECRET', 'CONSENTRY_OTLP_HEADERS']) {
    const path = given[`${name}_FILE`]
    if (typeof path !== 'string') continue
    if (given[name] !== undefined) throw new SettingsError(`${name} and ${name}_FILE are both set. Set one of them.`)
    whole[name] = readText(path, `${name}_FILE`)
    if (whole[name] === '') throw wrong(`${name}_FILE`, 'names an empty file')
  }
  return whole
}

/** Where metrics are; undefined where there are none. */
export function parseManagement(raw: {
  readonly CONSENTRY_MANAGEMENT_PORT?: number | undefined
  readonly CONSENTRY_MANAGEMENT_HOST: string
  readonly PORT: number
}): { readonly port: number; readonly host: string } | undefined {
  const { CONSENTRY_MANAGEMENT_PORT: port, CONSENTRY_MANAGEMENT_HOST: host, PORT } = raw
  if (port === undefined) return undefined
  if (port === PORT) throw wrong('CONSENTRY_MANAGEMENT_PORT', 'must be another port than PORT')
  return { port, host }
}

/** Where spans are sent; undefined where they are not. Messages never repeat the headers, which may hold a key. */
export function parseCollector(
  raw: {
    readonly CONSENTRY_OTLP_ENDPOINT?: string | undefined
    readonly CONSENTRY_OTLP_HEADERS?: string | undefined
    readonly CONSENTRY_OTLP_SAMPLING: number
  },
  outboundAllowed: ReadonlySet<string>,
): CollectorSetting | undefined {
  const { CONSENTRY_OTLP_ENDPOINT: address, CONSENTRY_OTLP_HEADERS: headers = '', CONSENTRY_OTLP_SAMPLING } = raw
  if (address === undefined) return undefined
  const name = 'CONSENTRY_OTLP_ENDPOINT'
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw wrong(name, 'must be a URL such as https://HOST:4318')
  if (/[?#]/.test(address) || url.username !== '' || url.password !== '') {
    throw wrong(name, 'must have no query, fragment or user: what lets us in goes into CONSENTRY_OTLP_HEADERS')
  }
  // The operator has named it, and nobody else is on this machine's own address.
  const allowed = isLoopback(url.hostname) ? new Set([...outboundAllowed, url.origin]) : outboundAllowed
  if (url.protocol === 'http:' && !allowed.has(url.origin)) {
    throw wrong(name, 'must be https, unless it is on this machine or CONSENTRY_OUTBOUND_ALLOW names its origin')
  }
  // As other programs take it: the path of traces is added (OTLP 1.x, "OTLP/HTTP Request").
  const path = url.pathname.replace(/\/+$/, '')
  const uri = `${url.origin}${path.endsWith('/v1/traces') ? path : `${path}/v1/traces`}`
  return { uri, headers: parseHeaders(headers), sampling: CONSENTRY_OTLP_SAMPLING, allowed }
}

/** Headers that are ours to say. */
const ownHeaders = /^(?:accept|accept-encoding|connection|content-.*|expect|host|te|trailer|transfer-encoding|upgrade)$/

function parseHeaders(text: string): Readonly<Record<string, string>> {
  const name = 'CONSENTRY_OTLP_HEADERS'
  const headers: Record<string, string> = {}
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [, key = '', value = ''] = /^([!#$%&'*+.^_`|~A-Za-z0-9-]+)\s*=\s*(.*)$/.exec(part) ?? []
    const header = key.toLowerCase()
    if (header === '') throw wrong(name, 'must be a list of NAME=VALUE, comma-separated')
    if (ownHeaders.test(header)) throw wrong(name, `cannot set ${header}`)
    const read = decoded(value, name, 'has a value that is not percent-encoded')
    if (!/^[\x20-\x7e]*$/.test(read)) throw wrong(name, 'has a value with characters that no header may hold')
    headers[header] = read
  }
  return headers
}
