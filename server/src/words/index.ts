/** Every text that people read on pages, by the rooms of the pages. A language is a folder with one value of this shape. */
import type { en } from './en/index.ts'

export type Words = typeof en

/** A page that is drawn as soon as it is known in which language. */
export type Page = (words: Words) => string
