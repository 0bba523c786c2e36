/** How long an old secret or key may work beside the new one: the same words in the same order wherever it is asked. */
import type { Words } from '../../words/index.ts'
import type { Choice } from './form.tsx'

export type Overlap = keyof Words['kit']['overlaps']

export const usualOverlap: Overlap = 'week'

export function overlapChoices(say: Words['kit'], offered: readonly Overlap[], chosen: string): readonly Choice[] {
  return offered.map((value) => ({ ...say.overlaps[value], value, id: `overlap-${value}`, checked: value === chosen }))
}
