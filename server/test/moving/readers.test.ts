/** Files that nobody has written: every one gets a sentence, or a place for each entry, and never a fault. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importFrom } from '../../src/engine/operator/moving/import.ts'
import { type SourceName, sourceNames, sources } from '../../src/engine/operator/moving/sources/index.ts'
import { runCommand } from '../cli/output.ts'
import { byCommand, type Harness, harness } from '../support/harness.ts'
import { rounds } from '../support/rounds.ts'
import { fileOf, keycloakClient, keycloakOtp, keycloakUser, newFolder, realm } from './files.ts'

let h: Harness
beforeAll(async () => {
  h = await harness()
})
afterAll(() => h.close())

const folder = newFolder()

/** What comes of a file: the sentence that says it cannot be read, or how many of its entries are told of. */
async function outcomeOf(from: SourceName, content: unknown): Promise<string | number> {
  try {
    const file = await sources[from](fileOf(content, 'file', folder))
    const options = {
      source: from,
      dryRun: true,
      lives: { accessTokenTtl: 60 },
      progress: () => {},
      stopped: () => false,
    }
    const { counts } = await importFrom(h.context, byCommand, file, options)
    const told = Object.values(counts)
      .flatMap((of) => Object.values(of))
      .reduce((sum, count) => sum + count, 0)
    expect(told).toBe(file.count)
    return told
  } catch (error) {
    if (error instanceof Error && error.name === 'UnreadableSource') return error.message
    throw error
  }
}

const token = { token: 'x', client_id: 'a', username: 'b', scope: 'c', expires_at: '2099-01-01T00:00:00Z' }
/** A sound file of each source, whose values are then others. */
const sound: Readonly<Record<SourceName, unknown>> = {
  keycloak: realm([keycloakUser('anna', { credentials: [keycloakOtp('seed')] })], [keycloakClient('a')]),
  auth0: {
    users: [
      {
        user_id: 'auth0|1',
        email: 'a@example.com',
        custom_password_hash: { algorithm: 'scrypt', hash: { value: 'a' }, cost: 7 },
      },
    ],
    clients: [{ client_id: 'a', callbacks: [] }],
  },
  hydra: { items: [{ client_id: 'a', client_secret: '$2b$04$x', grant_types: [], scope: '', jwks: { keys: [] } }] },
  csv: 'username,email,created_at\na,a@example.com,2020\n',
  json: {
    users: [{ username: 'a', claims: { name: 'A' } }],
    clients: [{ client_id: 'a', redirect_uris: [] }],
    refresh_tokens: [token],
  },
}

/** The value with another one somewhere inside it. */
function spoiled(value: unknown, path: readonly number[], other: unknown): unknown {
  const [at, ...rest] = path
  if (typeof value !== 'object' || value === null || at === undefined) return other
  const names = Object.keys(value)
  const name = names[at % Math.max(1, names.length)]
  if (name === undefined) return other
  const inner = spoiled((value as Record<string, unknown>)[name], rest, other)
  return Array.isArray(value)
    ? value.map((one, index) => (String(index) === name ? inner : one))
    : { ...value, [name]: inner }
}

describe.each(sourceNames)('a file of %s', (from) => {
  const json = fc.jsonValue({ maxDepth: 3 })

  test('that is any JSON or any text gets a sentence or an account of its entries', async () => {
    const anything = fc.oneof(
      json,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '[', '{', '{}', '[]', 'null', '\u0000'),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        const outcome = await outcomeOf(from, content)
        if (typeof outcome === 'string') expect(outcome).toMatch(/^[^\n]{1,400}\.$/)
      }),
      { numRuns: rounds(60) },
    )
  })

  test('that is sound but for one value is read, or told not to be', async () => {
    const strange = fc.oneof(
      json,
      fc.constantFrom('x'.repeat(200_000), '\u0000', '\ud800', -1, 1e308, {}, [], [[]], 'https://x/*'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), strange, async (path, other) => {
        const outcome = await outcomeOf(from, spoiled(sound[from], path, other))
        if (typeof outcome === 'string') expect(outcome).toMatch(/^[^\n]{1,400}\.$/)
      }),
      { numRuns: rounds(100) },
    )
  })
})

test.each([
  ['keycloak', '{"users": 1 "a"}', /^file is not valid JSON \(position \d+.*\)\.$/],
  ['keycloak', '{"users": {}}', /^users is not a list\.$/],
  ['keycloak', '{"a": 1}', /neither realm, users nor clients/],
  ['hydra', '{"a": 1}', /it has no items/],
  ['json', '{"a": 1}', /none of users, clients and refresh_tokens/],
  ['json', '{"user": {}}\n{"nobody": {}}', /line 2, has not just one of/],
  ['json', '{"user": {}}\n{"user": ', /line 2, is not valid JSON/],
  ['auth0', '{"email": "a"}\n{"email"', /not valid JSON/],
  ['csv', 'a,b\n1,2', /columns that are not known here: "a", "b"/],
  ['csv', 'username,username\n1,2', /has a column twice/],
  ['csv', 'name\nAnna', /username or email among them/],
  ['csv', 'username\n"anna', /is not valid CSV/],
] as const)('a broken file of %s is told where: %s', async (from, content, sentence) => {
  expect(await outcomeOf(from, content)).toMatch(sentence)
})

test('a file that is not there, and a source that is none, are told in a line', async () => {
  const env = { CONSENTRY_DATA: `${folder}/data` }
  const missing = await runCommand(['import', '--from', 'keycloak', `${folder}/nothing.json`], env)
  expect(missing).toMatchObject({ code: 2, stdout: '' })
  expect(missing.stderr).toMatch(/^consentry: .*nothing\.json cannot be read: there is no such file or folder\.\n$/)
  expect((await runCommand(['import', '--from', 'ldap', 'x'], env)).code).toBe(2)
  expect((await runCommand(['import', 'x'], env)).code).toBe(2)
})
