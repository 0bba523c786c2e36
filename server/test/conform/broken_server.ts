/** A real server of ours with somebody in front who spoils what goes in or out: what a server with a fault would do. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Given } from '../../src/conform/access.ts'
import { createHttp } from '../../src/conform/http.ts'
import { usualRedirectUri } from '../../src/conform/probe.ts'
import { conform, type Outcome } from '../../src/conform/run.ts'
import { addInitialToken } from '../../src/engine/operator/registrations/initial_tokens.ts'
import { hour } from '../../src/lib/clock.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, harness } from '../support/harness.ts'

/** A request on its way to the server. */
export interface Inbound {
  readonly method: string
  path: string
  readonly query: URLSearchParams
  readonly headers: Record<string, string>
  /** What is posted as a form. */
  form: URLSearchParams | undefined
}

/** What the server has answered. */
export interface Outbound {
  status: number
  readonly headers: Record<string, string | string[]>
  body: string
}

export interface Fault {
  /** Changes what the server gets to see; an answer is sent at once. */
  readonly before?: (request: Inbound) => Outbound | undefined | Promise<Outbound | undefined>
  /** Changes what the client gets to see. */
  readonly after?: (request: Inbound, answer: Outbound) => void | Promise<void>
}

export interface BrokenServer {
  readonly issuer: string
  readonly given: Given
  /** Breaks this until it is called again. */
  breaks(fault?: Fault): void
  /** Runs every check while this is broken. */
  check(fault?: Fault, given?: Given, only?: readonly string[]): Promise<Outcome>
  close(): Promise<void>
}

/** An API that reads JWTs. Nobody answers there. */
export const jwtApi = 'https://data.example/v1'

export const postLogoutRedirectUri = 'https://client.example.org/after'

/** What a request is made of, as the fault may change it. */
async function inboundOf(request: IncomingMessage): Promise<{ inbound: Inbound; payload: Buffer }> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const payload = await buffer(request)
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) => !['connection', 'content-length', 'accept-encoding'].includes(name),
    ),
  ) as Record<string, string>
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const inbound: Inbound = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    form: isForm ? new URLSearchParams(payload.toString()) : undefined,
  }
  return { inbound, payload }
}

export async function brokenServer(): Promise<BrokenServer> {
  let h: Harness | undefined
  let fault: Fault = {}

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { inbound, payload } = await inboundOf(request)
    const early = await fault.before?.(inbound)
    const outbound = early ?? (await forward(inbound, payload))
    if (early === undefined) await fault.after?.(inbound, outbound)
    response.writeHead(outbound.status, outbound.headers).end(outbound.body)
  }

  async function forward({ method, path, query, headers, form }: Inbound, payload: Buffer): Promise<Outbound> {
    if (h === undefined) throw new Error('asked before it is there')
    const search = query.toString()
    const given = await h.app.inject({
      method: method as 'GET',
      url: search === '' ? path : `${path}?${search}`,
      headers,
      ...(method === 'GET' ? {} : { payload: form?.toString() ?? payload }),
    })
    const kept = Object.entries(given.headers).filter(
      ([name]) => !/^(?:content-length|connection|transfer-encoding)$/.test(name),
    )
    return { status: given.statusCode, headers: Object.fromEntries(kept) as Outbound['headers'], body: given.body }
  }

  const front = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const issuer = `http://localhost:${(front.address() as AddressInfo).port}`
  const running = await harness({ settings: { issuer } })
  h = running
  const { token } = await addInitialToken(running.context, byCommand, { name: 'conform' })
  await addAccount(running)
  await running.storage.resources.put({ resource: jwtApi, scopes: ['basic'], token_format: 'jwt' })
  const client = await addClient(running, {
    redirect_uris: [usualRedirectUri],
    post_logout_redirect_uris: [postLogoutRedirectUri],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
  })
  const other = await addClient(running, { redirect_uris: [usualRedirectUri] })
  const given: Given = {
    issuer,
    client: { ...client, auth: 'client_secret_basic' },
    otherClient: { ...other, auth: 'client_secret_basic' },
    redirectUri: usualRedirectUri,
    postLogoutRedirectUri,
    person: { username: 'alice', password: alicePassword },
    register: { token },
  }
  return {
    issuer,
    given,
    breaks(broken = {}) {
      fault = broken
    },
    async check(broken = {}, access = given, only = []) {
      fault = broken
      // What counts failures and registrations has forgotten those of the run before.
      running.clock.move(2 * hour)
      try {
        const outcome = await conform(access, createHttp('conform-test', running.clock), only)
        if (outcome === undefined) throw new Error('the server says nothing of itself')
        return outcome
      } finally {
        fault = {}
      }
    },
    async close() {
      front.closeAllConnections()
      front.close()
      await once(front, 'close')
      await running.close()
    },
  }
}
