/** How long an old secret or key may work beside the new one: the same words in the same order wherever it is asked. */
import type { Choice } from './form.tsx'

const words = {
  month: { label: 'For 30 days', detail: 'People have to install a new version first.' },
  week: { label: 'For 7 days', detail: 'Time to update every instance of the app.' },
  day: { label: 'For 1 day', detail: 'You can reach every instance soon.' },
  hour: { label: 'For 1 hour', detail: 'You update the only instance now.' },
  none: { label: 'Not at all', detail: 'It has leaked. Anything still using it stops working immediately.' },
} as const

export type Overlap = keyof typeof words

export const usualOverlap: Overlap = 'week'
export const overlapLegend = 'How long the old one works'

export function overlapChoices(offered: readonly Overlap[], chosen: string): readonly Choice[] {
  return offered.map((value) => ({ ...words[value], value, id: `overlap-${value}`, checked: value === chosen }))
}
