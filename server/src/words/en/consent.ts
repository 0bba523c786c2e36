/** What the consent page says. */
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

export const consent = {
  title: (name: string) => `Authorize ${name}: it wants to use your account`,
  heading: rich('<name/> wants to use your account'),
  services: 'Services it will use',
  allow: 'Allow',
  deny: 'Don’t allow',
  destinations: {
    web: rich('You will be sent to <host/> either way.'),
    app: rich('You will be sent to the app on this device (<host/>) either way.'),
    loopback: rich('You will be sent to a program on this computer (<host/>) either way.'),
  },
  once: 'This is for this time only; the app has to ask again next time. ',
  removable: rich('You can remove access at any time under <a>Connected apps</a>.'),
  yourAccount: 'Your account: ',
  switchAccount: rich('Switch<unseen> account</unseen>'),
  otherSignedIn: rich(
    'You came with a sign-in for <account/>, but this browser is signed in as <other/>. What you allow here is for <account/>.',
  ),
  continueAs: rich('Continue as <account/> instead'),
  renamed: rich('This app has a new name. It was called <name/> when you allowed it.'),
  moved: rich('This app now sends you to another place. When you allowed it, that was <before/>; now it is <now/>.'),
  toProgram: rich(
    'The answer goes to a program on this computer (<host/>). Any program here could use this name. Allow it only if you have just started it yourself.',
  ),
  toApp:
    'The answer goes to an app on this device. Another app could use this name. Allow it only if you have just come from the app yourself.',
  inDevelopment: rich(
    '<strong>This app is in development and has not been reviewed.</strong> Only continue if you know its developer.',
  ),
  unreviewed: rich('<strong>This app has not been reviewed.</strong> Only continue if you trust its developer.'),
  registeredItself: rich(
    '<strong>This app has registered itself, and nobody here has reviewed it.</strong> Anybody can choose its name. What counts is where the answer goes: <host/>. Only continue if you have just come from there.',
  ),
  kinds: { see: 'It will see', change: 'It will be able to change', stay: 'It will stay connected' },
  nothing: 'It asks for nothing but to know that you have an account here.',
  choice: 'Clear the box of anything that you do not want to allow.',
  allowedBefore: 'You have allowed all of this before.',
  alreadyAllowed: (count: number) =>
    `You already allowed ${count} ${counted(count, { one: 'thing', other: 'things' })}`,
  /** Said after what the scope means. */
  stays: (longest: string, unused: string | undefined) =>
    ` Access ends by itself ${unused === undefined ? '' : `after ${unused} without use, and `}after ${longest} in any case.`,
  ends: (time: string) => `Access ends after ${time}. Then the app has to send you here again.`,
  endsWithSession: (time: string) => `Access ends after ${time}, or as soon as you sign out here.`,
}

/** What the pages say on which a device is let in that cannot show a browser. */
export const device = {
  heading: 'Connect a device',
  lead: 'A television or another device that wants to use your account shows a code. Type it here.',
  code: 'Code on the device',
  hint: 'Eight letters, such as WDJB-MJHT. Capitals and the dash do not matter.',
  goOn: 'Continue',
  warning: 'Never type a code that somebody sent you. Whoever has shown it to you would get into your account.',
  asks: rich('<name/> wants to use your account on another device'),
  compare: 'Does the device show this code?',
  askedAt: 'The device asked',
  askedFrom: 'From',
  yourNetwork: 'the network that you are in now',
  otherNetwork: rich('another network than yours: <network/>'),
  unknownNetwork: 'unknown',
  yourself:
    'Go on only if you have started this yourself, and the device is in front of you. If somebody sent you the code, do not allow it.',
  destination: 'another device',
  done: {
    allowed: {
      heading: 'The device is connected',
      text: 'You can close this page. The device goes on within a few seconds.',
    },
    denied: {
      heading: 'The device was not let in',
      text: 'It gets no access to your account. You can close this page.',
    },
  },
  toApps: 'See connected apps',
}

/** What people read when they allowed apps. */
export const receipts = {
  title: 'What you have allowed',
  lead: 'Each time you allow an app something new, we keep a receipt, in the words that you read then. Receipts stay after an app is removed.',
  none: 'There is no receipt yet. When you allow an app something, we keep here what you read.',
  link: 'See what you have allowed, and when.',
  pages: 'Pages of receipts',
  by: rich('by <publisher/>'),
  titleOf: (app: string) => `${app} · What you have allowed`,
  headingOf: rich('What you have allowed <app/> to do'),
  leadOf: rich('This is what you read then. The app may have changed since. <a>All receipts</a>'),
  facts: 'Who asked, and when',
  when: 'Allowed',
  publisher: 'Publisher',
  reviewed: 'Reviewed',
  yes: 'Yes, by the operator of this server',
  no: 'No',
  inDevelopment: 'No, it was in development',
  website: 'Website',
  appPolicy: 'Privacy policy of the app',
  appTerms: 'Terms of the app',
  sentTo: 'Sent you to',
  language: 'Language',
  inForce: 'In force on this server',
  youRead: 'What you read',
  scopes: rich('What the app calls it: <scopes/>'),
  downloadJson: 'Download as JSON',
  download: 'Download as JSON',
  downloadAll: 'Download all as JSON',
}
