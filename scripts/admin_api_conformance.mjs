/**
 * Runs schemathesis against the admin API of a server of its own: requests that fit the API's OpenAPI document and requests
 * that do not, whose answers have to be as the document says, and never 5xx. Schemathesis is a Python program: it is
 * installed into a virtual environment beside the user's other caches. Where Python or the package is not to be had, this
 * says so and ends well; with REQUIRED=1 that is a failure. EXAMPLES: requests per operation.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const consentry = fileURLToPath(new URL('../server/bin/consentry.js', import.meta.url))
const python = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'consentry', 'schemathesis-4')
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
  'allow_header_conformance',
  'use_after_free',
  'ensure_resource_availability',
  'ignored_auth',
]

const schemathesis = process.env.SCHEMATHESIS ?? install()
if (schemathesis !== undefined) process.exitCode = await run(schemathesis)

/** The program, installed where it is not there yet; undefined, after saying why, where that cannot be. */
function install() {
  const program = join(python, 'bin', 'schemathesis')
  if (existsSync(program)) return program
  console.log(`Installing schemathesis into ${python}`)
  const steps = [
    ['python3', ['-m', 'venv', python]],
    [join(python, 'bin', 'pip'), ['install', '--quiet', 'schemathesis~=4.32']],
  ]
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' })
    if (status === 0) continue
    console.error(`!!! SKIPPED: the admin API was not tried by schemathesis: ${command} ${args.join(' ')} failed.`)
    console.error(String(error?.message ?? stderr).slice(-1000))
    if (process.env.REQUIRED === '1') process.exitCode = 1
    return undefined
  }
  return program
}

async function run(program) {
  const data = await mkdtemp(join(tmpdir(), 'consentry-admin-api-'))
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const env = { ...process.env, PORT: String(port), CONSENTRY_DATA: data, CONSENTRY_LOG_LEVEL: 'error' }
  const server = spawn(process.execPath, [consentry, 'serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    await untilReady(issuer)
    const secret = 'a secret of this run, long enough for anybody'
    const client = {
      client_id: 'conformance',
      client_secret: secret,
      grant_types: ['client_credentials'],
      scope: 'admin.read admin.write',
      admin_role: 'owner',
      access_token_ttl: 86_400,
    }
    const file = join(data, 'document.json')
    await writeFile(file, JSON.stringify({ clients: [client] }))
    const applied = spawnSync(process.execPath, [consentry, 'apply', file], { env, encoding: 'utf8' })
    if (applied.status !== 0) throw new Error(`apply: ${applied.stderr}`)
    const token = await tokenOf(issuer, client)
    const document = `${issuer}/admin/api/openapi.json`
    const args = [
      ...['run', document, '--checks', checks.join(',')],
      ...['--header', `Authorization: Bearer ${token}`, '--max-examples', process.env.EXAMPLES ?? '30'],
      // The app that calls would end its own token.
      ...['--exclude-operation-id-regex', '^(deleteApp|endAppTokens)$', '--suppress-health-check', 'all'],
      ...['--seed', process.env.SEED ?? '1', '--continue-on-failure', ...process.argv.slice(2)],
    ]
    const child = spawn(program, args, { stdio: 'inherit', cwd: data })
    return await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
  } finally {
    server.kill()
    await new Promise((resolve) => (server.exitCode === null ? server.on('exit', resolve) : resolve(undefined)))
    await rm(data, { recursive: true, force: true })
  }
}

async function untilReady(issuer) {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${issuer}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server did not get ready')
}

async function tokenOf(issuer, { client_id: id, client_secret: secret, scope }) {
  const answer = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `${issuer}/admin/api` }),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`token: ${JSON.stringify(body)}`)
  return body.access_token
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}
