/** The example that gives a newcomer the first token, as a process of its own: what it says where something is wrong. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCommand, type CommandLine, commandLine, freePort, type Serving } from '../support/command.ts'

const example = fileURLToPath(new URL('../../../examples/first_token.mjs', import.meta.url))

let line: CommandLine
let server: Serving
let app: { readonly client_id: string; readonly client_secret: string }
let redirectUri: string
beforeAll(async () => {
  await buildCommand()
  line = commandLine()
  server = await line.serve()
  redirectUri = `http://localhost:${await freePort()}/callback`
  const made = await line.run(['client', 'create', 'Example', '--redirect-uri', redirectUri, '--json'])
  app = JSON.parse(made.stdout)
})
afterAll(() => line.close())

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [example, ...args], { env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const withApp = (...more: string[]) => [app.client_id, app.client_secret, '--issuer', server.issuer, ...more]

describe('the example', () => {
  test('says how it is called', async () => {
    expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: node [^\n]+\n$/) })
    expect((await run(['--isuer', 'x', 'id'])).code).toBe(2)
    expect((await run(['id', '--issuer', 'nowhere'])).stderr).toBe('The issuer nowhere is not a full URL.\n')
  })

  test('says in one line where no server answers', async () => {
    const nobody = `http://localhost:${await freePort()}`
    const { code, stderr } = await run(['id', '--issuer', nobody])
    expect([code, stderr]).toEqual([
      1,
      `No server answers at ${nobody}. Start it, or name another one with --issuer.\n`,
    ])
  })

  test('ends at once for an unknown client, with the place where the IDs of apps are read', async () => {
    const { code, stderr } = await run(['nobody', '--issuer', server.issuer, '--redirect-uri', redirectUri])
    expect([code, stderr]).toEqual([
      1,
      `The server refused: no app that is switched on has the client ID nobody.\nYour apps and their IDs are at ${server.issuer}/developer\n`,
    ])
  })

  test('ends at once for a redirect URI that is not registered, with the place where its owner reads why', async () => {
    const { code, stderr } = await run(withApp('--redirect-uri', `${redirectUri}/`))
    const log = `${server.issuer}/developer/apps/${app.client_id}/requests?request=`
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The server refused: \w+\.[^\n]*\nThe owner of the app reads why at \S+\n$/)
    expect(stderr).toContain(log)
  })

  test('names a port that is taken, and the way around it', async () => {
    const taken = createServer().listen(0, 'localhost')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const uri = `http://localhost:${port}/callback`
    const made = await line.run(['client', 'create', 'Other', '--redirect-uri', uri, '--json'])
    const { client_id: id, client_secret: secret } = JSON.parse(made.stdout)
    const { code, stderr } = await run([id, secret, '--issuer', server.issuer, '--redirect-uri', uri])
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Port \d+ is in use by another program\. [^\n]+--redirect-uri\.\n$/)
  })
})
