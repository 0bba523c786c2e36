/** The categories of variables that the API knows: names and ids as clients of the older API have them. */

export interface VariableCategory {
  readonly id: number
  readonly name: string
  readonly singular: string
  /** Abbreviation of the unit that its variables usually have. */
  readonly unit: string | null
  /** How several values of a day become one. */
  readonly combination: 'MEAN' | 'SUM'
  /** Whether it is about how a person is, and not about what may be the reason. */
  readonly outcome: boolean
  /** Whether people record it by hand. */
  readonly manual: boolean
  readonly synonyms: readonly string[]
}

interface CategoryRow {
  readonly singular?: string
  readonly unit?: string
  readonly sum?: true
  readonly outcome?: true
  readonly manual?: true
  readonly synonyms?: readonly string[]
}

function category(id: number, name: string, row: CategoryRow = {}): VariableCategory {
  const { singular = name, unit = null, sum, outcome = false, manual = false, synonyms = [] } = row
  return { id, name, singular, unit, combination: sum ? 'SUM' : 'MEAN', outcome, manual, synonyms }
}

export const variableCategories: readonly VariableCategory[] = [
  category(14, 'Activity', { unit: 'min', sum: true, synonyms: ['Activities'] }),
  category(19, 'Books', { singular: 'Book' }),
  category(18, 'Causes of Illness', { singular: 'Cause of Illness' }),
  category(9, 'Cognitive Performance', { outcome: true }),
  category(16, 'Conditions', { singular: 'Condition', outcome: true, manual: true }),
  category(1, 'Emotions', { singular: 'Emotion', unit: '/5', outcome: true, manual: true, synonyms: ['Mood'] }),
  category(17, 'Environment'),
  category(15, 'Foods', { singular: 'Food', unit: 'serving', sum: true, manual: true }),
  category(12, 'Goals', { singular: 'Goal', outcome: true, synonyms: ['Work', 'Productivity'] }),
  category(4, 'Locations', { singular: 'Location', unit: 'min' }),
  category(5, 'Miscellaneous', { outcome: true, synonyms: ['Uncategorized'] }),
  category(42, 'Movies and TV', { sum: true }),
  category(251, 'Music', { unit: 'count', sum: true }),
  category(11, 'Nutrients', { singular: 'Nutrient', unit: 'g' }),
  category(32, 'Payments', { singular: 'Payment', unit: '$', sum: true, synonyms: ['Purchases', 'Purchase'] }),
  category(3, 'Physical Activities', {
    singular: 'Physical Activity',
    sum: true,
    outcome: true,
  }),
  category(2, 'Physique', { outcome: true }),
  category(6, 'Sleep', { outcome: true }),
  category(7, 'Social Interactions', { singular: 'Social Interaction', outcome: true }),
  category(20, 'Software', { unit: 'min', sum: true, synonyms: ['Software & Mobile Apps', 'Software Usage'] }),
  category(10, 'Symptoms', { singular: 'Symptom', unit: '/5', outcome: true, manual: true }),
  category(13, 'Treatments', { singular: 'Treatment', unit: 'count', sum: true, manual: true }),
  category(8, 'Vital Signs', { singular: 'Vital Sign', outcome: true }),
]

const byName = new Map(
  variableCategories.flatMap((one) =>
    [one.name, one.singular, ...one.synonyms].map((name) => [name.toLowerCase(), one] as const),
  ),
)

/** The category of a name, its singular or a synonym, without regard to case. */
export function findCategory(text: string): VariableCategory | undefined {
  return byName.get(text.toLowerCase())
}
