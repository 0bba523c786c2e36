/** `consentry conform`: checks any authorization server from outside, against what the specifications say. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Client, ClientAuth, Given } from '../../conform/access.ts'
import { createHttp } from '../../conform/http.ts'
import { usualRedirectUri } from '../../conform/probe.ts'
import { openReceiver } from '../../conform/receiver.ts'
import { createMask } from '../../conform/report/evidence.ts'
import { htmlOf } from '../../conform/report/html.ts'
import { junitOf } from '../../conform/report/junit.ts'
import { markdownOf } from '../../conform/report/markdown.ts'
import { countOf, documentOf, linesOf } from '../../conform/report/table.ts'
import { conform } from '../../conform/run.ts'
import { systemClock } from '../../lib/clock.ts'
import { reasonOf } from '../../lib/text/reason.ts'
import { version } from '../../version.ts'
import { CommandError, type Env, printResult } from '../command.ts'
import { self } from '../invocation.ts'

interface ConformOptions {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientAuth?: string
  readonly redirectUri?: string
  readonly otherClientId?: string
  readonly otherClientSecret?: string
  readonly postLogoutRedirectUri?: string
  readonly scope?: string
  readonly resource?: string
  readonly username?: string
  readonly password?: string
  readonly cookie?: string
  readonly browserCommand?: string
  readonly register?: boolean
  readonly initialAccessToken?: string
  readonly logoutReceiver?: string
  readonly only?: string
  readonly report?: string
  readonly junit?: string
  readonly strict?: boolean
}

/** Variables of the environment for what should not stand in a command line, where other users of the machine see it. */
const fromEnvironment = {
  clientSecret: 'CONFORM_CLIENT_SECRET',
  otherClientSecret: 'CONFORM_OTHER_CLIENT_SECRET',
  password: 'CONFORM_PASSWORD',
  cookie: 'CONFORM_COOKIE',
  initialAccessToken: 'CONFORM_INITIAL_ACCESS_TOKEN',
} as const satisfies Partial<Record<keyof ConformOptions, string>>

export function addConform(program: Command, env: Env): void {
  program
    .command('conform')
    .argument('<issuer>', 'the issuer of the server to check, as it stands in its metadata')
    .description('check any authorization server from outside, RFC by RFC')
    .option('--client-id <id>', 'a client that is registered there')
    .option('--client-secret <secret>', 'its secret (CONFORM_CLIENT_SECRET)')
    .option('--client-auth <method>', 'client_secret_basic, client_secret_post or none (by whether there is a secret)')
    .option('--redirect-uri <uri>', `its redirect URI; nobody is sent there (${usualRedirectUri})`)
    .option('--post-logout-redirect-uri <uri>', 'where it has people sent after a sign-out')
    .option('--other-client-id <id>', 'another client, whose credentials the first must not be able to use')
    .option('--other-client-secret <secret>', 'its secret (CONFORM_OTHER_CLIENT_SECRET)')
    .option('--register', 'register clients there for the checks, and remove them afterwards')
    .option('--initial-access-token <token>', 'the token for that (CONFORM_INITIAL_ACCESS_TOKEN)')
    .option('--username <name>', 'an account there, to sign in with on pages that work without scripts')
    .option('--password <password>', 'its password (CONFORM_PASSWORD)')
    .option('--cookie <pairs>', 'cookies of a browser in which somebody is signed in: "a=1; b=2" (CONFORM_COOKIE)')
    .option(
      '--browser-command <command>',
      'signs in where pages need scripts: finds CONFORM_URL and CONFORM_REDIRECT_URI in its environment, prints the address that the browser was sent to',
    )
    .option('--scope <scopes>', 'what to ask for (openid and offline_access, where they are announced)')
    .option('--resource <uri>', 'an API that takes tokens of this server')
    .option('--logout-receiver <uri>', 'listen there for logout tokens; the backchannel_logout_uri of the client')
    .option('--only <ids>', 'only these checks or groups, with commas: token,code_flow.code_once')
    .option('--report <file>', 'write a report: Markdown, or HTML where the name ends so')
    .option('--junit <file>', 'write JUnit XML')
    .option('--strict', 'let what a specification only recommends fail, too')
    .addHelpText('after', help())
    .action(async (issuer: string, options: ConformOptions, command: Command) => {
      await run(issuer, withEnvironment(options, env), command)
    })
}

function help(): string {
  return `
With an issuer alone it reads what the server says of itself and tries what needs no account. A client, a sign-in or a
registration opens more; what was not checked is said, with the option that would open it. What a server does not announce
is "not offered" and no fault. Secrets do not stand in what it prints or writes.

Exit codes: 0 nothing that MUST be otherwise · 1 something is, or the access that was given did not work · 2 wrong command line

Examples:
  ${self} conform https://id.example.com
  ${self} conform https://id.example.com --client-id abc --redirect-uri https://app.example.com/cb --username alice
  ${self} conform https://id.example.com --register --username alice --report conform.html --junit conform.xml`
}

