/**
 * A first token, with nothing but Node: the authorization code flow with PKCE (RFC 7636) and a loopback callback
 * (RFC 8252 §7.3), one call of the API, one refresh.
 *
 *   node examples/first_token.mjs CLIENT_ID [CLIENT_SECRET]
 *
 * ISSUER (http://localhost:3000) and REDIRECT_URI (http://localhost:8080/callback) may be set in the environment.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const [clientId, clientSecret] = process.argv.slice(2)
if (clientId === undefined) throw new Error('usage: node examples/first_token.mjs CLIENT_ID [CLIENT_SECRET]')
const issuer = process.env.ISSUER ?? 'http://localhost:3000'
const redirectUri = process.env.REDIRECT_URI ?? 'http://localhost:8080/callback'

console.log('1. The server says where its endpoints are:')
const server = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
console.log(`   ${server.authorization_endpoint}\n   ${server.token_endpoint}`)

const verifier = randomBytes(32).toString('base64url')
const state = randomBytes(16).toString('base64url')
const question = new URL(server.authorization_endpoint)
question.search = new URLSearchParams({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: 'basic offline_access',
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}).toString()

const { hostname, port, pathname } = new URL(redirectUri)
const callback = createServer().listen(Number(port), hostname)
await once(callback, 'listening')
console.log(`2. Open this in a browser, sign in and allow:\n\n   ${question}\n`)
const answer = await new Promise((resolve) => {
  callback.on('request', (request, response) => {
    const url = new URL(request.url, redirectUri)
    const ours = url.pathname === pathname
    response.writeHead(ours ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' })
    response.end(ours ? 'Done. Back to the terminal.\n' : 'Nothing here.\n')
    if (ours) resolve(url.searchParams)
  })
})
callback.close()
if (answer.get('state') !== state) throw new Error('the answer belongs to another request')
if (answer.get('iss') !== issuer) throw new Error('the answer comes from another server')
if (answer.has('error')) throw new Error(`${answer.get('error')}: ${answer.get('error_description')}`)
console.log('3. A code came back. It is exchanged for tokens:')

const tokens = await ask({
  grant_type: 'authorization_code',
  code: answer.get('code'),
  redirect_uri: redirectUri,
  code_verifier: verifier,
})
console.log(`   access token for "${tokens.scope}", good for ${tokens.expires_in} s`)

const user = await fetch(`${issuer}/api/v3/user`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
console.log(`4. GET /api/v3/user answers ${user.status}:\n   ${await user.text()}`)

if (tokens.refresh_token === undefined) {
  console.log('5. No refresh token: the app is not registered for the refresh_token grant.')
} else {
  const fresh = await ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  console.log(
    `5. The refresh token was exchanged: a new access token for ${fresh.expires_in} s and the next refresh token.`,
  )
}

/** Posts to the token endpoint as this client; throws with the request id, by which the request log is searched. */
async function ask(parameters) {
  const body = new URLSearchParams({ ...parameters, ...(clientSecret === undefined ? { client_id: clientId } : {}) })
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`).toString(
    'base64',
  )
  const headers = clientSecret === undefined ? {} : { authorization: `Basic ${basic}` }
  const response = await fetch(server.token_endpoint, { method: 'POST', body, headers })
  const told = await response.json()
  if (response.ok) return told
  throw new Error(`${told.error}: ${told.error_description} (request ${response.headers.get('x-request-id')})`)
}
