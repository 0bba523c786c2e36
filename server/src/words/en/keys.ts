/** What the pages about subscription keys say. */
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

export const keys = {
  heading: 'Subscription keys',
  lead: rich(
    'Apps that sign people in at <code>/auth/v2/login</code> send a key in the header <code>Subscription-Key</code>. Only you, and the people you share it with, can sign in through a key of yours.',
  ),
  create: 'Create a key',
  name: 'Name',
  nameHint: (limit: number) => `Where it is used, such as “meter app”. You can have ${limit} keys.`,
  submit: 'Create key',
  none: 'You have no subscription key',
  noneCreate:
    'Most apps need none: they sign people in with OAuth. Create one for a legacy app that asks for passwords itself.',
  noneAsk:
    'Keys are made by the operator of this server. Ask for one that names you as its owner; it then appears here.',
  yours: 'Your keys',
  caption: 'Your subscription keys',
  shared: 'Shared with you',
  sharedText: 'You can sign in through these keys. Whoever shares one has sent you its text, or will.',
  sharedBy: rich('By <name/>'),
  unnamed: 'Unnamed key',
  offByOperator: 'Switched off by the operator',
  off: 'Switched off',
  active: 'Active',
  openToAll: 'Open to everybody',
  oldWorks: 'Old key still works',
  newKey: 'Your new key',
  newKeyLabel: 'Subscription key',
  once: rich('<strong>You see this key once.</strong> We store only a hash of it.'),
  saved: 'Done, I’ve saved it',
  usesToday: (count: number) => `${count} ${counted(count, { one: 'use', other: 'uses' })} today`,
  notices: {
    renamed: 'The name is saved.',
    invited: 'The invitation is on its way.',
    taken_back: 'The invitation is taken back.',
    accepted: 'You share the key now.',
    declined: 'The invitation is declined.',
    unshared: 'The key is no longer shared with that person.',
    disabled: 'The key is switched off.',
    enabled: 'The key is switched on.',
    deleted: 'The key is deleted.',
    left: 'The key is no longer shared with you.',
  },
  /** By how long the old one still works. */
  afterReplacing: {
    none: 'The old key no longer works.',
    day: 'The old key works for 1 more day.',
    week: 'The old key works for 7 more days.',
    month: 'The old key works for 30 more days.',
  },
  deleting: {
    heading: 'Delete this key?',
    text: 'Every app that still sends it is refused at once. This cannot be undone.',
    submit: 'Delete',
  },
}

export const key = {
  title: (name: string) => `${name} · Subscription keys`,
  changeName: 'Change the name',
  name: 'Name',
  facts: 'What it is',
  key: 'Key',
  oldKey: 'Old key',
  worksUntil: rich('Works until <day/>'),
  state: 'State',
  letsIn: 'Lets in',
  everybody: 'Everybody with an account here; the operator has opened it',
  thesePeople: 'You and the people below',
  created: 'Created',
  unknown: 'Not known',
  lastUsed: 'Last used',
  notYet: 'Not yet',
  usesToday: 'Uses today',
  replaceHeading: 'Replace this key',
  previousWorks:
    'The key before this one still works. If you replace this one now, the one before stops working immediately.',
  replace: 'Replace key',
  people: 'People who share it',
  peopleText: 'They can sign in through this key. Only you can change, replace or delete it.',
  end: 'Switch off or delete',
  offByOperator: 'The operator of this server has switched this key off. Only they can switch it on again.',
  offMeans:
    'Apps that use a key that is switched off are refused. You can switch it on again, but you cannot undo deleting it.',
  isOff: 'The key is switched off, so apps that use it are refused. You cannot undo deleting it.',
  offLimits:
    'Version 1 of the JWT login asks for no key, so people can still sign in there while this one is off. Only the operator of this server can close that version.',
  switchOff: 'Switch off',
  switchOn: 'Switch on',
  delete: 'Delete',
}

/** What is said of sharing, an app or a key. */
export const sharing = {
  invitations: 'Invitations',
  invitationsText: 'Accept if you know who invites you. Nothing is shared before.',
  by: rich('by <name/>'),
  accept: rich('Accept<name/>'),
  decline: rich('Decline<name/>'),
  leave: rich('Leave<name/>'),
  remove: rich('Remove<username/>'),
  username: 'Username or e-mail address',
  usernameHint: 'If somebody has this username or confirmed address, they see the invitation when they sign in.',
  invite: 'Invite',
  invited: 'invited',
  takeBack: rich('Take back<whose/>'),
  invitationOf: (username: string) => ` the invitation of ${username}`,
}
