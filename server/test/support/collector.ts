/** An OpenTelemetry collector on loopback that takes OTLP over HTTP as JSON, and what has come to it. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status?: { readonly code: number }
}

interface Value {
  readonly stringValue?: string
  readonly intValue?: string
}
type KeyValues = readonly { readonly key: string; readonly value: Value }[]
interface Message {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string }
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes'> & { readonly attributes: KeyValues })[]
    }[]
  }[]
}

export interface Collector {
  readonly origin: string
  /** Bodies that were taken, as they came. */
  readonly texts: string[]
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly text: string }[]
  readonly spans: ReceivedSpan[]
  /** Attributes of those that sent. */
  readonly resources: Readonly<Record<string, string | number>>[]
  /** How the next requests are answered, one after another; then 200. `hang`: not at all. */
  readonly answers: (
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
    | 'hang'
  )[]
  /** Resolves with the spans that `wanted` is true of, once there is one. */
  find(wanted: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>
  /** Resolves once something holds after another request has come. */
  until(holds: () => boolean): Promise<void>
  /** Answers whoever waits for ever, and from now on everybody. */
  wakeUp(): void
  close(): Promise<void>
}

export async function openCollector(): Promise<Collector> {
  const texts: string[] = []
  const requests: Collector['requests'] = []
  const spans: ReceivedSpan[] = []
  const resources: Collector['resources'] = []
  const answers: Collector['answers'] = []
  let wake: (() => void)[] = []

  const server = createServer((request, response) => {
    request.setEncoding('utf8')
    let text = ''
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      requests.push({ path: `${request.method} ${request.url}`, headers: request.headers, text })
      const answer = answers.shift() ?? { status: 200, body: '{"partialSuccess":{}}' }
      if (answer !== 'hang') {
        if (answer.status === 200) take(text)
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
      }
      const woken = wake
      wake = []
      for (const resolve of woken) resolve()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function take(text: string): void {
    texts.push(text)
    for (const { resource, scopeSpans } of (JSON.parse(text) as Message).resourceSpans) {
      resources.push(read(resource.attributes))
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({ ...span, attributes: read(span.attributes) })
    }
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => wake.push(resolve))
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts,
    requests,
    spans,
    resources,
    answers,
    async find(wanted) {
      await until(() => spans.some(wanted))
      return spans.find(wanted) as ReceivedSpan
    },
    until,
    wakeUp() {
      answers.length = 0
      server.closeAllConnections()
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function read(attributes: KeyValues): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.intValue === undefined ? (value.stringValue ?? '') : Number(value.intValue),
    ]),
  )
}
