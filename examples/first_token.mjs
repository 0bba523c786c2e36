/**
 * A first token, with nothing but Node: the authorization code flow with PKCE (RFC 7636) and a loopback callback
 * (RFC 8252 §7.3), one call of the API, one refresh.
 *
 *   node examples/first_token.mjs CLIENT_ID [CLIENT_SECRET] [--issuer URL] [--redirect-uri URI]
 *
 * ISSUER and REDIRECT_URI in the environment do the same. Exit codes: 0 done, 1 failed, 2 wrong command line.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

const usage = 'Usage: node examples/first_token.mjs CLIENT_ID [CLIENT_SECRET] [--issuer URL] [--redirect-uri URI]'

/** An end that was foreseen: one sentence, no stack trace. */
class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

try {
  await run()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}

async function run() {
  const { clientId, clientSecret, issuer, redirectUri } = readArguments()
  const server = await discover(issuer)
  console.log('1. The server says where its endpoints are:')
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
  await requireAccepted(question, issuer, clientId)

  const callback = await listen(redirectUri)
  console.log(`2. Open this in a browser, sign in and allow:\n\n   ${question}\n`)
  const { answer, tell } = await callback.answered
  const ask = (parameters) => tokenRequest({ server, issuer, clientId, clientSecret, parameters })
  let tokens
  try {
    if (answer.get('state') !== state) throw new Stop('The answer belongs to another request: its state differs.')
    if (answer.get('iss') !== issuer) throw new Stop(`The answer comes from another server: ${answer.get('iss')}.`)
    if (answer.has('error')) throw refused(issuer, clientId, Object.fromEntries(answer))
    tokens = await ask({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    })
    tell(200, 'Done. You can close this page and go back to the terminal.')
  } catch (error) {
    tell(400, 'That did not work. The terminal says why.')
    throw error
  } finally {
    callback.close()
  }
  console.log('3. A code came back and was exchanged for tokens:')
  console.log(`   access token for "${tokens.scope}", valid for ${tokens.expires_in} s`)

  const user = await fetch(`${issuer}/api/v3/user`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  console.log(`4. GET /api/v3/user answers ${user.status}:\n   ${await user.text()}`)

  if (tokens.refresh_token === undefined) {
    console.log('5. There is no refresh token: the app is not registered for the refresh_token grant.')
  } else {
    const fresh = await ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    console.log(
      `5. The refresh token was exchanged: a new access token for ${fresh.expires_in} s, and the next refresh token.`,
    )
  }
  console.log(`
What next:
  every request of this run, rule by rule   ${issuer}/developer/apps/${clientId}/requests
  the API, to read and to try               ${issuer}/docs/api
  what you have just allowed                ${issuer}/account/apps
  endpoints for an OpenID Connect library   ${issuer}/.well-known/openid-configuration`)
}

function readArguments() {
  const options = { issuer: { type: 'string' }, 'redirect-uri': { type: 'string' }, help: { type: 'boolean' } }
  let read
  try {
    read = parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new Stop(`${error.message}\n${usage}`, 2)
  }
  const [clientId, clientSecret] = read.positionals
  if (read.values.help || clientId === undefined) throw new Stop(usage, read.values.help ? 0 : 2)
  const issuer = (read.values.issuer ?? process.env.ISSUER ?? 'http://localhost:3000').replace(/\/$/, '')
  const redirectUri = read.values['redirect-uri'] ?? process.env.REDIRECT_URI ?? 'http://localhost:8080/callback'
  for (const [name, url] of [
    ['issuer', issuer],
    ['redirect URI', redirectUri],
  ]) {
    if (!URL.canParse(url)) throw new Stop(`The ${name} ${url} is not a full URL.`, 2)
  }
  return { clientId, clientSecret, issuer, redirectUri }
}

/** The server's own description of its endpoints (RFC 8414). */
async function discover(issuer) {
  let response
  try {
    response = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  } catch {
    throw new Stop(`No server answers at ${issuer}. Start it, or name another one with --issuer.`)
  }
  const told = await response.json().catch(() => ({}))
  if (told.issuer === issuer) return told
  throw new Stop(
    `What answers at ${issuer} is not this server${told.issuer === undefined ? '' : `: it calls itself ${told.issuer}`}.`,
  )
}

/**
 * Sends the authorization request once without a browser. What cannot be sent back to the app (an unknown client, a
 * redirect URI that is not registered) would otherwise only show in the browser, while this waits for ever.
 */
async function requireAccepted(question, issuer, clientId) {
  const response = await fetch(question, { redirect: 'manual', headers: { accept: 'text/html' } })
  if (response.status < 400) return
  const [, error = 'invalid_request'] = /OAuth error: (\w+)/.exec(await response.text()) ?? []
  if (error === 'invalid_client') {
    // Before anything was asked of the app this means its ID alone, and an unknown app has no request log.
    throw new Stop(
      `The server refused: no app that is switched on has the client ID ${clientId}.\nYour apps and their IDs are at ${issuer}/developer`,
    )
  }
  throw refused(issuer, clientId, { error }, response)
}

/** Listens at the redirect URI. `answered` holds what the server sent and a way to tell the browser how it went. */
async function listen(redirectUri) {
  const { hostname, port, pathname } = new URL(redirectUri)
  const callback = createServer()
  callback.listen(Number(port || 80), hostname.replace(/^\[|\]$/g, ''))
  try {
    await once(callback, 'listening')
  } catch (error) {
    const other = `Register another redirect URI (http://localhost:8081${pathname}, say) and name it with --redirect-uri.`
    if (error.code === 'EADDRINUSE') throw new Stop(`Port ${port} is in use by another program. ${other}`)
    throw new Stop(`Cannot listen at ${redirectUri} (${error.code}). ${other}`)
  }
  const answered = new Promise((resolve) => {
    callback.on('request', (request, response) => {
      const url = new URL(request.url, redirectUri)
      const tell = (status, text) => {
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        response.end(`${text}\n`)
      }
      if (url.pathname === pathname) resolve({ answer: url.searchParams, tell })
      else tell(404, 'Nothing here.')
    })
  })
  return { answered, close: () => callback.close() }
}

/** Posts to the token endpoint as this client (RFC 6749 §3.2). */
async function tokenRequest({ server, issuer, clientId, clientSecret, parameters }) {
  const body = new URLSearchParams({ ...parameters, ...(clientSecret === undefined ? { client_id: clientId } : {}) })
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`)
  const headers = clientSecret === undefined ? {} : { authorization: `Basic ${basic.toString('base64')}` }
  const response = await fetch(server.token_endpoint, { method: 'POST', body, headers })
  const told = await response.json()
  if (response.ok) return told
  throw refused(issuer, clientId, told, response)
}

/** One sentence on a refusal, with the place where its owner reads the cause. */
function refused(issuer, clientId, { error, error_description: text }, response) {
  const request = response?.headers.get('x-request-id')
  const log = `${issuer}/developer/apps/${clientId}/requests${request ? `?request=${request}` : ''}`
  const hint = error === 'invalid_client' ? ' Check the client ID and the client secret.' : ''
  return new Stop(
    `The server refused: ${error}${text ? ` (${text.replace(/\.$/, '')})` : ''}.${hint}\nThe owner of the app reads why at ${log}`,
  )
}
