/** The script of a single-page app: the flow by oauth4webapi in the browser alone. Served to the page, not run by Node. */
import * as oauth from '/oauth4webapi.js'

const options = { [oauth.allowInsecureRequests]: true }
const { issuer, clientId } = document.querySelector('main').dataset
const client = { client_id: clientId }
const redirectUri = `${location.origin}${location.pathname}`

const url = new URL(issuer)
const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options))

if (location.search === '') await leave()
else await comeBack()

async function leave() {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  sessionStorage.setItem('flow', JSON.stringify({ verifier, state }))
  const to = new URL(server.authorization_endpoint)
  to.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email basic',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  })
  location.assign(to)
}

async function comeBack() {
  const { verifier, state } = JSON.parse(sessionStorage.getItem('flow'))
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), state)
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    verifier,
    options,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { requireIdToken: true })
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)
  const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, options)
  const { email } = await oauth.processUserInfoResponse(server, client, sub, userinfo)
  document.querySelector('main').textContent = `Signed in as ${email}`
}
