/**
 * English.
 * Not here: any other language, and anything that decides. Neighbours: `../index.ts` takes the shape of every language
 * from here. To add: a text, its key in the file of its room of pages.
 */
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

export const en = {
  /** The language, as the `lang` of a page names it (BCP 47). */
  language: 'en',
  /** What the language calls itself. */
  ownName: 'English',
  direction: 'ltr' as 'ltr' | 'rtl',
  /** What Intl is asked with (BCP 47). */
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

/** The shape of every language. */
export type Words = typeof en
