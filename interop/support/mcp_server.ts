/** The sample of a protected MCP server, as it stands in examples/mcp_server: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClientDocument } from './documents.ts'
import { freePort, type RunningServer, startServer } from './server.ts'

const sample = fileURLToPath(new URL('../../examples/mcp_server', import.meta.url))
const secret = 'a secret of the MCP server, for these tests alone'

export interface McpSetting {
  /** The authorization server, at which any app may register itself. */
  readonly consentry: RunningServer
  /** The address of the MCP server. */
  readonly url: URL
  stop(): Promise<void>
}

/** Starts both servers, the MCP server registered as its operator's document says. */
export async function startMcpServer(): Promise<McpSetting> {
  const url = new URL(`http://127.0.0.1:${await freePort()}/mcp`)
  const read = await readFile(join(sample, 'operator.json'), 'utf8')
  const { clients, ...more } = JSON.parse(
    read.replace('ADDRESS_OF_THE_SERVER', url.href).replace('SECRET_OF_THE_SERVER', secret),
  ) as { readonly clients: readonly ClientDocument[] }
  const consentry = await startServer(clients, {
    more,
    settings: {
      CONSENTRY_DYNAMIC_REGISTRATION: 'open',
      CONSENTRY_REGISTRATION_SCOPES: 'openid offline_access notes.read notes.write',
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'consentry-mcp-'))
  await writeFile(join(folder, 'secret'), secret, { mode: 0o600 })
  const child = spawn(process.execPath, [join(sample, 'server.mjs')], {
    env: { RESOURCE: url.href, ISSUER: consentry.issuer, SECRET_FILE: join(folder, 'secret') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await listens(child, url)
  return {
    consentry,
    url,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      await consentry.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function listens(child: ChildProcess, url: URL): Promise<void> {
  for (;;) {
    const there = await fetch(url).then(
      () => true,
      () => false,
    )
    if (there) return
    if (child.exitCode !== null) throw new Error(`the MCP server ended with ${child.exitCode}`)
    await sleep(50)
  }
}
