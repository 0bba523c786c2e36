/** Measurements as clients send them. Three generations of clients spell them in three ways; all become the same. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { findUnit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import type { DraftMeasurement } from '../../engine/measurements/write.ts'
import { second } from '../../lib/clock.ts'
import { isUndecided, momentFormats, parseMoment, undecidedText } from '../query/moment.ts'
import { parseNumber, parseWhole } from '../query/number.ts'
import { pickSpelled, spelled } from '../query/spellings.ts'

export const mostMeasurements = 1000
const mostLetters = 125
const mostNoteLetters = 2000

const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u
/** As above, but a note may have lines and tabs. */
const unseenInNote = /[^\P{Cc}\t\n\r]|\p{Surrogate}/u

const label = z
  .string({ error: 'must be a text' })
  .transform((text) => text.trim().normalize('NFC'))
  .refine((text) => text.length >= 1 && text.length <= mostLetters, `must have 1 to ${mostLetters} characters`)
  .refine((text) => !unseen.test(text), 'holds a control character')

const note = z
  .string({ error: 'must be a text' })
  .transform((text) => text.normalize('NFC'))
  .refine((text) => text.length <= mostNoteLetters, `must have at most ${mostNoteLetters} characters`)
  .refine((text) => !unseenInNote.test(text), 'holds a control character')

/** A number or a text that `decode` makes something of; `refusal` says more of some of what it does not. */
function scalar<T>(
  decode: (raw: string | number) => T | undefined,
  error: string,
  meta: Record<string, unknown> = {},
  refusal: (raw: string | number) => string = () => error,
) {
  return z
    .union([z.number(), z.string()], { error })
    .meta(meta)
    .transform((raw, context) => {
      const value = decode(raw)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: refusal(raw) })
      return z.NEVER
    })
}

const value = scalar(parseNumber, 'must be a number')
const whole = scalar(parseWhole, 'must be a whole number')
const startTime = scalar(
  (raw) => {
    const span = parseMoment(raw)
    return span && Math.floor(span.from / second)
  },
  `must be a time (${momentFormats})`,
  { description: `${momentFormats}; numbers above 100,000,000,000 are milliseconds.` },
  (raw) => (isUndecided(raw) ? undecidedText : `must be a time (${momentFormats})`),
)

const point = {
  value: value.nullish(),
  note: note.nullish(),
  ...spelled('startTime', startTime.nullish()),
}

const pointObject = z.object(point, { error: 'must be an object' })
const points = z.array(pointObject, { error: 'must be a list' })

const item = z
  .object(
    {
      ...spelled('variableName', label.nullish()),
      ...spelled('variableCategoryName', label.nullish()),
      ...spelled('unitAbbreviatedName', label.nullish()),
      ...spelled('sourceName', label.nullish().meta({ description: 'The client id, if left out.' })),
      combinationOperation: z
        .string({ error: 'must be MEAN or SUM' })
        .transform((text) => text.toUpperCase())
        .pipe(z.enum(['MEAN', 'SUM'], { error: 'must be MEAN or SUM' }))
        .nullish()
        .meta({ description: "The category's, or MEAN, if left out. For variables that are not known yet." }),
      ...point,
      ...spelled('measurementItems', points.nullish().meta({ description: 'Many values of one variable.' })),
    },
    { error: 'must be an object' },
  )
  .transform((sent, context): DraftMeasurement[] => {
    const variableName = pickSpelled(sent, 'variableName', context)?.value
    const unit = pickSpelled(sent, 'unitAbbreviatedName', context, { meaning: storedUnit })?.value
    const categoryName = pickSpelled(sent, 'variableCategoryName', context, { meaning: storedCategory })?.value ?? null
    const source = pickSpelled(sent, 'sourceName', context)?.value ?? null
    const many = pickSpelled(sent, 'measurementItems', context)
    if (context.issues.length > 0) return []
    const missing = (path: (string | number)[]) => {
      context.addIssue({ code: 'custom', path, message: 'is missing' })
      return []
    }
    if (variableName === undefined) return missing(['variableName'])
    if (unit === undefined) return missing(['unitAbbreviatedName'])
    const category = categoryName === null ? undefined : findCategory(categoryName)
    const drafts: DraftMeasurement[] = []
    for (const [at, one] of (many?.value ?? [sent]).entries()) {
      const path = many === undefined ? [] : [many.name, at]
      const time = pickSpelled(one, 'startTime', context, { path })?.value
      if (context.issues.length > 0) return []
      if (one.value === undefined || one.value === null) return missing([...path, 'value'])
      if (time === undefined) return missing([...path, many === undefined ? 'startTime' : 'timestamp'])
      drafts.push({
        variableName,
        variableCategory: categoryName === null ? null : storedCategory(categoryName),
        combination: sent.combinationOperation ?? category?.combination ?? 'MEAN',
        unit: storedUnit(unit),
        startTime: time,
        value: one.value,
        note: one.note ?? null,
        source,
      })
    }
    return drafts
  })

/** A unit as it is stored: by its abbreviation where it is in the catalogue. */
function storedUnit(name: string): string {
  return findUnit(name)?.abbreviatedName ?? name
}

function storedCategory(name: string): string {
  return findCategory(name)?.name ?? name
}

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
    z.array(item).meta({ examples: [example] }),
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
