/** The first steps with an app: what its page says to copy works as it stands there. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorize, type TestBrowser } from '../support/browser.ts'
import { addAccount, type Harness, harness, issuer } from '../support/harness.ts'
import { registerApp, sendAppForm, signedIn } from './developer.ts'
import { all, byId, named, read, textOf } from './markup.ts'

const run = promisify(execFile)
const loopback = 'http://localhost:8080/callback'
let h: Harness
let dev: TestBrowser
let folder: string
/** Where the server of the test listens, whatever its issuer says. */
let address: string
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  dev = await signedIn(h)
  address = await h.app.listen({ host: '127.0.0.1', port: 0 })
  folder = await mkdtemp(join(tmpdir(), 'consentry-start-'))
})
afterAll(async () => {
  await h.close()
  await rm(folder, { recursive: true })
})

const textIn = (html: string, id: string) => textOf(byId(read(html), id)).trim()
const startOf = async (id: string) => (await dev.get(`/developer/apps/${id}/start`)).body

/** The arguments that the shell hands to curl for the command of the page. */
async function curlArguments(command: string, secret: string): Promise<string[]> {
  const script = `curl() { printf '%s\\n' "$@"; }\n${command}`
  const { stdout } = await run('sh', ['-c', script], { env: { OIDC_CLIENT_SECRET: secret } })
  return stdout.trimEnd().split('\n')
}

/** Sends what curl would send. */
async function sendAsCurl([url = '', ...rest]: readonly string[]) {
  const body = new URLSearchParams()
  const headers: Record<string, string> = {}
  for (let at = 0; at < rest.length; at += 2) {
    const [option, value = ''] = rest.slice(at)
    if (option === '-u') headers.authorization = `Basic ${btoa(value)}`
    else if (option === '--data-urlencode') body.set(value.split('=', 1)[0] ?? '', value.slice(value.indexOf('=') + 1))
    else throw new Error(`unknown option ${option}`)
  }
  const answer = await fetch(url.replace(issuer, address), { method: 'POST', body, headers })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

async function runNode(program: string, secret: string, ...words: string[]): Promise<string> {
  const file = join(folder, 'token.mjs')
  await writeFile(file, program.replace(issuer, address))
  const { stdout } = await run(process.execPath, [file, ...words], { env: { OIDC_CLIENT_SECRET: secret } })
  return stdout
}

test.each(['web', 'spa', 'native'])('an app of the kind %s gets tokens by what its page says to copy', async (kind) => {
  const app = await registerApp(dev, { kind, redirect_uris: loopback })
  expect(app.page.body).toMatch(/Meadow<\/bdi> is registered/)
  expect(app.secret === '').toBe(kind !== 'web')
  const trial = textIn(app.page.body, 'authorize-uri')
  expect(trial.startsWith(`${issuer}/oauth/authorize?`)).toBe(true)
  const env = textIn(app.page.body, 'env').split('\n')
  expect(env).toEqual([
    `OIDC_ISSUER=${issuer}`,
    `OIDC_CLIENT_ID=${app.id}`,
    ...(kind === 'web' ? [`OIDC_CLIENT_SECRET=${app.secret}`] : []),
    `OIDC_REDIRECT_URI=${loopback}`,
  ])
  const first = await authorize(h.app, trial)
  // The page is loaded again between the two requests.
  const later = await startOf(app.id)
  const command = textIn(later, 'curl').replace('CODE', first.code)
  const answer = await sendAsCurl(await curlArguments(command, app.secret))
  expect(answer).toMatchObject({ status: 200, body: { access_token: expect.any(String) } })
  const second = await authorize(h.app, textIn(later, 'authorize-uri'))
  expect(await runNode(textIn(later, 'node'), app.secret, second.code)).toMatch(/^200 [\s\S]*access_token/)
  expect(textIn(later, 'example')).toContain(`--issuer ${issuer} --redirect-uri ${loopback}`)
})

test('a machine gets a token by what its page says to copy, and nobody is asked to sign in', async () => {
  const app = await registerApp(dev, { kind: 'machine', redirect_uris: '', scope: 'basic' })
  expect(app.page.body).not.toContain('id="authorize-uri"')
  const answer = await sendAsCurl(await curlArguments(textIn(app.page.body, 'curl'), app.secret))
  expect(answer).toMatchObject({ status: 200, body: { access_token: expect.any(String) } })
  expect(await runNode(textIn(app.page.body, 'node'), app.secret)).toMatch(/^200 [\s\S]*access_token/)
})

test('the page waits for the first request, and leads to it once it came, with the cause', async () => {
  const app = await registerApp(dev, { redirect_uris: loopback })
  expect(app.page.body).toContain('Waiting for your first request')
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: app.id, client_secret: 'wrong' })
  await fetch(`${address}/oauth/token`, { method: 'POST', body })
  const page = await startOf(app.id)
  expect(page).toContain('First request received')
  const entry = named(read(page), 'a').find(({ attributes }) => attributes.href?.includes('?request='))
  const log = await dev.get(entry?.attributes.href ?? '')
  expect(log.body).toContain('data-reason="client_secret_wrong"')
})

