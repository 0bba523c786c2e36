/** The grant machine against a tiny model of it: random moves, several at once, with a clock that is moved. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import type { Advance, Grant } from '../../src/protocol/grant.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { makeGrant, makeSwap } from './fixtures.ts'

/** A clock that stands still until it is moved, so that the model and the storage see the same moment. */
export interface FrozenClock extends Clock {
  move(by: number): void
}

export function frozenClock(): FrozenClock {
  let now = Date.now()
  return {
    now: () => now,
    move(by) {
      now += by
    },
  }
}

type Operation =
  | {
      readonly verb: 'present'
      readonly behind: number
      readonly window: number
      /** How long an answer that was never used counts as lost, and whether the next one would be seen in use. */
      readonly lostWindow: number
      readonly unseen: boolean
      /** What the caller hands in as the row it has read: nothing, the present one, or one from long ago. */
      readonly seen: 'nothing' | 'present' | 'old'
    }
  | { readonly verb: 'end' }
  /** A token of the present step, or of the one before, is seen. */
  | { readonly verb: 'use'; readonly behind: number }

/** All that the machine is, in the fewest words. */
interface Model {
  /** What begins its chain. */
  readonly first: 'code' | 'device'
  readonly step: number
  readonly steppedAt: number
  readonly expiresAt: number
  readonly ended: string | null
  /** The latest step that was seen. */
  readonly used: number
}

const lifetime = 86_400_000
const codeReuseEnds = 600_000

/** Multiples of seven seconds never come near a window, a lifetime or ten minutes, whatever their sum. */
const pause = fc.constantFrom(0, 0, 0, 7_000, 14_000, 35_000, 70_000, 630_000, 88_200_000)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      verb: fc.constant('present' as const),
      behind: fc.constantFrom(0, 0, 0, 1, 1, 2, -1),
      window: fc.constantFrom(0, 10_000, 30_000),
      lostWindow: fc.constantFrom(0, 60_000, 86_400_000),
      unseen: fc.constantFrom(false, false, false, true),
      seen: fc.constantFrom('nothing', 'present', 'present', 'old'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('end' as const) }) },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant('use' as const), behind: fc.constantFrom(0, 0, 1) }) },
)
const round = fc.record({ pause, operations: fc.array(operation, { minLength: 1, maxLength: 3 }) })

/** What the model says to one operation that presents `step`. */
function next(model: Model, operation: Operation, step: number, now: number, created: number): [string, Model] {
  if (operation.verb === 'end') {
    return model.ended === null ? ['true', { ...model, ended: 'revoked_by_user' }] : ['false', model]
  }
  if (operation.verb === 'use') return ['used', { ...model, used: Math.max(model.used, step) }]
  const isCode = step === 0 && model.first === 'code'
  if (model.ended !== null) return [`ended ${model.ended}`, model]
  if (step > model.step) return ['ahead', model]
  if (step === model.step) {
    if (now >= model.expiresAt) return ['expired', model]
    const expiresAt = step === 0 ? now + lifetime : model.expiresAt
    const used = operation.unseen ? step + 1 : model.used
    return ['advanced', { ...model, step: step + 1, steppedAt: now, expiresAt, used }]
  }
  if (!isCode && step === model.step - 1) {
    const since = now - model.steppedAt
    const lost = since >= operation.window
    if (!lost || (since < operation.lostWindow && model.used < model.step)) {
      if (now >= model.expiresAt) return ['expired', model]
      return [lost ? 'repeated as lost' : 'repeated', model]
    }
  }
  if (step === 0 && (!isCode || now - created > codeReuseEnds)) return ['spent', model]
  return ['spent, ended', { ...model, ended: isCode ? 'code_reused' : 'refresh_token_reused' }]
}

function say(answer: Advance | boolean): string {
  if (typeof answer === 'boolean') return String(answer)
  if (answer.outcome === 'spent') return answer.ended ? 'spent, ended' : 'spent'
  if (answer.outcome === 'repeated') return answer.lost === true ? 'repeated as lost' : 'repeated'
  return answer.outcome === 'ended' ? `ended ${answer.reason}` : answer.outcome
}

function* orders(length: number): Generator<number[]> {
  if (length === 0) yield []
  else {
    for (const rest of orders(length - 1)) {
      for (let at = 0; at < length; at++) yield [...rest.slice(0, at), length - 1, ...rest.slice(at)]
    }
  }
}

function agrees(model: Model, row: Grant): boolean {
  return (
    row.step === model.step &&
    row.endReason === model.ended &&
    (row.state === 'ended') === (model.ended !== null) &&
    row.usedStep >= row.step === model.used >= model.step &&
    Math.abs(row.expiresAt - model.expiresAt) < 1000
  )
}

/** Runs random histories; what is done at once must have happened in some order. */
export async function checkGrantModel(storages: readonly Storage[], clock: FrozenClock, runs: number): Promise<void> {
  const [first] = storages
  if (first === undefined) throw new Error('no storage')
  const history = fc.array(round, { minLength: 1, maxLength: 12 })
  const begun = fc.constantFrom('code' as const, 'code' as const, 'device' as const)
  const property = fc.asyncProperty(begun, history, async (kind, rounds) => {
    const grant = makeGrant(clock)
    await first.grants.insert(grant)
    let present: Grant = grant
    let model: Model = {
      first: kind,
      step: 0,
      steppedAt: grant.createdAt,
      expiresAt: grant.expiresAt,
      ended: null,
      used: 0,
    }
    for (const { pause, operations } of rounds) {
      clock.move(pause)
      const before = model
      const rowBefore = present
      const presented = operations.map((one) => (one.verb === 'end' ? 0 : Math.max(0, before.step - one.behind)))
      const answers = await Promise.all(
        operations.map(async (one, i) => {
          const { grants } = storages[i % storages.length] ?? first
          if (one.verb === 'use') {
            grants.markUsed(grant.id, clock.now(), presented[i] ?? 0)
            // Written with what this node has gathered.
            await grants.repeats(grant.id)
            return 'used'
          }
          if (one.verb === 'end') return say(await grants.end(grant.id, 'revoked_by_user'))
          const { window: replayWindow, lostWindow: lostAnswerWindow, unseen } = one
          const change = { replayWindow, lostAnswerWindow, unseen, lifetime, attempt: randomBytes(16) }
          const seen = { nothing: undefined, present: rowBefore, old: grant }[one.seen]
          const step = presented[i] ?? 0
          return say(await grants.advance(makeSwap(grant, step, { ...change, ...(step === 0 ? { kind } : {}) }), seen))
        }),
      )
      const row = (await first.grants.find(grant.id))?.grant ?? grant
      present = row
      const after = explain(before, answers, row)
      expect(after, `no order explains ${JSON.stringify({ before, operations, presented, answers })}`).toBeDefined()
      model = after ?? before

      function explain(from: Model, told: readonly string[], stored: Grant): Model | undefined {
        for (const order of orders(operations.length)) {
          let state = from
          const fits = order.every((i) => {
            const one = operations[i]
            if (one === undefined) return false
            const [answer, to] = next(state, one, presented[i] ?? 0, clock.now(), grant.createdAt)
            state = to
            return answer === told[i]
          })
          if (fits && agrees(state, stored)) return state
        }
        return undefined
      }
    }
  })
  await fc.assert(property, { numRuns: runs, endOnFailure: true })
}
