/** The bodies by which measurements are recorded, changed and deleted. */
import { z } from 'zod'
import { label, measurementItem, note, startTime, value, whole } from '../../engine/measurements/reading/draft.ts'
import { pickSpelled, spelled } from '../../engine/measurements/reading/spellings.ts'

export const mostMeasurements = 1000

const example = [
  {
    variableName: 'Overall Mood',
    variableCategoryName: 'Emotions',
    unitAbbreviatedName: '/5',
    measurementItems: [{ timestamp: 1_406_419_860, value: 3, note: 'after lunch' }],
  },
]

export const createBody = z
  .preprocess(
    (body) => (body === undefined || body === null ? [] : Array.isArray(body) ? body : [body]),
    z.array(measurementItem).meta({ examples: [example] }),
  )
  .transform((drafts, context) => {
    const all = drafts.flat()
    if (all.length === 0) context.addIssue({ code: 'custom', message: 'The request holds no measurement.' })
    if (all.length > mostMeasurements) {
      context.addIssue({
        code: 'custom',
        message: `The request holds ${all.length} measurements; at most ${mostMeasurements} can be sent at once.`,
      })
    }
    return all
  })

const object = { error: 'The request body must be an object.' }

const change = {
  ...spelled('startTime', startTime.nullish()),
  value: value.nullish(),
  note: note.nullish().meta({ description: 'null takes the note away.' }),
}

type Change = z.infer<z.ZodObject<typeof change>>

/** What is to change. Nothing is an issue. */
function changesOf(sent: Change, context: z.core.$RefinementCtx) {
  const time = pickSpelled(sent, 'startTime', context)?.value
  const changes = {
    ...(time !== undefined && { startTime: time }),
    ...(sent.value != null && { value: sent.value }),
    ...(sent.note !== undefined && { note: sent.note }),
  }
  if (Object.keys(changes).length === 0 && context.issues.length === 0) {
    context.addIssue({ code: 'custom', message: 'Nothing to change: send startTime, value or note.' })
  }
  return changes
}

export const updateBody = z
  .object({ id: z.union([z.number(), z.string()], { error: 'is missing' }).pipe(whole), ...change }, object)
  .transform((sent, context) => ({ id: sent.id, changes: changesOf(sent, context) }))

/** The same where the address says which measurement. */
export const changeBody = z.object(change, object).transform(changesOf)

/** A generated client fills in what it does not mean: 0 and "" are no id. */
const id = z.preprocess((raw) => (raw === 0 || raw === '' || raw === '0' ? undefined : raw), whole.nullish())

const deleteMembers = z.object(
  {
    id,
    variableId: id,
    ...spelled('variableName', label.nullish().meta({ description: 'Names no measurement by itself.' })),
    ...spelled('startTime', startTime.nullish()),
  },
  { error: 'must be an object' },
)

/** What is said of a measurement that is to be deleted. */
export interface Marked {
  readonly id: number | undefined
  readonly variableId: number | undefined
  readonly startTime: number | undefined
  /** Whether a variable is named, as if all of it were meant. */
  readonly named: boolean
}

const marked = deleteMembers.transform((sent, context): Marked => {
  const startTime = pickSpelled(sent, 'startTime', context)?.value
  const name = pickSpelled(sent, 'variableName', context)?.value
  const variableId = sent.variableId ?? undefined
  return { id: sent.id ?? undefined, variableId, startTime, named: name !== undefined || variableId !== undefined }
})

export const deleteQuery = marked
/** One object or a list of them, at most `mostMeasurements`; nothing is a list of nothing. */
export const deleteBody = z.preprocess(
  (body) => (body === undefined || body === null ? [] : Array.isArray(body) ? body : [body]),
  z.array(marked).max(mostMeasurements, `At most ${mostMeasurements} measurements can be deleted at once.`),
)
