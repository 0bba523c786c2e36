/** Where the pages stand, so that views and routes name each place once. */

export const paths = {
  start: '/',
  signIn: '/login',
  signUp: '/signup',
  consent: '/consent',
  signOut: '/logout',
  account: '/account',
  accountApps: '/account/apps',
  removeApp: '/account/apps/remove',
  accountDevices: '/account/devices',
  endDevice: '/account/devices/end',
  accountSecurity: '/account/security',
  developer: '/developer',
} as const

/** The page of one app. A client id may itself be a URL. */
export function appPath(clientId: string): string {
  return `/developer/apps/${encodeURIComponent(clientId)}`
}

export function requestLogPath(clientId: string): string {
  return `${appPath(clientId)}/requests`
}
