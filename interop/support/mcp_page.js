/** The script of a page that is an MCP client: the unmodified SDK, bundled for browsers. Served to the page, not run by Node. */
import { Client, StreamableHTTPClientTransport } from '/mcp_sdk.js'

const main = document.querySelector('main')
const { server } = main.dataset
const redirectUri = `${location.origin}${location.pathname}`

/** What is kept while the person is away. */
const kept = (name) => ({
  get: () => JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined,
  set: (value) => sessionStorage.setItem(name, JSON.stringify(value)),
})
const [information, tokens, verifier, state] = ['information', 'tokens', 'verifier', 'state'].map(kept)

const authProvider = {
  redirectUrl: redirectUri,
  clientMetadata: {
    client_name: 'Page of notes',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => {
    state.set(crypto.randomUUID())
    return state.get()
  },
  clientInformation: information.get,
  saveClientInformation: information.set,
  tokens: tokens.get,
  saveTokens: tokens.set,
  codeVerifier: verifier.get,
  saveCodeVerifier: verifier.set,
  redirectToAuthorization: (url) => location.assign(url),
}

const transport = () => new StreamableHTTPClientTransport(new URL(server), { authProvider })
const answer = new URLSearchParams(location.search)

try {
  if (answer.has('code')) {
    if (answer.get('state') !== state.get()) throw new Error('another state')
    await transport().finishAuth(answer.get('code'))
  }
  const client = new Client({ name: 'page', version: '1.0.0' })
  await client.connect(transport())
  const { tools } = await client.listTools()
  const { content } = await client.callTool({ name: 'list_notes', arguments: {} })
  main.textContent = `${tools.length} tools. ${content[0].text}`
} catch (error) {
  // Before the person is back, the SDK throws while the page is on its way to the authorization server.
  if (answer.size > 0) main.textContent = `Failed: ${error}`
}
