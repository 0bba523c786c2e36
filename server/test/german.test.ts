/** German is whole and German: what types cannot hold of a language beside English. */
import { expect, test } from 'vitest'
import { de } from '../src/words/de/index.ts'
import { en } from '../src/words/en/index.ts'
import { wordsFor } from '../src/words/index.ts'

/** Every text that takes no values, by its path: a sentence, or the parts of one with tags. */
function textsIn(value: unknown, path: string): ReadonlyMap<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).flatMap(([key, member]) => [...textsIn(member, path ? `${path}.${key}` : key)]))
}

const english = textsIn(en, '')
const german = textsIn(de, '')
/** Without what is code: names of languages and tags, commands, and what stands in a tag for code. */
const sentences = [...german].filter(
  ([path]) =>
    !/^(?:language|locale|direction|.*\.tag|.*Command)$/.test(path) &&
    german.get(path.replace(/\.text$/, '.tag')) !== 'code',
)

test('German is found by the language that an account names, however it is written', () => {
  expect(wordsFor('de')).toBe(de)
  expect(wordsFor('de-AT')).toBe(de)
  expect(wordsFor('DE_ch')).toBe(de)
  expect(wordsFor('fr')).toBe(en)
})

test('no sentence was left in English', () => {
  const same = sentences.filter(([path, text]) => english.get(path) === text && / .* /.test(text.trim()))
  expect(same).toEqual([])
})

test('what is code in an English sentence is the same code in German', () => {
  const codes = (texts: ReadonlyMap<string, string>) => {
    const inTag = [...texts].filter(([path, tag]) => path.endsWith('.tag') && tag === 'code')
    return inTag
      .map(([path]) => `${path.replace(/\.parts\.\d+\.tag$/, '')}: ${texts.get(path.replace(/tag$/, 'text'))}`)
      .sort()
  }
  expect(codes(english).length).toBeGreaterThan(10)
  expect(codes(german)).toEqual(codes(english))
})

test.each([
  [/\b(?:du|dich|dir|dein\w*|euch|euer)\b/i, 'Sie'],
  [/\bEmail|\bE-mail|(?<!-)\bMails?\b/, 'E-Mail'],
  [/\b(?:einloggen|ausloggen|eingeloggt|ausgeloggt)\b/i, 'anmelden, abmelden'],
  [/\bAccount\b|\bUser(?:name)?\b(?!-)/, 'Konto, Nutzer, Benutzername'],
  [/\bKennwort/, 'Passwort'],
  [/\bzweite[rns]? Schritt|\bZwei-Schritt/, 'zweiter Faktor'],
  [/”|“[^„]*“/, '„…“'],
])('German does not say %s but %s', (pattern) => {
  const said = sentences.filter(([, text]) => pattern.test(text))
  expect(said).toEqual([])
})
