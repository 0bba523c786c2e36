/** Processes on a core of their own: started, watched through /proc, stopped. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const canPin = spawnSync('taskset', ['-V']).error === undefined
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** The command line that runs `command` on one core. */
export function pinned(core, command) {
  return canPin ? ['taskset', '-c', String(core), ...command] : command
}

export { canPin }

/**
 * Starts a server on a core, with its output in `log`, and waits until `ready` answers 200. A server that ends first,
 * or is not ready after five minutes, is an error with the end of its log.
 */
export async function startServer({ command, env = {}, core, log, ready }) {
  const [program, ...args] = pinned(core, command)
  const out = openSync(log, 'w')
  const child = spawn(program, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env } })
  closeSync(out)
  const kill = () => void child.kill('SIGKILL')
  process.on('exit', kill)
  const from = performance.now()
  while (!(await answers(ready))) {
    if (child.exitCode !== null || performance.now() - from > 300_000) {
      kill()
      throw new Error(`${command.join(' ')} did not start:\n${readFileSync(log, 'utf8').slice(-3000)}`)
    }
    await sleep(10)
  }
  return {
    pid: child.pid,
    /** Milliseconds from start to the first good answer. */
    readyAfter: performance.now() - from,
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        const late = setTimeout(kill, 15_000)
        await once(child, 'exit')
        clearTimeout(late)
      }
      process.off('exit', kill)
    },
  }
}

async function answers(url) {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

/** CPU seconds that a process and its threads have used so far. */
export function cpuSeconds(pid) {
  const fields = statFields(pid)
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** CPU seconds of a process and of all its children, dead or alive: PostgreSQL has a process for each connection. */
export function cpuSecondsWithChildren(pid) {
  const own = statFields(pid)
  const dead = (Number(own[13]) + Number(own[14])) / ticksPerSecond
  const children = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && statFields(name)[1] === String(pid)
    } catch {
      return false
    }
  })
  return children.reduce((sum, child) => sum + cpuSeconds(child), cpuSeconds(pid) + dead)
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** The fields of /proc/PID/stat from the state on; the name before it may hold blanks. */
function statFields(pid) {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
