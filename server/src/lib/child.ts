/** Processes that work for the server, each asked by messages, one at a time. */
import { fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'

export interface Child<Question extends object, Answer> {
  /** The next thing that it says, unless it ends before or takes longer than `patience` milliseconds. */
  hear(patience: number): Promise<Answer | 'late' | 'ended'>
  ask(question: Question): void
  /** Ends it, whatever it does. */
  end(): Promise<void>
}

export interface ChildStart {
  readonly program: URL
  readonly args: readonly string[]
  /** How little of a busy processor it gets beside the server (`nice`). */
  readonly niceness?: number
  /** Called when it has ended, by itself or not. */
  readonly gone: () => void
}

/**
 * Where a program of `server/bin/bundle.js` lies: beside the file that starts it (`starter`, its URL) once that is bundled;
 * where the sources themselves run, the built one serves.
 */
export function programBeside(starter: string, name: string): URL {
  if (!starter.endsWith('.ts')) return new URL(`./${name}.js`, starter)
  return new URL(`${starter.slice(0, starter.lastIndexOf('/src/'))}/dist/${name}.js`)
}

export function startChild<Question extends object, Answer>(start: ChildStart): Child<Question, Answer> {
  // Nothing of the environment: it may hold the root secret and the password of a database.
  const child = fork(fileURLToPath(start.program), start.args, {
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  yieldToServer(child.pid, start.niceness)
  let listener: (heard: Answer | 'ended') => void = () => undefined
  const over = new Promise<void>((resolve) => {
    child.once('exit', resolve)
    // Other errors are of a message that could not be sent, to a process that ends by itself.
    child.on('error', () => child.pid ?? resolve())
  }).then(() => {
    start.gone()
    listener('ended')
  })
  child.on('message', (message) => listener(message as Answer))

  return {
    hear: (patience) =>
      new Promise((resolve) => {
        const late = setTimeout(resolve, patience, 'late')
        listener = (heard) => {
          clearTimeout(late)
          resolve(heard)
        }
      }),
    ask: (question) => void child.send(question, () => undefined),
    end() {
      child.kill('SIGKILL')
      return over
    },
  }
}

/** From its first moment on: its start takes more of a processor than many a piece of its work. */
function yieldToServer(pid: number | undefined, niceness: number | undefined): void {
  if (pid === undefined || niceness === undefined) return
  try {
    setPriority(pid, niceness)
  } catch {
    // Where that is not allowed, or it has ended already, nothing else changes.
  }
}
