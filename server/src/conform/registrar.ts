/** Registers clients for the checks (RFC 7591 §3), and removes them again (RFC 7592 §2.3). */
import type { Client, ClientAuth, Given } from './access.ts'
import { type Answer, type Http, textOf } from './http.ts'
import type { Metadata } from './metadata.ts'
import { NotChecked, NotOffered } from './verdict.ts'

export interface Registered {
  readonly client: Client
  readonly answer: Answer
  /** Where it is read, changed and removed, and the token for it. */
  readonly managed: { readonly url: string; readonly token: string } | undefined
}

export interface Registrar {
  /** Throws NotChecked where the server takes none; then it is not asked again. */
  register(more?: Readonly<Record<string, unknown>>): Promise<Registered>
  /** Why a plain registration was refused. */
  readonly refused: NotChecked | undefined
  close(): Promise<void>
}

export function createRegistrar(given: Given, http: Http, metadata: Metadata): Registrar {
  const { register, redirectUri, postLogoutRedirectUri, receiver } = given
  const made: Registered[] = []
  let refused: NotChecked | undefined
  return {
    get refused() {
      return refused
    },
    async register(more = {}) {
      if (refused !== undefined) throw refused
      const url = metadata.url('registration_endpoint')
      if (url === undefined) throw new NotOffered('registration_endpoint is not announced')
      const answer = await http.ask(url, {
        json: {
          client_name: 'Conformance check',
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_basic',
          post_logout_redirect_uris: [postLogoutRedirectUri ?? redirectUri],
          // Only the client that signs people out has to hear of it.
          ...(receiver === undefined || given.client !== undefined ? {} : { backchannel_logout_uri: receiver.uri }),
          ...more,
        },
        headers: bearer(register?.token),
      })
      const id = textOf(answer, 'client_id')
      if (id === undefined) {
        const said = textOf(answer, 'error_description') ?? textOf(answer, 'error') ?? ''
        const closed = answer.status === 401 || answer.status === 403
        refused = new NotChecked(
          `A plain registration was answered with ${answer.status}. ${said}`.trim(),
          closed ? '--initial-access-token with a token that the server takes' : undefined,
        )
        throw refused
      }
      const registered = { client: clientOf(id, answer), answer, managed: managedAt(answer) }
      made.push(registered)
      return registered
    },
    async close() {
      for (const { managed } of made) {
        if (managed === undefined) continue
        // What does not go by itself stays; the server forgets it in its own time.
        await http.ask(managed.url, { method: 'DELETE', headers: bearer(managed.token) }).catch(() => undefined)
      }
    },
  }
}

function clientOf(id: string, answer: Answer): Client {
  const secret = textOf(answer, 'client_secret')
  const inBody = textOf(answer, 'token_endpoint_auth_method') === 'client_secret_post'
  const auth: ClientAuth = secret === undefined ? 'none' : inBody ? 'client_secret_post' : 'client_secret_basic'
  return { id, secret, auth }
}

function managedAt(answer: Answer): Registered['managed'] {
  const url = textOf(answer, 'registration_client_uri')
  const token = textOf(answer, 'registration_access_token')
  return url === undefined || token === undefined ? undefined : { url, token }
}

/** The header that carries a token. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
