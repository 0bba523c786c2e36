/** Conditions that an operator must hear of: shown by /readyz until the process ends or they are put right. */

export interface Alarms {
  raise(name: string): void
  list(): readonly string[]
}

export function createAlarms(onRaise: (name: string) => void): Alarms {
  const raised = new Set<string>()
  return {
    raise(name) {
      if (!raised.has(name)) onRaise(name)
      raised.add(name)
    },
    list: () => [...raised],
  }
}

/**
 * A genuine credential is later than its row: the database has lost acknowledged writes (a restored backup, a promoted
 * replica that lagged). A fault, answered with 503; nothing changes.
 */
export class DatabaseBehind extends Error {
  override readonly name = 'DatabaseBehind'
  constructor() {
    super('the database is behind credentials that were acknowledged')
  }
}
