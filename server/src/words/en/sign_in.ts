/** What the pages on the way into and out of an account say. */
import type { MailWords } from '../mail.ts'
import { rich } from '../rich.ts'

export interface SignInFacts {
  /** How long to wait, in words. */
  readonly wait: string | undefined
  readonly provider: string
}

/** What has happened, and what to do. */
type Problem = (facts: SignInFacts) => readonly [string, string]

const later = (wait: string | undefined) => `Please try again ${wait === undefined ? 'a little later' : `in ${wait}`}.`

const problems = {
  too_many: ({ wait }) => ['Too many failed attempts.', later(wait)],
  too_many_accounts: ({ wait }) => ['Too many accounts were opened from your network.', later(wait)],
  busy: ({ wait }) => ['Many people are signing in right now.', later(wait)],
  not_checked: ({ wait }) => [
    'Your password could not be checked, because another server did not answer.',
    later(wait),
  ],
  stale: () => ['This page was open for too long.', 'Please sign in once more.'],
  disabled: () => ['This account is closed.', 'The operator of this server can tell you why.'],
  other_account: () => ['That is another account, so nothing was connected.', 'Sign in to the one named below.'],
  link_needs_factor: ({ provider }) => [
    'Nothing was connected, because that account needs a second step.',
    `Sign in to it with your password and the second step, then connect ${provider} under Security.`,
  ],
  passkey: () => ['Signing in with that passkey did not work.', 'Try again, or sign in another way.'],
  passkey_copied: () => [
    'That passkey was refused, because there may be a copy of it.',
    'Sign in another way, remove the passkey under Security, and add a new one.',
  ],
  provider: ({ provider }) => [
    `Signing in with ${provider} did not work.`,
    'Please try again, or sign in another way.',
  ],
  sign_up_closed: () => [
    'You have no account here yet.',
    'The operator of this server invites people. If you have an account, sign in to it with your password.',
  ],
  provider_denied: ({ provider }) => [`You were not signed in with ${provider}.`, 'Try again, or sign in another way.'],
} satisfies Record<string, Problem>

export const signIn = {
  newHere: rich('New here? <a>Create an account</a>'),
  otherWays: 'Other ways to sign in',
  orPassword: 'or with your password',
  login: 'E-mail or username',
  password: 'Password',
  connect: 'Connect',
  asSomebodyElse: 'Return to the app as somebody else',
  withoutSigningIn: 'Return to the app without signing in',
  openAnother: 'Open another account instead',
  cancelTo: rich('Cancel and return to <app/>'),
  notices: { reset: 'Your password has been changed. Sign in with the new one.' },
  forgot: 'Forgot your password?',
  forgotten: 'Forgot your password? Ask the operator of this server.',
  someApp: 'The app',
  wanted: rich('It expects <wanted/>.'),
  notAnew: rich(
    'You are signed in as <account/>, but <app/> asks for a new sign-in, and your provider did not ask you again. Sign in with your password or in another way, or return without signing in.',
  ),
  otherPerson: rich(
    'You are signed in as <account/>, but <app/> expects <wanted/>. Sign in to that account here, or return to the app as somebody else.',
  ),
  anotherAccount: 'another account',
  link: rich(
    'There is an account here with the address <email/>. If it is yours, sign in to it once, and <provider/> will open it from then on.',
  ),
  someProvider: 'the provider',
  problems,
}

export const goingOn = {
  title: (provider: string) => `Continue to ${provider}`,
  heading: rich('Continue to <provider/>'),
  text: 'Your browser takes you there. If nothing happens, press the button.',
  onward: 'Continue',
}

export const signUp = {
  heading: 'Create an account',
  closed: {
    invite: {
      heading: 'Accounts are by invitation',
      text: 'On this server the operator invites people. If you have an invitation, open the link in its mail. Otherwise ask whoever runs the server for one.',
    },
    closed: {
      heading: 'New accounts are not open',
      text: 'On this server the operator creates the accounts. Ask whoever runs it for one.',
    },
  },
  toSignIn: 'Sign in',
  haveOne: rich('Already have an account? <a>Sign in</a>'),
  otherWays: 'Other ways to create an account',
  orEmail: 'or with your e-mail address',
  submit: 'Create account',
  email: 'E-mail',
  username: 'Username',
  password: 'Password',
  usernameHint: 'You can also sign in with your username.',
  usernameDerived: 'You can also sign in with it. Left empty, it is taken from your address.',
}

