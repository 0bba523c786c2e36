/** Listing measurements: conditions, order, pages, and the shape that old clients read. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { measurementShape } from '../../src/api/resources/measurement_shape.ts'
import { formatIso, formatPlain } from '../../src/engine/measurements/reading/moment.ts'
import { createHost, flat, type Host } from './host.ts'

const noon = Date.UTC(2024, 4, 1, 12) / 1000

async function filled(): Promise<Host> {
  const host = await createHost()
  const stored = await host.call('POST', '/api/v3/measurements', 'all', [
    flat(noon, 1, { variableCategoryName: 'Emotions', note: 'tired' }),
    flat(noon + 60, 2.5, { sourceName: 'watch' }),
    flat(noon + 86_400, 3),
    flat(noon + 30, 4, { variableName: 'Coffee', unitAbbreviatedName: 'cups', variableCategoryName: 'Drinks' }),
  ])
  expect(stored.statusCode).toBe(201)
  await host.call('POST', '/api/v3/measurements', 'bob', [flat(noon, 99)])
  return host
}

async function values(host: Host, query: string, path = '/api/v3/measurements'): Promise<number[]> {
  const response = await host.call('GET', `${path}?${query}`, 'read')
  expect(response.statusCode, response.body).toBe(200)
  return response.json().map((one: { value: number }) => one.value)
}

test('a measurement carries its time and value in every way that clients read them', async () => {
  const host = await filled()
  const response = await host.call('GET', '/api/v3/measurements?value=1', 'read')
  expect(response.json()).toEqual([
    {
      id: expect.any(Number),
      variableId: expect.any(Number),
      variableName: 'Overall Mood',
      variableCategoryId: 1,
      variableCategoryName: 'Emotions',
      value: 1,
      unitId: 10,
      unitAbbreviatedName: '/5',
      unitName: '1 to 5 Rating',
      unitCategoryName: 'Rating',
      originalValue: 1,
      originalUnitAbbreviatedName: '/5',
      sourceName: 'test',
      note: 'tired',
      startTime: noon,
      startTimeEpoch: noon,
      startTimeString: '2024-05-01T12:00:00',
      startAt: '2024-05-01T12:00:00',
      startDate: '2024-05-01',
      clientId: 'app',
      createdAt: '2030-01-31T12:00:00Z',
      updatedAt: '2030-01-31T12:00:00Z',
      variable: 'Overall Mood',
      source: 'test',
      unit: '/5',
      abbreviatedUnitName: '/5',
      timestamp: noon,
      humanTime: { date: '2024-05-01 12:00:00', timezone_type: 3, timezone: 'UTC' },
      storedValue: 1,
      storedAbbreviatedUnitName: '/5',
      originalAbbreviatedUnitName: '/5',
    },
  ])
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
})

test('nothing found is an empty list, and a person sees only their own', async () => {
  const host = await filled()
  expect(await values(host, 'value=99')).toEqual([])
  expect((await host.call('GET', '/api/measurements', 'bob')).json()).toHaveLength(1)
})

test.each(['', '/v1', '/v2', '/v3', '/v4', '/v5', '/v6'])(
  '/api%s/measurements lists the newest first',
  async (prefix) => {
    const host = await filled()
    expect(await values(host, '', `/api${prefix}/measurements`)).toEqual([3, 2.5, 4, 1])
  },
)

test.each([
  ['variableName=Overall%20Mood', [3, 2.5, 1]],
  ['variableName=%20Coffee%20', [4]],
  ['variableName=coffee', []],
  ['variableName=%00', []],
  ['variableName=', [3, 2.5, 4, 1]],
  ['variableCategoryName=Emotions', [3, 2.5, 1]],
  ['variableCategoryName=Drinks', [4]],
  ['sourceName=watch', [2.5]],
  ['source=watch', [2.5]],
  ['unitName=cups', [4]],
  ['unit=cups', [4]],
  ['value=2.5', [2.5]],
  ['value=25e-1', [2.5]],
  ['earliestMeasurementTime=2024-05-01T12:00:30', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01T12:00:30Z', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01%2012:00:30', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01T14:00:30%2B02:00', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01T14:00:30+02:00', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01T10:00:30-0200', [3, 2.5, 4]],
  ['earliestMeasurementTime=2024-05-01T12:00:30.5', [3, 2.5]],
  ['earliestMeasurementTime=2024-05-02', [3]],
  [`earliestMeasurementTime=${noon + 30}`, [3, 2.5, 4]],
  [`earliestMeasurementTime=${(noon + 30) * 1000}`, [3, 2.5, 4]],
  ['latestMeasurementTime=2024-05-01', [2.5, 4, 1]],
  ['latestMeasurementTime=2024-05-01T12:00:30', [4, 1]],
  ['latestMeasurementTime=2024-05-01T12:00', [1]],
  [`startTime=${noon + 30}&endTime=${noon + 60}`, [2.5, 4]],
  ['createdAt=2030-01-31', [3, 2.5, 4, 1]],
  ['createdAt=2030-01-31T12:00:00Z', [3, 2.5, 4, 1]],
  ['updatedAt=2030-01-30', []],
  ['variableName=Overall%20Mood&earliestMeasurementTime=2024-05-01T12:01:00', [3, 2.5]],
  ['limit=2', [3, 2.5]],
  ['limit=0', [3, 2.5, 4, 1]],
  ['sort=0', [3, 2.5, 4, 1]],
  ['id=0&variableId=0&limit=0&offset=0&sort=&groupingWidth=0', [3, 2.5, 4, 1]],
  ['id=0&value=4', [4]],
  ['limit=', [3, 2.5, 4, 1]],
  ['offset=3', [1]],
  ['offset=1&limit=2', [2.5, 4]],
  ['offset=9007199254740991', []],
  ['sort=startTime', [1, 4, 2.5, 3]],
  ['sort=%2BstartTime', [1, 4, 2.5, 3]],
  ['sort=+startTime', [1, 4, 2.5, 3]],
  ['sort=-value', [4, 3, 2.5, 1]],
  ['sort=variableName,-value', [4, 3, 2.5, 1]],
  ['sort=-variableName,%20value', [1, 2.5, 3, 4]],
  ['sort=-variableName', [3, 2.5, 1, 4]],
  ['sort=unitName,sourceName,startAt', [1, 3, 2.5, 4]],
  ['sort=value,value,-value', [1, 2.5, 3, 4]],
  ['clientId=another&appName=x&appVersion=1&platform=web&groupingWidth=&groupingTimezone=UTC', [3, 2.5, 4, 1]],
])('?%s finds %j', async (query, expected) => {
  expect(await values(await filled(), query)).toEqual(expected)
})

test('an id finds its measurement, and a variable id all of its own', async () => {
  const host = await filled()
  const [one] = (await host.call('GET', '/api/v3/measurements?value=4', 'read')).json()
  expect(await values(host, `id=${one.id}`)).toEqual([4])
  expect(await values(host, `variableId=${one.variableId}`)).toEqual([4])
})

test.each([
  ['limit=x', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=99999999999999999999', 'limit'],
  ['offset=-1', 'offset'],
  ['offset=x', 'offset'],
  ['sort=colour', 'sort'],
  ['sort=--value', 'sort'],
  ['sort=constructor', 'sort'],
  ['sort=value,,id', 'sort'],
  ['sort=id,id,id,id,id,id,id,id,id', 'sort'],
  ['value=much', 'value'],
  ['value=1e999', 'value'],
  ['value=(gt)much', 'value'],
  ['value=(gt)', 'value'],
  ['value=(ne)1', 'value'],
  ['value=!', 'value'],
  ['value=1,x', 'value'],
  ['value=4%25', 'value'],
  ['value[]=(gt)1&value[]=x', 'value'],
  ['value[0]=x', 'value'],
  [`id=${'1,'.repeat(201)}`, 'id'],
  [`sourceName=${'a,'.repeat(201)}`, 'sourceName'],
  ['createdAt=2024-05-01,2024-05-02', 'createdAt'],
  ['lastUpdated=soon', 'lastUpdated'],
  ['id=1.5', 'id'],
  ['variableId=x', 'variableId'],
  ['earliestMeasurementTime=yesterday', 'earliestMeasurementTime'],
  ['earliestMeasurementTime=2024-02-30', 'earliestMeasurementTime'],
  ['earliestMeasurementTime=2024-13-01', 'earliestMeasurementTime'],
  ['latestMeasurementTime=2024-01-01T25:00', 'latestMeasurementTime'],
  ['startTime=1e9', 'startTime'],
  ['startTime=999999999999999', 'startTime'],
  ['createdAt=2024-01-01T00:00:00%2B99:00', 'createdAt'],
  ['limit=1&limit=2', 'limit'],
])('?%s is refused and %s is named', async (query, name) => {
  const { call } = await createHost()
  const response = await call('GET', `/api/v3/measurements?${query}`, 'read')
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ code: 400, error: 'invalid_request' })
  expect(response.json().message).toMatch(new RegExp(`^${name}: `))
})

test('a list has 100 rows unless asked otherwise, and never more than 200', async () => {
  const host = await createHost()
  const measurementItems = Array.from({ length: 250 }, (_, i) => ({ timestamp: noon + i, value: i }))
  await host.call('POST', '/api/measurements', 'all', { variableName: 'a', unit: 'b', measurementItems })
  expect(await values(host, '')).toHaveLength(100)
  expect(await values(host, 'limit=1000000')).toHaveLength(200)
  expect(await values(host, 'limit=200&offset=200')).toHaveLength(50)
})

test('HEAD answers like GET, without a body', async () => {
  const host = await filled()
  const response = await host.call('HEAD', '/api/v3/measurements', 'read')
  expect([response.statusCode, response.body]).toEqual([200, ''])
})

/** What older clients call the parameters and the columns of this list. */
test.each(['/api', '/api/v1', '/api/v3', '/api/v6'])('%s reads every spelling of a parameter', async (prefix) => {
  const host = await filled()
  const found = async (query: string): Promise<unknown> => {
    const response = await host.call('GET', `${prefix}/measurements?${query}`, 'read')
    return response.statusCode === 200
      ? response.json().map((one: { value: number }) => one.value)
      : response.json().message
  }
  const mood = await found('variableName=Overall%20Mood')
  expect(mood).toEqual([3, 2.5, 1])
  for (const name of ['variable', 'name']) expect(await found(`${name}=Overall%20Mood`), name).toEqual(mood)
  const emotions = await found('variableCategoryName=Emotions')
  expect(await found('category=Emotions')).toEqual(emotions)
  const ratings = await found('unitName=%2F5')
  for (const name of ['unitAbbreviatedName', 'abbreviatedUnitName', 'unit']) {
    expect(await found(`${name}=%2F5`), name).toEqual(ratings)
  }
  const tests = await found('sourceName=test')
  expect(await found('source=test')).toEqual(tests)
  const later = await found(`startTime=${noon + 60}`)
  for (const name of ['startTimeEpoch', 'timestamp']) expect(await found(`${name}=${noon + 60}`), name).toEqual(later)
  for (const name of ['startTime', 'startTimeEpoch', 'timestamp']) {
    expect(await found(`sort=${name}`), name).toEqual([1, 4, 2.5, 3])
  }
  expect(await found('sort=variable,-value')).toEqual(await found('sort=variableName,-value'))
  // Twice the same says nothing more; the unit is the same by either name.
  expect(await found('variableName=Overall%20Mood&variable=Overall%20Mood')).toEqual(mood)
  expect(await found('unit=%2F5&unitName=1%20to%205%20Rating')).toEqual(ratings)
  expect(await found('variable=Overall%20Mood&variableName=Walking')).toBe(
    'variable: differs from variableName, which means the same; send one of them.',
  )
  expect(await found('unit=h&unitName=min')).toBe(
    'unit: differs from unitName, which means the same; send one of them.',
  )
})

