/** ARCHITECTURE.md, "Where to add", as tests: what it says is enough is put into a copy of the sources, which is run. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { signInOn, testBrowser, token } from './support/browser.ts'
import { addAccount, addClient, harness } from './support/harness.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The sources in a folder of their own, with the packages of this one. */
function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  for (const path of ['tsconfig.base.json', 'server/tsconfig.json', 'server/package.json', 'server/src']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
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

test('a grant type is one file and its line in the list: the types agree, and every part of the server knows it', async () => {
  const folder = copyOfSources()
  const h = await harness()
  try {
    const grants = join(folder, 'server/src/engine/token/grants')
    writeFileSync(join(grants, 'watchword.ts'), watchword)
    const index = readFileSync(join(grants, 'index.ts'), 'utf8')
    const added = index
      .replace(/^import .*\n/m, (first) => `import { watchword } from './watchword.ts'\n${first}`)
      .replace('const grantTypes = [', 'const grantTypes = [watchword, ')
    writeFileSync(join(grants, 'index.ts'), added)
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    await promisify(execFile)(process.execPath, [compiler, '-p', join(folder, 'server')])

    // By Node itself: an import would go through the tools of the tests, file by file.
    const load = createRequire(import.meta.url)
    const { createApp } = load(join(folder, 'server/dist/app.js')) as typeof import('../src/app.ts')
    const app = await createApp(h.context)
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
      ...['passed', 'passed', 'passed', 'passed'],
      'failed',
      ...['not_reached', 'not_reached', 'not_reached'],
    ])
    await app.close()
  } finally {
    await h.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