export const setUp = {
  heading: 'Create the administrator',
  welcome: 'Welcome. This account has the role owner. The link that brought you here works once.',
  submit: 'Create administrator',
}

export const outdatedPassword = {
  heading: 'Choose a stronger password',
  why: 'You are signed in. Your password is shorter or easier to guess than new passwords may be here.',
  onward: rich('Either way you continue to <app/>.'),
  change: 'Change it now',
  later: 'Later',
}

export const terms = {
  bySigningUp: {
    both: rich('By creating an account you accept the <terms/> and the <privacy/>.'),
    terms: rich('By creating an account you accept the <document/>.'),
    privacy: rich('By creating an account you accept the <document/>.'),
  },
  named: {
    terms: (version: string) => `Terms (version ${version})`,
    privacy: (version: string) => `Privacy policy (version ${version})`,
  },
  heading: 'Before you continue',
  why: rich('You are signed in as <account/>. To use this account, please read and accept:'),
  changed: 'A newer version came into force while this page was open, so nothing was accepted. Please read it.',
  means: 'We keep with your account which version you accept, and when. If you decline, you are signed out.',
  accept: 'Accept',
  decline: 'Decline',
  leaving: {
    withData: rich(
      'Without accepting, you can download your data as <csv>CSV</csv> or <json>JSON</json> and <close>close your account</close>.',
    ),
    withoutData: rich('Without accepting, you can <close>close your account</close>.'),
  },
  accepted: 'What you accepted',
  acceptedOn: rich('<document/>, accepted on <day/>'),
  asJson: 'Download as JSON',
}

export const signOut = {
  confirm: rich('You are signed in as <account/>. Sign out in this browser?'),
  asked: rich('<app/> asks to sign you out here too. You are signed in as <account/>.'),
  whatEnds: 'Apps that you allowed to stay connected keep their access. Apps you only signed in to are signed out.',
  told: 'We tell these apps, so that they can sign you out as well:',
  stay: 'Stay signed in',
  done: 'You are signed out',
  shared: 'If you share this computer, close the browser too.',
  onward: rich('Continue to <app/>'),
  someApp: 'the app',
  signInAgain: 'Sign in again',
  frame: 'Signing out of an app',
}

/** The page that posts an answer to an app. */
export const posted = {
  title: 'Back to the app',
  onward: rich('You are being sent to <host/>. If nothing happens, press the button.'),
  submit: 'Continue',
}

/** Where a legacy app's way through the browser ends. */
export const landing = {
  back_to_app: {
    title: 'You can go back to the app',
    sentence: 'The app has its answer. If this page stays, close it and return to the app.',
  },
  close_window: { title: 'You can close this window', sentence: 'There is nothing more to do here.' },
}

// The pages that mails lead to, and the mails.

export const forgot = {
  heading: 'Forgot your password?',
  lead: 'Enter the confirmed e-mail address of your account. We will send you a link to choose a new password.',
  email: 'E-mail',
  submit: 'Send link',
  sent: 'If an account here has that confirmed address, a link to choose a new password is on its way. It works for one hour.',
  notThere: 'Nothing there after a few minutes? Check your spam folder, or ask the operator of this server.',
  askOperator:
    'This server does not send mail. Ask its operator for a link to choose a new password: they can make one for you.',
  backToSignIn: 'Back to sign-in',
}

export const reset = {
  heading: 'Choose a new password',
  whose: rich('For the account <account/>.'),
  means:
    'Every browser and app that uses the account will be signed out. Afterwards you sign in with the new password.',
  submit: 'Set password',
}

export const verify = {
  enterCode: 'Check your mail',
  confirm: 'Confirm your address',
  mailed: rich('We have sent a message to <email/>. Enter the six-digit code from it within ten minutes.'),
  opensAccount: rich('Confirm that <email/> is your address. This opens your account.'),
  isOf: rich('Confirm that <email/> is the address of the account <account/>.'),
  code: 'Code',
  submitCode: 'Confirm',
  submitLink: 'Confirm address',
  again: 'Send another code',
  orLink: 'The mail also has a link, which works for 24 hours in any browser.',
  notYou: 'If you did not ask for this, close the page. Nothing will change.',
  whyPassword:
    'This is not the browser that asked for the account. Enter the password that you chose there, or a new one. From now on it is the password of your account.',
  notices: { again: 'Another mail is on its way. Earlier codes and links no longer work.' },
  doneHeading: 'Your address is confirmed',
  done: rich('<email/> is now the confirmed address of your account.'),
  takenHeading: 'This address belongs to another account',
  taken: rich('There is already an account with the address <email/>, so nothing was changed.'),
  toAccount: 'Go to your account',
}