test('a text that could be a date or a number is not guessed at', async () => {
  const host = await filled()
  for (const text of ['20240501', '2024', '202405', '20240501120000', '202405011200', '(gt)20240501', '"20240501"']) {
    const response = await host.call('GET', `/api/v3/measurements?startTime=${encodeURIComponent(text)}`, 'read')
    expect([text, response.statusCode]).toEqual([text, 400])
    expect(response.json().message).toBe(
      'startTime: could be a date or a number; write a date as 2024-05-01, seconds as a JSON number.',
    )
  }
})

test('grouping is refused with a sentence', async () => {
  const host = await filled()
  for (const width of ['60', '86400', 'x', '-1', '00.5']) {
    const response = await host.call('GET', `/api/v1/measurements?groupingWidth=${width}`, 'read')
    expect(response.statusCode).toBe(400)
    expect(response.json().message).toMatch(/^groupingWidth: this server does not group measurements/)
  }
})

test('a list has what was recorded in the documented members, whatever characters are in it', async () => {
  const host = await createHost()
  const texts = ['a "quoted" \\ name', 'käse 🧀 \u{1F9C0}', '<script>', 'constructor', '__proto__', 'null']
  const sent = texts.map((variableName, at) => ({
    variableName,
    unitAbbreviatedName: at % 2 === 0 ? '/5' : `"${variableName}"`,
    ...(at % 3 !== 0 && { variableCategoryName: at % 3 === 1 ? 'Emotions' : variableName }),
    sourceName: variableName,
    note: at === 0 ? '' : `${variableName}\n\t"${variableName}"`,
    startTime: noon + at * 86_399,
    value: [0.1, -1e-7, 1e21, 3, 2.5e-9, 12_345_678.9][at],
  }))
  const written = await host.call('POST', '/api/v3/measurements', 'all', sent)
  expect(written.statusCode, written.body).toBe(201)
  const response = await host.call('GET', '/api/v3/measurements?sort=startTime', 'read')
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
  const listed = z.array(measurementShape.strict()).parse(response.json())
  expect(Object.keys(listed[0] ?? {})).toEqual(Object.keys(measurementShape.shape))
  expect(
    listed.map(({ variableName, unit, sourceName, note, startTime, value }) => {
      return { variableName, unit, sourceName, note, startTime, value }
    }),
  ).toEqual(
    sent.map(({ variableName, unitAbbreviatedName: unit, sourceName, note, startTime, value }) => {
      return { variableName, unit, sourceName, note, startTime, value }
    }),
  )
  expect(listed.map((one) => one.variableCategoryName)).toEqual(sent.map((one) => one.variableCategoryName ?? null))
})

test('times are written as ISO 8601 has them, on every day that can be stored', () => {
  const stored = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) })
  fc.assert(
    fc.property(stored, (at) => {
      expect(formatIso(at)).toBe(`${new Date(at).toISOString().slice(0, 19)}Z`)
      expect(formatPlain(at)).toBe(new Date(at).toISOString().slice(0, 19).replace('T', ' '))
    }),
    { numRuns: 3000 },
  )
})
