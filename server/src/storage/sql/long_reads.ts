/**
 * Reads that may take long, because of how much there is or of what is asked for. They take turns in a lane of their own,
 * on connections that serve nothing else, so that no token waits for them.
 */
import { createLane } from '../../lib/lane.ts'
import type { Measurements, Requests } from '../contract.ts'
import type { Source } from './connection.ts'
import { requestReads } from './log/request_reads.ts'
import { measurementList, measurementSources } from './measurements/measurement_list.ts'
import { measurementSeries } from './measurements/series.ts'
import { variableLists } from './measurements/variables.ts'

/** By verb. The first argument says whose data it is. What goes in and comes out is plain data. */
export interface LongReads {
  readonly listMeasurements: Measurements['list']
  readonly listSources: Measurements['sources']
  readonly series: Measurements['series']
  readonly listVariables: Measurements['variables']
  readonly countVariables: Measurements['countVariables']
  readonly listRequests: Requests['list']
  readonly findRequests: Requests['find']
  readonly requestKinds: Requests['kinds']
  readonly countRequests: Requests['count']
}

export type LongRead = keyof LongReads

/** Does one read by its verb, wherever that is, and calls `begun` where something had to be made ready for it. */
export type DoRead = <Verb extends LongRead>(
  verb: Verb,
  args: Parameters<LongReads[Verb]>,
  begun?: () => void,
) => ReturnType<LongReads[Verb]>

/** How long one of them may take, in milliseconds. */
export const longestRead = 2000

/** The reads as they are done on this very connection. */
function longReads(source: Source): LongReads {
  const { variables, countVariables } = variableLists(source)
  const { list, find, kinds, count } = requestReads(source)
  return {
    listMeasurements: measurementList(source),
    listSources: measurementSources(source),
    series: measurementSeries(source),
    listVariables: variables,
    countVariables,
    listRequests: list,
    findRequests: find,
    requestKinds: kinds,
    countRequests: count,
  }
}

/** Reads that wait; beyond them and beyond those of one owner, more are refused (LaneFull). */
const waiting = { ofAll: 64, ofOne: 2 }

/** A read that nobody notices, in milliseconds. */
const shortRead = 250

/** How long a read that is refused for that waits for its answer, in milliseconds. */
const refusedAfter = 1000

/**
 * The reads, `running` of them at once and one of each owner. Those who ask for what takes long have one turn among them, and
 * each of them a quarter of the time at most: others find room beside them, on PostgreSQL a read has as much of a processor
 * as what moves tokens, and on SQLite what was written while it ran can be brought into the file only behind it.
 */
export function readsInTurn(running: number, read: DoRead): LongReads {
  const ofOne = { running: 1, waiting: waiting.ofOne }
  const long = { after: shortRead, times: 3, running: 1 }
  const lane = createLane({ running, waiting: waiting.ofAll, ofOne, refusedAfter, long })
  function inTurn<Verb extends LongRead>(verb: Verb): LongReads[Verb] {
    const add = (...args: Parameters<LongReads[Verb]>) => {
      // A person's number and an app's id are different owners, whatever they look like.
      const owner = `${typeof args[0]} ${args[0]}`
      return lane.add<unknown>(owner, (begun) => read(verb, args, begun))
    }
    return add as LongReads[Verb]
  }
  return {
    listMeasurements: inTurn('listMeasurements'),
    listSources: inTurn('listSources'),
    series: inTurn('series'),
    listVariables: inTurn('listVariables'),
    countVariables: inTurn('countVariables'),
    listRequests: inTurn('listRequests'),
    findRequests: inTurn('findRequests'),
    requestKinds: inTurn('requestKinds'),
    countRequests: inTurn('countRequests'),
  }
}

/** Reads that are done right here, by verb. */
export function readHere(source: Source): DoRead {
  const reads = longReads(source)
  return (verb, args) => {
    const read = reads[verb] as (...args: Parameters<LongReads[typeof verb]>) => ReturnType<LongReads[typeof verb]>
    return read(...args)
  }
}
