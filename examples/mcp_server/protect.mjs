/**
 * What makes an MCP server a protected resource (RFC 9728): it says where tokens come from, asks Consentry what each token is
 * worth here (RFC 7662), and says in its refusals what is missing (RFC 6750 §3). Copy this file; it knows no tool.
 */

/**
 * `resource` is the address of the MCP server as it is registered, `scopes` all that it knows. `clientId` and `secret` are those
 * of the server itself.
 */
export function protect({ issuer, resource, name, scopes, clientId, secret }) {
  const { origin, pathname, host } = new URL(resource)
  const at = `/.well-known/oauth-protected-resource${pathname.replace(/\/$/, '')}`
  const metadata = {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: name,
  }

  return {
    /** Whether the request was answered: it asked for the metadata, came from a page, or came for another host. */
    answered(request, response) {
      // A page that has made its own name lead here must not get further (DNS rebinding).
      if (request.headers.host !== host) return send(response, 403, { error: 'wrong_host' })
      // Pages may call: nothing here lives by a cookie.
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-expose-headers', 'WWW-Authenticate, Mcp-Session-Id')
      if (request.method === 'OPTIONS') {
        response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
        response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
        return send(response, 204)
      }
      const path = new URL(request.url, origin).pathname
      return path === at ? send(response, 200, metadata) : false
    },

    /** What the token of a request is worth here; undefined where it is worth nothing, and the request was answered. */
    async caller(request, response, scope) {
      const [, token] = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
      if (token === undefined) return refuse(response, 401, { scope })
      const said = await introspect(token)
      if (said === undefined) return void send(response, 503, { error: 'temporarily_unavailable' })
      // Consentry tells this server about tokens for it alone, so that aud is checked twice.
      if (!said.active || !said.aud.includes(resource)) return refuse(response, 401, { error: 'invalid_token', scope })
      return { user: said.sub, client: said.client_id, scope: said.scope.split(' ') }
    },

    /** Whether the caller has the scope; if not, the request was answered with all that it needs. */
    allows({ scope: held }, response, needed) {
      if (held.includes(needed)) return true
      const own = held.filter((one) => scopes.includes(one))
      refuse(response, 403, { error: 'insufficient_scope', scope: [...own, needed].join(' ') })
      return false
    },
  }

  async function introspect(token) {
    try {
      const answer = await fetch(`${issuer}/oauth/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
        body: new URLSearchParams({ token }),
        signal: AbortSignal.timeout(5_000),
      })
      return answer.ok ? await answer.json() : undefined
    } catch {
      return undefined
    }
  }

  function refuse(response, status, { error, scope }) {
    const says = { error, scope, resource_metadata: origin + at }
    const members = Object.entries(says).filter(([, value]) => value !== undefined)
    response.setHeader('www-authenticate', `Bearer ${members.map(([key, value]) => `${key}="${value}"`).join(', ')}`)
    send(response, status, { error: error ?? 'unauthorized' })
  }
}

function send(response, status, body) {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
  return true
}
