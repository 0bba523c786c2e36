/** What the pages about webhooks say. */
import type { AppEventType, WebhookOffReason } from '../../../protocol/audit/webhook_events.ts'
import { rich } from '../../rich.ts'
import { counted } from '../counted.ts'

/** Sentences by type, so that each language has all of them. */
const appEvents = {
  'access.given': 'Somebody allowed the app',
  'access.removed': 'Somebody took back the access of the app',
  'access.ended': 'An authorization of the app was ended',
  'access.reused': 'A code or refresh token was used again',
  'app.approved': 'The app, or a change of it, was approved',
  'app.refused': 'The app was refused',
  'app.change_refused': 'A change of the app was refused',
  'app.changes_wanted': 'The operator asks for changes',
  'app.verified': 'The app was verified',
  'app.unverified': 'The app is no longer verified',
  'app.enabled': 'The app was switched on',
  'app.disabled': 'The app was switched off',
  'app.tokens_ended': 'All tokens of the app were ended',
  'app.changed': 'The app was changed',
  'app.secret_changed': 'A client secret was added, replaced or removed',
} as const satisfies Readonly<Record<AppEventType, string>>

const off: Readonly<Record<WebhookOffReason, string>> = {
  by_hand: 'Switched off',
  failed: 'Off: failed for five days',
  gone: 'Off: the receiver is gone',
}

/** By the word that is stored. */
const errors: Readonly<Record<string, string>> = {
  no_answer: 'no answer',
  secret_unreadable: 'the secret cannot be read',
  webhook_off: 'the webhook was off',
}

export const webhooks = {
  heading: 'Webhooks',
  lead: rich(
    'This server sends events of the app to an address of yours, signed as <code>Standard Webhooks</code> says. A message names IDs only.',
  ),
  operatorLead: rich(
    'This server sends the events of the audit log and its seals to an address of yours, signed as <code>Standard Webhooks</code> says. A message names IDs only.',
  ),
  none: 'There is no webhook yet.',
  add: 'Add webhook',
  uri: 'Address',
  uriHint: 'It begins with https:// and answers with a 2xx status within 10 seconds.',
  events: 'Events',
  eventsHint: 'Choose none to get all of them.',
  eventLines: 'Events, one per line',
  eventLinesHint: rich(
    'Leave it empty for all. Example: <code>audit.user_disabled</code>. <code>audit types</code> lists the types.',
  ),
  appEvents: appEvents as Readonly<Record<AppEventType, string>>,
  since: rich('Since <day/>.'),
  allEvents: 'All events.',
  someEvents: (count: number) => counted(count, { one: '1 kind of event.', other: `${count} kinds of events.` }),
  open: rich('Open<name/>'),
  on: 'On',
  off,
  failing: rich('Failing since <day/>'),
  newSecret: 'The secret of the webhook',
  once: rich('<strong>You see this secret once.</strong> Copy it to the receiver now.'),
  secretUse: 'The receiver checks the signature of each message with it. A former secret works for one more day.',
  saved: 'Done, I’ve saved it',
  one: 'Webhook',
  test: 'Send a test',
  rotate: 'Make a new secret',
  rotateHint: 'After a new secret, messages carry a signature of both for one day.',
  switchOn: 'Switch on',
  switchOff: 'Switch off',
  remove: 'Remove',
  deliveries: 'Messages of the last 30 days',
  noDeliveries: 'Nothing was sent yet.',
  states: { waiting: 'Waiting', delivered: 'Delivered', failed: 'Given up' },
  attempts: (count: number) => counted(count, { one: '1 attempt', other: `${count} attempts` }),
  status: (status: number) => `status ${status}`,
  errors,
  again: 'Send again',
  back: 'All webhooks',
  removing: {
    heading: 'Remove this webhook?',
    text: 'Nothing is sent to it any more, and the list of its messages goes.',
    submit: 'Remove',
  },
  notices: {
    removed: 'The webhook is removed.',
    tested: 'The test is on its way. Load the page again to see what became of it.',
    is_off: 'Nothing was sent, because the webhook is off.',
    again: 'The message is on its way again.',
    not_again: 'The message could not be sent again.',
    on: 'The webhook is switched on.',
    off: 'The webhook is switched off.',
  },
}
