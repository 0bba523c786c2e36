/** Where the pages stand, so that views and routes name each place once. */

export const paths = {
  start: '/',
  signIn: '/login',
  signInLink: '/login/link',
  outdatedPassword: '/login/password',
  refusedAddress: '/login/address',
  acceptTerms: '/login/terms',
  factor: '/login/factor',
  lostFactor: '/login/factor/lost',
  keepFactor: '/login/factor/keep',
  factorPasskey: '/login/factor/passkey',
  signInStart: '/login/start',
  signInPasskey: '/login/passkey',
  signUp: '/signup',
  forgot: '/forgot',
  reset: '/reset',
  verify: '/verify',
  invitation: '/invitation',
  setUp: '/setup',
  console: '/admin',
  consolePeople: '/admin/people',
  consoleApps: '/admin/apps',
  accessRequests: '/admin/access',
  consoleApis: '/admin/apis',
  consoleProviders: '/admin/providers',
  protocols: '/admin/protocols',
  consoleWebhooks: '/admin/webhooks',
  audit: '/admin/audit',
  signingKeys: '/admin/keys',
  jobs: '/admin/jobs',
  usage: '/admin/usage',
  health: '/admin/health',
  consoleSettings: '/admin/settings',
  consent: '/consent',
  device: '/device',
  deviceDecision: '/device/decision',
  signOut: '/logout',
  account: '/account',
  accountApps: '/account/apps',
  removeApp: '/account/apps/remove',
  invitations: '/account/apps/invitations',
  accountConsents: '/account/consents',
  accountProfile: '/account/profile',
  accountUsername: '/account/profile/username',
  acceptedTerms: '/account/profile/accepted.json',
  accountPicture: '/account/profile/picture',
  removePicture: '/account/profile/picture/remove',
  accountEmail: '/account/email',
  accountDevices: '/account/devices',
  endDevice: '/account/devices/end',
  accountSecurity: '/account/security',
  accountActivity: '/account/activity',
  totp: '/account/security/totp',
  stopRemoval: '/account/security/totp/keep',
  removeTotp: '/account/security/totp/remove',
  recoveryCodes: '/account/security/totp/codes',
  accountPasskeys: '/account/security/passkeys',
  closeAccount: '/account/close',
  accountClosed: '/account/closed',
  handOver: '/account/close/hand-over',
  takeOver: '/account/take-over',
  accountData: '/account/data',
  importData: '/account/data/import',
  exportData: '/account/data/export',
  deleteData: '/account/data/delete',
  appPasswords: '/account/security/app-passwords',
  personalTokens: '/account/security/personal-tokens',
  connect: '/account/security/connect',
  disconnect: '/account/security/disconnect',
  developer: '/developer',
  newApp: '/developer/apps/new',
  keys: '/developer/keys',
  newKey: '/developer/keys/new',
  reference: '/docs/api',
  outbox: '/dev/mail',
} as const

/** The page of one of the people in the console, or where one is asked before something is done to their account. */
export function personPath(id: string, act?: 'disable' | 'end' | 'factor' | 'roles'): string {
  const page = `${paths.consolePeople}/${encodeURIComponent(id)}`
  return act === undefined ? page : `${page}/${act}`
}

/** The page of one app in the console, or where one is asked before it is switched off. A client id may itself be a URL. */
export function consoleAppPath(clientId: string, act?: 'disable'): string {
  const page = `${paths.consoleApps}/${encodeURIComponent(clientId)}`
  return act === undefined ? page : `${page}/${act}`
}

/** Where one personal token is ended. */
export function personalTokenPath(id: string): string {
  return `${paths.personalTokens}/${encodeURIComponent(id)}/end`
}

/** Where one app password is ended. */
export function appPasswordPath(id: string): string {
  return `${paths.appPasswords}/${encodeURIComponent(id)}/end`
}

/** The page of a receipt. */
export function receiptPath(id: string): string {
  return `${paths.accountConsents}/${id}`
}

/** A receipt as a file, or all of them. */
export function receiptFilePath(id: string): string {
  return `${receiptPath(id)}.json`
}

/** Where an app that is offered is taken over; `link` is what the offer is sealed in. */
export function takeOverPath(link: string): string {
  return `${paths.takeOver}/${link}`
}

/** The page of one app. A client id may itself be a URL. */
export function appPath(clientId: string): string {
  return `/developer/apps/${encodeURIComponent(clientId)}`
}

/** The page of an app that may use one's own account, or the question before it is removed. */
export function connectedAppPath(clientId: string, act?: 'remove'): string {
  const page = `${paths.accountApps}/${encodeURIComponent(clientId)}`
  return act === undefined ? page : `${page}/${act}`
}

/** Where a form about one of one's own passkeys stands, by its handle. */
export function passkeyPath(handle: string, act: 'rename' | 'remove'): string {
  return `${paths.accountPasskeys}/${handle}/${act}`
}

/** One variable of a person's own data. */
export function ownVariablePath(id: number): string {
  return `${paths.accountData}/variables/${id}`
}

/** One mail of the outbox of a server in development. */
export function outboxMailPath(id: string, as?: 'html'): string {
  const page = `${paths.outbox}/${id}`
  return as === undefined ? page : `${page}/${as}`
}

export function requestLogPath(clientId: string): string {
  return `${appPath(clientId)}/requests`
}

/** The entry of one request in an app's log. */
export function requestPath(clientId: string, requestId: string): string {
  return `${requestLogPath(clientId)}?request=${encodeURIComponent(requestId)}`
}

export function secretsPath(clientId: string): string {
  return `${appPath(clientId)}/secrets`
}

/** What to do first with an app; the secret of a new one is shown here, once. */
export function startPath(clientId: string): string {
  return `${appPath(clientId)}/start`
}

/** Where a new secret is shown, once. */
export function newSecretPath(clientId: string): string {
  return `${appPath(clientId)}/secret`
}

export function secretPath(clientId: string, secretId: string, act: 'replace' | 'remove'): string {
  return `${secretsPath(clientId)}/${encodeURIComponent(secretId)}/${act}`
}

export function redirectUrisPath(clientId: string): string {
  return `${appPath(clientId)}/redirect-uris`
}

export function redirectUriPath(clientId: string, act: 'edit' | 'remove'): string {
  return `${redirectUrisPath(clientId)}/${act}`
}

export function settingsPath(clientId: string): string {
  return `${appPath(clientId)}/settings`
}

/** The page of the people who work on an app. */
export function peoplePath(clientId: string): string {
  return `${appPath(clientId)}/people`
}

export function testersPath(clientId: string): string {
  return `${appPath(clientId)}/testers`
}

/** The page of an app's webhooks. */
export function webhooksPath(clientId: string): string {
  return `${appPath(clientId)}/webhooks`
}

export function legacyClientsPath(clientId: string): string {
  return `${appPath(clientId)}/older`
}

export type KeyAct = 'rotate' | 'disable' | 'enable' | 'delete'

/** The page of one subscription key, or where a form about it goes. */
export function keyPath(handle: string, act?: KeyAct): string {
  const page = `${paths.keys}/${encodeURIComponent(handle)}`
  return act === undefined ? page : `${page}/${act}`
}

/** Where a form goes by which an app or a subscription key is shared; `page` is the one of the app or key. */
export type ShareAct = 'collaborators' | 'collaborators/remove' | 'invitations/remove' | 'answer' | 'leave'

/** The page of the plan for one legacy protocol, or for a version of it (`jwt_login/v1`). */
export function protocolPath(protocol: string): string {
  return `${paths.protocols}/${protocol.replace('/', '.')}`
}
