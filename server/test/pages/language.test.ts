/** The words of pages: drawn in those of the reader, and sentences that stay whole for a translator. */
import { expect, test } from 'vitest'
import { scopeInWords } from '../../src/pages/kit/permissions.tsx'
import { signedOut, signOut } from '../../src/pages/sign_in/sign_out_view.tsx'
import { signUp } from '../../src/pages/sign_in/sign_up_view.tsx'
import type { ScopeMeaning } from '../../src/protocol/scope.ts'
import { en } from '../../src/words/en/index.ts'
import type { Words } from '../../src/words/index.ts'
import { rich } from '../../src/words/rich.ts'

const other: Words = {
  ...en,
  formProblems: {
    ...en.formProblems,
    username_taken: 'Der Name ist vergeben.',
    password_short: ({ minimum }) => `Mindestens ${minimum} Zeichen.`,
  },
  language: 'de',
  kit: { ...en.kit, signOut: 'Abmelden' },
  signOut: { ...en.signOut, asked: rich('Sie sind als <account/> angemeldet. <app/> bittet, Sie abzumelden.') },
}

test('a page is drawn in the words that it is given, and the next one in its own', () => {
  const page = signOut({ csrf: 'token', account: 'alice', clientName: 'Meadow <Journal>', told: [] })
  const drawn = page(other)
  expect(drawn).toContain('<html lang="de" dir="ltr">')
  expect(drawn).toContain('<h1>Abmelden</h1>')
  expect(drawn).toContain(
    'Sie sind als <strong dir="auto">alice</strong> angemeldet. <strong dir="auto">Meadow &lt;Journal&gt;</strong> bittet, Sie abzumelden.',
  )
  expect(page(en)).toContain('<h1>Sign out</h1>')
  expect(signedOut()(en)).toContain('<html lang="en" dir="ltr">')
})

test('what is wrong with a form is said in the words of the page', () => {
  const problems = { username: 'username_taken', password: { key: 'password_short', minimum: 15 } } as const
  const page = signUp({ csrf: 'token', passwordMinimum: 15, signInHref: '/login', problems })
  const drawn = page(other)
  expect(drawn.match(/Der Name ist vergeben\./g)).toHaveLength(2)
  expect(drawn.match(/Mindestens 15 Zeichen\./g)).toHaveLength(2)
  expect(page(en)).toContain('That username is taken.')
})

test('a scope is read in the words of its operator in that language, or in those that there are', () => {
  const tides: ScopeMeaning = { name: 'tides', title: { fr: 'Voir', de: 'Sehen' }, kind: 'see', shown: true }
  const german: Words = { ...other, scopes: { ...en.scopes, other: (name) => ({ sentence: name, detail: 'Eins.' }) } }
  expect(scopeInWords(german, tides)).toEqual({ sentence: 'Sehen', detail: '' })
  expect(scopeInWords(en, tides).sentence).toBe('Voir')
  const named: ScopeMeaning = { name: 'moor', detail: { en: 'All of it.' }, kind: 'see', shown: true }
  expect(scopeInWords(german, named)).toEqual({ sentence: 'moor', detail: 'All of it.' })
  expect(scopeInWords(en, { name: 'email', kind: 'see', shown: true }).sentence).toBe('See your e-mail address')
})

test('every tag of a sentence is closed', () => {
  const broken: string[] = []
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('parts' in value && Array.isArray(value.parts)) {
      broken.push(...value.parts.filter((part) => typeof part === 'string' && /[<>]/.test(part)))
    } else Object.values(value).forEach(look)
  }
  look(en)
  expect(broken).toEqual([])
  look({ sentence: rich('See <a>this</b>.') })
  expect(broken).toEqual(['See <a>this</b>.'])
})
