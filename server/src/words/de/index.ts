/**
 * German, in the polite form. The shape is that of English (`../en/`): a missing key fails the type check.
 * Not here: any other language, and anything that decides. Neighbours: `../index.ts` offers it beside English.
 * To add: a text, its key in `en/` first, then its sentence in the file of the same name here.
 *
 * One word for one thing: account Konto, sign in/out anmelden/abmelden, app App, remove access Zugriff entziehen, disconnect
 * trennen, permission Berechtigung, operator Betreiber, owner Inhaber, developer Entwickler, people Nutzer, approve freigeben,
 * review prüfen, refuse ablehnen, switch off abschalten, username Benutzername, password Passwort, two-step verification
 * Zwei-Faktor-Anmeldung, second step zweiter Faktor, recovery code Wiederherstellungscode, app password App-Passwort, end (what
 * lets a program in) widerrufen, personal token persönliches Token, e-mail (a message) E-Mail, e-mail address E-Mail-Adresse,
 * measurement Messwert, request log Anfrageprotokoll. Kept: Passkey, Client-ID, Secret, Redirect-URI, Issuer, Subscription-Key.
 */
import type { Words } from '../en/index.ts'
import { appAccess, appHistory, appPasswords, personalTokens } from './access.ts'
import { account, profile, security } from './account.ts'
import { activity } from './activity.ts'
import { legacy, people, redirectUris, risks, secrets, settings, testers, unavailable } from './app.ts'
import { consent, device, receipts } from './consent.ts'
import { consoleApps } from './console/apps.ts'
import { auditPage } from './console/audit.ts'
import { checks } from './console/checks.ts'
import { consoleHome, consolePlaces } from './console/console.ts'
import { jobsPage } from './console/jobs.ts'
import { consolePeople, consolePerson } from './console/people.ts'
import { protocols } from './console/protocols.ts'
import { registered } from './console/registered.ts'
import { serverState } from './console/server_state.ts'
import { consoleSettings } from './console/settings.ts'
import { usagePage } from './console/usage.ts'
import { webhooks } from './console/webhooks.ts'
import { list, locale, number } from './counted.ts'
import { close, data } from './data.ts'
import {
  accessMails,
  accessQueue,
  app,
  appInvitation,
  developer,
  overview,
  plan,
  quickstart,
  requestAccess,
} from './developer.ts'
import { factor, lostFactor, totp, twoStep } from './factors.ts'
import { documentProblems, formProblems, profileConditions } from './form_problems.ts'
import { key, keys, sharing } from './keys.ts'
import { kit } from './kit.ts'
import { mail } from './mail.ts'
import { passkeys } from './passkeys.ts'
import { problems } from './problems.ts'
import { requests } from './requests.ts'
import { scopes } from './scopes.ts'
import {
  accountEmail,
  forgot,
  goingOn,
  invitation,
  landing,
  linkMails,
  outdatedPassword,
  posted,
  reset,
  setUp,
  signIn,
  signOut,
  signUp,
  terms,
  verify,
} from './sign_in.ts'
import { outbox, reference, start } from './start.ts'
import { time } from './time.ts'

export const de: Words = {
  /** The language, as the `lang` of a page names it (BCP 47). */
  language: 'de',
  ownName: 'Deutsch',
  direction: 'ltr',
  locale,
  kit,
  signIn,
  goingOn,
  signUp,
  setUp,
  forgot,
  reset,
  verify,
  accountEmail,
  invitation,
  appInvitation,
  requestAccess,
  accessQueue,
  consolePlaces,
  consoleHome,
  consoleApps,
  consolePeople,
  consolePerson,
  checks,
  outdatedPassword,
  terms,
  consent,
  device,
  receipts,
  signOut,
  landing,
  posted,
  account,
  profile,
  security,
  appAccess,
  appPasswords,
  personalTokens,
  appHistory,
  activity,
  factor,
  lostFactor,
  totp,
  twoStep,
  passkeys,
  data,
  close,
  start,
  reference,
  outbox,
  problems,
  protocols,
  auditPage,
  jobsPage,
  registered,
  serverState,
  consoleSettings,
  usagePage,
  formProblems,
  documentProblems,
  profileConditions,
  developer,
  app,
  overview,
  plan,
  quickstart,
  secrets,
  webhooks,
  redirectUris,
  settings,
  people,
  sharing,
  testers,
  legacy,
  risks,
  unavailable,
  keys,
  key,
  requests,
  scopes,
  mail,
  linkMails,
  accessMails,
  time,
  number,
  list,
}
