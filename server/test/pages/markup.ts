/** A strict reader of the pages' own markup: whatever is not well formed, or spelled otherwise than expected, throws. */
import { en } from '../../src/words/en/index.ts'
import type { Page } from '../../src/words/index.ts'

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (Element | string)[]
}

const empty = new Set(['meta', 'link', 'input', 'br', 'hr', 'img'])
const token = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+="[^"<>]*")*)\s*(\/?)>|[^<]+/gy

/** A page that is drawn already, or is drawn now. */
export function inEnglish(page: string | Page): string {
  return typeof page === 'string' ? page : page(en)
}

/** The element tree of a page that starts with its doctype. */
export function read(page: string | Page): Element {
  const html = inEnglish(page)
  const doctype = '<!doctype html>'
  if (!html.startsWith(doctype)) throw new Error('the doctype is missing')
  const root: Element = { name: '#document', attributes: {}, children: [] }
  const open = [root]
  token.lastIndex = doctype.length
  while (token.lastIndex < html.length) {
    const start = token.lastIndex
    const match = token.exec(html)
    if (match === null) throw new Error(`not markup of ours: ${html.slice(start, start + 120)}`)
    const [whole, closing, name, attributes = '', self] = match
    const parent = open.at(-1)
    if (parent === undefined) throw new Error(`text after the end: ${whole}`)
    if (name === undefined) {
      if (/[<>"]/.test(whole)) throw new Error(`text that is not escaped: ${whole}`)
      parent.children.push(decode(whole))
    } else if (closing === '/') {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`)
      open.pop()
    } else {
      const element: Element = { name, attributes: readAttributes(attributes, name), children: [] }
      parent.children.push(element)
      if (self !== '/' && !empty.has(name)) open.push(element)
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is not closed`)
  return root
}

function readAttributes(text: string, name: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, key, value] of text.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)) {
    if (key === undefined || value === undefined) continue
    if (key in attributes) throw new Error(`${key} is there twice on <${name}>`)
    attributes[key] = decode(value)
  }
  return attributes
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }

function decode(text: string): string {
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, entity: string) => entities[entity] ?? '')
}

/** Every element below, in document order. */
export function all(root: Element): Element[] {
  return root.children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...all(child)]))
}

export function named(root: Element, name: string): Element[] {
  return all(root).filter((element) => element.name === name)
}

export function byId(root: Element, id: string): Element {
  const found = all(root).filter((element) => element.attributes.id === id)
  const [first] = found
  if (first === undefined || found.length !== 1) throw new Error(`${found.length} elements have the id ${id}`)
  return first
}

export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}
