/**
 * Requests to the server under test, each kept with its answer, so that a finding can show both. No redirect is followed:
 * where one leads is often what a check is about. The person who runs the command names the server.
 */
import { type Clock, second } from '../lib/clock.ts'

/** What a check waits for. */
const patience = 20 * second

/** More than any answer here has; the rest is left. */
const most = 1_000_000

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface Answer {
  readonly sent: Sent
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as a JSON object; undefined where it is none. */
  readonly json: Readonly<Record<string, unknown>> | undefined
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: URLSearchParams
  readonly json?: unknown
}

/** The server did not answer at all. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface Http {
  readonly clock: Clock
  ask(url: string, request?: Request): Promise<Answer>
}

/** `program` is the name under which requests are made. */
export function createHttp(program: string, clock: Clock): Http {
  return {
    clock,
    async ask(url, { method, headers = {}, form, json } = {}) {
      const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded'
      const body = form?.toString() ?? (json === undefined ? undefined : JSON.stringify(json))
      const sent: Sent = {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        url,
        headers: {
          accept: 'application/json',
          'user-agent': program,
          ...(body === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
        body,
      }
      try {
        const answer = await fetch(url, {
          method: sent.method,
          headers: sent.headers,
          redirect: 'manual',
          signal: AbortSignal.timeout(patience),
          ...(body === undefined ? {} : { body }),
        })
        const text = (await answer.text()).slice(0, most)
        return { sent, status: answer.status, headers: answer.headers, text, json: objectOf(text) }
      } catch (error) {
        throw new NoAnswer(`${sent.method} ${url.split('?', 1)[0]}: ${causeOf(error)}`)
      }
    },
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}

/** What lies behind "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${patience / second} s`
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as { code?: string }).code)
    : error.message
}

/** A member of a JSON answer that is text. */
export function textOf(answer: Answer, name: string): string | undefined {
  const value = answer.json?.[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether the answer is of a JSON type. */
export function isJson({ headers }: Answer): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')
}

/** Whether caches are told to keep nothing. */
export function isNotStored({ headers }: Answer): boolean {
  return /(?:^|[\s,])no-store(?:$|[\s,])/i.test(headers.get('cache-control') ?? '')
}
