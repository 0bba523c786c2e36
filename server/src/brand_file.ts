/** Reads the brand file that CONSENTRY_BRAND names. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { accentProblem } from './pages/style/brand.ts'
import { visibleText } from './protocol/client_metadata.ts'
import { type BrandSetting, createBrand, type OwnBrand } from './runtime/brand.ts'
import { createPictures, largestPicture, type Pictures } from './runtime/pictures/pictures.ts'
import { SettingsError } from './settings_error.ts'

const name = 'CONSENTRY_BRAND'

const colour = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0b6e5d')
  .transform((text) => text.toLowerCase())

const isWeb = (text: string) => /^https:\/\//.test(text) && URL.canParse(text)

const web = z.string().max(2000).refine(isWeb, 'must be an https URL')

/** Its address alone, or with the version that people are asked to accept. */
const agreed = z.union([
  web.transform((url) => ({ url, version: undefined })),
  z.strictObject({ url: web, version: visibleText.refine((text) => text.length <= 40, 'has more than 40 characters') }),
])

const schema = z.strictObject({
  name: visibleText.refine((text) => text.length <= 60, 'has more than 60 characters'),
  logo: z.string().min(1).optional(),
  accent: z.strictObject({ light: colour, dark: colour }),
  support: z
    .string()
    .max(2000)
    .refine((text) => isWeb(text) || /^mailto:[^\s@]+@[^\s@]+$/.test(text), 'must be an https or mailto URL')
    .optional(),
  terms: agreed.optional(),
  privacy: agreed.optional(),
  status: web.optional(),
  footer: z.boolean().default(true),
})

/** Throws SettingsError with the member that cannot be used, and why. */
export function readBrand(path: string): BrandSetting {
  const file = resolve(path)
  const result = schema.safeParse(parsed(file))
  if (!result.success) {
    const issue = fittingIssue(result.error.issues[0])
    const keys = issue?.code === 'unrecognized_keys' ? issue.keys : []
    const at = [...(issue?.path ?? []), ...keys]
    const why = keys.length > 0 ? 'is not known here' : (issue?.message ?? 'is wrong')
    throw wrongAt(at.join('.'), why)
  }
  const { logo, ...brand } = result.data
  for (const scheme of ['light', 'dark'] as const) {
    const faint = accentProblem(scheme, brand.accent[scheme])
    if (faint === undefined) continue
    const { contrast, ground, least } = faint
    const ratio = `${Math.floor(contrast * 100) / 100} to 1 against ${ground}`
    throw wrongAt(`accent.${scheme}`, `(${brand.accent[scheme]}) has a contrast of ${ratio}; ${least} to 1 is needed`)
  }
  return logo === undefined ? brand : { ...brand, logo: readLogo(resolve(dirname(file), logo)) }
}

/** Of a member that may be written in two ways, what is wrong with the way that was meant. */
function fittingIssue(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const first = issue.errors.flatMap(([one]) => (one === undefined ? [] : [one]))
  const meant = first.find(({ code, path }) => code !== 'invalid_type' || path.length > 0) ?? first[0]
  return meant && { ...meant, path: [...issue.path, ...meant.path] }
}

function wrongAt(member: string, why: string): SettingsError {
  return new SettingsError(member === '' ? `${name}: the file ${why}` : `${name}: ${member} ${why}`)
}

function parsed(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw wrongAt('', `${file} cannot be read`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw wrongAt('', `${file} is not JSON`)
  }
}

function readLogo(file: string): Buffer {
  try {
    if (statSync(file).size > largestPicture) {
      throw wrongAt('logo', `(${file}) has more than ${largestPicture / 1_000_000} MB`)
    }
    return readFileSync(file)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw wrongAt('logo', `(${file}) cannot be read`)
  }
}

const whyNot = {
  svg: 'is an SVG, which can hold programs; save it as PNG',
  unknown: 'is no picture in PNG, JPEG, WebP, GIF or AVIF',
  too_many_pixels: 'has more than 16 million pixels',
  broken: 'is damaged or cut off',
  too_slow: 'takes longer than 2 seconds to read',
  busy: 'could not be read now; start again',
  unavailable: 'cannot be read, because the package sharp could not be loaded here',
} as const

/** The brand with its logo drawn anew; undefined where there is none. Throws SettingsError. */
export async function drawBrand(
  setting: BrandSetting | undefined,
  pictures: Pick<Pictures, 'draw'> = createPictures(),
): Promise<OwnBrand | undefined> {
  if (setting === undefined) return undefined
  const drawn = await createBrand(setting, pictures)
  if (typeof drawn === 'string') throw wrongAt('logo', whyNot[drawn])
  return drawn
}
