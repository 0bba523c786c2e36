/**
 * What work costs, in processor time: a clock would tell how busy the machine is. How fast the processor is matters still,
 * so that a cost is compared with that of other work.
 */

/** Does the work; answers what came of it and the milliseconds that all threads of this process took for it. */
export async function costOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cost: number }> {
  const before = process.cpuUsage()
  const value = await work()
  const { user, system } = process.cpuUsage(before)
  return { value, cost: (user + system) / 1000 }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}
