/**
 * Every text that people read on pages, by the rooms of the pages. A language is a folder with one value of this shape.
 * Not here: markup, and causes and repairs of refusals (`protocol/refusals/`). Neighbours: `pages/` above, which ask for the
 * words of their reader. To add: a text, its key in `en/` first; a language, a folder beside it and its line here.
 */
import type { en } from './en/index.ts'

export type Words = typeof en

/** A page that is drawn as soon as it is known in which language. */
export type Page = (words: Words) => string
