/** What checks ask with: the endpoints of one server, a client there, and flows through its pages. */
import { sha256 } from '../lib/hash.ts'
import { randomText } from '../lib/random.ts'
import type { Client, Given } from './access.ts'
import { type Arrival, type Browser, createBrowser, isAt, parametersOf } from './browser.ts'
import { type Answer, type Http, textOf } from './http.ts'
import type { Metadata } from './metadata.ts'
import { createRegistrar, type Registered } from './registrar.ts'
import { NotChecked, NotOffered } from './verdict.ts'

export type Parameters = Readonly<Record<string, string | undefined>>

/** A code that has just come, and what it is exchanged with. */
export interface Code {
  readonly code: string
  readonly verifier: string
  readonly state: string
  readonly nonce: string
  readonly client: Client
  readonly back: URLSearchParams
  readonly answer: Answer
  readonly askedAt: number
}

export interface Tokens {
  readonly code: Code
  readonly answer: Answer
  readonly access: string
  readonly refresh: string | undefined
  readonly idToken: string | undefined
}

interface AuthorizeOptions {
  readonly client?: Client
  /** Its own browser, in which nobody is signed in. */
  readonly browser?: Browser
  /** Whether nobody signs in and agrees on the pages that come. */
  readonly untouched?: boolean
  readonly method?: 'GET' | 'POST'
}

interface CallOptions {
  readonly client?: Client | 'none'
  readonly headers?: Readonly<Record<string, string>>
}

export interface Probe {
  readonly given: Given
  readonly http: Http
  readonly metadata: Metadata
  /** The client that was given or registered. */
  client(): Promise<Client>
  otherClient(): Promise<Client>
  /** The client that was registered for the checks. */
  registered(): Promise<Registered>
  /** Registers one more. All that is registered is removed at the end. */
  register(): Promise<Registered>
  /** The address of an endpoint, or NotOffered. */
  endpoint(name: string): string
  /** Posts a form to an endpoint, with the authentication of the client. */
  call(endpoint: string, parameters: Parameters | URLSearchParams, options?: CallOptions): Promise<Answer>
  /** An authorization request, as it is sent: with PKCE, state, nonce and what is given. Undefined takes out. */
  request(
    parameters?: Parameters,
    client?: Client,
  ): Promise<{ url: URL; verifier: string; state: string; nonce: string }>
  /** Sends one, and answers where the browser ended. */
  authorize(url: URL, options?: AuthorizeOptions): Promise<Arrival>
  /** NotChecked where a good request of the client is refused: what is wrong with others would not be seen. */
  accepted(): Promise<void>
  /** A fresh code. */
  code(parameters?: Parameters, client?: Client): Promise<Code>
  /** Exchanges a code. */
  exchange(code: Code, parameters?: Parameters, options?: CallOptions): Promise<Answer>
  /** Fresh tokens by a whole flow. */
  tokens(parameters?: Parameters, client?: Client): Promise<Tokens>
  /** Tokens of one flow that all checks look at and none uses up. */
  flow(): Promise<Tokens>
  refresh(token: string, parameters?: Parameters, client?: Client): Promise<Answer>
  /** Asks UserInfo with a token. */
  userinfo(token: string): Promise<Answer>
  /** A browser in which nobody is signed in. */
  newBrowser(): Browser
  /** Why what was given did not open what it should: a sign-in or a registration that was refused. */
  readonly trouble: string | undefined
  /** Removes what was registered. */
  close(): Promise<void>
}

/** What is registered where no redirect URI was given. Nobody is ever sent there. */
export const usualRedirectUri = 'https://client.example.org/conform/callback'

