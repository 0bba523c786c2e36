/** What the page about an account's activity says: each type of event in a sentence. */
import type { HolderAuditType } from '../../protocol/audit_events.ts'
import { counted } from './counted.ts'

/** What a sentence may name. Names are isolated, so that none turns the line around. */
export interface ActivityNames {
  readonly app?: string | undefined
  readonly provider?: string | undefined
  readonly sessions?: number | undefined
  /** Whether the reader did it. */
  readonly own: boolean
  readonly ended?: boolean | undefined
  /** Whether an app password was given in place of the person's own. */
  readonly byAppPassword?: boolean | undefined
}

type Sentence = (names: ActivityNames) => string

const anApp = 'an app'
const aProvider = 'another account of yours'

const sentences: Readonly<Record<HolderAuditType, Sentence>> = {
  signed_up: ({ provider }) =>
    provider === undefined ? 'You opened this account.' : `You opened this account with ${provider}.`,
  signed_in: ({ app, provider, byAppPassword = false }) => {
    if (app !== undefined) return `You signed in to ${app} with ${byAppPassword ? 'an app password' : 'your password'}.`
    return provider === undefined ? 'You signed in.' : `You signed in with ${provider}.`
  },
  sign_in_failed: ({ app, provider }) => {
    if (app !== undefined) return `Somebody tried to sign in to ${app} with a wrong password.`
    return provider === undefined
      ? 'Somebody tried to sign in with a wrong password.'
      : `A sign-in with ${provider} was refused, because the account was disabled.`
  },
  // Says nothing of whether the password was right: it was not looked at.
  second_factor_missing: ({ app = anApp }) =>
    `A sign-in to ${app} by name and password was refused, because it cannot ask for your second step.`,
  second_factor_asked: ({ provider }) =>
    provider === undefined
      ? 'Your password was entered, and your second step was asked for.'
      : `A sign-in with ${provider} was asked for your second step.`,
  second_factor_failed: () => 'A wrong code was entered for your second step.',
  second_factor_limited: () =>
    'Too many wrong codes were entered for your second step, so no more are accepted for a while. If it was not you, change your password.',
  second_factor_on: () => 'You turned on two-step verification.',
  second_factor_off: () => 'Two-step verification was turned off.',
  authenticator_added: () => 'You added a way to verify at sign-in.',
  authenticator_removed: () => 'A way to verify at sign-in was removed.',
  recovery_codes_made: () => 'You created new recovery codes.',
  factor_removal_asked: () => 'Somebody who knows your password, or the operator, asked to remove your second step.',
  factor_removal_stopped: () => 'The removal of your second step was stopped.',
  recovery_code_used: () => 'One of your recovery codes was used to sign in.',
  signed_out: ({ app }) => (app === undefined ? 'You signed out.' : `You signed out here and in ${app}.`),
  signed_out_elsewhere: ({ sessions = 0 }) =>
    sessions === 0
      ? 'You ended all other sign-ins. No other browser was signed in.'
      : counted(sessions, {
          one: 'You signed out one other browser.',
          other: `You signed out ${sessions} other browsers.`,
        }),
  unknown_signed_out: () => 'You signed out everything that gave no device information.',
  password_changed: () => 'You changed your password.',
  password_change_failed: () => 'Your password was not changed, because the current one was wrong.',
  password_set: () => 'You set a password.',
  passkey_added: () => 'You added a passkey.',
  passkey_renamed: () => 'You renamed a passkey.',
  passkey_removed: () => 'You removed a passkey.',
  passkey_refused: () => 'Somebody tried to sign in with one of your passkeys, and was refused.',
  passkey_counter_fell: () => 'One of your passkeys was refused, because there may be a copy of it.',
  app_password_added: () => 'You created an app password.',
  app_password_ended: () => 'You removed an app password.',
  personal_token_added: () => 'You created a personal token.',
  personal_token_ended: ({ own }) =>
    own ? 'You removed a personal token.' : 'A program that had a personal token of yours gave it up.',
  password_reset: () => 'You replaced a lost password through a mailed link.',
  email_verified: () => 'You confirmed your e-mail address.',
  terms_accepted: () => 'You accepted the terms or the privacy policy of this server.',
  profile_changed: () => 'You changed your profile.',
  username_changed: () => 'You changed your username.',
  picture_changed: () => 'You changed your picture.',
  picture_removed: () => 'You removed your picture.',
  email_changed: () => 'You changed your e-mail address.',
  identity_linked: ({ provider = aProvider }) => `You connected ${provider} to sign in with it.`,
  identity_unlinked: ({ provider = aProvider }) => `You disconnected ${provider}.`,
  account_closed: () => 'You closed your account.',
  account_taken_back: () => 'You took your account back.',
  data_exported: () => 'You exported your data.',
  data_imported: () => 'You imported measurements.',
  data_deleted: () => 'You deleted all your data.',
  consent_given: ({ app = anApp }) => `You allowed ${app} to use your account.`,
  consent_withdrawn: ({ app = anApp }) => `You removed ${app}. It can no longer access your account.`,
  grant_imported: ({ app = anApp }) =>
    `${capital(app)} kept its access when your account moved here from another server.`,
  grant_revoked: ({ app = anApp, own }) =>
    own ? `You disconnected ${app} on one device.` : `${capital(app)} gave up its access on one device.`,
  access_token_revoked: ({ app = anApp }) => `${capital(app)} gave up a token that it had for your account.`,
  credential_reused: ({ app = anApp, ended = false }) =>
    ended
      ? `A token that ${app} may use only once was used again, so its access on that device was ended.`
      : `A token that ${app} may use only once was used again, and was refused.`,
  app_taken_over: ({ app = anApp, own }) =>
    own ? `You took over ${app}.` : `${app} was taken over by the account that you offered it to.`,
  app_shared: ({ app = anApp }) => `You agreed to work on ${app}.`,
  app_declined: ({ app = anApp }) => `You declined to work on ${app}.`,
  app_unshared: ({ app = anApp }) => `You no longer work on ${app}: its owner removed you.`,
  app_left: ({ app = anApp }) => `You stopped working on ${app}.`,
  invitation_accepted: ({ app = anApp }) => `You agreed to test ${app}.`,
  invitation_declined: ({ app = anApp }) => `You no longer test ${app}, or declined to.`,
  subscription_key_shared: () => 'You agreed to share a subscription key.',
  subscription_key_declined: () => 'You declined to share a subscription key.',
  subscription_key_unshared: () => 'A subscription key is no longer shared.',
  subscription_key_left: () => 'You gave up your share of a subscription key.',
  user_created: () => 'The operator opened this account for you.',
  user_imported: () => 'The operator moved your account here from another server.',
  user_password_set: () => 'The operator set your password.',
  reset_link_made: () => 'The operator of this server made a link with which a new password can be set.',
  reset_link_mailed: () => 'The operator sent you a link with which a new password can be set.',
  user_sessions_ended: () => 'The operator signed you out everywhere and ended the access of all apps.',
  user_guesses_forgiven: () => 'The operator let you try again after too many wrong passwords or codes.',
  user_roles_changed: () => 'The operator changed your role on this server.',
  user_enabled: () => 'The operator enabled your account.',
  user_disabled: () => 'The operator disabled your account.',
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const activity = {
  title: 'Activity',
  lead: (days: number) => `What you did and what happened to your account. Kept for ${days} days.`,
  caption: 'Activity of your account, newest first',
  show: 'Show',
  kinds: { all: 'Everything', sign_ins: 'Sign-ins', apps: 'Apps', account: 'Account and security' },
  filter: 'Apply',
  time: 'Time',
  what: 'What happened',
  from: 'From',
  none: 'Nothing has happened yet',
  noneOfKind: 'Nothing of this kind',
  noneHint: 'Sign-ins, the apps that you allow and changes to your account appear here.',
  goneApp: 'an app that no longer exists',
  pages: 'Pages of activity',
  newest: 'Newest',
  older: 'Older',
  unknown: 'If you do not recognise something, change your password and sign out all other browsers.',
  sentences,
}
