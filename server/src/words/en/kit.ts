/** What pages have in common: their frame, forms and notes, how an app is described, and devices. */
import type { Brand } from '../brand.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

/** Systems that are named by the thing that they run on. */
const things: Readonly<Record<string, string>> = { iPhone: 'an iPhone', iPad: 'an iPad', Mac: 'a Mac' }

export const kit = {
  product: 'Consentry',
  /** Undefined where the operator has given the server no name of their own. */
  brand: undefined as Brand | undefined,
  brandLinks: { support: 'Help', terms: 'Terms', privacy: 'Privacy', status: 'Status' },
  language: 'Language',
  /** What somebody who is not signed in can choose from at the foot of the page, each in its own name. */
  choices: [] as readonly { readonly language: string; readonly name: string; readonly href: string }[],
  runsOn: 'Runs on Consentry',
  title: (title: string) => `${title} · Consentry`,
  problemTitle: (title: string) => `Problem: ${title}`,
  skip: 'Skip to the content',
  main: 'Main',
  account: 'Account',
  accountPlaces: {
    overview: 'Overview',
    profile: 'Profile',
    email: 'E-mail',
    apps: 'Connected apps',
    devices: 'Devices',
    security: 'Security',
    activity: 'Activity',
    data: 'Data',
  },
  developer: 'Developer',
  console: 'Console',
  yourApps: 'Your apps',
  /** Undefined on a server without a reference to lead to. */
  apiReference: 'API reference' as string | undefined,
  signIn: 'Sign in',
  signOut: 'Sign out',
  home: 'Go to the home page',
  cancel: 'Cancel',
  save: 'Save',
  search: 'Search',
  firstPage: 'First page',
  previous: 'Previous',
  next: 'Next',

  notes: { warning: 'Warning: ', bad: 'Problem: ', good: 'Done: ' },
  formExpired: rich('<strong>This form has expired, so nothing was done.</strong> Please check it and send it again.'),
  problems: (count: number) =>
    counted(count, { one: 'Please fix one problem below.', other: `Please fix ${count} problems below.` }),
  problem: 'Problem: ',
  optional: ' (optional)',
  currentPassword: 'Current password',
  newPassword: 'New password',
  passwordHint: (minimum: number) =>
    `At least ${minimum} characters. A few unrelated words are strong and easy to remember.`,
  passwordChangeMeans:
    'You stay signed in here. Every other browser is signed out, and every app will have to ask for your permission again.',
  passwordWaits: {
    too_many: (wait: string) => `Too many passwords were tried from here. Please try again in ${wait}.`,
    busy: (wait: string) => `The server is checking as many passwords as it can. Please try again in ${wait}.`,
  },

  toContinueTo: rich('to continue to <name/>'),
  continueWith: (provider: string) => `Continue with ${provider}`,
  unreachable: (provider: string) => `${provider} cannot be reached at the moment. Please try again later.`,

  /** The state of an app. */
  states: { pending: 'In development', disabled: 'Switched off', enabled: 'Live' },
  verified: 'Verified',
  unverified: 'Unverified',
  by: rich('by <name/>'),
  saysBy: rich('says it is by <name/>'),
  notRegistered: 'Not registered here.',
  registered: rich('Registered in <month/>.'),
  registeredBy: rich('Registered by <developer/>, a developer on this server, in <month/>.'),
  verifiedBy: rich('Verified by <server/> on <day/>.'),
  about: (name: string) => `About ${name}`,
  privacyPolicy: 'Privacy policy',
  terms: 'Terms',
  openapi: 'OpenAPI document',
  fresh: 'New',

  overlap: 'How long the old one works',
  overlaps: {
    month: { label: 'For 30 days', detail: 'People have to install a new version first.' },
    week: { label: 'For 7 days', detail: 'Time to update every instance of the app.' },
    day: { label: 'For 1 day', detail: 'You can reach every instance soon.' },
    hour: { label: 'For 1 hour', detail: 'You update the only instance now.' },
    none: { label: 'Not at all', detail: 'It has leaked. Anything still using it stops working immediately.' },
  },

  unknownDevice: 'Unknown device',
  unnamedDevice: 'Unknown',
  unnamedMeans: 'Unknown — the app sent no device information; such sign-ins end first',
  programOn: (program: string, system: string) => `${program} on ${things[system] ?? system}`,

  difference: (at: number, expected: string, got: string) =>
    `First difference at character ${at}: expected ${expected}, got ${got}.`,
  textEnd: 'the end',
  endsHere: ' ends here',
  quoted: (text: string) => `“${text}”`,
}
