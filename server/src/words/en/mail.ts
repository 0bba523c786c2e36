/** What mails say. */
import type { MailWords } from '../mail.ts'
import { counted } from './counted.ts'

const ifNotYou = 'If this was not you, choose a new password at once and check your account.'
const aboutAccount = 'You get this message because it is about the security of your account.'
const aboutApp = 'You get this message because this app is registered under your account.'

/** The texts that every mail has. */
const frame = {
  code: 'Your code',
  help: 'Help',
  linkHint: 'If the button does not work, open this address:',
  sentBy: (operator: string, address: string) =>
    `Sent by ${operator} (${address}). Nobody reads replies to this message.`,
}

export interface AccountEvent {
  readonly username: string
  readonly at: string
  readonly href: string
}

const facts = ({ username, at }: AccountEvent): [string, string][] => [
  ['Account', username],
  ['When', at],
]

const notice = (of: AccountEvent, link = 'Check your account'): Pick<MailWords, 'facts' | 'link' | 'reason'> => ({
  facts: facts(of),
  link: { text: link, href: of.href },
  reason: aboutAccount,
})

function waitingSubject(apps: number, requests: number): string {
  const app = `${apps} ${counted(apps, { one: 'app', other: 'apps' })}`
  const request = `${requests} ${counted(requests, { one: 'request', other: 'requests' })} for access`
  const wait = apps + requests === 1 ? 'waits' : 'wait'
  if (requests === 0) return `${app} ${wait} for your approval`
  return `${apps === 0 ? request : `${request} and ${app}`} ${wait} for your decision`
}

