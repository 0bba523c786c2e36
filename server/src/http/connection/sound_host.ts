/** The Host header of a request (RFC 9112 §3.2). A missing one is refused by Node. */
import type { FastifyInstance } from 'fastify'

/** Refuses requests that name more than one host, or none that could be one: proxies may choose another than we do. */
export function requireOneHost(app: FastifyInstance): void {
  // Nearly all requests name the same host.
  let sound = ''
  app.addHook('onRequest', (request, reply, done) => {
    const { rawHeaders } = request.raw
    let hosts = 0
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at]
      if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
    }
    const { host = '' } = request.headers
    if (hosts <= 1 && (host === sound || isHost(host))) {
      sound = host
      return done()
    }
    // Before any protocol has a say: whose request this is, is what is unclear.
    void reply
      .code(400)
      .header('connection', 'close')
      .send({ error: 'invalid_request', error_description: 'The request must name one host.' })
  })
}

/** `uri-host [ ":" port ]` (RFC 9112 §3.2), which may be empty. */
function isHost(text: string): boolean {
  return /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9\-._~%!$&'()*+,;=]*)(?::[0-9]{0,5})?$/.test(text)
}
