/** What a person sees of their own measurements: the variables, one of them over time, and the way to delete all. */
import { thenRest } from '../../lib/take_turns.ts'
import type { UserId } from '../../protocol/names.ts'
import { act } from '../../runtime/act.ts'
import type { Caller } from '../../runtime/caller.ts'
import type { Context } from '../../runtime/context.ts'
import type { SeriesPart, VariableSummary } from '../../storage/contract.ts'
import { findUnit } from './catalogue/unit_catalogue.ts'
import { scalesTo } from './catalogue/unit_conversion.ts'
import type { MeasurementsContext } from './measurements.ts'

export type { SeriesPart, VariableSummary } from '../../storage/contract.ts'

/** One page of the variables, those recorded last first. */
export async function listOwnVariables(
  { storage }: MeasurementsContext,
  userNumber: number,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly items: readonly VariableSummary[]; readonly more: boolean }> {
  const sort = [{ column: 'latestTime', descending: true }] as const
  const found = await storage.measurements.variables(userNumber, { filters: [], sort, limit: limit + 1, offset })
  return { items: found.slice(0, limit), more: found.length > limit }
}

export async function findOwnVariable(
  { storage }: MeasurementsContext,
  userNumber: number,
  id: number,
): Promise<VariableSummary | undefined> {
  const filters = [{ column: 'id', operator: '=', value: id }] as const
  const [found] = await storage.measurements.variables(userNumber, { filters, limit: 1, offset: 0 })
  return found
}

/** A variable over time, in its own unit and in as many parts as asked for; none where nothing was recorded. */
export async function seriesOf(
  { storage }: MeasurementsContext,
  { userNumber, id, unit, earliestTime, latestTime }: VariableSummary,
  parts: number,
): Promise<readonly SeriesPart[]> {
  if (earliestTime === null || latestTime === null) return []
  const known = findUnit(unit)
  const scales = known === undefined ? [] : scalesTo(known).filter(({ factor, offset }) => factor !== 1 || offset !== 0)
  const span = { from: earliestTime, to: latestTime, parts }
  return storage.measurements.series(userNumber, { variableId: id, ...span, scales })
}

/**
 * Deletes all that the person has recorded, in batches with pauses as long as they took. What has gone is gone, wherever it
 * ends. Answers how many measurements went.
 */
export async function deleteOwnData(
  context: Pick<Context, 'storage' | 'clock'>,
  { userId, userNumber }: { readonly userId: UserId; readonly userNumber: number },
  caller: Caller,
): Promise<number> {
  const { measurements } = context.storage
  let gone = 0
  for (;;) {
    const some = await thenRest(() => measurements.deleteSome(userNumber))
    if (some === 0) break
    gone += some
  }
  await measurements.deleteUnusedVariables(userNumber)
  await act(context, { actor: userId, caller }, (_acting, record) =>
    record('data_deleted', { detail: { measurements: gone } }),
  )
  return gone
}
