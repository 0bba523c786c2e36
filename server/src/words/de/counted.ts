/** German plurals, numbers, lists and moments. */
import { countedIn } from '../counted.ts'
import { formats } from '../formats.ts'

/** What Intl is asked with (BCP 47). */
export const locale = 'de'

export const counted = countedIn(locale)

export const { time: moments, number, list } = formats(locale)