function withEnvironment(options: ConformOptions, env: Env): ConformOptions {
  const read = Object.entries(fromEnvironment).flatMap(([name, variable]) => {
    const value = env[variable]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(read), ...options }
}

async function run(issuer: string, options: ConformOptions, command: Command): Promise<void> {
  const clock = systemClock(0)
  const given = givenBy(requireUrl('The issuer', issuer), options)
  const receiver =
    options.logoutReceiver === undefined
      ? undefined
      : await openReceiver(requireUrl('--logout-receiver', options.logoutReceiver))
  const mask = createMask([
    options.clientSecret,
    options.otherClientSecret,
    options.password,
    options.initialAccessToken,
    ...(options.cookie?.split(/;\s*/).map((pair) => pair.split(/=(.*)/s)[1]) ?? []),
  ])
  try {
    const only = options.only?.split(',').map((name) => name.trim())
    const http = createHttp(`consentry-conform/${version}`, clock)
    const outcome = await conform({ ...given, ...(receiver && { receiver }) }, http, only).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NoAnswer') throw new CommandError('no_answer', error.message)
      throw error
    })
    if (outcome === undefined) {
      throw new CommandError(
        'no_metadata',
        `${issuer} has neither /.well-known/openid-configuration nor /.well-known/oauth-authorization-server.`,
      )
    }
    if (outcome.results.length === 0) throw new CommandError('wrong_value', '--only names no check.', 2)
    const strict = options.strict === true
    if (options.report !== undefined) {
      const page = /\.html?$/i.test(options.report)
      write(options.report, (page ? htmlOf : markdownOf)(outcome, mask, clock.now()))
    }
    if (options.junit !== undefined) write(options.junit, junitOf(outcome, mask, strict))
    printResult(command, documentOf(outcome, mask), linesOf(outcome, mask))
    const failed = countOf(outcome.results, 'failed') + (strict ? countOf(outcome.results, 'warned') : 0)
    if (failed > 0)
      throw new CommandError('not_conforming', failed === 1 ? '1 check failed.' : `${failed} checks failed.`)
    if (outcome.trouble !== undefined)
      throw new CommandError('no_access', 'The access that was given did not work, so much was not checked.')
  } finally {
    await receiver?.close()
  }
}

function requireUrl(what: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '') return text
  throw new CommandError(
    'wrong_value',
    `${what} must be an address with https:// or http://, and is ${JSON.stringify(text)}.`,
    2,
  )
}

function givenBy(issuer: string, options: ConformOptions): Given {
  const { username, password, cookie, browserCommand, register, initialAccessToken } = options
  if ((username === undefined) !== (password === undefined)) {
    throw new CommandError('wrong_value', '--username and --password go together (or CONFORM_PASSWORD).', 2)
  }
  const client = clientOf(options.clientId, options.clientSecret, options.clientAuth)
  const otherClient = clientOf(options.otherClientId, options.otherClientSecret, undefined)
  const registers = register === true || initialAccessToken !== undefined
  if (
    client !== undefined &&
    options.redirectUri === undefined &&
    (username ?? cookie ?? browserCommand) !== undefined
  ) {
    throw new CommandError('wrong_value', '--redirect-uri must be one that the client has registered.', 2)
  }
  const person =
    username === undefined && cookie === undefined
      ? undefined
      : {
          ...(username !== undefined && password !== undefined && { username, password }),
          ...(cookie !== undefined && { cookie }),
        }
  return {
    issuer,
    redirectUri: requireUri('--redirect-uri', options.redirectUri ?? usualRedirectUri),
    ...(client && { client }),
    ...(otherClient && { otherClient }),
    ...(options.postLogoutRedirectUri && {
      postLogoutRedirectUri: requireUri('--post-logout-redirect-uri', options.postLogoutRedirectUri),
    }),
    ...(options.scope && { scope: options.scope }),
    ...(options.resource && { resource: requireUrl('--resource', options.resource) }),
    ...(person && { person }),
    ...(browserCommand && { browse: browseBy(browserCommand) }),
    ...(registers && { register: initialAccessToken === undefined ? {} : { token: initialAccessToken } }),
  }
}

/** A redirect URI may have a scheme of its own, as apps on a phone have. */
function requireUri(what: string, text: string): string {
  if (URL.canParse(text)) return text
  throw new CommandError('wrong_value', `${what} must be a URI, and is ${JSON.stringify(text)}.`, 2)
}

function clientOf(id: string | undefined, secret: string | undefined, method: string | undefined): Client | undefined {
  if (id === undefined) return undefined
  const auth = method ?? (secret === undefined ? 'none' : 'client_secret_basic')
  const methods: readonly string[] = ['client_secret_basic', 'client_secret_post', 'none']
  if (!methods.includes(auth))
    throw new CommandError('wrong_value', `--client-auth must be one of ${methods.join(', ')}.`, 2)
  if (auth !== 'none' && secret === undefined)
    throw new CommandError('wrong_value', `${auth} needs --client-secret.`, 2)
  return { id, secret: auth === 'none' ? undefined : secret, auth: auth as ClientAuth }
}

/** Runs the command of the person for each sign-in; its last line is where the browser was sent. */
function browseBy(commandLine: string): NonNullable<Given['browse']> {
  return (url, redirectUri) =>
    new Promise((resolve, reject) => {
      const child = spawn(commandLine, {
        shell: true,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, CONFORM_URL: url, CONFORM_REDIRECT_URI: redirectUri },
      })
      let said = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      child.once('error', (error) => reject(new CommandError('browser_command', `--browser-command: ${error.message}`)))
      child.once('close', () => resolve(said.trim().split('\n').at(-1)?.trim() || undefined))
    })
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new CommandError('file', `${file}: ${reasonOf(error)}`)
  }
}
