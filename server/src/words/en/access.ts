/** What the pages say on which people give programs a way into their account: app passwords and personal tokens. */
import { rich } from '../rich.ts'

export const appAccess = {
  heading: 'Apps and programs',
  places: {
    appPasswords: {
      title: 'App passwords',
      text: 'For apps that can only send a username and a password.',
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
