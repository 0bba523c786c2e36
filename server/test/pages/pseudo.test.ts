/** Pages in languages that are none: every text on a page comes from the words, whatever its length and direction. */
import { describe, expect, test } from 'vitest'
import { isZone } from '../../src/lib/time_zones.ts'
import { eventNames } from '../../src/protocol/audit/names.ts'
import { en } from '../../src/words/en/index.ts'
import { languagesOffered, type Words } from '../../src/words/index.ts'
import { findPseudo } from '../../src/words/pseudo.ts'
import { everyPage } from './every_page.ts'
import { all, read } from './markup.ts'

function pseudo(tag: string): Words {
  const found = findPseudo([tag])
  if (found === undefined) throw new Error(`there is no ${tag}`)
  return found
}

const longer = pseudo('en-XA')
const turned = pseudo('AR-xb')

describe('a text that is made longer', () => {
  test('keeps what it names, and what chooses it', () => {
    expect(longer.kit.continueWith('Google')).toBe('[Çóóñţííñúúéé ŵííţĥ Google~]')
    expect(longer.kit.programOn('Firefox', 'iPhone')).toBe('[Firefox óóñ ááñ ííÞĥóóñéé~]')
    expect(longer.time.day(0)).toBe('[1 Ĵááñúúááŕýý 1970~]')
  })

  test('is longer by two fifths or more', () => {
    const texts = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(texts)
          : []
    const length = (words: Words) => texts(words.account).join('').length
    expect(length(longer) / length(en)).toBeGreaterThan(1.4)
  })
})

/** What people read of a page, or hear: its texts, and the attributes that hold one. Code is for programs. */
function readable(html: string): string[] {
  return all(read(html))
    .filter(
      ({ name, attributes }) => name !== 'code' && name !== 'pre' && !(name === 'option' && isName(attributes.value)),
    )
    .filter(({ attributes, children }) => !isOwnName(attributes.lang, children))
    .flatMap(({ children, attributes }) => [
      ...children.filter((child) => typeof child === 'string'),
      ...['aria-label', 'title', 'alt', 'placeholder', 'data-label', 'label'].flatMap((name) => attributes[name] ?? []),
    ])
}

/** Whether a choice is that of a time zone, of a type of events, or of a language, which calls itself what it does. */
function isName(value = ''): boolean {
  return isZone(value) || isEventName(value) || languagesOffered.some(({ language }) => language === value)
}

function isEventName(value: string): boolean {
  return (eventNames as readonly string[]).includes(value)
}

/** Whether a language calls itself so. */
function isOwnName(tag: string | undefined, [said]: readonly unknown[]): boolean {
  return languagesOffered.some(({ language, name }) => language === tag && name === said)
}

/** Names, and what programs are told. */
const named = /\b(?:Consentry|UTC|invalid_request|server_error|[a-z]+\.example|node server\/bin\/\S+ \w+(?: FILE)?)\b/g

function foreign(words: Words, isForeign: RegExp): string[] {
  const pages = Object.entries(everyPage(() => 'δοκιμή', words))
  return pages.flatMap(([page, html]) =>
    readable(html).flatMap((text) => (isForeign.test(text.replace(named, '')) ? [`${page}: ${text}`] : [])),
  )
}

describe('every text of every page', () => {
  test('comes from the words, and so does every part of one', () => {
    expect(foreign(longer, /[A-Za-z]/)).toEqual([])
    expect(foreign(en, /[A-Za-z]/).length).toBeGreaterThan(1000)
  })

  test('is turned around in a language that runs from right to left, and so is its page', () => {
    expect(foreign(turned, /(?<![\u202e\p{L}])[A-Za-z]/u)).toEqual([])
    for (const html of Object.values(everyPage(() => 'δοκιμή', turned))) {
      expect(html).toContain('<html lang="ar-XB" dir="rtl">')
    }
  })
})
