/** Processes that work for the server on its file, each asked by messages, one at a time. */
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
  /** The name of its bundle (`server/bin/bundle.js`). */
  readonly program: string
  readonly args: readonly string[]
  /** How little of a busy processor it gets beside the server (`nice`). */
  readonly niceness?: number
  /** Called when it has ended, by itself or not. */
  readonly gone: () => void
}

/** The programs lie beside this file once it is bundled; where the sources themselves run, the built ones serve. */
const programs = import.meta.url.endsWith('.ts') ? '../../../dist/' : './'

export function startChild<Question extends object, Answer>(start: ChildStart): Child<Question, Answer> {
  // Nothing of the environment: it may hold the root secret and the password of a database.
  const child = fork(fileURLToPath(new URL(`${programs}${start.program}.js`, import.meta.url)), start.args, {
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
