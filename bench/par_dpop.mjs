/**
 * A whole sign-in of the safest kind, against oidc-provider in the same run: a pushed request, authorize for somebody who is
 * signed in, and the code for tokens bound to a key; the app proves itself by a signed assertion each time. And what
 * everybody asks for first: discovery and keys, against a static answer of the same bytes.
 *
 * node bench/par_dpop.mjs [--flows N] [--rounds N] [--requests N]
 *
 * The servers run on one core and take turns in rounds, the one that asks on another. What is compared is the CPU time of the
 * server for one flow: so it is nothing to it that the other side signs two assertions and two proofs for each. Consentry is
 * `consentry serve` on SQLite, which has on disk what it answers; oidc-provider keeps all in memory (`servers/par_dpop_peer.mjs`).
 */
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './checkout.mjs'
import { cpuSeconds, freePort, pinned, startServer } from './processes.mjs'
import { median } from './report.mjs'

const { values: options } = parseArgs({
  options: {
    flows: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '20000' },
  },
})
const [flows, rounds, requests] = [options.flows, options.rounds, options.requests].map(Number)
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const core = { server: 0, load: availableParallelism() > 1 ? 1 : 0 }
const redirectUri = 'https://app.example/callback'
const scope = 'openid offline_access basic'
const person = { username: 'bench', password: 'a password of the benchmark alone' }
const verifier = 'the-same-verifier-for-all-codes-of-the-benchmark'
const challenge = createHash('sha256').update(verifier).digest('base64url')

build()
// The load is on its own core from here on.
if (process.env.BENCH_PINNED === undefined) {
  const [program, ...args] = pinned(core.load, [process.execPath, ...process.argv.slice(1)])
  execFileSync(program, args, { stdio: 'inherit', env: { ...process.env, BENCH_PINNED: '1' } })
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'consentry-par-dpop-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request on a kept connection. */
function send(url, { method = 'GET', headers = {}, form, body = form && new URLSearchParams(form).toString() } = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { ...type, ...headers } }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() })
      })
    })
    sent.on('error', reject).end(body)
  })
}

const keys = { client: pair(), sender: pair() }

function pair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

function jwt({ privateKey }, header, claims) {
  const text = [{ alg: 'ES256', ...header }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = sign('sha256', Buffer.from(text.join('.')), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return [...text, signature.toString('base64url')].join('.')
}

/** The whole sign-in, to the end of which nothing may be but what has to be. */
async function flow({ issuer, urls, cookie }) {
  const now = Math.floor(Date.now() / 1000)
  const proved = () => ({
    client_id: 'bench_par',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt(
      keys.client,
      { kid: 'bench' },
      { iss: 'bench_par', sub: 'bench_par', aud: issuer, iat: now, exp: now + 60, jti: randomUUID() },
    ),
  })
  const proof = (htu) => ({
    dpop: jwt(
      keys.sender,
      { typ: 'dpop+jwt', jwk: keys.sender.jwk },
      { htm: 'POST', htu, iat: now, jti: randomUUID() },
    ),
  })
  const asked = {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: 'of-the-app',
    nonce: 'n',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const par = urls.pushed_authorization_request_endpoint
  const pushed = await send(par, { method: 'POST', headers: proof(par), form: { ...asked, ...proved() } })
  if (pushed.status !== 201) throw new Error(`pushed: ${pushed.status} ${pushed.text}`)
  const { request_uri } = JSON.parse(pushed.text)
  const query = new URLSearchParams({ client_id: 'bench_par', request_uri })
  const answered = await send(`${urls.authorization_endpoint}?${query}`, { headers: { cookie } })
  const code = new URL(answered.headers.location ?? 'x:').searchParams.get('code')
  if (code === null) throw new Error(`authorize: ${answered.status} ${answered.headers.location} ${answered.text}`)
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...proved(),
  }
  const url = urls.token_endpoint
  const tokens = await send(url, { method: 'POST', headers: proof(url), form })
  if (tokens.status !== 200 || !/"token_type":"DPoP"/.test(tokens.text) || !/"id_token":/.test(tokens.text)) {
    throw new Error(`token: ${tokens.status} ${tokens.text}`)
  }
}

/** Does `work` so often, `width` of it at a time. */
async function many(count, width, work) {
  let left = count
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await work()
    }),
  )
}

/** How much of `work` the server does in a second of its CPU. */
async function perCpuSecond({ pid }, count, width, work) {
  await many(Math.ceil(count / 4), width, work)
  const before = cpuSeconds(pid)
  await many(count, width, work)
  return count / (cpuSeconds(pid) - before)
}

