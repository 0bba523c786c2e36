/** The requests of one workload through autocannon, where wrk is not installed. Takes a JSON object as argument. */
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const { url, seconds, connections, headers, workload, file, first, count } = JSON.parse(process.argv[2] ?? '{}')
const { method, mode, prefix, suffix, must, status: expected, successor } = workload
const tokens =
  mode === 'fixed'
    ? []
    : readFileSync(file, 'utf8')
        .split('\n')
        .slice(first - 1, first - 1 + count)

let head = 0
let bad = 0
let dry = 0
let sample = ''

function nextToken() {
  const token = tokens[head]
  if (token === undefined) {
    dry++
    return 'none'
  }
  head = mode === 'each' ? (head + 1) % tokens.length : head + 1
  return token
}

function check(status, body) {
  if (status !== expected || !body.includes(must)) {
    if (bad++ === 0) sample = `${status} ${body.slice(0, 300)}`
  } else if (mode === 'chain') {
    const from = body.indexOf(successor) + successor.length
    tokens.push(body.slice(from, body.indexOf('"', from)))
  }
}

const result = await autocannon({
  url,
  connections,
  duration: seconds,
  requests: [
    {
      method,
      headers,
      setupRequest(request) {
        const filled = mode === 'fixed' ? prefix : `${prefix}${nextToken()}${suffix}`
        if (method === 'POST') return { ...request, body: filled }
        return { ...request, headers: { ...headers, Authorization: filled } }
      },
      onResponse: check,
    },
  ],
})
const { requests, duration, latency, errors, timeouts } = result
process.stdout.write(
  `${JSON.stringify({ requests: requests.total, seconds: duration, p50_ms: latency.p50, p99_ms: latency.p99, broken: errors + timeouts, bad, dry, sample })}\n`,
)
