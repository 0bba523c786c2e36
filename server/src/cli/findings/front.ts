/** The server as it is seen from outside, through its public address, as `doctor` says it. */
import { connect } from 'node:tls'
import { day, second } from '../../lib/clock.ts'
import { messageOf } from '../../lib/text/reason.ts'
import { callOut } from '../../runtime/outbound.ts'
import type { Settings } from '../../settings.ts'
import { version } from '../../version.ts'
import type { Finding } from './providers.ts'

type Issuer = Pick<Settings, 'issuer'>

/** All that can be seen at the public address. On a loopback address nobody else sees it. */
export async function lookAtFront(settings: Settings, now: number): Promise<Finding[]> {
  const { issuer, loopback, https } = settings
  const server = lookAtServer(settings)
  if (loopback) return [await server]
  const plain = new URL(issuer).port === '' ? `http://${new URL(issuer).hostname}` : undefined
  const found = await Promise.all([
    server,
    lookAtCertificate(settings, now),
    plain === undefined ? [] : lookAtPlainHttp(settings, plain),
    https === undefined ? lookAtProxy(settings) : [],
    lookAtCookies(settings),
  ])
  return found.flat()
}

/** Asks at the public address. Throws where nobody answers. */
function ask(uri: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const outbound = { allowed: new Set([new URL(uri).origin]), paused: async () => false }
  return callOut('own_server', uri, { headers }, outbound)
}

/** Also throws if the answer is not from this server. */
async function askJson(uri: string, headers?: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const response = await ask(uri, headers)
  if (response.status >= 300 && response.status < 400) throw new Error('it sends the caller elsewhere')
  const value: unknown = await response.json().catch(() => undefined)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value))
  throw new AnotherServer(`status ${response.status}, and no JSON`)
}

/** Something answers that is not this program. */
class AnotherServer extends Error {
  override readonly name = 'AnotherServer'
}

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

/** Whether this program answers at its public address, is ready, and is of this release. */
async function lookAtServer({ issuer, loopback }: Pick<Settings, 'issuer' | 'loopback'>): Promise<Finding> {
  const check = 'server'
  try {
    const [ready, runs, ...described] = await Promise.all(
      ['/readyz', '/version', ...documents].map((path) => askJson(`${issuer}${path}`)),
    )
    const other = described.find((document) => document.issuer !== issuer)
    if (runs?.name !== 'consentry') throw new AnotherServer('/version names another program')
    if (other !== undefined) {
      const text = `${issuer} answers as ${JSON.stringify(other.issuer)}`
      return { check, state: 'problem', text, repair: 'Give the server and this command the same CONSENTRY_ISSUER.' }
    }
    const { status, problems, lost } = ready ?? {}
    if (status !== 'ready') {
      const text = `${issuer} is not ready: ${Array.isArray(problems) ? problems.join(', ') : status}`
      return { check, state: 'problem', text, repair: 'Read its log; each of these names has an entry there.' }
    }
    if (lost !== undefined) {
      const text = `${issuer} has lost entries of its logs since its start: ${JSON.stringify(lost)}`
      return { check, state: 'warning', text, repair: 'Read its log for why, then restart it.' }
    }
    if (runs.version === version) return { check, state: 'ok', text: `${issuer} is ready` }
    const text = `${issuer} runs release ${runs.version}, this command is of ${version}`
    return { check, state: 'warning', text, repair: 'Restart the server with this release.' }
  } catch (error) {
    if (error instanceof AnotherServer) {
      const text = `another server answers at ${issuer} (${error.message})`
      const repair = 'Check where its name leads, and that the proxy passes every path on to this server.'
      return { check, state: 'problem', text, repair }
    }
    const text = `no answer at ${issuer} (${messageOf(error)})`
    const repair = loopback
      ? 'If it should be running: start it. If it runs on another port, give this command the same PORT.'
      : 'If it should be running: start it, or check proxy, DNS and certificate.'
    return { check, state: 'warning', text, repair }
  }
}

const renewBefore = 14 * day
const renewal = 'Renew it, and let whoever ends TLS read it: a proxy by a reload, this server by a restart.'

/**
 * Whether callers trust the certificate, and for how long. None where nobody speaks TLS, which `server` finds. `ca` are
 * authorities (PEM) in place of those of Node.
 */
export async function lookAtCertificate({ issuer }: Issuer, now: number, ca?: string): Promise<Finding[]> {
  const check = 'certificate'
  const presented = await certificateOf(new URL(issuer), ca)
  if (presented === undefined) return []
  const { distrust, endsAt } = presented
  const until = new Date(endsAt).toISOString().slice(0, 10)
  if (distrust !== undefined) {
    const repair = `Give it one for ${new URL(issuer).hostname} with all certificates in between (fullchain). One of an authority of your own is to be named in NODE_EXTRA_CA_CERTS for this command. ${renewal}`
    return [{ check, state: 'problem', text: `callers do not trust it: ${distrust}`, repair }]
  }
  if (endsAt - now < renewBefore)
    return [{ check, state: 'warning', text: `is over on ${until}, and not renewed yet`, repair: renewal }]
  return [{ check, state: 'ok', text: `trusted, until ${until}` }]
}

