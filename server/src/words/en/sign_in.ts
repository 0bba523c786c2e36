/** What the pages on the way into and out of an account say. */
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
  busy: ({ wait }) => ['Very many people are signing in just now.', later(wait)],
  stale: () => ['This page was open for too long.', 'Please sign in once more.'],
  disabled: () => ['This account is closed.', 'The operator of this server can tell you why.'],
  other_account: () => ['That is another account, so nothing was connected.', 'Sign in to the one named below.'],
  passkey: () => ['Signing in with that passkey did not work.', 'Try again, or sign in another way.'],
  passkey_copied: () => [
    'That passkey was refused, because there may be a copy of it.',
    'Sign in another way, remove the passkey under Security, and add a new one.',
  ],
  provider: ({ provider }) => [
    `Signing in with ${provider} did not work.`,
    'Please try again, or sign in another way.',
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
  forgotten: 'Forgot your password? Ask the operator of this server.',
  someApp: 'The app',
  wanted: rich('It expects <wanted/>.'),
  notAnew: rich(
    'You are signed in as <account/>, but <app/> asks for a new sign-in, and your provider did not ask you again. Sign in with your password or in another way, or return without signing in.',
  ),
  otherPerson: rich(
    'You are signed in as <account/>, but <app/> expects <wanted/>. Sign in to that account here, or tell the app that you are somebody else.',
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
  haveOne: rich('Already have an account? <a>Sign in</a>'),
  otherWays: 'Other ways to create an account',
  orEmail: 'or with your e-mail address',
  submit: 'Create account',
  email: 'E-mail',
  username: 'Username',
  password: 'Password',
  usernameHint: 'You can also sign in with your username.',
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

export const signOut = {
  confirm: rich('You are signed in as <account/>. Sign out in this browser?'),
  asked: rich('<app/> asks to sign you out here too. You are signed in as <account/>.'),
  whatEnds: 'Apps that you allowed to stay connected keep their access. Apps you only signed in to are signed out.',
  stay: 'Stay signed in',
  done: 'You are signed out',
  shared: 'If you share this computer, close the browser too.',
  onward: rich('Continue to <app/>'),
  someApp: 'the app',
  signInAgain: 'Sign in again',
}

/** Where a legacy app's way through the browser ends. */
export const landing = {
  back_to_app: {
    title: 'You can go back to the app',
    sentence: 'The app has its answer. If this page stays, close it and return to the app.',
  },
  close_window: { title: 'You can close this window', sentence: 'There is nothing more to do here.' },
}