export const mail = {
  frame,

  factorChanged: {
    on: (of: AccountEvent) => ({
      subject: 'Two-step verification is on',
      paragraphs: [
        'From now on you are asked for a second step when you sign in. Keep your recovery codes safe.',
        ifNotYou,
      ],
      ...notice(of),
    }),
    off: (of: AccountEvent) => ({
      subject: 'Two-step verification is off',
      paragraphs: ['From now on your password alone opens your account.', ifNotYou],
      ...notice(of),
    }),
    codes: (of: AccountEvent) => ({
      subject: 'You have new recovery codes',
      paragraphs: ['New recovery codes were created for your account. The earlier ones no longer work.', ifNotYou],
      ...notice(of),
    }),
    recovery_code: (of: AccountEvent) => ({
      subject: 'A recovery code was used',
      paragraphs: ['Somebody signed in to your account with one of your recovery codes.', ifNotYou],
      ...notice(of),
    }),
  } satisfies Record<string, (of: AccountEvent) => MailWords>,

  factorFailed: (of: AccountEvent): MailWords => ({
    subject: 'Somebody knows your password',
    paragraphs: [
      'Somebody entered your password and then a wrong code for the second step. They did not get in.',
      ifNotYou,
    ],
    ...notice(of),
  }),

  factorRemovalAsked: (of: AccountEvent): MailWords => ({
    subject: 'Your second step will be removed',
    paragraphs: [
      'Somebody who knows your password, or the operator of this server, says that you have lost your second step. It will be removed at the time below. From then on your password alone opens your account.',
      'If this was not you, stop it now, and change your password afterwards. Signing in with your second step stops it as well.',
    ],
    facts: [
      ['Account', of.username],
      ['Removed on', of.at],
    ],
    link: { text: 'Keep my second step', href: of.href },
    reason: aboutAccount,
  }),

  passwordChanged: (of: AccountEvent): MailWords => ({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account was changed. You were signed out everywhere, and connected apps have to be connected again.',
      ifNotYou,
    ],
    ...notice(of, 'Open your account'),
  }),

  usernameChanged: (of: AccountEvent): MailWords => ({
    subject: 'Your username was changed',
    paragraphs: [
      'From now on you sign in with the username below. The former one no longer opens your account. Apps stay connected.',
      ifNotYou,
    ],
    ...notice(of, 'Open your profile'),
  }),

  passwordSet: (of: AccountEvent): MailWords => ({
    subject: 'Your account now has a password',
    paragraphs: ['A password was set for your account. You can now sign in with it.', ifNotYou],
    ...notice(of, 'Open your account'),
  }),

  passkeyAdded: (of: AccountEvent): MailWords => ({
    subject: 'A passkey was added to your account',
    paragraphs: ['You can sign in with it from now on.', ifNotYou],
    ...notice(of, 'See your passkeys'),
  }),

  passkeyRemoved: (of: AccountEvent): MailWords => ({
    subject: 'A passkey was removed from your account',
    paragraphs: ['It no longer signs you in.', ifNotYou],
    ...notice(of, 'See your passkeys'),
  }),

  appPasswordAdded: (of: AccountEvent): MailWords => ({
    subject: 'Your account has a new app password',
    paragraphs: [
      'An app that has it can use your account without your own password and without a second step.',
      'If this was not you, remove it, choose a new password at once and check your account.',
    ],
    ...notice(of, 'See your app passwords'),
  }),

  personalTokenAdded: (of: AccountEvent): MailWords => ({
    subject: 'Your account has a new personal token',
    paragraphs: [
      'A program that has it can use your data, within the permissions that were chosen for it.',
      'If this was not you, remove it, choose a new password at once and check your account.',
    ],
    ...notice(of, 'See your personal tokens'),
  }),

  newBrowser: (of: AccountEvent & { readonly device: string }): MailWords => ({
    subject: 'New sign-in to your account',
    paragraphs: ['Somebody signed in to your account from a browser that we had not seen before.', ifNotYou],
    facts: [...facts(of), ['Browser', of.device]],
    link: { text: 'See where you are signed in', href: of.href },
    reason: aboutAccount,
  }),

  appAuthorized: (of: AccountEvent & { readonly app: string }): MailWords => ({
    subject: `${of.app} can now use your account`,
    paragraphs: [
      `You allowed ${of.app} to use your account. You can see what it may do, or remove its access, at any time.`,
      `If you did not do this, remove its access and choose a new password.`,
    ],
    ...notice(of, 'See your connected apps'),
  }),

  accessReused: (of: AccountEvent & { readonly app: string }): MailWords => ({
    subject: `${of.app} lost its access to your account`,
    paragraphs: [
      `A key that ${of.app} may use only once was used again. Somebody may have copied it, so we ended this access.`,
      `If you still want to use ${of.app}, connect it again. If this happens often, tell its developer.`,
    ],
    ...notice(of, 'See your connected apps'),
  }),

  accountClosed: (of: AccountEvent & { readonly until: string }): MailWords => ({
    subject: 'Your account was closed',
    paragraphs: [
      'You are signed out everywhere, and no app can access your account. At the time below, everything about you here is erased.',
      'If you change your mind, sign in before then, and everything is yours again.',
      'If this was not you, sign in now to take your account back, and choose a new password at once. If you cannot sign in, ask the operator of this server for help.',
    ],
    facts: [...facts(of), ['Erased on', of.until]],
    link: { text: 'Sign in and take it back', href: of.href },
    reason: aboutAccount,
  }),

  accountTakenBack: (of: AccountEvent): MailWords => ({
    subject: 'Your account is yours again',
    paragraphs: [
      'Somebody signed in to your closed account, so it is open again and will not be erased. Apps have to ask for your permission again.',
      ifNotYou,
    ],
    ...notice(of, 'Open your account'),
  }),

  appsWaiting: (of: {
    readonly count: number
    readonly apps: readonly [name: string, id: string][]
    /** Requests for access that wait. */
    readonly requests: number
    readonly href: string
  }): MailWords => ({
    subject: waitingSubject(of.count, of.requests),
    paragraphs: [
      ...(of.requests === 0
        ? []
        : [
            'Developers without an account ask for access with an app. Approve or refuse each request on the page behind the link, or with the commands access list, access approve and access refuse.',
          ]),
      ...(of.count === 0
        ? []
        : [
            'Look at each app in the console behind the link, and approve it or refuse it there. The commands client show, client approve and client refuse do the same.',
          ]),
      ...(of.count > of.apps.length ? [`These are the first ${of.apps.length}:`] : []),
    ],
    facts: of.apps,
    link: { text: 'Decide', href: of.href },
    reason: 'You get this message because you run this server. It comes once an hour at most.',
  }),

  webhookOff: (of: {
    /** Undefined where it gets the audit log of the server. */
    readonly app: string | undefined
    readonly at: string
    readonly why: 'failed' | 'gone'
    readonly href: string
  }): MailWords => ({
    subject: `A webhook of ${of.app ?? 'this server'} was switched off`,
    paragraphs: [
      of.why === 'gone'
        ? 'The receiver answered with status 410 (gone), so the server sends it nothing more.'
        : 'The receiver has not taken a message for five days, so the server sends it nothing more.',
      'What happens while the webhook is off is not sent. Look at the receiver, then switch the webhook on again.',
    ],
    facts: [...(of.app === undefined ? [] : [['App', of.app] as [string, string]]), ['Receiver', of.at]],
    link: { text: 'Open the webhook', href: of.href },
    reason: of.app === undefined ? 'You get this message because you run this server.' : aboutApp,
  }),

  appApproved: (of: { readonly app: string; readonly href: string }): MailWords => ({
    subject: `${of.app} is approved`,
    paragraphs: [`The operator of this server has approved ${of.app}. Everybody with an account can now use it.`],
    link: { text: `Open ${of.app}`, href: of.href },
    reason: aboutApp,
  }),

  appNotApproved: (of: {
    readonly app: string
    readonly href: string
    readonly reason: string | undefined
  }): MailWords => ({
    subject: `${of.app} was not approved`,
    paragraphs: [
      `The operator of this server has looked at ${of.app} and has not approved it. It still works for you and your testers.`,
      'Once you change the app, it waits for approval again.',
    ],
    facts: of.reason === undefined ? [] : [['Reason', of.reason]],
    link: { text: `Open ${of.app}`, href: of.href },
    reason: aboutApp,
  }),

  appRefused: (of: {
    readonly app: string
    readonly href: string
    readonly reason: string | undefined
  }): MailWords => ({
    subject: `The change to ${of.app} was refused`,
    paragraphs: [
      `The operator of this server has refused the change to ${of.app} that was waiting. The approved version stays as it is.`,
    ],
    facts: of.reason === undefined ? [] : [['Reason', of.reason]],
    link: { text: `Open ${of.app}`, href: of.href },
    reason: aboutApp,
  }),

  appChangesWanted: (of: { readonly app: string; readonly href: string; readonly wanted: string }): MailWords => ({
    subject: `${of.app} needs changes before it can be approved`,
    paragraphs: [`The operator of this server has looked at ${of.app} and asks for changes first.`],
    facts: [['What to change', of.wanted]],
    link: { text: `Open ${of.app}`, href: of.href },
    reason: aboutApp,
  }),
  protocolEnds: (of: {
    readonly app: string
    readonly protocol: string
    readonly on: string
    /** Whether they were told of another day before. */
    readonly moved: boolean
    readonly href: string
  }): MailWords => ({
    subject: `A protocol that ${of.app} uses will be closed on ${of.on}`,
    paragraphs: [
      ...(of.moved ? ['You were told of another day before. This one counts now.'] : []),
      `In the last 30 days ${of.app} has connected by the legacy protocol ${of.protocol}. The operator of this server will close it on ${of.on}. From then on it answers nobody, and people can no longer sign in to the app that way.`,
      'Move the app to the standard endpoints before that day. Until then the protocol may be switched off for some minutes now and then, so that what still needs it is noticed. The request log of the app shows these refusals.',
    ],
    facts: [
      ['App', of.app],
      ['Protocol', of.protocol],
      ['Closes on', of.on],
    ],
    link: { text: 'What to use instead', href: of.href },
    reason: aboutApp,
  }),

  protocolClosed: (of: { readonly app: string; readonly protocol: string; readonly href: string }): MailWords => ({
    subject: `A protocol that ${of.app} uses was closed`,
    paragraphs: [
      `The operator of this server has closed the legacy protocol ${of.protocol}. It answers nobody now, and people can no longer sign in to ${of.app} that way.`,
      'Move the app to the standard endpoints. Tokens that it has stay valid.',
    ],
    facts: [
      ['App', of.app],
      ['Protocol', of.protocol],
    ],
    link: { text: 'What to use instead', href: of.href },
    reason: aboutApp,
  }),

  protocolStays: (of: { readonly app: string; readonly protocol: string; readonly href: string }): MailWords => ({
    subject: `A protocol that ${of.app} uses stays open`,
    paragraphs: [
      `You were told of the end of the legacy protocol ${of.protocol}. The operator of this server has taken that back. It is open.`,
      'If you have moved the app already, nothing changes for you.',
    ],
    facts: [
      ['App', of.app],
      ['Protocol', of.protocol],
    ],
    link: { text: 'Open your apps', href: of.href },
    reason: aboutApp,
  }),
}
