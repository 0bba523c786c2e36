/** Measurements that are there before a test begins. */
import type { ClientId } from '../../src/protocol/names.ts'
import type { Measurement, Measurements, NewMeasurement } from '../../src/storage/contract.ts'

/** Puts them in place, however many there are. */
export async function putMeasurements(
  measurements: Measurements,
  userNumber: number,
  clientId: ClientId,
  items: readonly NewMeasurement[],
): Promise<readonly Measurement[]> {
  const put = await measurements.upsertWithin(Number.MAX_SAFE_INTEGER, userNumber, clientId, items)
  if (put === 'full') throw new Error('the measurements found no room')
  return put
}
