/** English. */
import { consent } from './consent.ts'
import { kit } from './kit.ts'
import { goingOn, landing, outdatedPassword, setUp, signIn, signOut, signUp } from './sign_in.ts'
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
  time,
}