test('the secret of a new app stands in no address and no command, and is not on the page a second time', async () => {
  const app = await registerApp(dev, { redirect_uris: loopback })
  const document = read(app.page.body)
  const addresses = all(document).flatMap(({ attributes }) => [attributes.href ?? '', attributes.action ?? ''])
  const shown = ['authorize-uri', 'curl', 'node', 'example'].map((id) => textOf(byId(document, id)))
  for (const text of [...addresses, ...shown]) expect(text).not.toContain(app.secret)
  expect(await startOf(app.id)).not.toContain(app.secret)
})

test('the verifier of a trial is another for each app and each session', async () => {
  const [one, other] = [await registerApp(dev), await registerApp(dev)]
  const verifierIn = (html: string) => /code_verifier=(\S+)/.exec(textIn(html, 'curl'))?.[1] ?? ''
  const again = await signedIn(h)
  const elsewhere = (await again.get(`/developer/apps/${one.id}/start`)).body
  const verifiers = [verifierIn(one.page.body), verifierIn(other.page.body), verifierIn(elsewhere)]
  expect(new Set(verifiers).size).toBe(3)
  for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('the page is for the people of the app', async () => {
  const app = await registerApp(dev)
  await addAccount(h, 'mallory')
  expect((await (await signedIn(h, 'mallory')).get(`/developer/apps/${app.id}/start`)).status).toBe(404)
})

test('the overview counts the requests of the last day and leads to the newest refusal', async () => {
  const app = await registerApp(dev)
  const overview = async () => (await dev.get(`/developer/apps/${app.id}`)).body
  expect(await overview()).toContain('No request in the last 24 hours')
  const ask = (secret: string) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: app.id, client_secret: secret })
    return fetch(`${address}/oauth/token`, { method: 'POST', body })
  }
  await ask('wrong')
  await ask(app.secret)
  await ask(app.secret)
  const shown = read(await overview())
  expect(named(shown, 'dl').map(textOf)[0]).toBe('Requests3Refused1')
  const refusal = named(shown, 'a').find(({ attributes }) => attributes.href?.includes('?request='))
  expect((await dev.get(refusal?.attributes.href ?? '')).body).toContain('data-reason="client_secret_wrong"')
  h.clock.move(86_400_001)
  dev = await signedIn(h)
  expect(named(read(await overview()), 'dl').map(textOf)[0]).toBe('Requests0Refused0')
})

test('the overview says which plan the app has and how much of each period is used, in both languages', async () => {
  const app = await registerApp(dev)
  const overview = async () => (await dev.get(`/developer/apps/${app.id}`)).body
  expect(await overview()).not.toContain('id="plan"')
  await h.storage.plans.put({ name: 'free', per_day: 1, per_month: 5000 })
  await h.storage.planHolders.put({ holder: `client:${app.id}`, plan: 'free' })
  const partOf = async (id: string) => textOf(byId(read(await overview()), id)).trim()
  expect(await partOf('plan-day')).toBe('0 of 1 requests')
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: app.id,
    client_secret: app.secret,
  })
  await fetch(`${address}/oauth/token`, { method: 'POST', body })
  expect(await partOf('plan-day')).toBe('1 of 1 requests Used up')
  expect(await partOf('plan-month')).toBe('1 of 5,000 requests')
  const german = (await dev.get(`/developer/apps/${app.id}`, { 'accept-language': 'de' })).body
  expect(textOf(byId(read(german), 'plan-day')).trim()).toBe('1 von 1 Anfragen Aufgebraucht')
})

test('publisher, website and policy are told when an app is registered, and what is wrong with them beside each', async () => {
  const refused = await sendAppForm(dev, { website: 'http://meadow.example' })
  expect(textOf(byId(read(refused.body), 'app-website-problem'))).toContain('https://')
  const details = { publisher: 'Meadow Studio', website: 'https://meadow.example', policy: 'https://meadow.example/p' }
  const { id } = await registerApp(dev, details)
  expect((await h.storage.clients.find(id))?.metadata).toMatchObject({
    publisher: 'Meadow Studio',
    client_uri: 'https://meadow.example',
    policy_uri: 'https://meadow.example/p',
  })
})
