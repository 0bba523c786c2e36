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

/** What may be wrong with a member, as the API says it. Pages tell it by its key, in the language of their reader. */
export const memberProblems = {
  text: 'must be a text',
  label_length: `must have 1 to ${mostLetters} characters`,
  note_length: `must have at most ${mostNoteLetters} characters`,
  control: 'holds a control character',
  number: 'must be a number',
  whole: 'must be a whole number',
  time: `must be a time (${momentFormats})`,
  undecided: undecidedText,
  combination: 'must be MEAN or SUM',
  object: 'must be an object',
  list: 'must be a list',
  missing: 'is missing',
} as const

const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u
/** As above, but a note may have lines and tabs. */
const unseenInNote = /[^\P{Cc}\t\n\r]|\p{Surrogate}/u

/** The name of a variable, category, unit or source. */
export const label = z
  .string({ error: memberProblems.text })
  .transform((text) => text.trim().normalize('NFC'))
  .refine((text) => text.length >= 1 && text.length <= mostLetters, memberProblems.label_length)
  .refine((text) => !unseen.test(text), memberProblems.control)

/** What a person has written beside a value. */
export const note = z
  .string({ error: memberProblems.text })
  .transform((text) => text.normalize('NFC'))
  .refine((text) => text.length <= mostNoteLetters, memberProblems.note_length)
  .refine((text) => !unseenInNote.test(text), memberProblems.control)

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
export const value = scalar(parseNumber, memberProblems.number)
/** A whole number that is exact in JSON. */
export const whole = scalar(parseWhole, memberProblems.whole)
/** A time, in seconds since 1970. */
export const startTime = scalar(
  (raw) => {
    const span = parseMoment(raw)
    return span && Math.floor(span.from / second)
  },
  memberProblems.time,
  { description: `${momentFormats}; numbers above 100,000,000,000 are milliseconds.` },
  (raw) => (isUndecided(raw) ? memberProblems.undecided : memberProblems.time),
)

const point = {
  value: value.nullish(),
  note: note.nullish(),
  ...spelled('startTime', startTime.nullish()),
}

const pointObject = z.object(point, { error: memberProblems.object })
const points = z.array(pointObject, { error: memberProblems.list })

/** One measurement, or many values of one variable. */
export const measurementItem = z
  .object(
    {
      ...spelled('variableName', label.nullish()),
      ...spelled('variableCategoryName', label.nullish()),
      ...spelled('unitAbbreviatedName', label.nullish()),
      ...spelled('sourceName', label.nullish().meta({ description: 'The client id, if left out.' })),
      combinationOperation: z
        .string({ error: memberProblems.combination })
        .transform((text) => text.toUpperCase())
        .pipe(z.enum(['MEAN', 'SUM'], { error: memberProblems.combination }))
        .nullish()
        .meta({ description: "The category's, or MEAN, if left out. For variables that are not known yet." }),
      ...point,
      ...spelled('measurementItems', points.nullish().meta({ description: 'Many values of one variable.' })),
    },
    { error: memberProblems.object },
  )
  .transform((sent, context): DraftMeasurement[] => {
    const variableName = pickSpelled(sent, 'variableName', context)?.value
    const unit = pickSpelled(sent, 'unitAbbreviatedName', context, { meaning: storedUnit })?.value
    const categoryName = pickSpelled(sent, 'variableCategoryName', context, { meaning: storedCategory })?.value ?? null
    const source = pickSpelled(sent, 'sourceName', context)?.value ?? null
    const many = pickSpelled(sent, 'measurementItems', context)
    if (context.issues.length > 0) return []
    const missing = (path: (string | number)[]) => {
      context.addIssue({ code: 'custom', path, message: memberProblems.missing })
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
