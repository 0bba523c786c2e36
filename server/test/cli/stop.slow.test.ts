/** How the process ends when it is told to: soon, with 0, and without taking an answer away from anybody. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCollector } from '../support/collector.ts'
import { buildCommand, type CommandLine, commandLine, freePort } from '../support/command.ts'

beforeAll(buildCommand, 120_000)

async function open(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (text !== '') socket.write(text)
  return socket
}

const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'
const body = 'username=nobody&password=wrong-but-long-enough'
const signIn =
  'POST /v1/oauth/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n' +
  `Content-Length: ${body.length}\r\n\r\n${body}`

describe('a server that is told to stop', () => {
  let cli: CommandLine
  beforeEach(() => {
    cli = commandLine()
  })
  afterEach(() => cli.close())

  test('does not wait for connections that are silent, idle or in the middle of a header', async () => {
    const server = await cli.serve()
    const busy = await open(server.port, signIn.slice(0, -1))
    let answer = ''
    busy.on('data', (chunk) => {
      answer += chunk
    })
    const silent = await open(server.port)
    const half = await open(server.port, request)
    const idle = await open(server.port, `${request}\r\n`)
    await once(idle, 'data')
    const ended = [silent, half, idle].map((socket) => once(socket.resume(), 'close'))
    const stopped = server.stop('SIGTERM')
    // They end before the time is over that it gives to the one on which an answer is under way.
    await Promise.all(ended)
    expect(answer).toBe('')
    busy.write(signIn.slice(-1))
    expect(await stopped).toMatchObject({ code: 0 })
    expect(answer).toContain('"code": "1142"')
  })

  test('finishes the answer that is under way', async () => {
    const server = await cli.serve()
    // The last byte of the body comes after the signal.
    const busy = await open(server.port, signIn.slice(0, -1))
    let answer = ''
    busy.on('data', (chunk) => {
      answer += chunk
    })
    // Answered on another connection: by then the first has been heard as well.
    const other = await open(server.port, `${request}\r\n`)
    await once(other, 'data')
    const stopped = server.stop('SIGTERM')
    await once(other, 'close')
    busy.write(signIn.slice(-1))
    expect(await stopped).toMatchObject({ code: 0 })
    expect(answer).toContain('"code": "1142"')
  })

  test('serves on after SIGTERM behind a proxy, says that it is not ready, and ends connections with their next answer', async () => {
    const server = await cli.serve(undefined, { CONSENTRY_DRAIN: '300' })
    const kept = await open(server.port, `${request}\r\n`)
    await once(kept, 'data')
    server.signal('SIGTERM')
    const asked = async () => (await fetch(`http://127.0.0.1:${server.port}/readyz`)).json()
    await expect.poll(asked).toMatchObject({ status: 'not ready', problems: ['stopping'] })
    const closed = once(kept.resume(), 'close')
    let answer = ''
    kept.on('data', (chunk) => {
      answer += chunk
    })
    kept.write(`${request}\r\n`)
    await closed
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
    // A second signal does not wait for the rest of the time.
    expect(await server.stop('SIGTERM')).toMatchObject({ code: 1 })
  })

  test('sends the spans that it still holds before it ends', async () => {
    const collector = await openCollector()
    const server = await cli.serve(undefined, { CONSENTRY_OTLP_ENDPOINT: collector.origin })
    for (let i = 0; i < 20; i++) await (await fetch(`http://127.0.0.1:${server.port}/version`)).text()
    expect(await server.stop('SIGTERM')).toMatchObject({ code: 0 })
    expect(collector.spans.filter(({ name }) => name === 'GET /version')).toHaveLength(20)
    await collector.close()
  })

  test('ends with 0 when that time is over, and at once where somebody at the terminal stops it', async () => {
    const drained = await cli.serve(undefined, { CONSENTRY_DRAIN: '1' })
    expect(await drained.stop('SIGTERM')).toMatchObject({ code: 0 })
    const patient = await cli.serve(undefined, { CONSENTRY_DRAIN: '300' })
    expect(await patient.stop('SIGINT')).toMatchObject({ code: 0 })
  })
})

test('npm start passes the signal on, and nothing is left running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-npm-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const npm = spawn('npm', ['start'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { PATH: process.env.PATH, HOME: folder, PORT: String(port), CONSENTRY_DATA: join(folder, 'data') },
  })
  let printed = ''
  const listening = new Promise<void>((resolve) => {
    npm.stdout.on('data', (chunk) => {
      printed += chunk
      if (printed.includes('/setup?token=')) resolve()
    })
  })
  const ended = once(npm, 'exit')
  await Promise.race([listening, ended])
  expect(printed).toContain('/setup?token=')
  const idle = await open(port)
  const closed = once(idle.resume(), 'close')
  npm.kill('SIGTERM')
  await Promise.all([ended, closed])
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
})
