/** Measurements straight into storage, many more than an app would send in a day. */

/** Rows of one write. */
const chunk = 10_000
const variables = 200
const sources = ['a phone', 'a watch on the left wrist', 'the scales in the bathroom', 'a diary, typed in by hand']

/**
 * Gives the account `count` measurements, the same every time: of 200 variables in ten categories, one a minute, from
 * four sources. Names are about as long as those of real diaries.
 */
export async function seedMeasurements(storage, userNumber, clientId, count) {
  const start = Math.floor(storage.clock.now() / 1000) - count * 60
  for (let from = 0; from < count; from += chunk) {
    const items = Array.from({ length: Math.min(chunk, count - from) }, (_, at) => {
      const i = from + at
      const variable = i % variables
      return {
        variableName: `How the day went, question ${variable} of the evening`,
        variableCategory: `Category ${variable % 10}`,
        combination: 'MEAN',
        unit: variable % 2 === 0 ? '/5' : '/10',
        startTime: start + i * 60,
        value: 1 + ((i * 7919) % 5000) / 1000,
        note: null,
        source: `${sources[i % sources.length]}, number ${i % 977}`,
      }
    })
    await storage.measurements.upsertWithin(Number.MAX_SAFE_INTEGER, userNumber, clientId, items)
  }
}
