/**
 * Mails: for each kind what is in it, built by the worker that sends it.
 * Not here: when a mail is due, which the act says that it belongs to (`sendMail`), and how it is sent. Neighbours: every
 * other room of the engine is below. To add: a kind of mail, its row in `mailKinds` (`runtime/jobs/kinds.ts`), its builder
 * here, its words in `words/en/mail.ts`.
 */
import type { MailName } from '../../runtime/jobs/kinds.ts'
import { accessApprovedMail, accessProofMail, accessRefusedMail } from './access_mails.ts'
import { appApproved, appChangesWanted, appNotApproved, appRefused, appsWaiting } from './apps.ts'
import { factorChanged, factorFailed, factorRemovalAsked } from './factor_notices.ts'
import { addressChangedMail, addressProofMail, invitationMail, resetMail, signUpMail } from './link_mails.ts'
import type { MailBuilder } from './mail.ts'
import {
  accessReused,
  accountClosed,
  accountTakenBack,
  appAuthorized,
  appPasswordAdded,
  newBrowser,
  passkeyAdded,
  passkeyRemoved,
  passwordChanged,
  passwordSet,
  personalTokenAdded,
  usernameChanged,
} from './notices.ts'
import { protocolClosed, protocolEnds, protocolStays } from './protocols.ts'
import { webhookOff } from './webhooks.ts'

export const mails: { readonly [Name in MailName]: MailBuilder<Name> } = {
  password_changed: passwordChanged,
  password_set: passwordSet,
  username_changed: usernameChanged,
  passkey_added: passkeyAdded,
  passkey_removed: passkeyRemoved,
  app_password_added: appPasswordAdded,
  personal_token_added: personalTokenAdded,
  new_browser: newBrowser,
  app_authorized: appAuthorized,
  account_closed: accountClosed,
  account_taken_back: accountTakenBack,
  access_reused: accessReused,
  apps_waiting: appsWaiting,
  app_approved: appApproved,
  app_not_approved: appNotApproved,
  app_refused: appRefused,
  app_changes_wanted: appChangesWanted,
  protocol_ends: protocolEnds,
  protocol_closed: protocolClosed,
  protocol_stays: protocolStays,
  webhook_off: webhookOff,
  factor_changed: factorChanged,
  factor_failed: factorFailed,
  factor_removal_asked: factorRemovalAsked,
  address_changed: addressChangedMail,
  reset: resetMail,
  address_proof: addressProofMail,
  sign_up: signUpMail,
  invitation: invitationMail,
  access_proof: accessProofMail,
  access_approved: accessApprovedMail,
  access_refused: accessRefusedMail,
}
