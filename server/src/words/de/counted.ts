/** German plurals. */
import { countedIn } from '../counted.ts'

export const counted = countedIn('de')
