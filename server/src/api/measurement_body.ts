/** Measurements as clients send them. Three generations of clients spell them in three ways; all become the same. */
import { z } from 'zod'
import { second } from '../lib/clock.ts'
import type { NewMeasurement } from '../storage/contract.ts'
import { findCategory } from './category_catalogue.ts'
import { momentFormats, parseMoment } from './moment.ts'
import { parseNumber, parseWhole } from './number.ts'
import { findUnit } from './unit_catalogue.ts'

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

/** A number or a text that `decode` makes something of. */
function scalar<T>(decode: (raw: string | number) => T | undefined, error: string, meta: Record<string, unknown> = {}) {
  return z
    .union([z.number(), z.string()], { error })
    .meta(meta)
    .transform((raw, context) => {
      const value = decode(raw)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: error })
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
)

const point = {
  value: value.nullish(),
  note: note.nullish(),
  timestamp: startTime.nullish(),
  startTime: startTime.nullish(),
  startTimeEpoch: startTime.nullish(),
  startAt: startTime.nullish(),
  startTimeString: startTime.nullish(),
}

const pointObject = z.object(point, { error: 'must be an object' })
const points = z.array(pointObject, { error: 'must be a list' })

const item = z
  .object(
    {
      variableName: label.nullish(),
      variableCategoryName: label.nullish(),
      unitAbbreviatedName: label.nullish(),
      sourceName: label.nullish().meta({ description: 'The client id, if left out.' }),
      combinationOperation: z
        .string({ error: 'must be MEAN or SUM' })
        .transform((text) => text.toUpperCase())
        .pipe(z.enum(['MEAN', 'SUM'], { error: 'must be MEAN or SUM' }))
        .nullish()
        .meta({ description: "The category's, or MEAN, if left out. For variables that are not known yet." }),
      ...point,
      measurementItems: points.nullish().meta({ description: 'Many values of one variable.' }),
      // What the oldest clients call the same.
      name: label.nullish(),
      category: label.nullish(),
      unit: label.nullish(),
      source: label.nullish(),
      measurements: points.nullish(),
    },
    { error: 'must be an object' },
  )
  .transform((sent, context): Draft[] => {
    const variableName = sent.variableName ?? sent.name
    const unit = sent.unitAbbreviatedName ?? sent.unit
    const missing = (path: (string | number)[]) => {
      context.addIssue({ code: 'custom', path, message: 'is missing' })
      return []
    }
    if (variableName === undefined || variableName === null) return missing(['variableName'])
    if (unit === undefined || unit === null) return missing(['unitAbbreviatedName'])
    const categoryName = sent.variableCategoryName ?? sent.category ?? null
    const category = categoryName === null ? undefined : findCategory(categoryName)
    const list =
      sent.measurementItems === undefined || sent.measurementItems === null ? 'measurements' : 'measurementItems'
    const many = sent[list]
    const drafts: Draft[] = []
    for (const [at, one] of (many ?? [sent]).entries()) {
      const path = many ? [list, at] : []
      const time = one.timestamp ?? one.startTime ?? one.startTimeEpoch ?? one.startAt ?? one.startTimeString
      if (one.value === undefined || one.value === null) return missing([...path, 'value'])
      if (time === undefined || time === null) return missing([...path, many ? 'timestamp' : 'startTime'])
      drafts.push({
        variableName,
        variableCategory: category?.name ?? categoryName,
        combination: sent.combinationOperation ?? category?.combination ?? 'MEAN',
        unit: findUnit(unit)?.abbreviatedName ?? unit,
        startTime: time,
        value: one.value,
        note: one.note ?? null,
        source: sent.sourceName ?? sent.source ?? null,
      })
    }
    return drafts
  })

/** A measurement whose source is still to be filled in. */
type Draft = Omit<NewMeasurement, 'source'> & { readonly source: string | null }

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

export const updateBody = z
  .object(
    {
      id: z.union([z.number(), z.string()], { error: 'is missing' }).pipe(whole),
      startTime: startTime.nullish(),
      value: value.nullish(),
      note: note.nullish().meta({ description: 'null takes the note away.' }),
    },
    { error: 'The request body must be an object.' },
  )
  .refine((body) => body.startTime != null || body.value != null || body.note !== undefined, {
    error: 'Nothing to change: send startTime, value or note.',
  })

const deleteMembers = { id: whole.nullish(), variableId: whole.nullish(), startTime: startTime.nullish() }

export const deleteQuery = z.object(deleteMembers)
export const deleteBody = z.preprocess(
  (body) => body ?? {},
  z.object(deleteMembers, { error: 'The request body must be an object.' }),
)
