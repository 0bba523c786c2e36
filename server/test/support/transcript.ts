/** Reading and replaying `.http` transcripts; their format is explained in `dialects/README.md`. */
import { readFileSync } from 'node:fs'
import type { InjectOptions } from 'fastify'
import { expect } from 'vitest'
import { makeTicket } from '../../src/engine/authorize/ticket.ts'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { legacyDialects } from '../../src/protocol/dialects.ts'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import { allowOn, hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from './browser.ts'
import { byCommand, type Harness, harness, issuer } from './harness.ts'
import { type Persona, startProvider, type TestProvider } from './test_provider.ts'

export interface Exchange {
  readonly title: string
  /** Where it stands in the file. */
  readonly line: number
  readonly text: string
}

/** The exchanges of a transcript; what stands before the first `###` is one of its own. */
export function readTranscript(file: string): readonly Exchange[] {
  const exchanges: { title: string; line: number; lines: string[] }[] = [{ title: 'beginning', line: 1, lines: [] }]
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.startsWith('###')) exchanges.push({ title: line.slice(3).trim(), line: at + 1, lines: [] })
    else if (!/^#(?!#)/.test(line)) exchanges.at(-1)?.lines.push(line)
  }
  return exchanges
    .map(({ title, line, lines }) => ({ title, line, text: lines.join('\n').trim() }))
    .filter(({ text }) => text !== '')
}

/** What an exchange asks for, as `GET /api/user` without the query; undefined where it makes no request. */
export function addressOf({ text }: Exchange): string | undefined {
  const [first = ''] = text.split('\n', 1)
  const visited = /^@(?:authorize|deny|popup|popup_denied) \S+ ([^\s?]+)/.exec(first)?.[1]
  if (visited !== undefined) return `GET ${visited}`
  const [, method, path] = /^([A-Z]+) ([^\s?]+)\S* HTTP\/1\.1$/.exec(first) ?? []
  return method === undefined ? undefined : `${method} ${path}`
}

/** Replays a transcript on a server of its own. Fails at the first exchange that goes otherwise. */
export async function replayTranscript(file: string): Promise<void> {
  const exchanges = readTranscript(file)
  const provider = exchanges.some(({ text }) => text.startsWith('@provider')) ? await startProvider() : undefined
  const outboundAllowed = new Set(provider === undefined ? [] : [provider.issuer])
  const h = await harness({ settings: { outboundAllowed } })
  const replay: Replay = { h, provider, seen: new Map(), browsers: new Map(), passwords: new Map() }
  try {
    for (const exchange of exchanges) {
      const place = `${file}:${exchange.line} ${exchange.title}`
      if (exchange.text.startsWith('@')) await runDirective(replay, exchange.text, place)
      else await runExchange(replay, exchange.text, place)
    }
  } finally {
    await h.close()
    await provider?.close()
  }
}

interface Replay {
  readonly h: Harness
  readonly provider: TestProvider | undefined
  readonly seen: Map<string, string>
  readonly browsers: Map<string, TestBrowser>
  readonly passwords: Map<string, string>
}

