/** The log as a person sees it on a terminal, and as a program reads it elsewhere. */
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from '../../src/lib/log.ts'

function destination(isTTY: boolean) {
  const written: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  return { written, stream: Object.assign(stream, { isTTY }) }
}

test('a terminal gets a plain line, with secrets taken out and an error below it', () => {
  const { written, stream } = destination(true)
  const log = createLog('info', stream)
  log.info('listening')
  log.warn({ provider: 'campus', client_secret: 'hidden' }, 'no answer')
  log.error({ err: new Error('the disk is full\u001b[31m') }, 'the sweep failed')
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d info: listening\n$/)
  expect(written[1]).toMatch(/ warning: no answer provider="campus" client_secret="\[taken out\]"\n$/)
  expect(written[2]).toMatch(/ error: the sweep failed\n {2}Error: the disk is full\\u001b\[31m\n {2} {4}at /)
})

test('anything else gets one JSON document a line', () => {
  const { written, stream } = destination(false)
  createLog('info', stream).info({ provider: 'campus' }, 'no answer')
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ level: 30, provider: 'campus', msg: 'no answer' })
})
