/** How a page comes to its words: they are given when it is drawn, and whatever is drawn in it has them. */
import { type Child, createContext, useContext } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { en } from '../../words/en/index.ts'
import type { Page, Words } from '../../words/index.ts'
import type { Rich } from '../../words/rich.ts'

const Language = createContext<Words>(en)

/** The words of the page that is being drawn. */
export function useWords(): Words {
  return useContext(Language)
}

/** A view: what it shows makes a page, which is drawn at once where its words are given. Nothing in a page waits. */
export function view<Shown extends readonly unknown[]>(
  draw: (...shown: Shown) => JSX.Element,
): (...shown: Shown) => Page {
  return (...shown) =>
    (words) =>
      `<!doctype html>${drawn(words, () => draw(...shown))}`
}

/** Part of a page as HTML. */
export function drawn(words: Words, Part: () => JSX.Element): string {
  const part = (
    <Language.Provider value={words}>
      <Part />
    </Language.Provider>
  )
  return `${part}`
}

/** What stands at a tag; where the tag encloses text, a function of that. */
type Filling = Child | ((text: string) => Child)

/** A sentence with what its tags stand for, each by its name. */
export function Say<Tag extends string>(props: { it: Rich<Tag> } & Readonly<Record<NoInfer<Tag>, Filling>>) {
  const fillings: Readonly<Record<string, Filling>> = props
  return (
    <>
      {props.it.parts.map((part) => {
        if (typeof part === 'string') return part
        const filling = fillings[part.tag]
        if (typeof filling === 'function') return filling(part.text)
        if (part.tag === 'strong') return <strong>{part.text}</strong>
        return part.tag === 'code' ? <code>{part.text}</code> : filling
      })}
    </>
  )
}

/** What there is in English alone, such as why a request was refused, on a page of whatever language. */
export function English(props: { children: Child }) {
  if (useWords().language === 'en') return <>{props.children}</>
  return (
    <span lang="en" dir="ltr">
      {props.children}
    </span>
  )
}
