/** What an MCP client keeps between the steps of a sign-in, in memory, and the answers that it has got from servers. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'

export class McpApp implements OAuthClientProvider {
  readonly clientMetadata: OAuthClientMetadata
  /** Where it has last wanted to send the person. */
  sentTo: URL | undefined
  information: OAuthClientInformationMixed | undefined
  held: OAuthTokens | undefined
  #verifier = ''
  readonly #redirectUri: string

  constructor(name: string, redirectUri: string, more: Partial<OAuthClientMetadata> = {}) {
    this.#redirectUri = redirectUri
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...more,
    }
  }

  get redirectUrl(): string {
    return this.#redirectUri
  }

  state(): string {
    return 'a state that comes back'
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.information
  }

  saveClientInformation(information: OAuthClientInformationMixed): void {
    this.information = information
  }

  tokens(): OAuthTokens | undefined {
    return this.held
  }

  saveTokens(tokens: OAuthTokens): void {
    this.held = tokens
  }

  redirectToAuthorization(url: URL): void {
    this.sentTo = url
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.information = undefined
    if (scope === 'all' || scope === 'tokens') this.held = undefined
  }
}

export function transportTo(url: URL, app: McpApp): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(url, { authProvider: app })
}

export async function connect(url: URL, app: McpApp): Promise<Client> {
  const client = new Client({ name: 'interop', version: '1.0.0' })
  await client.connect(transportTo(url, app))
  return client
}

/** The text that a tool answers. */
export async function callTool(client: Client, name: string, input: Record<string, unknown> = {}): Promise<string> {
  const { content } = await client.callTool({ name, arguments: input })
  const [first] = content as readonly { readonly text?: string }[]
  return first?.text ?? ''
}