function certificateOf(
  { hostname, port }: URL,
  ca: string | undefined,
): Promise<{ readonly distrust: string | undefined; readonly endsAt: number } | undefined> {
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
    // One that is not trusted is looked at as well; nothing is sent to it.
    const options = {
      host,
      port: Number(port || 443),
      ...name,
      rejectUnauthorized: false,
      ...(ca !== undefined && { ca }),
    }
    const socket = connect(options, () => {
      const { authorized, authorizationError } = socket
      const endsAt = Date.parse(socket.getPeerCertificate().valid_to)
      resolve({ distrust: authorized ? undefined : String(authorizationError), endsAt })
      socket.destroy()
    })
    socket.setTimeout(3 * second, () => socket.destroy())
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined))
  })
}

/** Whether who leaves out https is sent there. That nobody answers is fine. */
export async function lookAtPlainHttp({ issuer }: Issuer, plain: string): Promise<Finding[]> {
  const check = 'http'
  const answer = await ask(`${plain}/login`).catch(() => undefined)
  if (answer === undefined) return [{ check, state: 'ok', text: `nobody answers at ${plain}` }]
  const to = answer.headers.get('location') ?? ''
  if (answer.status >= 300 && answer.status < 400 && to.startsWith(`${issuer}/`))
    return [{ check, state: 'ok', text: `${plain} leads to ${issuer}` }]
  const text = `${plain} answers with status ${answer.status} and does not lead to ${issuer}`
  const repair = 'Let the proxy answer all of it with a redirect (308) to https, and pass nothing on.'
  return [{ check, state: 'warning', text, repair }]
}

/** Addresses of two kinds that no machine has: they are for documentation. */
const claims = ['192.0.2.1', '2001:db8::1']

/** Whether the proxy passes on what the server goes by. None where the server does not answer, or does not tell. */
export async function lookAtProxy({ issuer }: Issuer): Promise<Finding[]> {
  const check = 'proxy'
  const answers = await Promise.all(
    claims.map((claim) => askJson(`${issuer}/version`, { 'x-forwarded-for': claim }).catch(() => undefined)),
  )
  const seen = answers.map((answer) => answer?.seen as Readonly<Record<string, unknown>> | undefined)
  const [one, other] = seen
  if (one === undefined || other === undefined) return []
  const findings: Finding[] = []
  const problem = (text: string, repair: string) => findings.push({ check, state: 'problem', text, repair })
  if (one.network !== other.network)
    problem(
      'callers can choose the address that the server sees: what they say in X-Forwarded-For is believed',
      'Let the proxy overwrite X-Forwarded-For, and name it by its address in CONSENTRY_TRUST_PROXY.',
    )
  else if (one.forwarded !== true)
    problem(
      'the server does not learn who calls, so that limits hold for all callers together',
      'Name the address of the proxy in CONSENTRY_TRUST_PROXY, and let the proxy send X-Forwarded-For.',
    )
  if (one.host !== true)
    problem(
      'the server is not told the host that callers name',
      'Let the proxy pass on Host, or send X-Forwarded-Host.',
    )
  if (one.https !== true && issuer.startsWith('https:'))
    problem('the server is not told that callers use https', 'Let the proxy send X-Forwarded-Proto: https.')
  return findings.length > 0 ? findings : [{ check, state: 'ok', text: 'says who calls, which host, and over https' }]
}

/** Whether cookies come as the server has set them. None where the server does not answer. */
export async function lookAtCookies({ issuer }: Issuer): Promise<Finding[]> {
  const check = 'cookies'
  const answer = await ask(`${issuer}/login`, { accept: 'text/html' }).catch(() => undefined)
  const cookies = answer?.headers.getSetCookie().filter((cookie) => cookie.includes('consentry-')) ?? []
  if (cookies.length === 0) return []
  const changed = cookies.filter(
    (cookie) =>
      !/^__Host-/.test(cookie) ||
      !/; *Secure(?:;|$)/i.test(cookie) ||
      !/; *HttpOnly(?:;|$)/i.test(cookie) ||
      !/; *Path=\/(?:;|$)/i.test(cookie) ||
      /; *Domain=/i.test(cookie),
  )
  if (changed.length === 0) return [{ check, state: 'ok', text: 'are for this host and https alone' }]
  const text = `${changed.map((cookie) => cookie.split('=', 1)[0]).join(', ')} does not come as the server sets it, so that browsers refuse it`
  const repair =
    'Let the proxy leave Set-Cookie alone (in nginx: proxy_cookie_path, proxy_cookie_domain, proxy_cookie_flags).'
  return [{ check, state: 'problem', text, repair }]
}
