/**
 * The exchanges that show a finding, as text that may be handed on: nothing in it opens anything.
 * Not here: what was found, which the checks say. Neighbours: `http.ts` above, which kept the exchanges. To add: a form of
 * the report is a file here and its ending in `cli/conform/conform.ts`; a name that a secret travels under, in `secrets`.
 */
import type { Answer } from '../http.ts'

/** Names under which secrets travel, in forms, queries and JSON. */
const secrets =
  /^(?:.*(?:password|secret|csrf|assertion|cookie).*|code|code_verifier|device_code|user_code|.*_token|token|id_token_hint|_?nonce|request_uri|login_ticket)$/i

/** Those of them that are no secrets. */
const open =
  /^(?:client_secret_expires_at|code_challenge.*|token_type|grant_type|token_endpoint.*|.*_supported|issued_token_type|subject_token_type|actor_token_type|token_type_hint|requested_token_type)$/i

const hidden = '***'

/** Bodies longer than this are cut. */
const most = 2000

/** Takes secrets out of a text: those that were given, wherever they stand. */
export type Mask = (text: string) => string

export function createMask(given: readonly (string | undefined)[]): Mask {
  const known = given.filter((one): one is string => one !== undefined && one.length >= 4)
  const all = [
    ...new Set(
      known.flatMap((one) => [one, encodeURIComponent(one), new URLSearchParams({ a: one }).toString().slice(2)]),
    ),
  ]
  // The longest first: one may be a part of another.
  const ordered = all.sort((one, other) => other.length - one.length)
  return (text) => ordered.reduce((masked, one) => masked.replaceAll(one, hidden), text)
}

function isSecret(name: string): boolean {
  return secrets.test(name) && !open.test(name)
}

function maskedForm(text: string): string {
  return [...new URLSearchParams(text)]
    .map(
      ([name, value]) =>
        `${name}=${isSecret(name) && value !== '' ? hidden : encodeURIComponent(value).replaceAll('%20', '+')}`,
    )
    .join('&')
}

function maskedUrl(text: string): string {
  const [rest = '', fragment] = text.split(/#(.*)/s)
  const [path = '', query] = rest.split(/\?(.*)/s)
  return (
    path +
    (query === undefined ? '' : `?${maskedForm(query)}`) +
    (fragment === undefined ? '' : `#${maskedForm(fragment)}`)
  )
}

function maskedJson(value: unknown, name = ''): unknown {
  if (isSecret(name) && (typeof value === 'string' || typeof value === 'number')) return hidden
  if (Array.isArray(value)) return value.map((one) => maskedJson(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskedJson(one, key)]))
}

function maskedHeader(name: string, value: string): string {
  const lower = name.toLowerCase()
  if (lower === 'authorization') return `${value.split(' ', 1)[0]} ${hidden}`
  if (lower === 'cookie' || lower === 'dpop' || lower === 'dpop-nonce') return hidden
  if (lower === 'set-cookie') return value.replace(/=[^;]*/, `=${hidden}`)
  return lower === 'location' ? maskedUrl(value) : value
}

function body(text: string, type: string): string {
  if (text === '') return ''
  if (/html/i.test(type)) return `(a page of ${text.length} characters)`
  if (/x-www-form-urlencoded/i.test(type)) return maskedForm(text)
  let shown: string
  try {
    shown = JSON.stringify(maskedJson(JSON.parse(text)), null, 2)
  } catch {
    shown = /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text) ? hidden : text
  }
  return shown.length > most ? `${shown.slice(0, most)}\n(… ${shown.length - most} more characters)` : shown
}

/** Headers of an answer that a finding may be about. */
const telling =
  /^(?:content-type|cache-control|pragma|location|www-authenticate|access-control-.*|x-frame-options|content-security-policy|referrer-policy|dpop-nonce|allow|set-cookie)$/i

/** A request and its answer as they went over the wire, without secrets. */
export function exchangeOf(
  { sent, status, headers, text }: Answer,
  mask: Mask,
): { readonly request: string; readonly answer: string } {
  const request = [
    `${sent.method} ${maskedUrl(sent.url)}`,
    ...Object.entries(sent.headers).map(([name, value]) => `${name}: ${maskedHeader(name, value)}`),
    ...(sent.body === undefined ? [] : ['', body(sent.body, sent.headers['content-type'] ?? '')]),
  ]
  const shown = [...headers].filter(([name]) => telling.test(name))
  const said = body(text, headers.get('content-type') ?? '')
  const answer = [
    String(status),
    ...shown.map(([name, value]) => `${name}: ${maskedHeader(name, value)}`),
    ...(said === '' ? [] : ['', said]),
  ]
  return { request: mask(request.join('\n')), answer: mask(answer.join('\n')) }
}
