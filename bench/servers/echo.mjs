/** The floor under every figure: a bare Fastify that parses a form and answers a small JSON object. */
import { fastify } from 'fastify'

const app = fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, new URLSearchParams(body))
})
const schema = { response: { 200: { type: 'object', properties: { ok: { type: 'string' } } } } }
app.post('/token', { schema }, (request, reply) => {
  reply.send({ ok: request.body.get('grant_type') })
})
app.get('/ready', (_request, reply) => reply.send('ready'))
process.on('SIGTERM', () => app.close())
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
