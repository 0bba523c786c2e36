/** What `apply` and `doctor` say of apps: what they are registered for in vain, and the risks taken for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { version } from '../../src/version.ts'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(document: unknown): string {
  const path = join(folder, 'operator.json')
  writeFileSync(path, JSON.stringify(document))
  return path
}

const app = { client_id: 'meadow', redirect_uris: ['https://meadow.example/cb'] }

interface Finding {
  readonly check: string
  readonly state: string
  readonly text: string
}

async function doctor(): Promise<{ readonly code: number; readonly of: (check: string) => readonly Finding[] }> {
  const { code, stdout } = await runCommand(['doctor', '--json'], env)
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
  return { code, of: (check) => findings.filter((finding) => finding.check === check) }
}

test('apply stores a protection that is not there and warns of it; doctor calls it a problem', async () => {
  const file = write({
    clients: [{ ...app, tls_client_certificate_bound_access_tokens: true, request_uris: ['https://meadow.example/r'] }],
  })
  for (const first of ['+ client meadow', 'nothing to change']) {
    const { code, stdout } = await runCommand(['apply', file], env)
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toBe(first)
    expect(stdout).toMatch(
      /^! client meadow: tls_client_certificate_bound_access_tokens: .* refused while it is registered\.$/m,
    )
    expect(stdout).toMatch(/^! client meadow: request_uris: .* no effect yet\.$/m)
  }
  const { warnings } = JSON.parse((await runCommand(['apply', file, '--json', '--dry-run'], env)).stdout)
  expect(warnings).toHaveLength(2)
  const found = await doctor()
  expect(found.code).toBe(1)
  expect(found.of('client meadow').map(({ state }) => state)).toEqual(['problem', 'warning'])
})

test('doctor names the risks that an app takes, and nothing of an app that takes none', async () => {
  await runCommand(['apply', write({ clients: [app] })], env)
  expect((await doctor()).of('client meadow')).toEqual([])
  await runCommand(['apply', write({ clients: [{ ...app, code_without_pkce: true }] })], env)
  const { code, of } = await doctor()
  expect(code).toBe(0)
  expect(of('client meadow')).toMatchObject([{ state: 'warning' }])
  expect(of('client meadow')[0]?.text).toContain('code_without_pkce')
})

test('apply and doctor name scopes without title, and scopes of apps that are refused', async () => {
  const resources = [
    {
      resource: 'https://sleep.example',
      scopes: [
        'bare',
        { name: 'titled', title: { en: 'See it' }, for: 'first_party' },
        { name: 'seen', for: 'reviewed' },
      ],
    },
  ]
  const file = write({ resources, clients: [{ ...app, scope: 'basic bare titled seen nothing' }] })
  const { code, stdout } = await runCommand(['apply', file], env)
  expect(code).toBe(0)
  for (const name of ['titled', 'seen', 'nothing'])
    expect(stdout).toMatch(new RegExp(`^! client meadow: the scope ${name} is`, 'm'))
  const found = await doctor()
  expect(found.code).toBe(0)
  expect(found.of('client meadow').map(({ text }) => /scope (\w+)/.exec(text)?.[1])).toEqual([
    'titled',
    'seen',
    'nothing',
  ])
  expect(
    [found.of('scope bare'), found.of('scope seen'), found.of('scope titled')].map(({ length }) => length),
  ).toEqual([1, 1, 0])
  expect((await runCommand(['apply', file], env)).stdout).toMatch(/^nothing to change\n/)
})

test.each([
  ['a kind', { name: 'x', kind: 'eat' }],
  ['a holder', { name: 'x', for: 'friends' }],
  ['a language', { name: 'x', title: { 'not a language': 'X' } }],
  ['no language', { name: 'x', title: {} }],
  ['a name with a space', { name: 'x y' }],
  ['an unknown member', { name: 'x', colour: 'red' }],
])('apply refuses a scope with %s that cannot be', async (_, scope) => {
  const { code, stderr } = await runCommand(
    ['apply', write({ resources: [{ resource: 'https://a.example', scopes: [scope] }] })],
    env,
  )
  expect(code).toBe(2)
  expect(stderr).toContain('resources[0].scopes[0]')
})

test('apply refuses a scope that stands twice, and a sunset that is no day', async () => {
  const entry = { resource: 'https://a.example', scopes: ['x', { name: 'x' }], sunset: 'soon' }
  const { code, stderr } = await runCommand(['apply', write({ resources: [entry] })], env)
  expect(code).toBe(2)
  expect(stderr).toContain('resources[0].scopes: has a scope twice')
  expect(stderr).toContain('resources[0].sunset: must be a day')
})

test('doctor names a server of an older release that has worked on the database within the hour', async () => {
  expect((await runCommand(['migrate'], env)).code).toBe(0)
  expect((await doctor()).of('releases')).toEqual([])
  const clock = { now: () => Date.now() }
  const storage = await openSqlite({ path: join(folder, 'data', 'consentry.db'), clock })
  await storage.nodes.seen({ id: 'of today', release: version })
  await storage.nodes.seen({ id: 'of before', release: '0.1.9' })
  await storage.close()
  const text = expect.stringContaining('a server of release 0.1.9 worked on this database at ')
  expect((await doctor()).of('releases')).toEqual([expect.objectContaining({ state: 'warning', text })])
})
