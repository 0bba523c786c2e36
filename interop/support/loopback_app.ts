/** The web server of an app: a place that redirects lead to, and pages of its origin. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface LoopbackApp {
  readonly origin: string
  readonly redirectUri: string
  /** Puts a page, a script or a redirect at a path of this origin. */
  put(path: string, answer: Answer): void
  close(): Promise<void>
}

type Answer = { readonly html: string } | { readonly script: string } | { readonly location: string }

/** Listens on a free port of 127.0.0.1, which to a browser is another site than the server's localhost. */
export async function startLoopbackApp(): Promise<LoopbackApp> {
  const answers = new Map<string, Answer>()
  answers.set('/callback', { html: '<!doctype html><title>App</title><p>Back at the app.</p>' })
  const server = createServer((request, response) => {
    const answer = answers.get((request.url ?? '').split('?', 1)[0] ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else if ('location' in answer) response.writeHead(302, { location: answer.location }).end()
    else if ('script' in answer) response.writeHead(200, { 'content-type': 'text/javascript' }).end(answer.script)
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(answer.html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port for the app')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    redirectUri: `${origin}/callback`,
    put: (path, answer) => void answers.set(path, answer),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
