/**
 * What the engine works with. It all comes in through here; nothing below `app.ts` reads a global. The room holds what
 * lives as long as the process.
 * Not here: rules of a protocol (`engine/`). Neighbours: `engine/` above, `storage/contract.ts` below; `lifecycle.ts`
 * makes and ends what stands here. To add: something a process holds, a `create…` with a `close` in the room of its
 * kind, and its member here.
 */
import type { Clock, Millis, Seconds } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Dialect } from '../protocol/dialects.ts'
import type { Storage } from '../storage/contract.ts'
import type { OwnBrand } from './brand.ts'
import type { ClientDocuments } from './kept/client_documents.ts'
import type { KeptKeys } from './kept/client_keys.ts'
import type { Clients } from './kept/clients.ts'
import type { Resources } from './kept/known_resources.ts'
import type { LegacyDialects } from './kept/legacy_dialects.ts'
import type { OtherHashes } from './kept/other_hashes.ts'
import type { SubscriptionKeys } from './kept/subscription_keys.ts'
import type { Keyring } from './keys/keyring.ts'
import type { Signer } from './keys/signer.ts'
import type { Subjects } from './keys/subjects.ts'
import type { BreachedPasswords } from './limits/breached_passwords.ts'
import type { DevicePolls } from './limits/device_polls.ts'
import type { LegacyLogin, LegacyLoginSetting } from './limits/legacy_login.ts'
import type { Passwords } from './limits/passwords.ts'
import type { PushLimit } from './limits/push_limit.ts'
import type { Quotas } from './limits/quotas.ts'
import type { Throttle } from './limits/throttle.ts'
import type { TokenRequests } from './limits/token_requests.ts'
import type { Alarms } from './log/alarms.ts'
import type { AppUseMeter } from './log/app_uses.ts'
import type { AuditLog } from './log/audit.ts'
import type { RequestLog } from './log/request_log.ts'
import type { Mailer } from './mailer/mailer.ts'
import type { Outbound } from './outbound.ts'
import type { Pictures } from './pictures/pictures.ts'
import type { Providers } from './providers/providers.ts'

export type { Caller } from './caller.ts'

/** Where a setting comes from. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

/** A setting in force, as the operator may see it. */
export interface ShownSetting {
  readonly name: string
  /** Null where there is none, and where it is a secret. */
  readonly value: string | null
  /** Whether it is a secret that is set. */
  readonly secret: boolean
  readonly from: SettingSource
}