async function consentry() {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const data = join(folder, 'data')
  const env = {
    NODE_ENV: 'production',
    PORT: String(port),
    CONSENTRY_DATA: data,
    CONSENTRY_ISSUER: issuer,
    CONSENTRY_SECRET: 'the root secret of a database that lives for one benchmark',
    CONSENTRY_TOKEN_REQUESTS_PER_DAY: '0',
  }
  const command = [process.execPath, here('../server/bin/consentry.js')]
  const document = join(folder, 'apply.json')
  const client = {
    client_id: 'bench_par',
    client_name: 'Bench',
    first_party: true,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...keys.client.jwk, alg: 'ES256', use: 'sig', kid: 'bench' }] },
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: true,
    scope,
  }
  const users = [{ ...person, email: 'bench@example.com', email_verified: true }]
  writeFileSync(document, JSON.stringify({ users, clients: [client] }))
  const server = await startServer({
    command: [...command, 'serve'],
    env,
    core: core.server,
    log: join(folder, 'consentry.log'),
    ready: `${issuer}/readyz`,
  })
  execFileSync(command[0], [command[1], 'apply', document], { env: { ...process.env, ...env } })
  const urls = await discovered(issuer)
  return { ...server, name: 'consentry_sqlite', issuer, urls, cookie: await signedIn(issuer) }
}

async function discovered(issuer) {
  return JSON.parse((await send(`${issuer}/.well-known/openid-configuration`)).text)
}

/** The cookies of a browser in which the person has signed in by the form. */
async function signedIn(issuer) {
  const jar = new Map()
  const keep = ({ headers }) => {
    for (const line of headers['set-cookie'] ?? []) jar.set(...line.split(';', 1)[0].split(/=(.*)/s, 2))
  }
  const cookie = () => [...jar].map((one) => one.join('=')).join('; ')
  const page = await send(`${issuer}/login`)
  keep(page)
  const fields = Object.fromEntries(
    [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1],
      /value="([^"]*)"/.exec(input)?.[1],
    ]),
  )
  const headers = { cookie: cookie(), origin: issuer }
  const answer = await send(`${issuer}/login`, { method: 'POST', headers, form: { ...fields, ...person } })
  if (answer.status !== 303) throw new Error(`sign-in: ${answer.status} ${answer.text}`)
  keep(answer)
  return cookie()
}

async function oidcProvider() {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const told = join(folder, 'peer.json')
  const server = await startServer({
    command: [process.execPath, here('servers/par_dpop_peer.mjs')],
    env: { NODE_ENV: 'production', PORT: String(port), TOLD: told, CLIENT_JWK: JSON.stringify(keys.client.jwk) },
    core: core.server,
    log: join(folder, 'peer.log'),
    ready: `${issuer}/.well-known/openid-configuration`,
  })
  const { cookie } = JSON.parse(readFileSync(told, 'utf8'))
  return { ...server, name: 'oidc_provider_memory', issuer, urls: await discovered(issuer), cookie }
}

const staticServer = async (body) => {
  const port = await freePort()
  const file = join(folder, 'body.json')
  writeFileSync(file, body)
  const server = await startServer({
    command: [process.execPath, here('servers/static.mjs')],
    env: { NODE_ENV: 'production', PORT: String(port), BODY: file },
    core: core.server,
    log: join(folder, 'static.log'),
    ready: `http://127.0.0.1:${port}/`,
  })
  return { ...server, url: `http://127.0.0.1:${port}/` }
}

const ours = await consentry()
const peer = await oidcProvider()
const figures = { [ours.name]: [], [peer.name]: [] }
for (let round = 1; round <= rounds; round++) {
  // Another one first in each round.
  for (const server of round % 2 === 0 ? [peer, ours] : [ours, peer]) {
    figures[server.name].push(await perCpuSecond(server, flows, 16, () => flow(server)))
  }
}
await peer.stop()
const [we, they] = [median(figures[ours.name]), median(figures[peer.name])]
console.log(`par_dpop: ${flows} flows a round, ${rounds} rounds, flows in a second of the server's CPU`)
for (const [name, list] of Object.entries(figures)) {
  console.log(
    `  ${name.padEnd(22)} ${median(list).toFixed(0).padStart(6)}   (${list.map((one) => one.toFixed(0)).join(', ')})`,
  )
}
console.log(`  ${(we / they).toFixed(2)} times oidc-provider${we / they < 3 ? '   MISSED: 3 times' : ''}`)

for (const [name, url] of [
  ['discovery', `${ours.issuer}/.well-known/openid-configuration`],
  ['jwks', ours.urls.jwks_uri],
]) {
  const first = await send(url)
  const fixed = await staticServer(first.text)
  const known = { headers: { 'if-none-match': first.headers.etag } }
  const right = (status) => (answer) => {
    if (answer.status !== status) throw new Error(`${name}: ${answer.status} in place of ${status}`)
  }
  const figure = { ours: [], fixed: [], known: [] }
  for (let round = 1; round <= rounds; round++) {
    const whole = () => send(url).then(right(200))
    figure.ours.push(await perCpuSecond(ours, requests, 64, whole))
    figure.fixed.push(await perCpuSecond(fixed, requests, 64, () => send(fixed.url).then(right(200))))
    figure.known.push(await perCpuSecond(ours, requests, 64, () => send(url, known).then(right(304))))
  }
  await fixed.stop()
  const part = median(figure.ours) / median(figure.fixed)
  console.log(
    `${name}: ${median(figure.ours).toFixed(0)} answers in a second of CPU, ${median(figure.known).toFixed(0)} with the ETag; ${(part * 100).toFixed(0)} % of ${median(figure.fixed).toFixed(0)}, a static answer${part < 0.8 ? '   MISSED: 80 %' : ''}`,
  )
}
await ours.stop()
agent.destroy()
