/** What the pages about second factors say. */
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

/** What has happened, and what to do. */
type Problem = readonly [what: string, then: string]

const tooMany = (wait: string): Problem => ['Too many wrong codes.', `Please try again in ${wait}.`]

/** The page of a sign-in that asks for the second factor. */
export const factor = {
  heading: 'Two-step verification',
  ask: rich(
    'Enter the code that your authenticator app shows for <account/>. If you do not have the app at hand, enter one of your recovery codes.',
  ),
  askWithoutApp: rich('Use your passkey to verify that you are <account/>, or enter one of your recovery codes.'),
  passkey: 'Verify with a passkey',
  orCode: 'or with a code',
  code: 'Code',
  submit: 'Verify',
  lost: rich('Lost your phone and your recovery codes? <a>Get back in</a>'),
  removalWaits: rich('Your second step will be removed on <moment/>. To keep it, enter a code now.'),
  backToSignIn: 'Sign in as somebody else',
  stops: {
    stands_still: (): Problem => [
      'Too many codes were wrong, so codes of this kind are no longer accepted.',
      'Use a recovery code or another way to verify, or reset your password by e-mail.',
    ],
    throttled: tooMany,
    passkey: (): Problem => ['That passkey did not work.', 'Please try again, or enter a code.'],
  },
}

/** The page on which the removal of a lost second step is asked for, and the one that a mail leads to. */
export const lostFactor = {
  heading: 'Lost your second step?',
  means: rich(
    'You can ask to have the second step of <account/> removed. It takes 24 hours, so that nobody who only knows your password can do it unnoticed.',
  ),
  steps: [
    'We send a message to your confirmed address at once.',
    'Until then you, or anybody signed in to your account, can stop it with one click. Signing in with a code stops it too.',
    'After that, your password alone opens your account. You cannot change the password before then.',
  ],
  submit: 'Ask for removal',
  asked: 'Your second step will be removed',
  askedText: rich('From <moment/> you can sign in with your password alone. Come back then.'),
  askedStop: 'Found your phone? Sign in with a code, and your second step stays.',
  bars: {
    no_mail:
      'This server cannot warn you by mail when somebody asks for this. Ask its operator, who can remove your second step on the server.',
    no_password: 'Sign in with your password first. Then you can ask to have your second step removed.',
  },
  keep: {
    heading: 'Keep your second step?',
    text: 'Somebody who knows your password asked to have it removed. If that was not you, stop it and change your password.',
    submit: 'Keep my second step',
    done: 'Your second step stays',
    doneText: 'If it was not you who asked, change your password now: somebody else knows it.',
    over: 'Nothing to stop',
    overText: 'The removal was already stopped, or has already taken place.',
    onward: 'Go to your account',
  },
}

/** The page of the account about its authenticator app. */
export const totp = {
  title: 'Two-step verification',
  heading: 'Two-step verification',
  lead: 'After your password, you are asked for a code from an app on your phone. Somebody who learns your password cannot sign in with it alone.',
  required: rich(
    'You are signed in as <account/>. This server asks for a second step at sign-in. Set it up to continue.',
  ),
  scan: 'Scan this picture with your authenticator app',
  scanHint: 'Any authenticator app will do: the one of your password manager, of your phone, or a separate one.',
  picture: 'QR code with the key of this account',
  openHere: 'Or open the app on this device',
  manually: 'Or type this key into the app',
  enter: 'Enter the code that the app shows',
  code: 'Six-digit code',
  submit: 'Turn on',
  usePasskey: 'Use a passkey instead',
  means: 'Your other browsers will be signed out, and so will apps that have asked you for your password themselves.',
  throttled: tooMany,
  off: 'The operator of this server does not offer two-step verification.',
  needsLink:
    'Your role asks for more than your password here. Open a setup, invitation or reset link first, then come back within an hour. The operator can print a reset link on the server.',
  otherAccount: 'Sign out',

  on: 'On',
  app: 'Authenticator app',
  since: rich('added <day/>'),
  used: rich('last used <day/>'),
  remove: 'Remove',
  removal: {
    heading: 'Remove your authenticator app?',
    name: 'Authenticator app',
    text: 'From then on your password alone opens your account, unless you have another second step. Your recovery codes end with your last second step.',
    submit: 'Remove',
  },
  codes: 'Recovery codes',
  codesLeft: (left: number) =>
    counted(left, {
      one: 'One of your recovery codes is left.',
      other: `${left} of your recovery codes are left.`,
    }),
  newCodes: 'Make new codes',
  removalWaits: rich(
    'Somebody who knows your password asked to have your second step removed. It will be removed on <moment/>, unless you stop it.',
  ),
  stopRemoval: 'Stop the removal',
  newCodesMean: 'New codes replace the ones you have now.',

  saveCodes: 'Save your recovery codes',
  codesTell: rich(
    'If you lose your app or passkey, each of these codes opens your account <strong>once</strong>. Keep them where you keep your passwords. They are not shown again.',
  ),
  saved: 'Done, I’ve saved them',
}

/** What the security page says of the second step. */
export const twoStep = {
  heading: 'Two-step verification',
  on: 'On',
  off: 'Off',
  onText: 'After your password, you are asked for a code.',
  offText: 'Your password alone opens your account. Add an authenticator app to keep out anybody who learns it.',
  setUp: 'Set up',
  manage: 'Manage',
}
