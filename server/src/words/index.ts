/**
 * Every text that people read on pages, by the rooms of the pages. A language is a folder with one value of this shape.
 * Not here: markup, and causes and repairs of refusals (`protocol/refusals/`). Neighbours: `pages/` above, which ask for the
 * words of their reader. To add: a text, its key in `en/` first; a language, a folder beside it and its line here.
 */
import { de } from './de/index.ts'
import { en, type Words } from './en/index.ts'

export type { Words } from './en/index.ts'

/** A page that is drawn as soon as it is known in which language. */
export type Page = (words: Words) => string

/** The languages that there are, the usual one first. */
const languages: readonly Words[] = [en, de]

/** The words for somebody by the language that their account names (`locale`, OIDC Core §5.1; BCP 47). */
export function wordsFor(locale: unknown): Words {
  const [wanted] = typeof locale === 'string' ? locale.toLowerCase().split(/[-_]/) : []
  return languages.find(({ language }) => language === wanted) ?? en
}