async function runDirective(replay: Replay, text: string, place: string): Promise<void> {
  const [first = '', ...rest] = text.split('\n')
  const [name, ...words] = first.split(/\s+/)
  switch (name) {
    case '@apply': {
      const document = parseDocument(rest.join('\n'))
      for (const { username, password } of document.users ?? []) {
        if (typeof password === 'string') replay.passwords.set(username, password)
      }
      await executeApply(replay.h.context, byCommand, await planApply(replay.h.context, document))
      replay.h.context.clients.forget()
      return
    }
    case '@clock':
      replay.h.clock.move(Number(words[0]) * 1000)
      return
    case '@close': {
      const dialect = legacyDialects.find((one) => one === words[0])
      if (dialect === undefined) throw new Error(`${place}: there is no protocol of that name`)
      await decideDialect(replay.h.storage, replay.h.clock, dialect, { closed: true })
      // A decision is taken note of within a second.
      replay.h.clock.move(1000)
      return
    }
    case '@provider': {
      const { issuer, clientId, clientSecret } = provider(replay, place)
      const entry = { id: words[0], kind: 'oidc', issuer, client_id: clientId, client_secret: clientSecret }
      await executeApply(
        replay.h.context,
        byCommand,
        await planApply(replay.h.context, parseDocument(JSON.stringify({ providers: [entry] }))),
      )
      provider(replay, place).persona = JSON.parse(rest.join('\n')) as Persona
      return
    }
    case '@native_token':
      replay.seen.set(
        words[0] ?? 'token',
        provider(replay, place).accessToken(words[1] ?? provider(replay, place).clientId),
      )
      return
    case '@popup':
    case '@popup_denied': {
      const browser = browserOf(replay, words[0] ?? '')
      const sent = await browser.get(fill(replay, words[1] ?? '', place))
      if (sent.location === undefined) throw new Error(`${place}: no provider was called: ${sent.status} ${sent.body}`)
      const back = new URL(provider(replay, place).answer(sent.location, name === '@popup_denied' ? 'deny' : 'allow'))
      const page = await browser.get(`${back.pathname}${back.search}`)
      compare(replay, locationOf(rest, place), page.location ?? `a page (${page.status})`, place)
      return
    }
    case '@second_factor': {
      const account = await replay.h.storage.accounts.findByLogin(words[0] ?? '')
      if (account === undefined) throw new Error(`${place}: there is nobody of that name`)
      await replay.h.storage.accounts.update(account.id, { secondFactor: true })
      return
    }
    case '@ticket': {
      const account = await replay.h.storage.accounts.findByLogin(words[0] ?? '')
      if (account === undefined) throw new Error(`${place}: there is nobody of that name`)
      replay.seen.set(words[1] ?? 'ticket', makeTicket(replay.h.context, account.id))
      return
    }
    case '@authorize':
    case '@deny': {
      const page = await visit(replay, words[0] ?? '', fill(replay, words[1] ?? '', place), name === '@deny')
      compare(
        replay,
        locationOf(rest, place),
        page.location ?? `a page (${page.status}): ${page.body.slice(0, 500)}`,
        place,
      )
      return
    }
    default:
      throw new Error(`${place}: there is no directive ${name}`)
  }
}

function provider({ provider }: Replay, place: string): TestProvider {
  if (provider === undefined) throw new Error(`${place}: there is no provider yet`)
  return provider
}

/** The Location that a directive is to end at. */
function locationOf(lines: readonly string[], place: string): string {
  const expected = lines.find((line) => line.startsWith('Location:'))?.slice('Location:'.length)
  if (expected === undefined) throw new Error(`${place}: says no Location`)
  return expected.trim()
}

function browserOf(replay: Replay, person: string): TestBrowser {
  const browser = replay.browsers.get(person) ?? testBrowser(replay.h.app)
  replay.browsers.set(person, browser)
  return browser
}

async function visit(replay: Replay, person: string, path: string, deny: boolean): Promise<Page> {
  const browser = browserOf(replay, person)
  let page = await browser.follow(await browser.get(path))
  if (page.body.includes('id="login-form"')) {
    page = await signInOn(browser, page, person, replay.passwords.get(person))
  }
  if (!page.body.includes('id="consent-allow"')) return page
  return deny ? browser.post('/consent', { ...hiddenFields(page), decision: 'deny' }) : allowOn(browser, page)
}