export const accountEmail = {
  title: 'E-mail addresses',
  yours: 'Your address',
  none: 'Your account has no e-mail address.',
  confirmed: 'confirmed',
  notConfirmed: 'not confirmed',
  confirmedMeans: 'You can sign in with it and use it to replace a lost password. We also send security notices to it.',
  notConfirmedMeans:
    'You can sign in with it. Until you confirm it, you cannot use it to replace a lost password, and apps see that it is not confirmed.',
  confirm: 'Confirm this address',
  add: 'Add an address',
  change: 'Change your address',
  newAddress: 'New address',
  hint: 'We send a code to the new address. Once you confirm it, it replaces the old one, and we tell the old one as well.',
  submit: 'Send code',
  askOperator: 'This server does not send mail, so an address cannot be confirmed. Ask its operator to change it.',
  nothingChanged: 'Nothing was changed.',
  refusedHeading: 'We cannot reach you by mail',
  refusedAt: rich(
    'Mail to <email/> came back: its mail server says that there is no such address. Until you correct it, you cannot replace a lost password.',
  ),
  check: 'Check my address',
  refused: rich(
    'Mail to <email/> cannot be delivered: its mail server says that there is no such address. Check it, or change it below.',
  ),
  notices: { proved: 'Your address is confirmed.' },
}

export const invitation = {
  lead: rich('You are invited to open an account with the address <email/>.'),
}

const lives =
  'The code works for 10 minutes, in the browser that asked for it. The link works for 24 hours, in any browser.'
const ignore = 'If you did not ask for this, do nothing. Nothing will change.'

export const linkMails = {
  reset: (of: { username: string; href: string }): MailWords => ({
    subject: 'Choose a new password',
    paragraphs: [
      'Somebody, probably you, asked for a new password for your account. The link works once, within one hour.',
      ignore,
    ],
    facts: [['Account', of.username]],
    link: { text: 'Choose a new password', href: of.href },
    reason: 'You get this message because a new password was asked for with your confirmed address.',
  }),
  addressProof: (of: { code: string; href: string }): MailWords => ({
    subject: 'Confirm your e-mail address',
    paragraphs: ['Somebody, probably you, gave this address for an account here.', lives, ignore],
    code: of.code,
    link: { text: 'Confirm address', href: of.href },
    reason: 'You get this message because this address was given for an account.',
  }),
  addressTaken: (of: { href: string }): MailWords => ({
    subject: 'Your e-mail address was given for another account',
    paragraphs: [
      'Somebody, probably you, gave this address for an account here. It already belongs to another account, so nothing was changed.',
      'To move it, sign in to the account that has it and change the address there first.',
      ignore,
    ],
    link: { text: 'Go to the server', href: of.href },
    reason: 'You get this message because this address was given for an account.',
  }),
  signUp: (of: { code: string; href: string }): MailWords => ({
    subject: 'Confirm your e-mail address',
    paragraphs: ['Somebody, probably you, is opening an account with this address.', lives, ignore],
    code: of.code,
    link: { text: 'Confirm address', href: of.href },
    reason: 'You get this message because this address was given for a new account.',
  }),
  haveAccount: (of: { signIn: string; forgot: string }): MailWords => ({
    subject: 'You already have an account',
    paragraphs: [
      'Somebody, probably you, asked for a new account with this address. It already has one, so you can just sign in.',
      `If you have forgotten its password, choose a new one here: ${of.forgot}`,
      ignore,
    ],
    link: { text: 'Sign in', href: of.signIn },
    reason: 'You get this message because this address was given for a new account.',
  }),
  addressChanged: (of: { username: string }): MailWords => ({
    subject: 'The address of your account was changed',
    paragraphs: [
      'Your account now has another e-mail address. We no longer use this one for it.',
      'If this was not you, ask the operator of this server for help at once.',
    ],
    facts: [['Account', of.username]],
    reason: 'You get this message because this was the confirmed address of your account until now.',
  }),
  invitation: (of: { href: string }): MailWords => ({
    subject: 'You are invited to open an account',
    paragraphs: [
      'The operator of this server invites you to open an account with this address. The link works once, within seven days.',
      'If you do not want one, do nothing.',
    ],
    link: { text: 'Open an account', href: of.href },
    reason: 'You get this message because the operator gave this address.',
  }),
}
