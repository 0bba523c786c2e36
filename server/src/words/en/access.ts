/** What the pages say on which people give programs a way into their account: app passwords and personal tokens. */
import { rich } from '../rich.ts'

export const appAccess = {
  heading: 'Apps and programs',
  places: {
    appPasswords: {
      title: 'App passwords',
      text: 'For apps that can only send a username and a password.',
    },
    personalTokens: {
      title: 'Personal tokens',
      text: 'For scripts and programs of your own that read or change your data.',
    },
  },
}

export const appPasswords = {
  title: 'App passwords',
  what: 'Your app passwords',
  lead: 'Some apps can only send a username and a password. Give each of them an app password, and never your own: you can end it without touching anything else. All of them end when your password changes or you sign out all other browsers.',
  none: 'You have no app password.',
  add: 'Make an app password',
  name: 'Name',
  nameHint: 'Where you will use it, such as “Weather station”.',
  submit: 'Make app password',
  since: rich('made <day/>'),
  used: rich('last used <day/>'),
  neverUsed: 'not used yet',
  end: rich('End<name/>'),
  newOne: 'New app password',
  once: rich('<strong>Copy it now.</strong> It is not shown again.'),
  made: rich('App password “<name/>”'),
  how: (username: string) => `In the app, sign in as ${username} with this password.`,
  saved: "Done, I've saved it",
  notMade: 'No app password was made.',
  ending: {
    heading: 'End this app password?',
    text: 'The app that uses it is signed out at once and cannot sign in with it again.',
    submit: 'End it',
  },
  notices: { ended: 'The app password has ended, and the app that used it is signed out.' },
}

export const personalTokens = {
  title: 'Personal tokens',
  what: 'Your personal tokens',
  lead: 'A personal token lets a script or program of yours use your data through the API. Whoever has it can do what it allows, so give each program its own and end it when it is no longer used. All of them end when your password changes or you sign out all other browsers.',
  none: 'You have no personal token.',
  add: 'Make a personal token',
  name: 'Name',
  nameHint: 'What will use it, such as “Backup script”.',
  scope: 'What it may do',
  expires: 'How long it works',
  lives: {
    7: 'A week',
    30: '30 days',
    90: '90 days',
    365: 'A year',
    until: 'Until a day that I choose',
  },
  until: 'Last day',
  untilHint: 'Only for a day that you choose: at most a year from now. It ends with that day (UTC).',
  submit: 'Make personal token',
  since: rich('made <day/>'),
  used: rich('last used <day/>'),
  neverUsed: 'not used yet',
  ends: rich('works until <moment/>'),
  end: rich('End<name/>'),
  newOne: 'New personal token',
  once: rich('<strong>Copy it now.</strong> It is not shown again.'),
  made: rich('Personal token <name/>'),
  how: rich(
    'Send it with each request to the API, in the header <code>Authorization: Bearer</code> followed by the token.',
  ),
  saved: "Done, I've saved it",
  notMade: 'No personal token was made.',
  ending: {
    heading: 'End this personal token?',
    text: 'Whatever uses it is refused at once. A token that has ended does not come back.',
    submit: 'End it',
  },
  notices: { ended: 'The personal token has ended.' },
}
