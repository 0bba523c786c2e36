/** A static answer: a bare Fastify that gives the same bytes to everybody, with an ETag. Environment: PORT, BODY (a file). */
import { readFileSync } from 'node:fs'
import { fastify } from 'fastify'

const body = readFileSync(process.env.BODY, 'utf8')
const app = fastify()
app.get('/', (_request, reply) =>
  reply.type('application/json').header('cache-control', 'public, max-age=300').header('etag', '"one"').send(body),
)
process.on('SIGTERM', () => app.close())
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
