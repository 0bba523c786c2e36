/** English. */
import { kit } from './kit.ts'
import { time } from './time.ts'

export const en = {
  /** The language, as the `lang` of a page names it (BCP 47). */
  language: 'en',
  kit,
  time,
}
