/**
 * Every text that people read on pages, by the rooms of the pages. A language is a folder with one value of this shape.
 * Not here: markup, and causes and repairs of refusals (`protocol/refusals/`). Neighbours: `pages/` above, which ask for the
 * words of their reader. To add: a text, its key in `en/` first, then in every other language; a language, a folder beside
 * it and its line here.
 */
import { isZone } from '../lib/time_zones.ts'
import { de } from './de/index.ts'
import { en, type Words } from './en/index.ts'
import { type Moments, moments } from './formats.ts'
import type { Told } from './told.ts'

export type { Words } from './en/index.ts'

/** What is wrong with a line of a file, by its key in `en/data.ts`. */
export type LineProblem = Told<Words['data']['lineProblems']>

/** Whether what was stored is one that there are words for. */
export function isLineProblem({ data }: Words, stored: unknown): stored is LineProblem {
  const key = typeof stored === 'object' && stored !== null && 'key' in stored ? stored.key : stored
  return typeof key === 'string' && Object.hasOwn(data.lineProblems, key)
}

/** A page that is drawn as soon as it is known in which language. */
export type Page = (words: Words) => string

/** The languages that there are, the usual one first. */
const languages: readonly Words[] = [en, de]

/** What people can choose from, by the tag under which a choice is kept (BCP 47) and the name that each gives itself. */
export const languagesOffered = languages.map(({ language, ownName }) => ({ language, name: ownName }))

/** The language for one tag, whatever its region and spelling; undefined where there is none. */
function languageFor(tag: string): Words | undefined {
  const [wanted] = tag.toLowerCase().split(/[-_]/, 1)
  return languages.find(({ language }) => language === wanted)
}

/** The language for the first tag of a list (BCP 47, the most wanted first) that there is; undefined for none. */
export function findLanguage(tags: readonly string[]): Words | undefined {
  for (const tag of tags) {
    const found = languageFor(tag)
    if (found !== undefined) return found
  }
  return undefined
}

/** The words for somebody by the language that their account or a page names (BCP 47). */
export function wordsFor(locale: unknown): Words {
  return (typeof locale === 'string' ? languageFor(locale) : undefined) ?? en
}

/** How many zones are kept at a time, of all languages. */
const most = 100
const kept = new Map<string, Moments>()

/** The same words for somebody in a time zone (IANA); in UTC where that is none. */
export function inZone(words: Words, zone: unknown): Words {
  if (typeof zone !== 'string' || !isZone(zone)) return words
  const key = `${words.locale} ${zone}`
  const known = kept.get(key)
  const found = known ?? moments(words.locale, zone)
  if (known === undefined) {
    if (kept.size >= most) kept.clear()
    kept.set(key, found)
  }
  return { ...words, time: { ...words.time, ...found } }
}

/** The words for the holder of an account, by what it says of them (OIDC Core §5.1). */
export function wordsOfAccount({ claims }: { readonly claims: Readonly<Record<string, unknown>> }): Words {
  return inZone(wordsFor(claims.locale), claims.zoneinfo)
}
