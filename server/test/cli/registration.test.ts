/** `consentry registration` as its users run it, beside a server at which an app then registers itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createServer } from '../../src/app.ts'
import { loadSettings } from '../../src/settings.ts'
import { freePort } from '../support/command.ts'
import { runCommand } from './output.ts'

test('a token is made, used, listed and removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const env = { CONSENTRY_DATA: join(folder, 'data'), CONSENTRY_LOG_LEVEL: 'silent', PORT: String(await freePort()) }
  const server = await createServer(loadSettings({ env }))
  await server.listen()
  const json = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCommand(['registration', ...words, '--json'], env)
    return { code, said: JSON.parse(stdout === '' ? stderr : stdout) }
  }
  expect((await runCommand(['registration', 'list'], env)).stdout).toBe('there are no tokens\n')
  const { said: made } = await json('create', 'Partner portal', '--uses', '2', '--days', '30')
  expect(made).toMatchObject({ token: expect.stringMatching(/^iat_/), name: 'Partner portal', uses_left: 2 })
  const answer = await fetch(`http://localhost:${env.PORT}/oauth/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'App', redirect_uris: ['https://app.example/cb'] }),
  })
  expect(answer.status).toBe(201)
  const listed = await runCommand(['registration', 'list'], env)
  expect(listed.stdout).toMatch(new RegExp(`^${made.id}  1 left  until \\S+  Partner portal\n$`))
  expect(listed.stdout).not.toContain(made.token)
  expect((await json('remove', made.id)).said).toEqual({ removed: made.id })
  const { code, said } = await json('remove', made.id)
  expect([code, said.error.code]).toEqual([1, 'not_found'])
  expect((await json('create', 'x', '--uses', 'many')).code).toBe(2)
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
