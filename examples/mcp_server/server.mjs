/**
 * A protected MCP server in a process of its own: notes, in memory, each person's for themselves. It speaks as much of MCP
 * (Streamable HTTP, without sessions) as two tools need; a server that is made with an SDK is protected in the same way.
 *
 *   RESOURCE=http://127.0.0.1:8090/mcp ISSUER=http://localhost:3000 node server.mjs
 *
 * ISSUER is Consentry. CLIENT_ID (notes-mcp) and SECRET_FILE (secret) are what it authenticates with there.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { protect } from './protect.mjs'

const { RESOURCE, ISSUER, CLIENT_ID = 'notes-mcp', SECRET_FILE = 'secret' } = process.env
const guard = protect({
  issuer: ISSUER,
  resource: RESOURCE,
  name: 'Notes',
  scopes: ['notes.read', 'notes.write'],
  clientId: CLIENT_ID,
  secret: readFileSync(SECRET_FILE, 'utf8').trim(),
})
const { pathname, port } = new URL(RESOURCE)

const versions = ['2025-11-25', '2025-06-18', '2025-03-26']

/** Notes by person. */
const notes = new Map()

const tools = {
  list_notes: {
    description: 'Lists your notes.',
    scope: 'notes.read',
    inputSchema: { type: 'object', properties: {} },
    run: (user) => (notes.get(user) ?? []).join('\n') || 'There is no note yet.',
  },
  add_note: {
    description: 'Writes a note down.',
    scope: 'notes.write',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    run: (user, { text }) => {
      const own = [...(notes.get(user) ?? []), String(text).slice(0, 1000)]
      notes.set(user, own)
      return `Note ${own.length} is written.`
    },
  },
}

createServer(async (request, response) => {
  if (guard.answered(request, response)) return
  if (new URL(request.url, RESOURCE).pathname !== pathname) return answer(response, 404)
  if (request.method !== 'POST') return answer(response.setHeader('allow', 'POST'), 405)
  // Whoever has no token learns from the refusal what to ask for at first.
  const caller = await guard.caller(request, response, 'notes.read')
  if (caller === undefined) return
  const message = await read(request)
  if (message === undefined) return answer(response, 400, failure(null, -32700, 'This is no JSON-RPC message.'))
  const { id, method, params } = message
  if (id === undefined) return answer(response, 202)
  const tool = method === 'tools/call' && Object.hasOwn(tools, params?.name) ? tools[params.name] : undefined
  if (tool !== undefined && !guard.allows(caller, response, tool.scope)) return
  return answer(response, 200, reply({ id, method, params }, tool, caller))
}).listen(Number(port), '127.0.0.1')

function reply({ id, method, params }, tool, caller) {
  if (tool !== undefined) {
    return result(id, { content: [{ type: 'text', text: tool.run(caller.user, params.arguments ?? {}) }] })
  }
  if (method === 'initialize') {
    return result(id, {
      protocolVersion: versions.includes(params?.protocolVersion) ? params.protocolVersion : versions[0],
      capabilities: { tools: {} },
      serverInfo: { name: 'notes', version: '1.0.0' },
    })
  }
  if (method === 'tools/list') {
    const list = Object.entries(tools).map(([name, { description, inputSchema }]) => ({
      name,
      description,
      inputSchema,
    }))
    return result(id, { tools: list })
  }
  if (method === 'ping') return result(id, {})
  return failure(id, method === 'tools/call' ? -32602 : -32601, 'This server does not know that.')
}

function result(id, value) {
  return { jsonrpc: '2.0', id, result: value }
}

function failure(id, code, message) {
  return { jsonrpc: '2.0', id, error: { code, message } }
}

async function read(request) {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 100_000) return undefined
  }
  try {
    const message = JSON.parse(text)
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? message : undefined
  } catch {
    return undefined
  }
}

function answer(response, status, body) {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