export function createProbe(given: Given, http: Http, metadata: Metadata): Probe {
  const browser = createBrowser(http)
  const registrar = createRegistrar(given, http, metadata)
  let trouble: string | undefined
  let flow: Promise<Tokens> | undefined
  let good: Promise<Arrival> | undefined
  let registered: Promise<Registered> | undefined
  let other: Promise<Client> | undefined

  const scope =
    given.scope ??
    ['openid', 'offline_access'].filter((one) => metadata.list('scopes_supported').includes(one)).join(' ')

  /** Says once and for all that nobody gets in: a password that is tried again and again closes accounts. */
  function giveUp(why: string): never {
    trouble ??= why
    throw new NotChecked(why)
  }

  const calls = callsOf(given, http, metadata, () => probe.client())

  const probe: Probe = {
    given,
    http,
    metadata,
    get trouble() {
      return trouble ?? registrar.refused?.message
    },
    async client() {
      return given.client ?? (await probe.registered()).client
    },
    otherClient() {
      other ??=
        given.otherClient === undefined
          ? registrar.register().then(({ client }) => client)
          : Promise.resolve(given.otherClient)
      return other
    },
    register: () => registrar.register(),
    registered() {
      registered ??= registrar.register()
      return registered
    },
    ...calls,
    request: (parameters, client) =>
      requestOf(given, calls.endpoint, scope, { parameters, client: async () => client ?? (await probe.client()) }),
    async authorize(url, { browser: own, untouched = false, method = 'GET' } = {}) {
      if (trouble !== undefined && !untouched) throw new NotChecked(trouble)
      const used = own ?? (untouched ? createBrowser(http) : browser)
      const person = untouched ? undefined : given.person
      const redirectUri = url.searchParams.get('redirect_uri') ?? given.redirectUri
      if (given.browse !== undefined && !untouched) return browsed(given.browse, url, redirectUri)
      const bare = new URL(url)
      bare.search = ''
      const arrival =
        method === 'GET'
          ? await used.open(url.href, redirectUri, person)
          : await used.post(bare.href, new URLSearchParams(url.search), redirectUri, person)
      if (arrival.refusedPassword) giveUp('The server did not take the username and password that were given.')
      return arrival
    },
    async accepted() {
      good ??= probe.request({ prompt: undefined }).then(({ url }) => probe.authorize(url, { untouched: true }))
      const { back, answer } = await good
      if (back !== undefined || answer.status < 400) return
      giveUp(`A good request of the client ends with ${answer.status}. Is its redirect URI registered?`)
    },
    async code(parameters = {}, client) {
      const as = client ?? (await probe.client())
      const { url, verifier, state, nonce } = await probe.request(parameters, as)
      const askedAt = http.clock.now()
      const { back, answer } = await probe.authorize(url)
      if (back === undefined) {
        giveUp(`The sign-in did not lead to the redirect URI; it ended with ${answer.status} at ${pathOf(answer)}.`)
      }
      const code = back.get('code')
      if (code === null) {
        const said = `${back.get('error') ?? 'nothing'} ${back.get('error_description') ?? ''}`.trim()
        if (Object.keys(parameters).length > 0) throw new NotChecked(`The server answered ${said}, and no code.`)
        giveUp(`The authorization endpoint answered ${said}, and no code. --scope says what is asked for.`)
      }
      return { code, verifier, state, nonce, client: as, back, answer, askedAt }
    },
    async tokens(parameters = {}, client) {
      const code = await probe.code(parameters, client)
      const answer = await probe.exchange(code)
      const access = textOf(answer, 'access_token')
      if (access === undefined) throw new NotChecked(`A good code was answered with ${summaryOf(answer)}.`)
      return { code, answer, access, refresh: textOf(answer, 'refresh_token'), idToken: textOf(answer, 'id_token') }
    },
    flow() {
      flow ??= probe.tokens()
      return flow
    },
    newBrowser: () => createBrowser(http),
    close: () => registrar.close(),
  }
  return probe
}

type Calls = Pick<Probe, 'endpoint' | 'call' | 'exchange' | 'refresh' | 'userinfo'>

