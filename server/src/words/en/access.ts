/** What the pages say on which people give programs a way into their account: app passwords and personal tokens. */
import type { EndReason } from '../../protocol/grant.ts'
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
  lead: 'Some apps can only send a username and a password. Give each of them an app password, never your own: you can remove it without touching anything else. All of them end when your password changes or you sign out all other browsers.',
  none: 'You have no app password.',
  add: 'Create an app password',
  name: 'Name',
  nameHint: 'Where you will use it, such as “Weather station”.',
  submit: 'Create app password',
  since: rich('created <day/>'),
  used: rich('last used <day/>'),
  neverUsed: 'not used yet',
  end: rich('Remove<name/>'),
  newOne: 'New app password',
  once: rich('<strong>Copy it now.</strong> It is not shown again.'),
  made: rich('App password “<name/>”'),
  how: (username: string) => `In the app, sign in as ${username} with this password.`,
  saved: 'Done, I’ve saved it',
  notMade: 'No app password was created.',
  ending: {
    heading: 'Remove this app password?',
    text: 'The app that uses it is signed out at once and cannot sign in with it again.',
    submit: 'Remove',
  },
  notices: { ended: 'The app password has been removed, and the app that used it is signed out.' },
}

export const personalTokens = {
  title: 'Personal tokens',
  what: 'Your personal tokens',
  lead: 'A personal token lets a script or program of yours use your data through the API. Anybody who has it can do what it allows, so give each program its own and remove it when it is no longer used. All of them end when your password changes or you sign out all other browsers.',
  none: 'You have no personal token.',
  add: 'Create a personal token',
  name: 'Name',
  nameHint: 'What will use it, such as “Backup script”.',
  scope: 'What it may do',
  expires: 'How long it works',
  lives: {
    7: 'A week',
    30: '30 days',
    90: '90 days',
    365: 'A year',
    until: 'Until a day that you choose',
  },
  until: 'Last day',
  untilHint: 'At most a year from now. The token ends with that day (UTC).',
  submit: 'Create personal token',
  since: rich('created <day/>'),
  used: rich('last used <day/>'),
  neverUsed: 'not used yet',
  ends: rich('works until <moment/>'),
  end: rich('Remove<name/>'),
  newOne: 'New personal token',
  once: rich('<strong>Copy it now.</strong> It is not shown again.'),
  made: rich('Personal token “<name/>”'),
  how: rich(
    'Send it with each request to the API, in the header <code>Authorization: Bearer</code> followed by the token.',
  ),
  saved: 'Done, I’ve saved it',
  notMade: 'No personal token was created.',
  ending: {
    heading: 'Remove this personal token?',
    text: 'Anything that uses it is refused at once. You cannot undo this.',
    submit: 'Remove',
  },
  notices: { ended: 'The personal token has been removed.' },
}

const number = (value: number) => value.toLocaleString('en')

/** What apps did, and why their access ended. */
export const appHistory = {
  ended: 'Access that has ended',
  endedLead: (days: number) => `Apps that had access within the last ${number(days)} days and no longer do.`,
  endedOn: rich('Access ended on <day/>. <reason/>'),
  ends: {
    revoked_by_user: 'You ended it.',
    revoked_by_client: 'The app gave it up.',
    revoked_by_operator: 'The operator of this server ended it.',
    code_reused: 'A sign-in code of the app was used twice. Somebody may have copied it, so we ended the access.',
    refresh_token_reused:
      'An old key of the app, which had been replaced, was used again. Somebody may have copied it, so we ended the access.',
    password_changed: 'You changed your password.',
    second_factor: 'You turned on two-step verification, which this app cannot ask for.',
    grant_limit: 'It was connected in too many places, and this one was unused for the longest time.',
    signed_out: 'You signed out of the browser in which you had signed in to it.',
    expired: 'It had expired.',
    app_deleted: 'The app was deleted.',
  } satisfies Record<EndReason | 'expired' | 'app_deleted', string> as Readonly<
    Record<EndReason | 'expired' | 'app_deleted', string>
  >,

  did: 'What it did',
  didLead: (days: number) =>
    `What it read and changed through this server in the last ${number(days)} days, by day (UTC). We cannot see what it did with it elsewhere.`,
  didNothing: (days: number) => `It has read and changed nothing in the last ${number(days)} days.`,
  caption: 'What the app did, the latest day first',
  day: 'Day (UTC)',
  resource: 'What',
  /** By the name of the resource of the API. */
  resources: {
    measurements: 'Measurements',
    variables: 'Variables',
    user: 'Your account details',
    apps: 'Your connected apps',
  } as Readonly<Record<string, string>>,
  reads: 'Read',
  writes: 'Changed',
  records: 'Records',
  times: number,
}
