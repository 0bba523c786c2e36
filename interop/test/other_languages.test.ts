/**
 * Clients in other languages, as their users use them: Python's Authlib and requests-oauthlib, Go's x/oauth2 with go-oidc, Java's
 * Nimbus SDK and Spring Security. A language that the machine does not have is skipped, and the run says so.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { comeTo, inChromium, useChromium } from '../support/chromium.ts'
import { alice, confidentialClient, plainSecret } from '../support/documents.ts'
import { commandOf, type Language, prepare } from '../support/languages.ts'
import { type LoopbackApp, startLoopbackApp } from '../support/loopback_app.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const programs: readonly { readonly name: string; readonly language: Language; readonly last: string }[] = [
  { name: 'Authlib', language: 'python', last: 'authlib_client.py' },
  { name: 'Requests OAuthlib', language: 'python', last: 'requests_oauthlib_client.py' },
  { name: 'Go OIDC', language: 'go', last: '' },
  { name: 'Nimbus SDK', language: 'java', last: 'interop.Nimbus' },
  { name: 'Spring Security', language: 'java', last: 'interop.Spring' },
]

inChromium('a client in another language', () => {
  const openPage = useChromium()
  let app: LoopbackApp
  let server: RunningServer
  const built = new Map<Language, Promise<string | undefined>>()
  beforeAll(async () => {
    for (const { language } of programs) if (!built.has(language)) built.set(language, prepare(language))
    app = await startLoopbackApp()
    server = await startServer(programs.map(({ name }) => confidentialClient(name, app.redirectUri, plainSecret)))
  })
  afterAll(async () => {
    await server?.stop()
    await app?.close()
  })

  for (const { name, language, last } of programs) {
    test(`${name} signs a person in, and what it does next works`, async (context) => {
      const folder = await built.get(language)
      if (folder === undefined) return context.skip(`${language} is missing`)
      const client = { ...confidentialClient(name, app.redirectUri), ...plainSecret }
      const [command, ...args] = commandOf(language, folder, last)
      const child = spawn(command, args, {
        env: {
          ...process.env,
          INTEROP_ISSUER: server.issuer,
          INTEROP_CLIENT_ID: client.client_id,
          INTEROP_CLIENT_SECRET: client.client_secret,
          INTEROP_REDIRECT_URI: app.redirectUri,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      let wrong = ''
      child.stderr.on('data', (chunk: Buffer) => {
        wrong = (wrong + chunk.toString()).slice(-5000)
      })
      const exited = once(child, 'exit')
      let told: Record<string, unknown> | undefined
      try {
        for await (const line of createInterface(child.stdout)) {
          const said = JSON.parse(line) as Record<string, unknown>
          if (typeof said.go !== 'string') told = said
          else child.stdin.write(`${(await comeTo(await openPage(), said.go, app.redirectUri)).href}\n`)
        }
      } catch (error) {
        child.kill()
        throw error
      }
      expect((await exited)[0], wrong).toBe(0)
      const { username, ...works } = told ?? {}
      expect(username).toBe(alice.username)
      expect(Object.keys(works).length).toBeGreaterThan(0)
      expect(works).toEqual(Object.fromEntries(Object.keys(works).map((key) => [key, true])))
      // The first of a language waits until its programs are built.
    }, 300_000)
  }
})
