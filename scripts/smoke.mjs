/**
 * Starts the built server with the Node that runs this script and walks through it as a person would: supervisor's
 * paths, discovery, pages, sign-up, a first token where the command `client create` is there, and a clean stop. One
 * line for each check; the first that fails ends the run with exit code 1. An installed server is walked through by
 * SMOKE_COMMAND (the words that call `consentry`, as JSON), in the folder SMOKE_FOLDER, as the user SMOKE_UID, with
 * SMOKE_ENV (JSON) over the environment.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const consentry = JSON.parse(
  process.env.SMOKE_COMMAND ?? JSON.stringify([process.execPath, join(root, 'server', 'bin', 'consentry.js')]),
)
const user =
  process.env.SMOKE_UID === undefined ? {} : { uid: Number(process.env.SMOKE_UID), gid: Number(process.env.SMOKE_UID) }
const folder = process.env.SMOKE_FOLDER ?? process.cwd()
const data = await mkdtemp(join(tmpdir(), 'consentry-smoke-'))
const port = await freePort()
const issuer = `http://localhost:${port}`
const env = {
  PATH: process.env.PATH ?? '',
  PORT: String(port),
  CONSENTRY_DATA: data,
  CONSENTRY_LOG_LEVEL: 'warn',
  ...JSON.parse(process.env.SMOKE_ENV ?? '{}'),
}
const password = 'a long walk by the quiet river'
const children = new Set()
const address = `http://127.0.0.1:${port}`

try {
  console.log(`All well on Node ${await walk()}.`)
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  for (const child of children) child.kill('SIGKILL')
  await rm(data, { recursive: true, force: true })
}

/** Answers the Node that the server runs on. */
async function walk() {
  const help = await run(['--help'])
  const server = start([...consentry, '--json', 'serve'], user)
  const started = await server.printed(/\n}\n/)
  const { setup_url: setupUrl, version } = JSON.parse(started)
  passed('serve prints its address and the link for the administrator')

  same((await get('/healthz')).body, '{"status":"ok"}', '/healthz')
  same((await get('/readyz')).body, '{"status":"ready"}', '/readyz')
  const running = JSON.parse((await get('/version')).body)
  same(running.version, version, '/version')
  same(JSON.parse(await run(['--json', 'health'])).status, 'ready', 'health finds it ready')
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    same(JSON.parse((await get(path)).body).issuer, issuer, path)
  }
  same(JSON.parse((await get('/oauth/jwks')).body).keys.length > 0, true, '/oauth/jwks has keys')
  const denied = await send('POST', '/oauth/token', new Map(), 'grant_type=client_credentials&client_id=nobody')
  same(`${denied.status} ${JSON.parse(denied.body).error}`, '401 invalid_client', 'an unknown app gets no token')
  same((await get('/login')).body.includes('id="login-form"'), true, 'the sign-in page')

  const stranger = { username: 'mallory', email: 'mallory@example.org', password }
  same(
    (await send('POST', '/signup', new Map(), form(stranger))).status >= 400,
    true,
    'sign-up without CSRF is refused',
  )
  const owner = new Map()
  await submit(owner, setupUrl.slice(issuer.length), { username: 'owner', email: 'owner@example.org', password })
  passed('the one-time link creates the administrator')
  const alice = new Map()
  await submit(alice, '/signup', { username: 'alice', email: 'alice@example.org', password })
  same((await send('GET', '/account', alice)).body.includes('alice'), true, 'sign-up through the form signs in')

  if (/^ {2}client\b/m.test(help)) await takeToken(alice, owner)
  else console.log('– no command "client create" yet: no token is taken')

  server.child.kill('SIGTERM')
  const [code] = await server.exit
  same(code, 0, 'SIGTERM stops it with exit code 0')
  const [unhealthy] = await start([...consentry, 'health'], { ...user, stdio: 'ignore' }).exit
  same(unhealthy, 1, 'health finds it gone')
  return running.node
}

