/** The same as lists.lua through autocannon. Takes a JSON object as argument. */
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const { url, seconds, connections, file, paths } = JSON.parse(process.argv[2] ?? '{}')
const tokens = readFileSync(file, 'utf8').split('\n')
const { statusCodeStats } = await autocannon({
  url,
  connections,
  duration: seconds,
  requests: tokens.flatMap((token) =>
    paths.map((path) => ({ method: 'GET', path, headers: { Authorization: `Bearer ${token}` } })),
  ),
})
const answers = Object.entries(statusCodeStats).map(([status, { count }]) => [status, count])
process.stdout.write(`${JSON.stringify(Object.fromEntries(answers))}\n`)
