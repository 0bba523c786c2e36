/** What is for Prometheus, held against Prometheus' own code: what a server shows at /metrics, and the alert rules. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { holds, notChecked, passed, programPath, root, run } from './tools.mjs'

export async function checkMonitoring(folder) {
  const text = await scrape(folder)
  holds(
    text.includes('consentry_requests_total{protocol="oauth",endpoint="/oauth/token",outcome="refused"} 1'),
    'a server counts a refused token request at /metrics',
  )
  if (programPath('go') === undefined) return notChecked('/metrics and the alert rules by Prometheus itself', 'no Go')
  const program = join(folder, 'promcheck')
  cpSync(join(root, 'scripts', 'deploy', 'promcheck'), program, { recursive: true })
  const built = await run('go', ['mod', 'tidy'], { cwd: program })
    .then(() => run('go', ['build', '-o', 'promcheck', '.'], { cwd: program }))
    .catch(() => undefined)
  if (built === undefined) return notChecked('/metrics and the alert rules by Prometheus itself', 'it cannot be built')
  const shown = join(folder, 'metrics.txt')
  writeFileSync(shown, text)
  const rules = join(root, 'deploy', 'prometheus', 'consentry_rules.yml')
  await run('sh', ['-c', '"$1" "$2" <"$3"', 'sh', join(program, 'promcheck'), rules, shown])
  passed('Prometheus finds nothing wrong with /metrics and the alert rules')
}

/** What a server shows that has answered a few requests. */
async function scrape(folder) {
  const [port, management] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    PORT: String(port),
    CONSENTRY_MANAGEMENT_PORT: String(management),
    CONSENTRY_DATA: join(folder, 'data'),
  }
  const command = [join(root, 'server', 'bin', 'consentry.js'), 'serve', '--json']
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    await fetch(`http://127.0.0.1:${port}/oauth/token`, { method: 'POST', body: new URLSearchParams({ code: 'none' }) })
    return await (await fetch(`http://127.0.0.1:${management}/metrics`)).text()
  } finally {
    child.kill()
    await once(child, 'close')
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}
