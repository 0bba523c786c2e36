/** `consentry conform` as an operator runs it: two processes, with every kind of access that there is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand, type CommandLine, commandLine, freePort, type Serving } from '../support/command.ts'

const redirectUri = 'https://client.example.org/conform/callback'
const after = 'https://client.example.org/after'
const password = 'seven swans a-swimming'
const secret = (of: string) => `${of}-secret-0123456789abcdef0123456789abcdef`

let line: CommandLine
let server: Serving
let receiver: string
let token: string

beforeAll(async () => {
  await buildCommand()
  line = commandLine()
  const origin = `http://127.0.0.1:${await freePort()}`
  receiver = `${origin}/logout`
  server = await line.serve(undefined, { CONSENTRY_OUTBOUND_ALLOW: origin })
  const client = (id: string, more: object) => ({
    client_id: id,
    client_name: id,
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [after],
    scope: 'openid profile offline_access basic readmeasurements',
    ...more,
  })
  const document = {
    users: [{ username: 'alice', email: 'alice@example.com', email_verified: true, password }],
    clients: [
      client('whole', {
        client_secret: secret('whole'),
        backchannel_logout_uri: receiver,
        grant_types: [
          'authorization_code',
          'refresh_token',
          'client_credentials',
          'urn:ietf:params:oauth:grant-type:device_code',
        ],
      }),
      client('other', { client_secret: secret('other') }),
      client('open', { token_endpoint_auth_method: 'none' }),
    ],
  }
  writeFileSync(join(line.folder, 'apply.json'), JSON.stringify(document))
  expect(await line.run(['apply', 'apply.json'])).toMatchObject({ code: 0 })
  token = (await line.run(['registration', 'create', 'conform'])).stdout.trim()
})
afterAll(async () => {
  await line.close()
})

interface Said {
  readonly checks: readonly { readonly id: string; readonly state: string; readonly reason?: string }[]
}

/** What did not pass, and why. */
async function left(argv: readonly string[], env: Record<string, string> = {}) {
  const ran = await line.run(['conform', server.issuer, '--json', ...argv], { env })
  const said = JSON.parse(ran.stdout) as Said
  const open = said.checks.filter(({ state }) => state !== 'passed')
  return { code: ran.code, stderr: ran.stderr, states: Object.fromEntries(open.map(({ id, state }) => [id, state])) }
}

const alice = ['--username', 'alice', '--redirect-uri', redirectUri]

test('a client, another one, a sign-in, a registration, an API and a receiver leave nothing to be found', async () => {
  const argv = [...alice, '--client-id', 'whole', '--other-client-id', 'other', '--post-logout-redirect-uri', after]
  const env = {
    CONFORM_PASSWORD: password,
    CONFORM_CLIENT_SECRET: secret('whole'),
    CONFORM_OTHER_CLIENT_SECRET: secret('other'),
    CONFORM_INITIAL_ACCESS_TOKEN: token,
  }
  const more = ['--logout-receiver', receiver, '--resource', `${server.issuer}/api`]
  expect(await left([...argv, ...more], env)).toEqual({
    code: 0,
    stderr: '',
    states: {
      'refresh.public_client': 'not_checked',
      'access_token.signature': 'not_offered',
      'access_token.claims': 'not_offered',
      'access_token.audience': 'not_offered',
      // The API has paths below its identifier and nothing at it.
      'resource.challenge': 'not_offered',
    },
  })
})

test('a registration stands in for clients', async () => {
  const env = { CONFORM_PASSWORD: password, CONFORM_INITIAL_ACCESS_TOKEN: token }
  const { code, states } = await left(alice, env)
  expect(code).toBe(0)
  expect(Object.values(states)).not.toContain('failed')
  expect(states).not.toHaveProperty(['code_flow.other_client'])
  expect(states).not.toHaveProperty(['logout.redirects'])
})

test('a client without a secret leaves nothing to be found', async () => {
  const argv = [...alice, '--client-id', 'open', '--only', 'code_flow,refresh,userinfo']
  const { code, stderr, states } = await left(argv, { CONFORM_PASSWORD: password })
  expect([code, stderr]).toEqual([0, ''])
  expect(states).not.toHaveProperty(['refresh.public_client'])
})

test('a program may do the sign-in', async () => {
  const program = join(line.folder, 'browser.mjs')
  // It is sent back with an error, as where somebody says no.
  const text = `const at = new URL(process.env.CONFORM_REDIRECT_URI)
const asked = new URL(process.env.CONFORM_URL)
at.searchParams.set('error', 'access_denied')
at.searchParams.set('state', asked.searchParams.get('state') ?? '')
console.log('opening the browser')
console.log(at.href)
`
  writeFileSync(program, text)
  const argv = ['--client-id', 'open', '--redirect-uri', redirectUri, '--only', 'code_flow']
  const ran = await line.run(['conform', server.issuer, ...argv, '--browser-command', `node ${program}`])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toMatch(
    /THE ACCESS THAT WAS GIVEN DID NOT WORK: The authorization endpoint answered access_denied/,
  )
})
