/** English. */
import { account, security } from './account.ts'
import { consent } from './consent.ts'
import { kit } from './kit.ts'
import { problems } from './problems.ts'
import { goingOn, landing, outdatedPassword, setUp, signIn, signOut, signUp } from './sign_in.ts'
import { checklist, reference, start } from './start.ts'
import { time } from './time.ts'

export const en = {
  /** The language, as the `lang` of a page names it (BCP 47). */
  language: 'en',
  kit,
  signIn,
  goingOn,
  signUp,
  setUp,
  outdatedPassword,
  consent,
  signOut,
  landing,
  account,
  security,
  start,
  checklist,
  reference,
  problems,
  time,
}
