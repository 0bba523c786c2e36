/**
 * A measurement as it is sent or stands in a file. Three generations of clients spell it in three ways; all become the
 * same. The room reads what people and apps write: times, numbers, and the names of members.
 * Not here: what is done with a measurement (`../write.ts`), and how one is answered. Neighbours: `../catalogue/` knows
 * the units and categories. To add: a member, its schema here; another spelling, `spellings.ts`.
 */
import { z } from 'zod'
import { second } from '../../../lib/clock.ts'
import { findCategory } from '../catalogue/category_catalogue.ts'
import { findUnit } from '../catalogue/unit_catalogue.ts'
import type { DraftMeasurement } from '../write.ts'
import { isUndecided, momentFormats, parseMoment, undecidedText } from './moment.ts'
import { parseNumber, parseWhole } from './number.ts'
import { pickSpelled, spelled } from './spellings.ts'

const mostLetters = 125
const mostNoteLetters = 2000

const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u
/** As above, but a note may have lines and tabs. */
const unseenInNote = /[^\P{Cc}\t\n\r]|\p{Surrogate}/u

/** The name of a variable, category, unit or source. */
export const label = z
  .string({ error: 'must be a text' })
  .transform((text) => text.trim().normalize('NFC'))
  .refine((text) => text.length >= 1 && text.length <= mostLetters, `must have 1 to ${mostLetters} characters`)
  .refine((text) => !unseen.test(text), 'holds a control character')

/** What a person has written beside a value. */
export const note = z
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

/** A finite number. */
export const value = scalar(parseNumber, 'must be a number')
/** A whole number that is exact in JSON. */
export const whole = scalar(parseWhole, 'must be a whole number')
/** A time, in seconds since 1970. */
export const startTime = scalar(
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

/** One measurement, or many values of one variable. */
export const measurementItem = z
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
