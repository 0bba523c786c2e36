/** ARCHITECTURE.md, "Where to add", as tests: what it says is enough is put into a copy of the sources, which is run. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dialect } from '../src/protocol/dialects.ts'
import { hiddenFields, signInOn, testBrowser, token } from './support/browser.ts'
import { addAccount, addClient, type Harness, harness, rootSecret } from './support/harness.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The server and its tests in a folder of their own; all else stands there as it is here. */
function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const copied = new Set(['server', '.git'])
  for (const name of readdirSync(root)) if (!copied.has(name)) symlinkSync(join(root, name), join(folder, name))
  for (const path of ['server/tsconfig.json', 'server/package.json', 'server/bin', 'server/src', 'server/test']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  // Packages of which the tests use another version lie beside the server.
  const own = 'server/node_modules'
  if (existsSync(join(root, own))) symlinkSync(join(root, own), join(folder, own))
  return folder
}

/** A grant type by which an app gets a token of its own where it says the word. */
const watchword = `/** The grant of a test. */
import { Refusal } from '../../../protocol/refusal.ts'
import type { GrantType } from '../grant_type.ts'
import { requireParameter } from '../token_parameters.ts'
import { clientCredentials } from './client_credentials.ts'

export interface WatchwordRequest {
  readonly grantType: 'urn:example:watchword'
  readonly word: string
}

export const watchword: GrantType<WatchwordRequest> = {
  name: 'urn:example:watchword',
  rules: ['credential', 'scope', 'resource', 'standing'],
  decode: (form) => ({ grantType: 'urn:example:watchword', word: requireParameter(form, 'word') }),
  prove: async (context, { word }, client, trace) => {
    trace.at('credential')
    if (word !== 'meadow') throw new Refusal('credential_not_ours')
    return clientCredentials.prove(
      context,
      { grantType: 'client_credentials', scope: undefined, resources: [] },
      client,
      trace,
    )
  },
}
`

/** A page that tells whoever is signed in their name, and notes where that was asked for by its form. */
const whoami = `/** /account/whoami: the page of a test. */
import { signedIn } from '../guards.ts'
import { page } from '../page.ts'
import { goTo, secrets } from '../visit.ts'
import { whoami } from './whoami_view.tsx'

const path = '/account/whoami'

export const whoamiPage = page({
  path,
  guard: signedIn,
  get: (visit) => whoami({ ...secrets(visit), path, username: visit.by.account.username }),
  post: (visit) => {
    visit.context.audit.record('whoami_asked', { actor: visit.by.account.id, detail: { word: visit.form.get('word') ?? '' } })
    return goTo(visit, path)
  },
})
`
const whoamiView = `/** The view of a test. */
import { Button, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { view } from '../kit/words.tsx'

export const whoami = view(({ csrf, path, username }: FormSecrets & { path: string; username: string }) => (
  <NarrowPage title={username}>
    <Form secrets={{ csrf }} action={path}>
      <h1>{username}</h1>
      <Button id="ask">{username}</Button>
    </Form>
  </NarrowPage>
))
`

/** A dialect that answers in lines of plain text. */
const terse = `/** The dialect of a test. */
import { exchange } from '../../engine/token/token.ts'
import { decodeClient, decodeTokenRequest } from '../../http/bodies/token_form.ts'
import { bodyText } from '../../http/caller.ts'
import type { Answer, Surface } from '../../http/endpoint.ts'
import { formFrom, parseForm } from '../../lib/form.ts'

function lines(status: number, ...body: readonly string[]): Answer {
  return { status, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' }, body: body.join('\\n') }
}

export function terse(): readonly Surface[] {
  return [
    {
      protocol: {
        dialect: 'terse',
        refuse: ({ status, error }) => lines(status, 'no', error),
        fault: ({ status, error }) => lines(status, 'no', error),
      },
      bodies: 'forms',
      endpoints: [
        {
          paths: ['/terse/token', '/simple/token'],
          methods: ['POST'],
          pages: 'apps',
          logged: { ruleset: 'token' },
          async answer({ context, request, trace }) {
            const form = parseForm(bodyText(request)) ?? formFrom([])
            const client = decodeClient(request.headers.authorization, form)
            const { accessToken, expiresIn } = await exchange(context, client, decodeTokenRequest(form), trace)
            return lines(200, 'yes', accessToken, String(expiresIn))
          },
        },
      ],
    },
  ]
}
`

let folder: string
let h: Harness
/** The server with all that is added, over the database of the harness. */
let app: FastifyInstance
let architecture: Promise<unknown>

