/** What pages have in common: their frame, forms and notes. */
import { rich } from '../rich.ts'

export const kit = {
  problemTitle: (title: string) => `Problem: ${title}`,
  formExpired: rich('<strong>This form has expired, so nothing was done.</strong> Please check it and send it again.'),
}
