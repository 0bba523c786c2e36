/** Asks for lists without a pause, beside what is measured. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pinned } from '../processes.mjs'
import { generator } from './load.mjs'

const run = promisify(execFile)
const script = fileURLToPath(new URL('lists.lua', import.meta.url))
const substitute = fileURLToPath(new URL('autocannon_lists.mjs', import.meta.url))

/**
 * Asks `url` for the lists of `queries` for `seconds`, with the access tokens of `file` in turn; answers how many
 * answers had each status. Throws where one had a status that is not among `allowed`.
 */
export async function askForLists({ url, queries, allowed, seconds, connections, core, file }) {
  const paths = queries.map((query) => `${new URL(url).pathname}?${query}`)
  const command =
    generator === 'wrk'
      ? ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '60s', '-s', script, url, '--', file, ...paths]
      : [process.execPath, substitute, JSON.stringify({ url, seconds, connections, file, paths })]
  const [program, ...args] = pinned(core, command)
  const { stdout } = await run(program, args)
  const answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
  const wrong = Object.keys(answers).filter((status) => !allowed.includes(Number(status)))
  if (wrong.length > 0) throw new Error(`lists were answered ${JSON.stringify(answers)}`)
  return answers
}

/** Waits until no list is read any more: an account's next list has its turn behind all of its others. */
export async function untilListsAreRead(url, file) {
  for (const token of readFileSync(file, 'utf8').split('\n')) {
    const headers = { Authorization: `Bearer ${token}` }
    for (let tries = 0; ; tries++) {
      const { status } = await fetch(`${url}?limit=1`, { headers })
      if (status === 200) break
      if (tries > 60) throw new Error(`a list of one measurement was answered ${status}`)
      await sleep(250)
    }
  }
}
