/** Variables that everybody may want to record: what a search offers to those who have not recorded any yet. */

export interface CommonVariable {
  readonly id: number
  readonly name: string
  readonly category: string
  readonly unit: string
  readonly combination: 'MEAN' | 'SUM'
}

/** Above every id that a person's own variable gets, so that none is taken for another. */
const firstId = 2_000_000_001

type Row = readonly [name: string, category: string, unit: string, combination?: 'SUM']

const rows: readonly Row[] = [
  ['Overall Mood', 'Emotions', '/5'],
  ['Anxiety', 'Emotions', '/5'],
  ['Calmness', 'Emotions', '/5'],
  ['Irritability', 'Emotions', '/5'],
  ['Motivation', 'Emotions', '/5'],
  ['Stress', 'Emotions', '/5'],
  ['Back Pain', 'Symptoms', '/5'],
  ['Fatigue', 'Symptoms', '/5'],
  ['Headache Severity', 'Symptoms', '/5'],
  ['Nausea', 'Symptoms', '/5'],
  ['Sleep Duration', 'Sleep', 'h'],
  ['Sleep Quality', 'Sleep', '/5'],
  ['Body Fat', 'Physique', '%'],
  ['Body Weight', 'Physique', 'kg'],
  ['Body Temperature', 'Vital Signs', 'C'],
  ['Blood Pressure (Systolic)', 'Vital Signs', 'mmHg'],
  ['Blood Pressure (Diastolic)', 'Vital Signs', 'mmHg'],
  ['Heart Rate', 'Vital Signs', 'bpm'],
  ['Cycling Distance', 'Physical Activities', 'km', 'SUM'],
  ['Daily Step Count', 'Physical Activities', 'count', 'SUM'],
  ['Running Distance', 'Physical Activities', 'km', 'SUM'],
  ['Time Spent Exercising', 'Physical Activities', 'min', 'SUM'],
  ['Alcohol', 'Foods', 'serving', 'SUM'],
  ['Coffee', 'Foods', 'serving', 'SUM'],
  ['Energy Intake', 'Foods', 'kcal', 'SUM'],
  ['Water', 'Foods', 'mL', 'SUM'],
  ['Protein', 'Nutrients', 'g', 'SUM'],
  ['Sugar', 'Nutrients', 'g', 'SUM'],
  ['Meditation', 'Activity', 'min', 'SUM'],
  ['Time Spent Outdoors', 'Activity', 'min', 'SUM'],
  ['Outdoor Temperature', 'Environment', 'C'],
  ['Daily Spending', 'Payments', '$', 'SUM'],
]

export const commonVariables: readonly CommonVariable[] = rows.map((row, at) => {
  const [name, category, unit, combination = 'MEAN'] = row
  return { id: firstId + at, name, category, unit, combination }
})
