/** What the pages about passkeys say. */
import { rich } from '../rich.ts'

export const passkeys = {
  title: 'Passkeys',
  lead: 'A passkey signs you in with the fingerprint, face or PIN of your device. It cannot be guessed, and no other site can ask for it.',
  signIn: 'Sign in with a passkey',
  none: 'You have no passkey yet.',
  /** On the page about security. */
  count: (count: number) => (count === 1 ? 'You have 1 passkey.' : `You have ${count} passkeys.`),
  manage: 'Manage passkeys',
  add: 'Add a passkey',
  addLead:
    'Your browser asks where to keep it: on this device, on a phone, on a security key, or in a password manager.',
  turnsOn:
    'It is also your second step when you sign in with your password. You get recovery codes for the day you lose it. Your other browsers will be signed out, and so will apps that have asked you for your password themselves.',
  /** Where a second factor must be added. */
  useApp: 'Use an authenticator app instead',
  needsScript: 'To add a passkey, you need JavaScript and a browser that supports passkeys.',
  name: 'Name',
  nameHint: 'So that you recognise it later.',
  unnamed: 'Passkey',
  synced: 'Synced between devices',
  elsewhere: rich('Made for <host/>. It cannot be used here.'),
  added: rich('added <day/>'),
  used: rich('last used <moment/>'),
  neverUsed: 'not used yet',
  rename: rich('Rename<name/>'),
  remove: rich('Remove<name/>'),
  renaming: { heading: 'Rename this passkey', submit: 'Save' },
  removing: {
    heading: 'Remove this passkey?',
    text: 'You can no longer sign in with it. If it is your only second step, your password alone opens your account from then on, and your recovery codes end. Browsers that are signed in stay signed in. Delete it on your device as well, so that it is not offered there.',
    submit: 'Remove',
  },
  notices: {
    added: 'The passkey has been added. You can sign in with it from now on.',
    renamed: 'The passkey has been renamed.',
    removed: 'The passkey has been removed.',
  },
  /** Why nothing was changed, and what to do. */
  refusals: {
    stale: ['This page was open for too long, so nothing was added.', 'Please try again.'],
    refused: ['The passkey could not be added.', 'Please try again, or use another device.'],
    too_many: ['You have as many passkeys as an account can have.', 'Remove one first.'],
    sign_in_again: ['Nothing was changed.', ''],
    needs_link: [
      'Nothing was added.',
      'Your role asks for more than your password here. Open a setup, invitation or reset link first, then come back within an hour. The operator can print a reset link on the server.',
    ],
  } satisfies Record<string, [what: string, then: string]>,
  /** What the browser could not do, by the name of its error; the first where it has none of these. */
  failures: {
    prove: { other: 'No passkey was used. Try again, or sign in another way.' },
    add: {
      other: 'No passkey was added. Try again, or use another device.',
      InvalidStateError: 'That device already has a passkey for your account.',
    },
  } as { readonly [Act in 'add' | 'prove']: Readonly<Record<string, string>> },
}
