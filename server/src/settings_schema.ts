/** Every setting of a process: its name, its shape, what it is for. `npm run docs:settings` writes the reference from it. */
import { z } from 'zod'
import { dialects } from './protocol/dialects.ts'
import { count, flag, offset, oneOf, port, share, text, whole } from './setting_shapes.ts'

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
  CONSENTRY_DYNAMIC_REGISTRATION: oneOf(['off', 'token', 'open'])
    .default('token')
    .describe(
      'Whether apps may register themselves (RFC 7591): not at all, with a token of `consentry registration create`, or any app. CONSENTRY_APP_REGISTRATION holds for them as well',
    ),
  CONSENTRY_REGISTRATION_SCOPES: text
    .default('openid profile email offline_access')
    .describe('Scopes, separated by spaces or commas, that apps may have that registered themselves'),
  CONSENTRY_CIMD_HOSTS: text
    .optional()
    .describe(
      'Hosts, comma-separated, whose apps need no approval and no registration: those whose client ID is an https address there (none)',
    ),
  CONSENTRY_NATIVE_SCHEMES: text
    .optional()
    .describe(
      'Schemes without a dot, comma-separated, that native apps may have for their redirect URIs, such as cursor; others need a reversed domain name (none)',
    ),
  CONSENTRY_ASSERTION_AUDIENCE: oneOf(['issuer', 'compat'])
    .default('issuer')
    .describe(
      'What such apps name as the audience of their client assertions, and providers in the assertions that open grants: the issuer alone, or with compat also the token endpoint',
    ),
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
      '1 lets apps that are registered for it (front_channel_tokens) get tokens in the redirect URL or a posted form',
    ),
  CONSENTRY_FRONT_CHANNEL_LOGOUT: flag
    .default('0')
    .describe(
      '1 loads the pages of apps that are registered for it (frontchannel_logout_uri) in hidden frames when a person signs out; browsers that keep the cookies of sites apart make it of no effect at most apps',
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
