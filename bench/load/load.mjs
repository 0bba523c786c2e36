/** Runs the load generator for a while and answers what it counted. */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pinned } from '../processes.mjs'

const run = promisify(execFile)
const script = fileURLToPath(new URL('requests.lua', import.meta.url))
const substitute = fileURLToPath(new URL('autocannon_process.mjs', import.meta.url))

/** `wrk` where it is installed, else `autocannon`, which takes more of its core and so shows less of a fast server. */
export const generator = spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon'

/**
 * Sends `workload` with `headers` to `url` for `seconds` over `connections` connections, with the tokens of `file` from
 * line `first` on, `count` of them. Throws unless every answer was right.
 */
export async function load({ url, workload, headers, seconds, connections, core, file = '', first = 1, count = 0 }) {
  const { method = 'POST', mode, prefix, suffix = '', must, status = 200, successor = '"refresh_token":"' } = workload
  const command =
    generator === 'wrk'
      ? ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script, url, '--'].concat(
          [
            method,
            mode,
            Object.entries(headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n'),
            prefix,
            suffix,
            must,
            status,
            successor,
            file,
            first,
            count,
          ].map(String),
        )
      : [
          process.execPath,
          substitute,
          JSON.stringify({
            url,
            seconds,
            connections,
            headers,
            workload: { method, mode, prefix, suffix, must, status, successor },
            file,
            first,
            count,
          }),
        ]
  const [program, ...args] = pinned(core, command)
  const { stdout } = await run(program, args)
  const counted = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
  if (counted.dry > 0) throw new Error(`the seeded tokens ran out (${counted.dry} requests without one); seed more`)
  if (counted.bad > 0) throw new Error(`${counted.bad} answers were wrong; the first: ${counted.sample}`)
  if (counted.broken > 0) throw new Error(`${counted.broken} requests had no answer`)
  return counted
}
