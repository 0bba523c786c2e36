/**
 * How easily a password is guessed, as zxcvbn sees it. Its lists take a second and much memory to load, and one password
 * takes a tenth of a second, so all of that happens in a thread of its own, begun for the first password.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type Millis, second } from '../../../lib/clock.ts'
import { PasswordQueueFull } from '../../../runtime/limits/passwords.ts'

/** Judges passwords one after another. */
export interface PasswordStrength {
  /** A score from 0 to 4; undefined where it could not be found in time. Throws PasswordQueueFull. */
  score(text: string, words: readonly string[]): Promise<number | undefined>
}

/** Two seconds for a password; the lists, once for a thread, may take longer to load. */
const jobLimit: Millis = 2 * second
const loadLimit: Millis = 30 * second
const queueLimit = 100

/**
 * What the thread runs. It is text, not a file, because the server starts from a single one; the packages are those that
 * this process would load itself. With zxcvbn's own limit of substitutions 40 characters can take seconds.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const [{ ZxcvbnFactory }, common, english] = workerData.map((path) => require(path))
const strength = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  l33tMaxSubstitutions: 8,
})
parentPort.on('message', ({ text, words }) => parentPort.postMessage(strength.check(text, words).score))
parentPort.postMessage('ready')
`

interface Job {
  readonly text: string
  readonly words: readonly string[]
  readonly done: (score: number | undefined) => void
}

/** `run` is what the thread runs, and takes jobs as `program` does; `limit` is how long one may take. */
export function createPasswordStrength(run = program, limit: Millis = jobLimit): PasswordStrength {
  const waiting: Job[] = []
  let worker: Worker | undefined
  let ready = false
  let running: Job | undefined
  let timer: NodeJS.Timeout | undefined

  function next(): void {
    if (running !== undefined) return
    running = waiting.shift()
    if (running === undefined) {
      // Nothing is waited for, so the thread keeps no process alive.
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    if (ready) give(running)
  }

  function give({ text, words }: Job): void {
    clearTimeout(timer)
    timer = setTimeout(end, limit)
    worker?.postMessage({ text, words })
  }

  function start(): Worker {
    const { resolve } = createRequire(import.meta.url)
    const packages = ['@zxcvbn-ts/core', '@zxcvbn-ts/language-common', '@zxcvbn-ts/language-en']
    const started = new Worker(run, { eval: true, workerData: packages.map((name) => resolve(name)) })
    timer = setTimeout(end, loadLimit)
    started.on('message', (said: unknown) => {
      if (started !== worker) return
      if (said !== 'ready') return settle(typeof said === 'number' ? said : undefined)
      ready = true
      clearTimeout(timer)
      if (running !== undefined) give(running)
    })
    // A thread that broke answers its job with nothing; the next job gets another thread.
    started.on('error', () => {
      if (started === worker) end()
    })
    return started
  }

  function end(): void {
    void worker?.terminate()
    worker = undefined
    ready = false
    settle(undefined)
  }

  function settle(score: number | undefined): void {
    clearTimeout(timer)
    const job = running
    running = undefined
    job?.done(score)
    next()
  }

  return {
    score(text, words) {
      if (waiting.length >= queueLimit) throw new PasswordQueueFull('too many new passwords are waiting to be judged')
      return new Promise((done) => {
        waiting.push({ text, words, done })
        next()
      })
    },
  }
}