/** The README's path: an app by command, the example with a browser played by this script, and a look at the log. */
async function takeToken(browser, owner) {
  const redirectUri = `http://localhost:${await freePort()}/callback`
  const create = ['client', 'create', 'Smoke', '--redirect-uri', redirectUri, '--owner', 'owner']
  const made = JSON.parse(await run(['--json', ...create]))
  passed('client create makes an app')
  const secret = made.client_secret === undefined || made.client_secret === null ? [] : [made.client_secret]
  const script = [process.execPath, join(root, 'examples', 'first_token.mjs'), made.client_id, ...secret]
  const example = start(script, { env: { ...env, ISSUER: issuer, REDIRECT_URI: redirectUri } })
  const [question] = /http\S+code_challenge\S+/.exec(await example.printed(/code_challenge\S+\n/)) ?? ['']
  const page = await follow(browser, await send('GET', question.slice(issuer.length), browser))
  const answer = await send('POST', '/consent', browser, form({ ...hiddenFields(page), decision: 'allow' }))
  same(answer.location?.startsWith(`${redirectUri}?code=`), true, 'consent sends a code to the app')
  await fetch(answer.location)
  const [code] = await example.exit
  same(code, 0, 'examples/first_token.mjs gets a token, reads the user and refreshes')

  await send('GET', question.slice(issuer.length).replace('callback', 'calback'), browser)
  const log = await send('GET', `/developer/apps/${made.client_id}/requests`, owner)
  const told = log.body.includes('data-reason="redirect_uri_not_registered"') && log.body.includes('data-reason=""')
  same(told, true, 'the owner reads in the request log what was answered and why a request was refused')
}

function passed(what) {
  console.log(`✓ ${what}`)
}

function same(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
  passed(what)
}

/** Starts a process; `printed` answers its output as soon as that matches, `exit` its end. */
function start(words, options = {}) {
  const [program, ...args] = words
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], ...options })
  children.add(child)
  let output = ''
  const waiting = new Set()
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    output += chunk
    for (const look of waiting) look()
  })
  const exit = once(child, 'exit').finally(() => children.delete(child))
  const printed = (pattern) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${args.join(' ')} did not print ${pattern}`)), 60_000)
      const look = () => {
        if (!pattern.test(output)) return
        clearTimeout(late)
        waiting.delete(look)
        resolve(output)
      }
      waiting.add(look)
      look()
      exit.then(([code]) => {
        clearTimeout(late)
        reject(new Error(`${args.join(' ')} ended with ${code} before it printed ${pattern}`))
      })
    })
  return { child, exit, printed, output: () => output }
}

/** Runs a command of the server to its end; answers what it printed. */
async function run(args) {
  const { exit, output } = start([...consentry, ...args], user)
  const [code] = await exit
  if (code !== 0) throw new Error(`${args.join(' ')} ended with exit code ${code}`)
  return output()
}

function get(path) {
  return send('GET', path, new Map())
}

function form(fields) {
  return new URLSearchParams(fields).toString()
}

/** One request of a browser with these cookies. */
async function send(method, path, cookies, body) {
  const response = await fetch(address + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: issuer }),
    },
    ...(body === undefined ? {} : { body }),
  })
  for (const header of response.headers.getSetCookie()) {
    const [name, value] = header.split(';', 1)[0].split(/=(.*)/s)
    if (value === '') cookies.delete(name)
    else cookies.set(name, value)
  }
  const location = response.headers.get('location') ?? undefined
  return { status: response.status, body: await response.text(), location }
}

async function follow(cookies, page) {
  let present = page
  for (let hops = 0; present.location !== undefined && hops < 10; hops++) {
    present = await send('GET', present.location.replace(issuer, ''), cookies)
  }
  return present
}

/** Fills in the form at a path, with its hidden fields, and goes where the answer leads. */
async function submit(cookies, path, fields) {
  const page = await send('GET', path, cookies)
  const answer = await send('POST', path.split('?', 1)[0], cookies, form({ ...hiddenFields(page), ...fields }))
  if (answer.status !== 303)
    throw new Error(
      `POST ${path.split('?', 1)[0]} answers ${answer.status}: ${answer.body
        .replace(/<[^>]*>|\s+/g, ' ')
        .replace(/ +/g, ' ')
        .slice(0, 600)}`,
    )
  return follow(cookies, answer)
}

function hiddenFields({ body }) {
  const fields = {}
  for (const [input] of body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    fields[/name="([^"]*)"/.exec(input)?.[1] ?? ''] = (/value="([^"]*)"/.exec(input)?.[1] ?? '').replaceAll(
      '&amp;',
      '&',
    )
  }
  return fields
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port: free } = probe.address()
  probe.close()
  await once(probe, 'close')
  return free
}
