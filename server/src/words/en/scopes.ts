/** What the scopes of this server mean: a verb, as people say it, and a sentence that says more. */
import type { PermittedClaim } from '../../protocol/openid/claims.ts'
import type { AdminScope, BuiltInScope } from '../../protocol/scope.ts'

export interface Said {
  readonly sentence: string
  readonly detail: string
}

const builtIn: Readonly<Record<BuiltInScope, Said>> = {
  openid: {
    sentence: 'Sign you in with this account',
    detail: 'It gets an ID for you and the time you signed in.',
  },
  profile: {
    sentence: 'See your profile',
    detail: 'Your name, username, picture and other details you have added, such as your birthday.',
  },
  email: { sentence: 'See your e-mail address', detail: 'And whether it is confirmed.' },
  phone: { sentence: 'See your phone number', detail: 'And whether it is confirmed.' },
  address: { sentence: 'See your postal address', detail: 'As far as you have added it.' },
  offline_access: {
    sentence: 'Stay connected when you are away',
    detail: 'It keeps this access until you remove the app.',
  },
  basic: {
    sentence: 'See your account details',
    detail: 'Username, display name, e-mail address, role and when you joined.',
  },
  readmeasurements: {
    sentence: 'Read your measurements',
    detail: 'Everything you have recorded so far and will record.',
  },
  writemeasurements: { sentence: 'Add, change and delete measurements', detail: 'On your behalf.' },
}

const admin: Readonly<Record<AdminScope, Said>> = {
  'admin.read': {
    sentence: 'See everything about running this server',
    detail: 'People, apps, settings and the audit log, as far as your role lets you see them.',
  },
  'admin.write': {
    sentence: 'Run this server on your behalf',
    detail:
      'Change people, apps and settings, as far as your role lets you, for as long as you have signed in recently.',
  },
}

/** Claims that are allowed one by one. */
const claims: Readonly<Record<PermittedClaim, string>> = {
  name: 'See your name',
  family_name: 'See your family name',
  given_name: 'See your given name',
  middle_name: 'See your middle name',
  nickname: 'See your nickname',
  profile: 'See the address of your profile page',
  picture: 'See your picture',
  website: 'See the address of your website',
  gender: 'See your gender',
  birthdate: 'See your date of birth',
  zoneinfo: 'See your time zone',
  locale: 'See your language',
  preferred_username: 'See your username',
  updated_at: 'See when you last changed your profile',
  email: 'See your e-mail address, and whether it is confirmed',
  phone_number: 'See your phone number, and whether it is confirmed',
  address: 'See your postal address',
}

export const scopes = {
  builtIn,
  admin,
  claims,
  /** One of which nothing but its name is known. */
  other: (name: string): Said => ({ sentence: `Use “${name}”`, detail: 'A permission that this service has defined.' }),
}
