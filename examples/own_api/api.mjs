/**
 * An API of one's own, in a process of its own: orders, in memory. It knows nothing of tokens. nginx asks Consentry about each
 * request (nginx.conf) and says here who it is from, in headers that no client can set: whatever a client sends under their
 * names, nginx leaves out. So this listens on the loopback address alone, where nobody but nginx reaches it.
 *
 *   node api.mjs        PORT (8081)
 */
import { createServer } from 'node:http'

const orders = [{ id: 1, what: 'tea', by: 'the shop' }]

createServer(async (request, response) => {
  const caller = {
    client: request.headers['consentry-client'] ?? null,
    user: request.headers['consentry-user'] ?? null,
    scope: request.headers['consentry-scope'] ?? null,
  }
  const { pathname } = new URL(request.url ?? '/', 'http://api')
  if (pathname === '/orders' && request.method === 'GET') return answer(response, 200, { caller, orders })
  if (pathname === '/orders' && request.method === 'POST') {
    const order = { id: orders.length + 1, what: (await text(request)).slice(0, 100), by: caller.user ?? caller.client }
    orders.push(order)
    return answer(response, 201, { caller, order })
  }
  if (pathname === '/orders/report' && request.method === 'GET') {
    return answer(response, 200, { caller, count: orders.length })
  }
  return answer(response, 404, { error: 'not_found' })
}).listen(Number(process.env.PORT ?? 8081), '127.0.0.1')

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function text(request) {
  let read = ''
  for await (const chunk of request) read += chunk
  return read
}