beforeAll(async () => {
  folder = copyOfSources()
  const add = (path: string, text: string) => writeFileSync(join(folder, 'server/src', path), text)
  /** Puts a line into a list, and the import of what it names at the top. */
  const list = (path: string, imported: string, list: string | RegExp, line: string) => {
    const before = readFileSync(join(folder, 'server/src', path), 'utf8')
    const named = imported === '' ? before : before.replace(/^import .*\n/m, (first) => `${imported}\n${first}`)
    const after = named.replace(list, (head) => `${head}${line}`)
    expect(after, path).not.toBe(named)
    add(path, after)
  }
  add('engine/token/grants/watchword.ts', watchword)
  list(
    'engine/token/grants/index.ts',
    "import { watchword } from './watchword.ts'",
    'const grantTypes = [',
    'watchword, ',
  )
  add('pages/start/whoami.ts', whoami)
  add('pages/start/whoami_view.tsx', whoamiView)
  list('pages/index.ts', "import { whoamiPage } from './start/whoami.ts'", 'signInPage,\n', '    whoamiPage,\n')
  const row =
    "  whoami_asked: { title: 'Somebody asked.', ...account, changes: false, detail: z.strictObject({ word: z.string() }) },\n"
  list('protocol/audit_events.ts', '', 'export const auditEvents = {\n', row)
  // A language is a folder of `words/`.
  for (const { name } of readdirSync(join(folder, 'server/src/words'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    const texts = `words/${name}/activity.ts`
    list(texts, '', /^const sentences.* = \{\n/m, "  whoami_asked: () => 'You asked who you are.',\n")
  }

  mkdirSync(join(folder, 'server/src/dialects/terse'))
  add('dialects/terse/index.ts', terse)
  list(
    'dialects/index.ts',
    "import { terse } from './terse/index.ts'",
    'Record<Dialect, SurfacesOf>> = {\n',
    '  terse,\n',
  )
  list('protocol/dialects.ts', '', 'const table = {\n', '  terse: {},\n')

  const config = join(folder, 'architecture.config.ts')
  writeFileSync(
    config,
    "export default { test: { include: ['server/test/architecture.test.ts'], testTimeout: 120_000 } }",
  )
  const run = promisify(execFile)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  architecture = run(process.execPath, [vitest, 'run', '--root', folder, '--config', config], { cwd: folder })
  // What it finds is looked at by its test.
  architecture.catch(() => undefined)
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(folder, 'server')])

  h = await harness()
  // By Node itself: an import would go through the tools of the tests, file by file.
  const load = createRequire(import.meta.url)
  const { createApp } = load(join(folder, 'server/dist/app.js')) as typeof import('../src/app.ts')
  app = await createApp(h.context)
})
afterAll(async () => {
  await app?.close()
  await h?.close()
  await architecture?.catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

test('what is added keeps to the architecture', async () => {
  const found = await architecture.then(
    () => 'nothing',
    (error: { readonly stdout: string }) => error.stdout,
  )
  expect(found).toBe('nothing')
})

test('a grant type is one file and its line in the list: the types agree, and every part of the server knows it', async () => {
  const metadata = (await app.inject('/.well-known/oauth-authorization-server')).json()
  expect(metadata.grant_types_supported).toContain('urn:example:watchword')

  const owner = await addAccount(h)
  const client = await addClient(h, { grant_types: ['urn:example:watchword'] }, { ownerId: owner.id })
  const ask = (more: Record<string, string>) => token(app, client, { grant_type: 'urn:example:watchword', ...more })
  expect((await ask({ word: 'meadow' })).body.access_token).toBeTypeOf('string')
  expect((await ask({})).body).toEqual({
    error: 'invalid_request',
    error_description: 'The parameter word is missing.',
  })
  expect((await ask({ word: 'desert' })).body.error).toBe('invalid_grant')
  const other = await addClient(h)
  const refused = await token(app, other, { grant_type: 'urn:example:watchword', word: 'meadow' })
  expect(refused.body.error).toBe('unauthorized_client')

  await h.context.requests.flush()
  const browser = testBrowser(app)
  await signInOn(browser, await browser.get('/login'), 'alice')
  const log = await browser.get(`/developer/apps/${client.id}/requests?reason=credential_not_ours`)
  const checks = [...log.body.matchAll(/<li class="(passed|failed|not_applicable|not_reached)">/g)]
  expect(checks.map(([, outcome]) => outcome)).toEqual([
    ...['passed', 'passed', 'passed', 'passed', 'not_applicable'],
    'failed',
    ...['not_reached', 'not_reached', 'not_reached'],
  ])
})

test('a page is its files and its line in the list: its guard, its form and what goes wrong come with it', async () => {
  const path = '/account/whoami'
  const browser = testBrowser(app)
  expect((await browser.get(path)).location).toBe('/login?next=%2Faccount%2Fwhoami')
  await addAccount(h, 'bob')
  await signInOn(browser, await browser.get('/login'), 'bob')
  const page = await browser.get(path)
  expect([page.status, page.response.headers['x-frame-options']]).toEqual([200, 'DENY'])
  expect(page.body).toContain('<h1>bob</h1>')
  expect((await browser.post(path, { csrf: 'stale' })).body).toContain('This form has expired')
  expect((await browser.post(path, hiddenFields(page), { origin: 'https://evil.example' })).status).toBe(403)
  expect((await browser.post(path, hiddenFields(page))).location).toBe(path)
})

test('a dialect is a folder, its row of facts and its line in the list: the frame and the engine do the rest', async () => {
  const load = createRequire(import.meta.url)
  const { createApp } = load(join(folder, 'server/dist/app.js')) as typeof import('../src/app.ts')
  const lifecycle = load(
    join(folder, 'server/dist/runtime/lifecycle.js'),
  ) as typeof import('../src/runtime/lifecycle.ts')
  const settings = { ...h.context.settings, dialects: new Set([...h.context.settings.dialects, 'terse' as Dialect]) }
  const { storage, log } = h.context
  const context = await lifecycle.createContext({ settings, storage, secrets: [rootSecret], log })
  const served = await createApp(context)
  try {
    const client = await addClient(h)
    await storage.clients.amend(client.id, ({ metadata }) => ({
      metadata: { ...metadata, dialects: ['terse'], grant_types: ['client_credentials'] },
    }))
    const ask = (url: string, secret: string) =>
      served.inject({
        method: 'POST',
        url,
        headers: { origin: 'https://app.example', 'content-type': 'application/x-www-form-urlencoded' },
        payload: `grant_type=client_credentials&client_id=${client.id}&client_secret=${secret}`,
      })
    for (const url of ['/terse/token', '/simple/token']) {
      const answer = await ask(url, client.secret)
      expect([answer.statusCode, answer.body]).toEqual([200, expect.stringMatching(/^yes\n\S+\n3600$/)])
      expect(answer.headers['access-control-allow-origin']).toBe('https://app.example')
    }
    expect((await ask('/terse/token', 'wrong')).body).toBe('no\ninvalid_client')
    // What the frame does for it: the method, the type of the body, the operator's decision and the log.
    const json = await served.inject({ method: 'POST', url: '/terse/token', payload: {} })
    expect([json.statusCode, json.body]).toEqual([415, 'no\ninvalid_request'])
    expect((await token(served, client, { grant_type: 'client_credentials' })).body.error).toBe('unauthorized_client')
    await context.requests.flush()
    const entries = await storage.requests.list(client.id, 10)
    expect(entries.map(({ endpoint, reason }) => [endpoint, reason])).toEqual([
      ['/oauth/token', 'dialect_not_allowed'],
      ['/terse/token', 'client_secret_wrong'],
      ['/simple/token', ''],
      ['/terse/token', ''],
    ])
    await storage.dialectNotices.put({ dialect: 'terse' as 'quantimodo', closed: true })
    h.clock.move(10_000)
    expect((await ask('/terse/token', client.secret)).statusCode).toBe(410)
  } finally {
    await served.close()
  }
})

test('an audit event is its row in the table and its sentence: what is recorded is found, and its readers are told of it', async () => {
  const browser = testBrowser(app)
  const carol = await addAccount(h, 'carol')
  await signInOn(browser, await browser.get('/login'), 'carol')
  await browser.post('/account/whoami', { ...hiddenFields(await browser.get('/account/whoami')), word: 'meadow' })
  await h.context.audit.flush()
  const { events } = await h.storage.audit.search(10, { type: 'whoami_asked', account: carol.id })
  expect(events.map(({ detail }) => detail)).toEqual([{ word: 'meadow' }])
  expect((await browser.get('/account/activity?show=account')).body).toContain('You asked who you are.')
  const line =
    "import { run } from './server/dist/cli/main.js'\nprocess.exitCode = await run(['audit', 'types', '--json'], {})"
  const args = ['--input-type=module', '--eval', line]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder })
  expect(JSON.parse(stdout).types).toContainEqual({
    type: 'whoami_asked',
    name: 'whoami.asked',
    title: 'Somebody asked.',
    seen_by: ['operator', 'account_holder'],
  })
})
