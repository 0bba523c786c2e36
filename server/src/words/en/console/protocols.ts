/** What people read of legacy protocols and of the plans for their ends. */
import type { ClosableDialect } from '../../../protocol/dialects.ts'
import { counted } from '../counted.ts'

const names = {
  quantimodo: 'QuantiModo OAuth 2',
  password_token: 'Password token',
  jwt_login: 'JWT login',
}
const parts: Readonly<Record<string, string>> = { unversioned: 'without a version', social: 'social sign-in' }

/** A protocol, or a version of one, as people know it: `JWT login, v1`. */
function name(protocol: ClosableDialect): string {
  const [dialect, part] = protocol.split('/') as [keyof typeof names, string | undefined]
  return part === undefined ? names[dialect] : `${names[dialect]}, ${parts[part] ?? part}`
}

export const protocols = {
  name,
  title: 'Legacy protocols',
  lead: 'Retire a protocol, or one version of it, in steps: announce the end, switch it off for some minutes, close it.',
  protocol: 'Protocol',
  state: 'State',
  states: { open: 'Open', announced: 'Ending', brown_out: 'Switched off now', closed: 'Closed' },
  notInSettings: 'Not in the settings',
  ends: 'Ends on',
  nextBrownout: 'Next brown-out:',
  apps: 'Apps, 30 days',
  uses: 'Uses, 30 days',
  lastUse: 'Last use',
  never: 'Never',
  none: 'There are no legacy protocols.',
  safe: 'Safe to close?',
  nobody: 'Yes. No app and no subscription key was seen here in 30 days.',
  wouldBreak: (apps: number) =>
    apps === 0
      ? 'Not yet. Apps behind these subscription keys may still come this way.'
      : counted(apps, {
          one: 'Not yet. One app would stop working.',
          other: `Not yet. ${apps} apps would stop working.`,
        }),
  seen: 'Apps seen in 30 days',
  app: 'App',
  goneApp: 'Deleted app',
  keys: 'Subscription keys used in 30 days',
  keysText: 'Apps of this protocol show a key instead of an ID of their own. By which version they came is not known.',
  key: 'Key',
  owner: 'Owner',
  told: 'Who was told',
  nobodyTold: 'Nobody yet. The owners of the apps get a mail when you announce an end.',
  noMail: 'Nobody. This server sends no mail.',
  whom: 'Developer',
  toldOf: 'Told it ends on',
  toldAt: 'Told on',
  announce: 'Announce the end',
  announceText:
    'Each answer of the protocol then names the day, in the headers that tools look for. The owners of apps seen in 30 days get a mail. The protocol stays open until you close it.',
  since: 'Deprecated since',
  sunset: 'Ends on',
  sunsetHint: 'The day counts in UTC.',
  link: 'What to use instead',
  linkHint: 'Address of a page for developers. Without one, answers name the developer portal.',
  announceSubmit: 'Announce',
  announceAgain: 'Change',
  takeBack: 'Take the date back',
  brownouts: 'Brown-outs',
  brownoutsText:
    'For these minutes the protocol answers 410. Whoever still needs it notices, and the request log of their app says why.',
  day: 'Day',
  time: 'Begins at',
  timeHint: 'In UTC.',
  minutes: 'Minutes',
  schedule: 'Schedule',
  remove: 'Remove',
  ahead: 'Ahead',
  underWay: 'Now',
  over: 'Over',
  end: 'Close',
  closeText:
    'Once closed, the protocol answers 410 to everybody. Tokens that are out stay valid. You can open it again.',
  closedText: 'The protocol is closed and answers 410 to everybody. Tokens that are out stay valid.',
  close: 'Close',
  open: 'Open again',
  undo: 'Undo the whole plan',
  closing: {
    heading: 'Close this protocol?',
    text: 'Apps that still need it stop working at once. Tokens that are out stay valid, and you can open it again.',
    submit: 'Close',
  },
  notices: {
    announced: 'The end is announced.',
    taken_back: 'The date is taken back.',
    brownout_added: 'The brown-out is scheduled.',
    brownout_removed: 'The brown-out is removed.',
    closed: 'The protocol is closed.',
    opened: 'The protocol is open.',
    undone: 'The plan is undone.',
  },
  problems: {
    date: 'Choose a day in the future.',
    link: 'The link must begin with https:// or http://.',
    time: 'Give a day and a time, such as 09:30.',
    minutes: 'Give the minutes as a number.',
    past: 'That time is over.',
    too_short: 'A brown-out takes at least a minute.',
    too_long: 'A brown-out takes at most a day, which is 1440 minutes.',
    too_many: 'Remove a brown-out first. There are 20 ahead.',
    overlaps: 'There is another brown-out at that time.',
    after_end: 'The protocol ends before that time.',
    closed: 'The protocol is closed.',
  },
}
