/** What the pages about people say to those who run the server. */
import { rich } from '../../rich.ts'
import { counted } from '../counted.ts'

const roles = { owner: 'Owner', admin: 'Admin', support: 'Support' }

export const consolePeople = {
  title: 'People',
  search: 'Username, e-mail address or ID begins with',
  filters: {
    status: {
      label: 'Account',
      all: 'Any',
      choices: { enabled: 'Enabled', disabled: 'Disabled', closed: 'Closed by its holder' },
    },
    role: { label: 'Role', all: 'Any or none', choices: { any: 'Any role', ...roles } },
    factor: { label: 'Two-step verification', all: 'On or off', choices: { with: 'On', without: 'Off' } },
    address: {
      label: 'E-mail address',
      all: 'Any',
      choices: { verified: 'Confirmed', unverified: 'Not confirmed', none: 'None' },
    },
  },
  columns: { person: 'Person', status: 'Account', role: 'Role', factor: 'Two-step verification', since: 'Since' },
  roles,
  states: { enabled: 'Enabled', disabled: 'Disabled', closed: 'Closed' },
  unverified: 'not confirmed',
  factorOn: 'On',
  factorOff: 'Off',
  none: 'Nobody found',
  noneHint: 'Search by how a username, an e-mail address or an ID begins, or choose other filters.',
  pages: 'Pages of people',
}

export const consolePerson = {
  facts: 'Account',
  email: 'E-mail address',
  noEmail: 'None',
  verified: 'confirmed',
  role: 'Role',
  noRole: 'None',
  signsInBy: 'Signs in with',
  password: 'password',
  passkeys: (count: number) => counted(count, { one: 'one passkey', other: `${count} passkeys` }),
  totp: 'authenticator app',
  noWay: 'Another provider, or nothing',
  since: 'Since',
  sessions: 'Signed-in browsers',
  noSessions: 'No browser is signed in.',
  session: rich('Since <since/>, last seen <seen/>'),
  apps: 'Connected apps',
  noApps: 'No app may use this account.',
  moreApps: 'There are more apps than these.',
  appUsed: rich('Since <since/>, last used <used/>'),
  ownApps: 'Works on these apps',
  activity: 'Activity',
  activityLead: 'As the holder of the account reads it. The latest 20 events.',
  own: rich('This is your own account. You change it on your <a>account pages</a>.'),
  notYours: 'This account has the same role as yours or a higher one, so you cannot act on it.',
  act: 'Actions',
  acts: {
    end: { text: 'Signs out every browser and ends the access of all apps.', button: 'Sign out everywhere' },
    forgive: {
      text: 'Lets the person try again after too many wrong passwords or codes.',
      button: 'Clear sign-in counters',
    },
    reset: {
      text: 'Mails a link with which the person sets a new password. You do not see it.',
      button: 'Mail a reset link',
    },
    factor: {
      text: 'Removes a lost second factor after 24 hours. The person is told at once and can stop it.',
      button: 'Remove the second factor',
    },
    keep: { text: 'A removal of the second factor waits.', button: 'Stop the removal' },
    roles: { text: 'What the person may do in this console.', button: 'Change the role' },
    disable: {
      text: 'Signs the person out, ends the access of all apps and keeps the person out.',
      button: 'Disable the account',
    },
    enable: { text: 'Lets the person sign in again. Nothing that was ended comes back.', button: 'Enable the account' },
  },
  questions: {
    end: {
      heading: 'Sign out everywhere?',
      text: 'Every browser is signed out, and every app has to ask for permission again. The person can sign in again.',
      submit: 'Sign out everywhere',
    },
    factor: {
      heading: 'Remove the second factor?',
      text: 'It is removed in 24 hours. The person is told at once, and stops it by a click or by signing in with the factor. Make sure first that it is they who ask.',
      submit: 'Start the removal',
    },
    roles: {
      title: (role: 'owner' | 'admin' | 'support' | 'none') =>
        role === 'none' ? 'Take the role away?' : `Make this person ${role === 'support' ? 'support' : `an ${role}`}?`,
      text: 'Owners may do everything. Admins decide on people and apps and change the server. Support reads, clears counters, ends sessions and starts the removal of a factor.',
      submit: 'Change the role',
    },
    disable: {
      heading: 'Disable this account?',
      text: 'Every browser is signed out and every token of every app ends at once. None of that comes back when you enable the account again.',
      submit: 'Disable the account',
    },
  },
  notices: {
    enabled: 'The account is enabled.',
    disabled: 'The account is disabled. Everything that was signed in has ended.',
    ended: 'Everything that was signed in has ended.',
    forgiven: 'The counters are cleared.',
    mailed: 'The link is on its way.',
    no_mail: 'This server sends no mail, so nothing was done. The command line can do it.',
    no_address: 'The account has no confirmed e-mail address, so nothing was done. The command line can do it.',
    started: 'The second factor is removed in 24 hours, unless the removal is stopped.',
    kept: 'The removal is stopped.',
    roles_changed: 'The role is changed.',
    last_owner: 'This is the last owner, so nothing was done.',
    nothing: 'Nothing was left to do.',
  },
}
