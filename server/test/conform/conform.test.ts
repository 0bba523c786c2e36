/** `consentry conform`: ours passes with all access. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMask } from '../../src/conform/report/evidence.ts'
import { documentOf } from '../../src/conform/report/table.ts'
import { runCommand } from '../cli/output.ts'
import { type BrokenServer, brokenServer, jwtApi } from './broken_server.ts'

let server: BrokenServer
const folder = mkdtempSync(join(tmpdir(), 'consentry-conform-'))

beforeAll(async () => {
  server = await brokenServer()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('ours passes every check that it can be asked with a client, a sign-in and a registration', async () => {
  const { results, trouble } = await server.check()
  expect(trouble).toBeUndefined()
  const found = results.filter(({ state }) => state === 'failed' || state === 'warned')
  expect(found.map(({ check, reason }) => `${check.id}: ${reason}`)).toEqual([])
  // What is left out is named here, so that nothing falls out of the run unseen.
  const left = results.filter(({ state }) => state !== 'passed').map(({ check, state }) => `${check.id} ${state}`)
  expect(left).toEqual([
    'refresh.public_client not_checked',
    'access_token.signature not_offered',
    'access_token.claims not_offered',
    'access_token.audience not_checked',
    'resource.unknown not_checked',
    'resource.document not_checked',
    'resource.servers not_checked',
    'resource.challenge not_checked',
    'backchannel.token not_checked',
  ])
})

test('the JWT access tokens of an API are what they should be, and one without an ID is found', async () => {
  const given = { ...server.given, resource: jwtApi, scope: 'openid basic' }
  const states = async (...[fault]: Parameters<typeof server.check>) => {
    const { results } = await server.check(fault, given, ['access_token', 'resource.unknown'])
    return Object.fromEntries(results.map(({ check, state }) => [check.id, state]))
  }
  const passed = {
    'access_token.signature': 'passed',
    'access_token.claims': 'passed',
    'access_token.audience': 'passed',
    'resource.unknown': 'passed',
  }
  expect(await states()).toEqual(passed)
  const spoiled = await states({
    after({ path }, answer) {
      if (path !== '/oauth/token' || answer.status !== 200) return
      const said = JSON.parse(answer.body) as { access_token: string }
      const [header = '', payload = '', signature = ''] = said.access_token.split('.')
      const { jti: _, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
      said.access_token = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
      answer.body = JSON.stringify(said)
    },
  })
  expect(spoiled).toEqual({ ...passed, 'access_token.signature': 'failed', 'access_token.claims': 'failed' })
})

const command = (...argv: string[]) => runCommand(['conform', ...argv], {})

test('with an issuer alone it checks what needs nobody, and says what would open the rest', async () => {
  const { code, stdout, stderr } = await command(server.issuer)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^ok +discovery\.issuer +RFC 8414 §3\.3 /m)
  expect(stdout).toMatch(/^ok +authorization\.unknown_client /m)
  expect(stdout).toMatch(
    /^NOT CHECKED +code_flow\.code_once .* It needs --client-id and --redirect-uri, or --register\.$/m,
  )
  expect(stdout).toMatch(/^ {2}[0-9]+ more with --client-id and --redirect-uri, or --register$/m)
  expect(stdout).toMatch(
    /^[0-9]+ checks: [0-9]+ ok · 0 failed · 0 should be better · 0 not offered · [0-9]+ NOT CHECKED$/m,
  )
})

test('a finding ends it with 1, and stands in every report with what shows it and without secrets', async () => {
  const { id = '', secret = '' } = server.given.client ?? {}
  const [markdown, html, junit] = ['a.md', 'a.html', 'a.xml'].map((name) => join(folder, name))
  server.breaks({
    before: ({ query }) =>
      query.get('response_type') === 'conform_unknown' ? { status: 400, headers: {}, body: 'no' } : undefined,
  })
  const argv = [server.issuer, '--client-id', id, '--client-secret', secret, '--redirect-uri', server.given.redirectUri]
  const only = ['--only', 'authorization.response_type,token.wrong_secret', '--junit', junit ?? '']
  const run = await command(...argv, ...only, '--report', markdown ?? '')
  expect([run.code, run.stderr]).toEqual([1, 'consentry: 1 check failed.\n'])
  const again = await command('--json', ...argv, ...only, '--report', html ?? '')
  server.breaks()
  const said = JSON.parse(again.stdout) as { checks: { id: string; state: string; evidence?: { request: string }[] }[] }
  expect(said.checks.map((check) => [check.id, check.state])).toEqual([
    ['authorization.response_type', 'failed'],
    ['token.wrong_secret', 'passed'],
  ])
  expect(said.checks[0]?.evidence?.[0]?.request).toContain('response_type=conform_unknown')
  const texts = [markdown, html, junit].map((file) => readFileSync(file ?? '', 'utf8'))
  for (const text of [run.stdout, again.stdout, ...texts]) {
    expect(text).toContain('authorization.response_type')
    expect(text).toContain('response_type=conform_unknown')
    expect(text).not.toContain(secret)
  }
  expect(texts[0]).toMatch(/^### MUST: A response type that nobody knows/m)
  expect(texts[1]).toContain('<td class="failed">FAILS</td>')
  expect(texts[2]).toMatch(/<testsuites name="[^"]*" tests="2" failures="1" errors="0" skipped="0">/)
})

test('a redirect URI that is not registered is no finding, and said once', async () => {
  const { id = '', secret = '' } = server.given.client ?? {}
  const argv = ['--client-id', id, '--client-secret', secret, '--redirect-uri', 'https://client.example.org/other']
  const { code, stdout } = await command(server.issuer, ...argv, '--only', 'authorization')
  expect(code).toBe(1)
  expect(stdout).toMatch(/THE ACCESS THAT WAS GIVEN DID NOT WORK: .* Is its redirect URI registered\?$/m)
  expect(stdout).toMatch(/ 0 failed · 0 should be better /)
})

test('nothing of what is sent or answered opens anything', async () => {
  const outcome = await server.check({
    after({ path }, answer) {
      if (path === '/oauth/token' && answer.status === 200) answer.headers['cache-control'] = 'private'
    },
  })
  const found = outcome.results.filter(({ state }) => state === 'failed')
  expect(found.map(({ check }) => check.id)).toContain('code_flow.no_store')
  const shown = JSON.stringify(documentOf(outcome, createMask([server.given.client?.secret])))
  for (const { evidence } of found) {
    for (const { json } of evidence) {
      for (const name of ['access_token', 'refresh_token', 'id_token']) {
        if (typeof json?.[name] === 'string') expect(shown).not.toContain(json[name])
      }
    }
  }
  expect(shown).toMatch(/code=\*\*\*/)
})

test('a password that is refused is sent once, and makes the run fail', async () => {
  let asked = 0
  const { given } = server
  const count = {
    before(request: { method: string; path: string }) {
      if (request.method === 'POST' && request.path === '/login') asked++
      return undefined
    },
  }
  const outcome = await server.check(count, { ...given, person: { username: 'alice', password: 'not hers' } })
  expect(asked).toBe(1)
  expect(outcome.trouble).toBe('The server did not take the username and password that were given.')
})

test('what cannot be asked for is said in one line', async () => {
  const nobody = await command('http://127.0.0.1:1')
  expect([nobody.code, nobody.stderr]).toEqual([
    1,
    expect.stringMatching(/^consentry: GET http:\/\/127\.0\.0\.1:1\/.*\n$/),
  ])
  expect(await command('id.example')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^consentry: The issuer must be/),
  })
  expect(await command(server.issuer, '--username', 'alice')).toMatchObject({ code: 2 })
  expect(await command(server.issuer, '--only', 'nothing')).toMatchObject({ code: 2 })
})
