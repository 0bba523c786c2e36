/** Tries whether a request notices that a guard is away. */
import type { Shows } from './must.ts'
import { openWorld, type World } from './provoked.ts'
import { ruleOf, type Taken, without } from './switches.ts'

export type { Taken } from './switches.ts'

/** Requests that a guard is held against, by a name that says what they show. */
export interface Killer {
  readonly name: string
  readonly shows: Shows
}

/** A row of the index of MUSTs. */
export interface Row extends Killer {
  readonly guards: readonly string[]
}

export interface Trials {
  /** Runs them all as the server is; answers those that do not show what they say. The others are tried by `survivors`. */
  run(killers: readonly Killer[]): Promise<readonly string[]>
  /** The rows that show what they say without their guard as well. */
  unnoticed(rows: readonly Row[]): Promise<readonly string[]>
  /** The names of what no request notices to be away. */
  survivors(taken: readonly (readonly [name: string, taken: Taken])[]): Promise<readonly string[]>
  /** Whether some request meets the guard. */
  meets(guard: string): boolean
  close(): Promise<void>
}

/** How many requests one world sees: what is counted by day, network or account is counted anew in the next. */
const most = 12

export function openTrials(): Trials {
  let world: World | undefined
  let seen = 0
  /** By guard and by rule: those that meet it. */
  const meeting = new Map<string, Killer[]>()

  async function close(): Promise<void> {
    await world?.h.close()
    world = undefined
  }

  async function present(): Promise<World> {
    if (seen >= most) await close()
    if (world === undefined) seen = 0
    seen++
    world ??= await openWorld()
    return world
  }

  async function runOne(killer: Killer, taken?: Taken) {
    const at = await present()
    let why: unknown
    const met = await without(taken, async () => {
      try {
        await killer.shows(at)
      } catch (error) {
        why = error ?? 'it failed'
      }
    })
    return { met, why }
  }

  /** Whether the killer fails without what is taken, and only then. */
  async function notices(killer: Killer, taken: Taken): Promise<boolean> {
    for (let attempt = 0; attempt < 2; attempt++) {
      if ((await runOne(killer, taken)).why === undefined) return false
      if ((await runOne(killer)).why === undefined) return true
      // What the missing guard has let through may be in the way.
      await close()
    }
    return false
  }

  const keyOf = (taken: Taken) => ('guards' in taken ? (taken.guards[0] ?? '') : ruleOf(taken.list, taken.rule))

  return {
    close,
    meets: (guard) => meeting.has(guard),
    async run(killers) {
      const wrong: string[] = []
      const timed: { readonly killer: Killer; readonly met: ReadonlySet<string>; readonly took: number }[] = []
      for (const killer of killers) {
        const from = performance.now()
        const { met, why } = await runOne(killer)
        if (why !== undefined) wrong.push(`${killer.name}\n${why}`)
        timed.push({ killer, met, took: performance.now() - from })
      }
      // The fastest are tried first.
      for (const { killer, met } of timed.toSorted((one, other) => one.took - other.took)) {
        for (const one of met) meeting.set(one, [...(meeting.get(one) ?? []), killer])
      }
      return wrong
    },
    async unnoticed(rows) {
      const found: string[] = []
      for (const row of rows) {
        if (!(await notices(row, { guards: row.guards }))) found.push(`${row.name}\n${row.guards.join('\n')}`)
      }
      return found
    },
    async survivors(all) {
      const found: string[] = []
      for (const [name, taken] of all) {
        const killers = meeting.get(keyOf(taken)) ?? []
        let noticed = false
        for (const killer of killers) noticed ||= await notices(killer, taken)
        const met = killers.map((killer) => killer.name).join('; ')
        if (!noticed) found.push(`${name}: ${met === '' ? 'no request meets it' : `not noticed by ${met}`}`)
      }
      return found
    },
  }
}
