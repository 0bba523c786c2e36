/** Addresses of the older API that this server leaves out, so that who calls one learns it from the answer. */

/** By the address behind its version; every address below one of them is meant as well. */
const leftOut: Readonly<Record<string, string>> = {
  connectors: 'imports from other services',
  correlations: 'correlations',
  feed: 'a feed',
  googleIdToken: 'sign-in by a Google ID token; /api/v2/auth/social/login does that',
  'measurements/csv': 'exports as CSV',
  'measurements/daily': 'grouping of measurements; list them and group what comes',
  'measurements/request_csv': 'exports as CSV',
  'measurements/request_pdf': 'exports as PDF',
  'measurements/request_xls': 'exports as XLS',
  notifications: 'reminders',
  organizations: 'users of organizations',
  pairs: 'pairs of measurements',
  pairsCsv: 'pairs of measurements',
  'public/correlations': 'correlations',
  'public/variables': 'this address; GET /api/v3/variables without a token lists the public variables',
  'shares/invite': 'invitations; people agree at the authorization endpoint',
  studies: 'studies',
  study: 'studies',
  trackingReminderNotifications: 'reminders',
  trackingReminders: 'reminders',
  unitsVariable: 'units of one variable; GET /api/v3/units lists all of them',
  userTags: 'tags',
  users: 'lists of people',
  votes: 'votes',
}

/** Addresses that have other methods here than there. */
const otherMethods: Readonly<Record<string, string>> = {
  'POST measurementSources': 'A source is made by the first measurement that names it.',
  'POST user': 'People sign up themselves and agree at the authorization endpoint.',
  'POST userVariables': 'A variable has no settings that a person could change here.',
  'POST variables': 'A variable is made by its first measurement: POST /api/v3/measurements.',
}

/** What is said of an address that the older API has and this server does not; undefined where it has not either. */
export function notOurs(path: string): string | undefined {
  const name = nameOf(path)
  const entry = Object.entries(leftOut).find(([left]) => name === left || name.startsWith(`${left}/`))
  return entry && `This server does not have ${entry[1]}.`
}

/** What to do in place of a method of the older API that an address does not take here. */
export function otherWay(method: string, path: string): string | undefined {
  const key = `${method} ${nameOf(path)}`
  return Object.hasOwn(otherMethods, key) ? otherMethods[key] : undefined
}

/** Where to read on. */
export function readOn(issuer: string): string {
  return `docs/dialects.md#not-ours lists what is left out, ${issuer}/docs/api what there is.`
}

function nameOf(path: string): string {
  return path.replace(/^\/api(?:\/v[1-6])?\//, '')
}