/** Endpoints, and what is asked of them. `own` is the client where none is named. */
function callsOf(given: Given, http: Http, metadata: Metadata, own: () => Promise<Client>): Calls {
  const calls: Calls = {
    endpoint(name) {
      const url = metadata.url(name)
      if (url === undefined) throw new NotOffered(`${name} is not announced`)
      return url
    },
    async call(endpoint, parameters, { client, headers = {} } = {}) {
      const as = client === 'none' ? undefined : (client ?? (await own()))
      const form = formOf(parameters)
      if (as !== undefined && as.auth !== 'client_secret_basic') {
        form.append('client_id', as.id)
        if (as.auth === 'client_secret_post') form.append('client_secret', as.secret ?? '')
      }
      const basic = as?.auth === 'client_secret_basic' ? { authorization: basicOf(as) } : {}
      return http.ask(calls.endpoint(endpoint), { form, headers: { ...basic, ...headers } })
    },
    exchange({ code, verifier, client }, parameters = {}, options = {}) {
      const all = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: given.redirectUri,
        code_verifier: verifier,
        ...parameters,
      }
      return calls.call('token_endpoint', all, { client, ...options })
    },
    async refresh(token, parameters = {}, client) {
      const all = { grant_type: 'refresh_token', refresh_token: token, ...parameters }
      return calls.call('token_endpoint', all, client === undefined ? {} : { client })
    },
    userinfo(token) {
      return http.ask(calls.endpoint('userinfo_endpoint'), { headers: { authorization: `Bearer ${token}` } })
    },
  }
  return calls
}

interface Asking {
  readonly parameters: Parameters | undefined
  readonly client: () => Promise<Client>
}

async function requestOf(
  given: Given,
  endpoint: Probe['endpoint'],
  scope: string,
  { parameters = {}, client }: Asking,
): ReturnType<Probe['request']> {
  const [verifier, state, nonce] = [randomText(32), randomText(12), randomText(12)]
  const asking = scope.split(' ').includes('offline_access')
  const url = new URL(endpoint('authorization_endpoint'))
  const all: Parameters = {
    response_type: 'code',
    client_id: parameters.client_id ?? (await client()).id,
    redirect_uri: given.redirectUri,
    scope: scope === '' ? undefined : scope,
    state,
    nonce: scope.split(' ').includes('openid') ? nonce : undefined,
    // Without it OpenID Connect lets a server leave the refresh token out (Core §11).
    prompt: asking ? 'consent' : undefined,
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
  return { url, verifier, state, nonce }
}

function formOf(parameters: Parameters | URLSearchParams): URLSearchParams {
  if (parameters instanceof URLSearchParams) return new URLSearchParams(parameters)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.append(name, value)
  return form
}

/** HTTP Basic as RFC 6749 §2.3.1 has it: both parts in the encoding of forms. */
export function basicOf({ id, secret }: Pick<Client, 'id' | 'secret'>): string {
  const part = (text: string) => new URLSearchParams({ a: text }).toString().slice(2)
  return `Basic ${Buffer.from(`${part(id)}:${part(secret ?? '')}`).toString('base64')}`
}

/** A real browser has gone the way; there is no answer of it to look at. */
async function browsed(browse: NonNullable<Given['browse']>, url: URL, redirectUri: string): Promise<Arrival> {
  const location = await browse(url.href, redirectUri)
  const back = location !== undefined && isAt(location, redirectUri) ? parametersOf(location) : undefined
  const answer: Answer = {
    sent: { method: 'GET', url: url.href, headers: {}, body: undefined },
    status: back === undefined ? 200 : 302,
    headers: new Headers(back === undefined ? {} : { location: location ?? '' }),
    text: '',
    json: undefined,
  }
  return { back, answer, way: [answer], refusedPassword: false }
}

/** What an answer says, in a few words. */
export function summaryOf(answer: Answer): string {
  const error = textOf(answer, 'error')
  return error === undefined ? `status ${answer.status}` : `${answer.status} ${error}`
}

function pathOf({ sent }: Answer): string {
  const { origin, pathname } = new URL(sent.url)
  return origin + pathname
}
