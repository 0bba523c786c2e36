/** What the pages about one's own account say. */
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

const since = rich('since <since/>')
const notReviewed = 'The operator of this server has not reviewed it.'

export const account = {
  title: 'Account',
  heading: 'Your account',
  whoYouAre: 'Who you are',
  name: 'Name',
  username: 'Username',
  email: 'E-mail',
  none: 'none',
  confirmed: 'confirmed',
  notConfirmed: 'not confirmed',
  refused: 'refuses our mail',
  refusedHint:
    'The last message to this address came back. Until you confirm it again, or use another one, we send no notices there.',
  role: 'Role',
  roles: { owner: 'Owner', admin: 'Admin', support: 'Support' } as Readonly<Record<string, string>>,
  console: 'Open the console',
  memberSince: 'Member since',
  lastSignIn: 'Last sign-in',
  allDevices: 'All devices',
  whatTheyCanDo: 'What they can do',
  allApps: 'All connected apps',

  connectedApps: 'Connected apps',
  appsLead: 'Apps that can access your account. Open one to see what it may do, or to remove it.',
  pagesOfApps: 'Pages of apps',
  checkApp: 'Check this app',
  /** How many networks it came from at the same time. */
  copied: (networks: number) =>
    `It uses the same access from ${networks} networks. If you were not travelling, somebody may have copied it: remove the app.`,
  switchedOff: 'Switched off',
  switchedOffMeans:
    'The operator of this server has switched this app off. It cannot use your account unless the operator switches it on again.',
  knowsYou: 'Knows that you have an account here',
  more: (count: number) => `${count} more`,
  used: rich('last used <day/>'),
  notUsed: 'not in use',
  since,
  noApp: 'No app is connected',
  noAppHint:
    'When an app asks to use your account and you allow it, it appears here, with what it may do and a way to remove it.',
  open: rich('Open<app/>'),
  remove: rich('Remove<app/>'),
  removeNamed: rich('Remove <app/>'),
  removal: {
    heading: 'Remove this app?',
    text: 'It loses access to your account at once, on every device. You can allow it again later.',
    submit: 'Remove',
  },
  removed: (name: string) => `${name} has been removed. It can no longer access your account.`,
  someRemoved: 'The app has been removed.',

  testing: rich(`You are testing this app, which is in development. ${notReviewed}`),
  testingOf: rich(`You are testing this app by <owner/>, which is in development. ${notReviewed}`),
  invited: rich(`You are invited to test this app. ${notReviewed}`),
  invitedBy: rich(`You are invited to test this app by <owner/>. ${notReviewed}`),
  accept: 'Accept',
  toTest: (name: string) => ` to test ${name}`,
  stopTesting: 'Stop testing',
  decline: 'Decline',
  invitationNotices: {
    accepted: 'You can use the app now. It will still ask for your permission.',
    declined: 'You are not testing the app, and it has no access to your account.',
  },

  appTitle: (name: string) => `${name} · Connected apps`,
  appFacts: 'What it is and what it may do',
  connected: 'Connected',
  lastUsed: 'Last used',
  notYet: 'Not in use',
  kinds: { see: 'It can see', change: 'It can change', stay: 'It stays connected' },
  knowsOnly: 'It knows that you have an account here, and nothing else.',
  services: 'Services it uses',
  andMore: (count: number) => `And ${count} more. `,
  disconnectOne: rich('You can disconnect a single one under <a>Devices</a>.'),
  removeApp: 'Remove this app',
  removalMeans: 'It loses access to your account at once, on every device. It keeps what it has already copied.',

  devices: 'Devices and sessions',
  browsers: 'Browsers',
  browsersLead: 'Where you are signed in. If you do not recognise one, sign it out and change your password.',
  thisBrowser: 'This browser',
  signedIn: rich('signed in <day/>'),
  /** The address of a network. */
  from: rich('from <address/>'),
  lastSeen: rich('last seen <day/>'),
  browserSignedIn: rich('<browser/>, signed in <day/>'),
  signOutOthers: 'Sign out all other browsers',
  appPlaces: 'Apps on your devices',
  noPlaces: 'No app is connected to your account.',
  placesLead: rich(
    'Each device where an app is connected to your account. Disconnecting one makes the app ask you to sign in there again. To end its access everywhere, <a>remove the app</a>.',
  ),
  place: rich('<app/> <by>by</by> <device/>'),
  placeOf: (app: string, device: string) => `${app} by ${device}`,
  /** What a program without device information called itself. */
  program: rich('sent by <program/>'),
  disconnect: 'Disconnect',
  disconnectUnknown: 'Sign out all unknown devices',
  otherBrowsers: (count: number) =>
    counted(count, {
      one: 'One more browser is signed in. It was last seen before these.',
      other: `${count} more browsers are signed in. They were last seen before these.`,
    }),
  deviceNotices: {
    session: 'That browser has been signed out.',
    others: 'You have been signed out everywhere else.',
    grant: 'That access has ended.',
    unknown: 'Everything that gave no device information has been signed out.',
  },
}

