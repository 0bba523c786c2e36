/**
 * In which words somebody reads. What comes first decides: the languages that an app has asked for (`ui_locales`, OIDC Core
 * §3.1.2.1), through all of a sign-in; the language of the account; the one that was chosen at the foot of a page in this
 * browser; those of the browser (RFC 9110 §12.5.4); English.
 * Moments are in the zone of the account. All of it is chosen by strangers, so nothing is kept by it.
 */
import type { FastifyRequest } from 'fastify'
import type { SignedIn } from '../../engine/account/sessions.ts'
import { begunIn } from '../../engine/authorize/begun.ts'
import { parseForm } from '../../lib/form.ts'
import type { Context } from '../../runtime/context.ts'
import type { Account } from '../../storage/contract.ts'
import type { Brand } from '../../words/brand.ts'
import { branded } from '../../words/branded.ts'
import { en } from '../../words/en/index.ts'
import { findLanguage, inZone, languagesOffered, type Words } from '../../words/index.ts'
import { findPseudo } from '../../words/pseudo.ts'
import { bodyText, queryOf } from '../caller.ts'
import { choicePath, longestPlace } from './paths.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether there is a data API, with a reference. */
    dataApi: boolean
    /** What pages show of the operator; undefined where they show the product. */
    brand: Brand | undefined
    /** Whether what is for development only is answered. */
    development: boolean
  }
}

/** What a request is known to say of its reader. */
interface Reader {
  uiLocales?: readonly string[]
  claims?: Account['claims']
  /** The tag of the language that was chosen in this browser. */
  chosen?: string | undefined
}

const readers = new WeakMap<FastifyRequest, Reader>()

function readerOf(request: FastifyRequest): Reader {
  const known = readers.get(request)
  if (known !== undefined) return known
  const reader = {}
  readers.set(request, reader)
  return reader
}

/** Notes whose request it is. */
export function heedSignedIn(request: FastifyRequest, { held }: Pick<SignedIn, 'held'>): void {
  if (held !== undefined) readerOf(request).claims = held.account.claims
}

/** Notes which language was chosen in a browser, as its cookie says. */
export function heedChosen(request: FastifyRequest, language: string | undefined): void {
  if (language !== undefined && isOffered(language)) readerOf(request).chosen = language
}

/** Whether there is a language of this tag to choose. */
export function isOffered(tag: string): boolean {
  return languagesOffered.some(({ language }) => language === tag)
}

/** Notes in which languages a page goes on with what was begun elsewhere, as `ui_locales` names them. */
export function heedLanguages(request: FastifyRequest, wanted: string | undefined): void {
  if (wanted !== undefined) readerOf(request).uiLocales = wanted.slice(0, longest).split(' ')
}

/** The fields in which an app's request travels from page to page, and to a provider and back. */
const sealed = ['request', 'resume', 'again', 'state', 'link'] as const

/** Notes what the app has asked for whose request a page belongs to, also where the request is lost. */
export function heedApp(context: Context, request: FastifyRequest): void {
  for (const text of [queryOf(request), bodyText(request)]) {
    const form = text === '' ? undefined : parseForm(text)
    const asked =
      form &&
      (form.get('ui_locales') ??
        askedBefore(
          context,
          sealed.flatMap((name) => form.all(name)),
        ))
    if (asked === undefined) continue
    heedLanguages(request, asked)
    return
  }
}

/** Characters that are looked at of what others have sent; more languages than fit nobody reads. */
const longest = 1000

function askedBefore(context: Context, texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const begun = begunIn(context, text)
    if (begun?.kind === 'request') return begun.parameters.find(([name]) => name === 'ui_locales')?.[1]
  }
  return undefined
}

/** The words of who reads the answer to a request, as far as it is known by now who that is. */
export function wordsOf(request: FastifyRequest): Words {
  const { uiLocales, claims, chosen } = readers.get(request) ?? {}
  const { locale, zoneinfo } = claims ?? {}
  const { dataApi, development, brand } = request.server
  const find = development ? findInDevelopment : findLanguage
  const asked = uiLocales && find(uiLocales)
  const words =
    asked ??
    (typeof locale === 'string' ? find([locale]) : undefined) ??
    (chosen === undefined ? undefined : find([chosen])) ??
    find(languagesIn(request.headers['accept-language'])) ??
    en
  const known = dataApi ? words : withoutReference(words)
  const shown = inZone(brand === undefined ? known : branded(known, brand), zoneinfo)
  // Whoever is signed in chooses in their profile, and an app that asks for a language gets it.
  return claims === undefined && asked === undefined ? withChoice(shown, request) : shown
}

/** Words for a page on which a stranger can choose another language. */
function withChoice(words: Words, request: FastifyRequest): Words {
  const back = placeOf(request)
  if (back === undefined) return words
  const choices = languagesOffered.map(({ language, name }) => ({ language, name, href: choicePath(language, back) }))
  return { ...words, kit: { ...words.kit, choices } }
}

/** What is asked for once: by an app, and by a provider whose answer is good for that request alone. */
const once = /^\/(?:oauth|login\/(?:return|link))(?:\/|$)/

/** What a page needs of its address, or of the form in answer to which it is drawn. */
const carried = ['request', 'next', 'step'] as const

/** Where the page of a request is found again; undefined where it is not, or where the way there is a secret. */
function placeOf(request: FastifyRequest): string | undefined {
  const path = request.url.split('?', 1)[0] ?? '/'
  const form = parseForm(request.method === 'POST' ? bodyText(request) : queryOf(request))
  if (form === undefined || form.has('token') || once.test(path) || request.url.length > longestPlace) return undefined
  const query = new URLSearchParams()
  for (const name of carried) {
    const value = form.get(name)
    if (value !== undefined) query.set(name, value)
  }
  return query.size === 0 ? path : `${path}?${query}`
}

function findInDevelopment(tags: readonly string[]): Words | undefined {
  return findPseudo(tags) ?? findLanguage(tags)
}

const without = new WeakMap<Words, Words>()

/** A server without the data API has no reference to name. */
function withoutReference(words: Words): Words {
  const known = without.get(words)
  if (known !== undefined) return known
  const made = { ...words, kit: { ...words.kit, apiReference: undefined } }
  without.set(words, made)
  return made
}

/** The languages that a browser names, the most wanted first (RFC 9110 §12.5.4). */
function languagesIn(header: string | undefined): readonly string[] {
  if (header === undefined) return []
  return header
    .slice(0, longest)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((one) => one.trim())
      const weight = parameters.find((one) => /^q=/i.test(one))?.slice(2)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0 && weight <= 1)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
}