async function runExchange(replay: Replay, text: string, place: string): Promise<void> {
  const cut = text.search(/^HTTP\/1\.1 /m)
  if (cut < 0) throw new Error(`${place}: has no answer`)
  const request = readMessage(fill(replay, text.slice(0, cut).trim(), place))
  const [method = '', url = ''] = request.start.split(' ')
  const type = request.headers.get('content-type')
  const body = encodeBody(request.body, type)
  const response = await replay.h.app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url,
    headers: { host: new URL(issuer).host, 'user-agent': 'Transcript/1.0', ...Object.fromEntries(request.headers) },
    ...(body === '' ? {} : { payload: body }),
  })
  const expected = readMessage(text.slice(cut).trim())
  expect(`HTTP/1.1 ${response.statusCode}`, `${place}\n${response.body.slice(0, 2000)}`).toBe(
    expected.start.split(' ').slice(0, 2).join(' '),
  )
  for (const [name, pattern] of expected.headers) {
    const value = response.headers[name]
    if (pattern === '') expect(value, `${place}: ${name}`).toBeUndefined()
    else compare(replay, pattern, String(value ?? '(absent)'), `${place}: ${name}`)
  }
  if (expected.body === '') return
  if (!/^[[{]/.test(expected.body)) {
    compare(replay, expected.body, response.body.trim(), place)
    return
  }
  compareJson(replay, JSON.parse(expected.body), JSON.parse(response.body), place)
}

interface Message {
  readonly start: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

function readMessage(text: string): Message {
  const [head = '', ...paragraphs] = text.split('\n\n')
  const [start = '', ...lines] = head.split('\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { start, headers: new Map(headers), body: paragraphs.join('\n\n').trim() }
}

function encodeBody(body: string, type: string | undefined): string {
  if (type?.startsWith('multipart/')) return `${body.replaceAll(/\r?\n/g, '\r\n')}\r\n`
  if (type?.startsWith('application/x-www-form-urlencoded')) return body.replaceAll('\n', '')
  return body
}

const placeholder = /\{\{(\w+)(?::((?:[^}]|\}(?!\}))+))?\}\}/g

/** A request's text with what was seen before in its places. */
function fill(replay: Replay, text: string, place: string): string {
  return text.replaceAll(placeholder, (_whole, name: string) => {
    const value = replay.seen.get(name)
    if (value === undefined) throw new Error(`${place}: {{${name}}} has not been seen yet`)
    return value
  })
}

/** Compares a text with a pattern and keeps what its new names stand for. */
function compare(replay: Replay, pattern: string, text: string, place: string): void {
  const names: string[] = []
  let source = ''
  let from = 0
  for (const match of pattern.matchAll(placeholder)) {
    const [whole, name = '', expression] = match
    source += literal(pattern.slice(from, match.index))
    from = match.index + whole.length
    const known = replay.seen.get(name)
    if (known !== undefined) {
      source += literal(known)
    } else {
      source += `(${expression ?? (name === '_' ? '[^]+' : '[A-Za-z0-9._~-]+')})`
      names.push(name)
    }
  }
  source += literal(pattern.slice(from))
  const found = new RegExp(`^${source}$`).exec(text)
  if (found === null) expect(text, place).toBe(pattern)
  for (const [at, name] of names.entries()) if (name !== '_') replay.seen.set(name, found?.[at + 1] ?? '')
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function compareJson(replay: Replay, expected: unknown, actual: unknown, place: string): void {
  if (typeof expected === 'string') {
    if (new RegExp(`^${placeholder.source}$`).test(expected) && typeof actual !== 'object') {
      compare(replay, expected, String(actual), place)
    } else {
      expect(typeof actual, `${place}: ${JSON.stringify(actual)}`).toBe('string')
      compare(replay, expected, String(actual), place)
    }
    return
  }
  if (Array.isArray(expected)) {
    expect(Array.isArray(actual), `${place}: ${JSON.stringify(actual)} is no array`).toBe(true)
    const items = actual as readonly unknown[]
    const open = expected.at(-1) === '...'
    const wanted: readonly unknown[] = open ? expected.slice(0, -1) : expected
    if (open) expect(items.length, place).toBeGreaterThanOrEqual(wanted.length)
    else expect(items.length, `${place}: ${JSON.stringify(items).slice(0, 500)}`).toBe(wanted.length)
    for (const [at, item] of wanted.entries()) compareJson(replay, item, items[at], `${place}[${at}]`)
    return
  }
  if (typeof expected === 'object' && expected !== null) {
    expect(typeof actual === 'object' && actual !== null, `${place}: ${JSON.stringify(actual)} is no object`).toBe(true)
    const wanted = Object.entries(expected)
    const open = '...' in expected
    if (!open) expect(Object.keys(actual as object).toSorted(), place).toEqual(wanted.map(([name]) => name).toSorted())
    for (const [name, value] of wanted) {
      if (name !== '...') {
        compareJson(replay, value, (actual as Record<string, unknown>)[name], `${place}.${name}`)
      }
    }
    return
  }
  expect(actual, place).toBe(expected)
}