export const profile = {
  title: 'Profile',
  about: 'About you',
  aboutLead: 'Apps that you allow to see your profile get your name, picture, language and time zone.',
  name: 'Display name',
  nameHint: 'What apps call you. Without one, they use your username.',
  language: 'Language',
  asBrowser: 'As my browser says',
  languageHint: 'For these pages and for mail from this server.',
  zone: 'Time zone',
  zoneNone: 'Not set (UTC)',
  notListed: (value: string) => `${value} (not listed)`,

  picture: 'Picture',
  pictureLead: 'Apps and these pages show it beside your name.',
  pictureShown: 'Your picture',
  pictureElsewhere: (host: string) => `Apps are given a picture at ${host}. These pages do not show it.`,
  pictureFile: 'Choose a picture',
  pictureHint: (megabytes: number) =>
    `JPEG, PNG, WebP, GIF or AVIF, up to ${megabytes} MB and 16 million pixels. It is cut to a square. Anything else in the file, such as where the picture was taken, is removed.`,
  uploadPicture: 'Upload picture',
  removePicture: 'Remove picture',
  picturesUnavailable: 'This server cannot read pictures, so you cannot upload one.',

  username: 'Username',
  usernameHint: 'You sign in with it. Letters, digits, dots, hyphens and underscores.',
  changeUsername: 'Change username',
  usernameMeans: (days: number) =>
    `Apps stay connected. Your former username stays yours for ${days} days: nobody else can take it, and you can change back to it.`,
  former: (names: string) => `Former usernames that are still yours: ${names}`,
  usernameNotChanged: 'Your username was not changed.',

  regions: {
    Africa: 'Africa',
    America: 'America',
    Antarctica: 'Antarctica',
    Arctic: 'Arctic',
    Asia: 'Asia',
    Atlantic: 'Atlantic',
    Australia: 'Australia',
    Europe: 'Europe',
    Indian: 'Indian Ocean',
    Pacific: 'Pacific',
  } as Readonly<Record<string, string>>,

  notices: {
    saved: 'Your profile has been saved.',
    picture: 'Your picture has been changed.',
    picture_removed: 'Your picture has been removed.',
    username: 'Your username has been changed. Sign in with it from now on.',
  },
}

export const security = {
  title: 'Security',
  password: 'Password',
  providerOnly: 'You sign in through a provider only. Set a password to have a second way in.',
  changePassword: 'Change password',
  setPassword: 'Set password',
  signInFirst: rich('For your security, please <a>sign in again</a> to make changes here.'),
  ways: 'Ways to sign in',
  waysLead: 'You can sign in with each of these. If you do not recognise one, disconnect it and check your devices.',
  connectOne: 'Connect an account that you have elsewhere to sign in with it.',
  notOffered: 'not offered',
  since,
  disconnect: rich('Disconnect <name/>'),
  recentSignIns: 'Recent sign-ins',
  recentLead: rich('If you do not recognise one, change your password. <a>All activity</a>'),
  connect: (provider: string) => `Connect ${provider}`,
  /** What has happened, and what to do. */
  refusals: {
    sign_in_again: ['Nothing was changed.', ''],
    last_way: [
      'This is your only way to sign in, so it cannot be disconnected.',
      'Set a password or connect another one first.',
    ],
    identity_taken: [
      'That opens another account here, so nothing was connected.',
      'To move it, sign in with it and disconnect it there first.',
    ],
    other_session: ['That was started in another sign-in, so nothing was connected.', 'Please start again.'],
    account_changed: ['Your account has changed meanwhile, so nothing was done.', 'Please start again.'],
    provider_denied: ['The provider did not get your permission, so nothing was connected.', ''],
    provider: [
      'The provider did not tell us who you are, so nothing was connected.',
      'Please try again a little later.',
    ],
  } satisfies Record<string, [what: string, then: string]>,
  changed: 'Your password has been changed. Every other browser and every app has been signed out.',
  notices: {
    connected: 'Connected. You can now sign in with it.',
    connected_already: 'It was already connected.',
    disconnected:
      'It is disconnected. Browsers that are signed in stay signed in; you can sign them out under Devices.',
    removal_stopped: 'Your second step stays. Change your password if it was not you who asked to remove it.',
    totp_removed: 'Your authenticator app has been removed.',
    password_set: 'Your password has been set. From now on you can sign in with it.',
  },
}
