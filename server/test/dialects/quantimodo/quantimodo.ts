/** What the tests of the QuantiModo protocol share: an app of it, codes and tokens for its person, and the two requests. */
import type { LightMyRequestResponse } from 'fastify'
import { completeAuthorization } from '../../../src/engine/authorize/complete.ts'
import type { AuthorizationRequest } from '../../../src/engine/authorize/request.ts'
import { locationOf } from '../../../src/engine/authorize/response/location.ts'
import { codeChallenge } from '../../../src/protocol/pkce.ts'
import { orThrow } from '../../../src/protocol/refusal.ts'
import type { Account } from '../../../src/storage/contract.ts'
import { verifier } from '../../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../../support/harness.ts'

export { callback, type Harness, type TestClient, verifier }

export const scope = 'basic readmeasurements writemeasurements'

export interface QuantimodoServer extends Harness {
  readonly alice: Account
}

/** A server with a person. */
export async function openQuantimodo(options: Parameters<typeof harness>[0] = {}): Promise<QuantimodoServer> {
  const h = await harness(options)
  return { ...h, alice: await addAccount(h) }
}

/** An app of the legacy protocol. */
export function addApp(h: Harness, metadata: Record<string, unknown> = {}, id?: string): Promise<TestClient> {
  return addClient(h, { dialects: ['quantimodo'], scope, ...metadata }, id === undefined ? {} : { id })
}

/** A code for the person, as authorize gives it out once the person has agreed. */
export async function offerCode(
  { context, alice }: QuantimodoServer,
  client: { readonly id: string },
  more: Partial<AuthorizationRequest> = {},
): Promise<string> {
  const found = await context.clients.find(client.id)
  if (found === undefined) throw new Error('no such client')
  const request: AuthorizationRequest = {
    clientId: client.id,
    redirectUri: callback,
    redirectUriSent: false,
    scope: scope.split(' '),
    resources: [],
    prompt: [],
    mode: 'query',
    dialect: 'quantimodo',
    startedAt: context.clock.now(),
    asked: { path: '/api/oauth2/authorize', parameters: [] },
    ...more,
  }
  const now = context.clock.now()
  const person = { account: alice, authTime: now, since: now, amr: ['pwd'], session: undefined, ticket: undefined }
  const completed = await completeAuthorization(context, request, { client: found, person }, { userAgent: null })
  const answer = new URL(locationOf(orThrow(completed)))
  return answer.searchParams.get('code') ?? ''
}

export const withPkce = { codeChallenge: codeChallenge(verifier) }

export interface TokenAnswer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  readonly body: Record<string, unknown> & {
    readonly access_token: string
    readonly refresh_token: string
    readonly error: string
    readonly message: string
  }
}

export interface Sent {
  readonly method?: 'GET' | 'POST'
  readonly url?: string
  readonly query?: Record<string, string>
  readonly form?: Record<string, string>
  readonly json?: Record<string, unknown>
  readonly multipart?: Record<string, string>
  readonly headers?: Record<string, string>
}

/** A request of whichever kind, by POST where it has a body. */
export async function send(h: Harness, sent: Sent): Promise<LightMyRequestResponse> {
  const { query, form, json, multipart } = sent
  const [type, payload] =
    json !== undefined
      ? ['application/json', JSON.stringify(json)]
      : form !== undefined
        ? ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()]
        : multipart !== undefined
          ? ['multipart/form-data; boundary=------------------------d74496d66958873e', encodeMultipart(multipart)]
          : []
  return h.app.inject({
    method: sent.method ?? (payload === undefined ? 'GET' : 'POST'),
    url: `${sent.url ?? '/api/oauth2/token'}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...sent.headers },
    ...(payload === undefined ? {} : { payload }),
  })
}

/** As curl writes it. */
function encodeMultipart(fields: Record<string, string>): string {
  const boundary = '--------------------------d74496d66958873e'
  const parts = Object.entries(fields).map(
    ([name, value]) => `${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}${boundary}--\r\n`
}

/** A request to the token endpoint. */
export async function askTokens(h: Harness, sent: Sent): Promise<TokenAnswer> {
  const response = await send(h, sent)
  return { status: response.statusCode, headers: response.headers, body: response.json() }
}

/** Tokens of an app with a secret, or of a public one. */
export async function newTokens(
  h: QuantimodoServer,
  client: { readonly id: string; readonly secret?: string },
  more: Partial<AuthorizationRequest> = {},
): Promise<{ readonly access: string; readonly refresh: string }> {
  const answer = await askTokens(h, {
    form: {
      grant_type: 'authorization_code',
      code: await offerCode(h, client, more),
      client_id: client.id,
      ...(client.secret === undefined ? {} : { client_secret: client.secret }),
      ...(more.codeChallenge === undefined ? {} : { code_verifier: verifier }),
    },
  })
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return { access: answer.body.access_token, refresh: answer.body.refresh_token }
}
