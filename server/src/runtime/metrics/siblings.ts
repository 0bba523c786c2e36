/**
 * The processes of one cluster as one: whatever worker is asked, all of them answer. Workers share a port, so that a caller
 * reaches any one of them. The primary passes questions and answers on, and knows nothing of what they are.
 */
import cluster, { type Worker } from 'node:cluster'
import { type Millis, second } from '../../lib/clock.ts'

/** How long a worker may take for its answer; without it the others' are given. */
const patience: Millis = 2 * second

type Message =
  | { readonly siblings: 'ask'; readonly question: number }
  | { readonly siblings: 'tell'; readonly asker: number; readonly question: number }
  | { readonly siblings: 'told'; readonly asker: number; readonly question: number; readonly answer: unknown }
  | { readonly siblings: 'answers'; readonly question: number; readonly answers: readonly unknown[] }

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'siblings' in message
}

/**
 * What asks all workers, this one among them. `answer` is what each says of itself, in values that JSON can hold. Where this
 * process is no worker it is asked alone.
 */
export function createSiblings<Answer>(answer: () => Promise<Answer>): () => Promise<readonly Answer[]> {
  if (!cluster.isWorker) return async () => [await answer()]
  const waiting = new Map<number, (answers: readonly Answer[]) => void>()
  let asked = 0
  const send = (message: Message) => void process.send?.(message)
  process.on('message', (message) => {
    if (!isMessage(message)) return
    if (message.siblings === 'tell') {
      const { asker, question } = message
      void answer().then((said) => send({ siblings: 'told', asker, question, answer: said }))
    } else if (message.siblings === 'answers') {
      waiting.get(message.question)?.(message.answers as readonly Answer[])
      waiting.delete(message.question)
    }
  })
  return () =>
    new Promise((resolve) => {
      const question = asked++
      waiting.set(question, resolve)
      send({ siblings: 'ask', question })
    })
}

interface Question {
  readonly asked: Set<number>
  readonly answers: unknown[]
  end(): void
}

/** In the primary: passes on what workers ask each other. */
export function passQuestionsOn(): void {
  const open = new Map<string, Question>()
  const keyOf = ({ asker, question }: { readonly asker: number; readonly question: number }) => `${asker} ${question}`
  const workers = () => Object.values(cluster.workers ?? {}).filter((one): one is Worker => one?.isConnected() === true)

  function ask(worker: Worker, question: number): void {
    const key = keyOf({ asker: worker.id, question })
    const answers: unknown[] = []
    const end = () => {
      clearTimeout(late)
      open.delete(key)
      if (worker.isConnected()) worker.send({ siblings: 'answers', question, answers } satisfies Message)
    }
    const late = setTimeout(end, patience)
    open.set(key, { asked: new Set(workers().map(({ id }) => id)), answers, end })
    for (const one of workers()) one.send({ siblings: 'tell', asker: worker.id, question } satisfies Message)
  }

  cluster.on('message', (worker, message: unknown) => {
    if (!isMessage(message)) return
    if (message.siblings === 'ask') ask(worker, message.question)
    if (message.siblings !== 'told') return
    const question = open.get(keyOf(message))
    if (question?.asked.delete(worker.id) !== true) return
    question.answers.push(message.answer)
    if (question.asked.size === 0) question.end()
  })
}
