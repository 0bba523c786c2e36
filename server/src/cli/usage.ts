/** `consentry usage send`: reports the calls in the log of a proxy to the server, from any machine. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import type { Command } from 'commander'
import { second } from '../lib/clock.ts'
import { messageOf, reasonOf } from '../lib/text/reason.ts'
import { CommandError, printResult } from './command.ts'
import { self } from './invocation.ts'

/** Calls of one batch, as many as the server takes; and how long a call on standard input waits for others. */
const batchSize = 500
const mostWait = 5 * second
const patience = 30 * second

interface SendOptions {
  readonly from: string
  readonly server: string
  readonly client: string
  readonly secretFile: string
}

export function addUsage(program: Command): void {
  const usage = program.command('usage').description('report calls to an API of one’s own')
  usage
    .command('send')
    .description('send the calls in a log of JSON lines to the server')
    .requiredOption('--from <file>', 'the log; - reads standard input until its end')
    .requiredOption('--server <url>', 'address of the server, its issuer')
    .requiredOption('--client <id>', 'the client that the API authenticates as')
    .requiredOption('--secret-file <file>', 'a file with its secret and nothing else')
    .addHelpText('after', help)
    .action(async (options: SendOptions, command: Command) => {
      const sender = await openSender(options)
      const sent = options.from === '-' ? await sendStream(sender, process.stdin) : await sendFile(sender, options.from)
      printResult(command, sent, [
        `Calls reported: ${sent.accepted}. Refused: ${sent.refused.length}. Lines passed over: ${sent.skipped}.`,
        ...sent.refused.map(({ error, error_description }) => `! ${error}: ${error_description}`),
      ])
    })
}

const help = `
A line is a JSON object: time, token (the jti of the access token, which forward auth says as Consentry-Token), status,
operation, user_agent, scope, request_id. examples/own_api/nginx.conf writes such a log. Lines without a token are passed over.

Of a file the lines since the last time are sent. What was sent is remembered in a file beside it (.sent); a rotated log is
begun anew, so send it once more before it is rotated. A batch whose answer is lost is sent again and counts once.

Examples:
  ${self} usage send --from usage.log --server https://id.example --client orders-api --secret-file secret
  tail -n 0 -F usage.log | ${self} usage send --from - --server https://id.example --client orders-api --secret-file secret`

interface Refused {
  readonly error: string
  readonly error_description: string
}

/** What came of it so far. */
interface Sent {
  accepted: number
  /** Lines that are no JSON object, or name no token. */
  skipped: number
  readonly refused: Refused[]
}

interface Sender {
  readonly sent: Sent
  /** Sends these lines as one batch. Throws CommandError. */
  send(lines: readonly string[]): Promise<void>
}

async function openSender({ server, client, secretFile }: SendOptions): Promise<Sender> {
  if (!/^https?:/.test(server) || !URL.canParse(server)) {
    throw new CommandError('usage', '--server must be an http or https URL', 2)
  }
  const url = new URL(`${server.replace(/\/$/, '')}/oauth/usage`)
  const secret = await readFile(secretFile, 'utf8').catch((error: unknown) => {
    throw new CommandError('secret', `${secretFile} cannot be read: ${reasonOf(error)}.`, 2)
  })
  // Each is form-encoded before they are joined (RFC 6749 §2.3.1).
  const basic = [client, secret.trim()].map((part) => encodeURIComponent(part)).join(':')
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
  }
  const sent: Sent = { accepted: 0, skipped: 0, refused: [] }
  return {
    sent,
    async send(lines) {
      const calls = lines.flatMap((line) => callIn(line) ?? [])
      sent.skipped += lines.length - calls.length
      if (calls.length === 0) return
      const batch = createHash('sha256').update(lines.join('\n')).digest('hex')
      const answer = await post(url, headers, JSON.stringify({ batch, calls }))
      sent.accepted += answer.accepted
      sent.refused.push(...answer.refused)
    },
  }
}

/** The call of a line; undefined where it has none to report. */
function callIn(line: string): object | undefined {
  try {
    const call: unknown = JSON.parse(line)
    return typeof call === 'object' && call !== null && 'token' in call && call.token !== '' ? call : undefined
  } catch {
    return undefined
  }
}

async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly accepted: number; readonly refused: readonly Refused[] }> {
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest
  try {
    return await new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(patience) })
      sent.once('error', reject).once('response', async (response) => {
        try {
          const said = (await json(response)) as {
            readonly accepted?: number
            readonly refused?: readonly Refused[]
            readonly error_description?: string
          }
          if (response.statusCode === 200) resolve({ accepted: said.accepted ?? 0, refused: said.refused ?? [] })
          else reject(new Error(said.error_description ?? `status ${response.statusCode}`))
        } catch (error) {
          reject(error)
        }
      })
      sent.end(body)
    })
  } catch (error) {
    throw new CommandError('not_sent', `${url.origin} did not take the calls: ${messageOf(error)}`)
  }
}

/** Sends the lines of a stream until its end, a batch when it is full or its first line has waited long enough. */
async function sendStream({ sent, send }: Sender, stream: Readable): Promise<Sent> {
  let waiting: string[] = []
  let under: Promise<void> = Promise.resolve()
  const flush = () => {
    const lines = waiting
    waiting = []
    under = under.then(() => (lines.length === 0 ? undefined : send(lines)))
    return under
  }
  const timer = setInterval(() => void flush().catch((error: unknown) => stream.destroy(error as Error)), mostWait)
  try {
    for await (const { line } of linesOf(stream, true)) {
      waiting.push(line)
      if (waiting.length >= batchSize) await flush()
    }
    await flush()
    return sent
  } finally {
    clearInterval(timer)
  }
}

/** Which file it was, and how many bytes of it were sent. */
interface Place {
  readonly file: number
  readonly bytes: number
}

/** Sends the whole lines of a file that were not sent before, and remembers after each batch how far it has come. */
async function sendFile({ sent, send }: Sender, path: string): Promise<Sent> {
  const place = `${path}.sent`
  const there = await stat(path).catch((error: unknown) => {
    throw new CommandError('log', `${path} cannot be read: ${reasonOf(error)}.`, 2)
  })
  const before = await readPlace(place)
  const start = before?.file === there.ino && before.bytes <= there.size ? before.bytes : 0
  let waiting: string[] = []
  let bytes = start
  const flush = async () => {
    if (waiting.length === 0) return
    await send(waiting)
    waiting = []
    await writeFile(`${place}.new`, JSON.stringify({ file: there.ino, bytes } satisfies Place))
    await rename(`${place}.new`, place)
  }
  for await (const { line, length } of linesOf(createReadStream(path, { start }), false)) {
    waiting.push(line)
    bytes += length
    if (waiting.length >= batchSize) await flush()
  }
  await flush()
  return sent
}

async function readPlace(path: string): Promise<Place | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Place
  } catch {
    return undefined
  }
}

/** The lines of a stream with their bytes, line end included; one that has no end yet is left out unless it is `last`. */
async function* linesOf(stream: Readable, last: boolean): AsyncGenerator<{ line: string; length: number }> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      yield { line: rest.toString('utf8', from, end), length: end + 1 - from }
      from = end + 1
    }
    rest = rest.subarray(from)
  }
  if (last && rest.length > 0) yield { line: rest.toString('utf8'), length: rest.length }
}