/** Settings that the engine reads. Lifetimes in seconds. */
export interface EngineSettings {
  /** The issuer identifier, without trailing slash; every URL of ours starts with it (RFC 8414 §2). */
  readonly issuer: string
  /** Open dialects. */
  readonly dialects: ReadonlySet<Dialect>
  /** Whether there is a data API: without it, its scopes mean nothing here. */
  readonly dataApi: boolean
  /** Whether people may make tokens of their own for the data API; never without it. */
  readonly personalTokens: boolean
  readonly codeTtl: Seconds
  readonly accessTokenTtl: Seconds
  readonly jwtAccessTokenTtl: Seconds
  readonly refreshTokenTtl: Seconds
  readonly idleTtl: Seconds
  readonly idTokenTtl: Seconds
  readonly sessionIdleTtl: Seconds
  readonly sessionTtl: Seconds
  /** Replay window of refresh tokens, in seconds, for clients that authenticate and for those that do not. */
  readonly replayWindow: { readonly confidential: Seconds; readonly public: Seconds }
  /** How long an answer to a refresh counts as lost while it is never used, for the same two kinds of clients. */
  readonly lostAnswerWindow: { readonly confidential: Seconds; readonly public: Seconds }
  /** Live refreshable grants per user and client. */
  readonly grantLimit: number
  /** Token requests per account and day; 0 = no limit. */
  readonly tokenRequestsPerDay: number
  /** Measurements per account; 0 = no limit. */
  readonly measurementsPerAccount: number
  /** Whether apps that are registered for it may get tokens in the redirect (RFC 9700 §2.1.2 advises against it). */
  readonly frontChannelTokens: boolean
  /** Whether pages of apps are loaded in frames when a person signs out (OpenID Connect Front-Channel Logout 1.0). */
  readonly frontChannelLogout: boolean
  /** Whether the standard authorization endpoint takes pushed requests alone (RFC 9126 §5). */
  readonly requirePushedRequests: boolean
  readonly retention: Millis
  readonly auditRetention: Millis
  /** Origins that the server itself may call although they are http or not public. */
  readonly outboundAllowed: ReadonlySet<string>
  /** Who may open an account of their own. */
  readonly signUp: 'open' | 'invite' | 'closed'
  /** Domains whose addresses new accounts cannot have, in lower case. */
  readonly blockedDomains: ReadonlySet<string>
  /** Characters of a new password where it is the only factor. */
  readonly passwordMinimum: number
  /** Whether accounts may, or must, have a second factor. */
  readonly secondFactor: 'off' | 'optional' | 'required'
  /** The address of the breach service that new passwords are looked up at; undefined where none is asked. */
  readonly breachService: string | undefined
  /** The server that people are moved from one by one; undefined where there is none. */
  readonly legacyLogin: LegacyLoginSetting | undefined
  /** How the operator wants this server to look; undefined where it looks as we have made it. */
  readonly brand: OwnBrand | undefined
  /** The domain that passkeys are made for; undefined where there are none. */
  readonly passkeyRpId: string | undefined
  /** Who may register apps. */
  readonly appRegistration: 'open' | 'approval' | 'closed'
  /** Whether apps may register themselves: not at all, with a token of the operator, or anybody (RFC 7591 §3). */
  readonly dynamicRegistration: 'off' | 'token' | 'open'
  /** Scopes that such apps may have. */
  readonly registrationScopes: readonly string[]
  /** Schemes without a dot that native apps may have. */
  readonly nativeSchemes: ReadonlySet<string>
  /** Hosts whose apps, named by the address of their document, are open to everybody. */
  readonly documentHosts: ReadonlySet<string>
  /** Whether such apps, and providers whose assertions open grants, may name the token endpoint as the audience of an assertion. */
  readonly assertionAudience: 'issuer' | 'compat'
  /** Whether the password token protocol answers refusals with 4xx instead of 200. */
  readonly passwordTokenStatus: boolean
  /** Whether what is documented for development only is answered. */
  readonly development: boolean
  /** Addresses and networks of proxies, or how many hops in front of us are ours; undefined where there is none. */
  readonly trustProxy: number | readonly string[] | undefined
  /** Bytes of a request body that the resource API takes. */
  readonly apiBodyLimit: number
  /** All settings of the process with where each comes from, for the operator to see. */
  readonly shown: readonly ShownSetting[]
}

export interface Context {
  readonly settings: EngineSettings
  readonly storage: Storage
  readonly clock: Clock
  readonly keyring: Keyring
  readonly signer: Signer
  readonly clients: Clients
  readonly clientKeys: KeptKeys
  /** Keys of the providers whose assertions open grants (RFC 7523 §2.1). */
  readonly providerKeys: KeptKeys
  readonly clientDocuments: ClientDocuments
  readonly resources: Resources
  readonly subjects: Subjects
  readonly providers: Providers
  readonly passwords: Passwords
  readonly otherHashes: OtherHashes
  /** Undefined where the operator has not switched it on. */
  readonly breachedPasswords: BreachedPasswords | undefined
  /** Undefined where no server is named that people are moved from. */
  readonly legacyLogin: LegacyLogin | undefined
  readonly mailer: Mailer
  readonly outbound: Outbound
  readonly pictures: Pictures
  readonly subscriptionKeys: SubscriptionKeys
  readonly throttle: Throttle
  readonly tokenRequests: TokenRequests
  readonly quotas: Quotas
  readonly pushLimit: PushLimit
  readonly deviceLimit: PushLimit
  readonly devicePolls: DevicePolls
  readonly legacyDialects: LegacyDialects
  readonly appUses: AppUseMeter
  readonly requests: RequestLog
  readonly audit: AuditLog
  readonly alarms: Alarms
  readonly log: Log
}
