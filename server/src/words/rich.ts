/**
 * Sentences with a link, a name or the like inside. A translator sees each as a whole: `'<a>Sign in again</a> to go on.'`
 * or `'You are signed in as <name/>.'`. What the tags stand for is the page's: nothing that people write is ever put into
 * such a text. `<strong>` and `<code>` stand for themselves.
 */

export interface Rich<Tag extends string> {
  /** Plain text, and tags with the text that they enclose, in order. */
  readonly parts: readonly (string | RichTag)[]
  /** Never there: it makes a language that lacks a tag, or has another one, a different type. */
  readonly tags?: (tag: Tag) => Tag
}

interface RichTag {
  readonly tag: string
  readonly text: string
}

/** The tags of a text that a page has to fill. */
type TagsIn<Text extends string> = Text extends `${string}<${infer Tag}>${infer Rest}`
  ? Exclude<Tag extends `${infer Empty}/` ? Empty : Tag, `/${string}` | 'strong' | 'code'> | TagsIn<Rest>
  : never

/** A sentence that is written out, with its tags. */
export function rich<const Text extends string>(text: Text): Rich<TagsIn<Text>> {
  const parts: (string | RichTag)[] = []
  let end = 0
  for (const { 0: whole, 1: empty, 2: tag, 3: inner = '', index } of text.matchAll(/<(\w+)\/>|<(\w+)>([^<]*)<\/\2>/g)) {
    parts.push(text.slice(end, index), { tag: empty ?? tag ?? '', text: inner })
    end = index + whole.length
  }
  return { parts: [...parts, text.slice(end)] }
}
