/** Variables: a person's own with what is recorded of them, and those that everybody may record. */
import { expect, test } from 'vitest'
import { commonVariables } from '../../src/engine/measurements/catalogue/common_variables.ts'
import { createHost, flat, type Host } from './host.ts'

const at = 1_406_419_860

async function filled(): Promise<Host> {
  const host = await createHost()
  const sleep = (offset: number, value: number, unitAbbreviatedName: string) =>
    flat(at + offset, value, { variableName: 'Sleep', unitAbbreviatedName, variableCategoryName: 'Sleep' })
  const stored = await host.call('POST', '/api/v3/measurements', 'write', [
    flat(at, 3, { variableCategoryName: 'Emotions' }),
    sleep(10, 8, 'h'),
    sleep(20, 450, 'min'),
    flat(at + 30, 2, { variableName: 'Käfer', unitAbbreviatedName: 'Stück' }),
  ])
  expect(stored.statusCode, stored.body).toBe(201)
  await host.call('POST', '/api/v3/measurements', 'bob', flat(at, 1, { variableName: "Bob's" }))
  return host
}

async function names(host: Host, query: string, token?: string, path = '/api/v3/variables'): Promise<string[]> {
  const response = await host.call('GET', `${path}?${query}`, token)
  expect(response.statusCode, response.body).toBe(200)
  return response.json().map((one: { name: string }) => one.name)
}

test.each(['/api', '/api/v1', '/api/v3', '/api/v6'])('%s tells what is recorded of each variable', async (prefix) => {
  const { call } = await filled()
  for (const path of ['/variables', '/userVariables']) {
    const response = await call('GET', `${prefix}${path}?name=Sleep`, 'read')
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.json()).toEqual([
      {
        id: expect.any(Number),
        variableId: expect.any(Number),
        name: 'Sleep',
        variableName: 'Sleep',
        displayName: 'Sleep',
        variableCategoryId: 6,
        variableCategoryName: 'Sleep',
        unitId: 34,
        unitAbbreviatedName: 'h',
        unitName: 'Hours',
        unitCategoryName: 'Duration',
        combinationOperation: 'MEAN',
        userId: 1,
        public: false,
        numberOfRawMeasurements: 2,
        earliestMeasurementTime: at + 10,
        latestMeasurementTime: at + 20,
        lastValue: 7.5,
        lastOriginalValue: 450,
        lastOriginalUnitAbbreviatedName: 'min',
        createdAt: '2030-01-31T12:00:00Z',
        updatedAt: '2030-01-31T12:00:00Z',
        originalName: 'Sleep',
        category: 'Sleep',
        unit: 'h',
        abbreviatedUnitName: 'h',
        minimumValue: 0,
        maximumValue: null,
        numberOfMeasurements: 2,
        lastUnit: 'h',
        lastSource: 'test',
        mostCommonValue: 7.5,
        mostCommonUnit: 'h',
        updated: Date.UTC(2030, 0, 31, 12) / 1000,
      },
    ])
  }
})

test('a variable without measurements stays, with nothing to tell', async () => {
  const host = await filled()
  const [mood] = (await host.call('GET', '/api/v3/variables?name=Overall%20Mood', 'read')).json()
  await host.call('POST', '/api/v3/measurements/delete', 'write', { variableId: mood.variableId, startTime: at })
  const [after] = (await host.call('GET', `/api/v3/variables?id=${mood.id}`, 'read')).json()
  expect(after).toMatchObject({
    numberOfRawMeasurements: 0,
    earliestMeasurementTime: null,
    latestMeasurementTime: null,
    lastValue: null,
    lastOriginalUnitAbbreviatedName: null,
  })
})

test.each([
  ['', ['Käfer', 'Overall Mood', 'Sleep']],
  ['variableName=Sleep', ['Sleep']],
  ['name=%25e%25', ['Käfer', 'Overall Mood', 'Sleep']],
  ['name=!Sleep,Overall%20Mood', ['Käfer']],
  ['variableCategoryName=emotion', ['Overall Mood']],
  ['category=!Sleep', ['Käfer', 'Overall Mood']],
  ['unitName=Hours', ['Sleep']],
  ['numberOfRawMeasurements=(gt)1', ['Sleep']],
  [`latestMeasurementTime=(gt)${at + 10}`, ['Käfer', 'Sleep']],
  [`latestMeasurementTime=${at + 20}`, ['Overall Mood', 'Sleep']],
  [`earliestMeasurementTime=${at + 10}`, ['Käfer', 'Sleep']],
  ['updatedAt=(lt)2030-01-01', []],
  ['sort=-latestMeasurementTime', ['Käfer', 'Sleep', 'Overall Mood']],
  ['sort=-lastSelectedAt', ['Käfer', 'Sleep', 'Overall Mood']],
  ['sort=-numberOfRawMeasurements,-name', ['Sleep', 'Overall Mood', 'Käfer']],
  ['sort=variableCategoryName', ['Overall Mood', 'Sleep', 'Käfer']],
  ['limit=1&offset=1', ['Overall Mood']],
  ['searchPhrase=OOD', ['Overall Mood']],
  ['searchPhrase=%25mood%25', ['Overall Mood']],
  ['searchPhrase=_', []],
  ['searchPhrase=Sleep&exactMatch=true', ['Sleep']],
  ['searchPhrase=leep&exactMatch=1', []],
  ['clientId=x&appName=y&includeCharts=true&userId=7', ['Käfer', 'Overall Mood', 'Sleep']],
])('?%s lists %j of the person', async (query, expected) => {
  const host = await filled()
  expect(await names(host, query, 'read')).toEqual(expected)
  expect(await names(host, `${query}&includePublic=true`, 'read', '/api/v1/userVariables')).toEqual(expected)
})

test('without a token that may read, the list holds what everybody may record', async () => {
  const host = await filled()
  const all = commonVariables.map((one) => one.name).sort()
  for (const token of [undefined, 'write', 'basic', 'openid']) expect(await names(host, '', token)).toEqual(all)
  const [coffee] = (await host.call('GET', '/api/v3/variables?name=Coffee')).json()
  expect(coffee).toEqual({
    id: expect.any(Number),
    variableId: coffee.id,
    name: 'Coffee',
    variableName: 'Coffee',
    displayName: 'Coffee',
    variableCategoryId: 15,
    variableCategoryName: 'Foods',
    unitId: 44,
    unitAbbreviatedName: 'serving',
    unitName: 'Serving',
    unitCategoryName: 'Count',
    combinationOperation: 'SUM',
    public: true,
    originalName: 'Coffee',
    category: 'Foods',
    unit: 'serving',
    abbreviatedUnitName: 'serving',
    minimumValue: 0,
    maximumValue: null,
  })
  expect(await names(host, 'name=Sleep%25')).toEqual(['Sleep Duration', 'Sleep Quality'])
  expect(await names(host, 'name=%25E%25P%25')).toEqual(
    expect.arrayContaining(['Sleep Duration', 'Outdoor Temperature']),
  )
  expect(await names(host, 'variableCategoryName=!Foods&unitName=serving')).toEqual([])
  expect(await names(host, 'sort=-name&limit=2')).toEqual(all.slice(-2).reverse())
  expect(await names(host, 'sort=variableCategoryName&limit=2')).toEqual(['Meditation', 'Time Spent Outdoors'])
  expect(await names(host, 'limit=5&offset=5')).toEqual(all.slice(5, 10))
  expect(await names(host, 'numberOfRawMeasurements=(gt)0')).toEqual([])
  expect(await names(host, 'latestMeasurementTime=(gt)2000-01-01')).toEqual([])
})

test('includePublic adds what the person has not recorded, page by page', async () => {
  const host = await filled()
  const own = ['Käfer', 'Overall Mood', 'Sleep']
  const others = commonVariables
    .map((one) => one.name)
    .filter((name) => !own.includes(name))
    .sort()
  const whole = [...own, ...others]
  expect(await names(host, 'includePublic=true', 'read')).toEqual(whole)
  for (const limit of [1, 2, 3, 4, 50]) {
    const pages: string[] = []
    for (let offset = 0; offset < whole.length + limit; offset += limit) {
      pages.push(...(await names(host, `includePublic=1&limit=${limit}&offset=${offset}`, 'read')))
    }
    expect(pages).toEqual(whole)
  }
})

test.each(['/api', '/api/v1', '/api/v3'])('%s searches by a part of the name', async (prefix) => {
  const host = await filled()
  const search = (phrase: string, query = '', token?: string) =>
    names(host, query, token, `${prefix}/variables/search/${phrase}`)
  expect(await search('sleep', 'includePublic=true', 'read')).toEqual(['Sleep', 'Sleep Duration', 'Sleep Quality'])
  expect(await search('sleep', '', 'read')).toEqual(['Sleep'])
  expect(await search('sleep')).toEqual(['Sleep Duration', 'Sleep Quality'])
  expect(await search('%25mood%25', 'includePublic=true', 'read')).toEqual(['Overall Mood'])
  expect(await search('K%C3%A4', '', 'read')).toEqual(['Käfer'])
  expect(await search('%00', '', 'read')).toEqual([])
  expect(await search("'%3B%20drop", '', 'read')).toEqual([])
})

test('a person sees only their own, and needs to be asked for them', async () => {
  const host = await filled()
  expect(await names(host, '', 'bob')).toEqual(["Bob's"])
  const denied = await host.call('GET', '/api/v3/userVariables', 'write')
  expect(denied.json()).toMatchObject({ code: 403, error: 'insufficient_scope' })
  expect((await host.call('GET', '/api/v3/userVariables')).statusCode).toBe(401)
  for (const token of ['expired', 'nonsense']) {
    expect((await host.call('GET', '/api/v3/variables', token)).statusCode).toBe(401)
  }
})

test.each([
  ['limit=x', 'limit'],
  ['sort=colour', 'sort'],
  ['id=x', 'id'],
  ['numberOfRawMeasurements=many', 'numberOfRawMeasurements'],
  ['latestMeasurementTime=soon', 'latestMeasurementTime'],
  ['searchPhrase=a&searchPhrase=b', 'searchPhrase'],
])('?%s is refused and %s is named', async (query, name) => {
  const { call } = await createHost()
  for (const token of [undefined, 'read']) {
    const response = await call('GET', `/api/v3/variables?${query}`, token)
    expect(response.statusCode).toBe(400)
    expect(response.json().message).toMatch(new RegExp(`^${name}: `))
  }
})

test.each(['/api', '/api/v1', '/api/v6'])('%s/variables/{name} is the one of that name', async (prefix) => {
  const host = await filled()
  const read = async (name: string, token?: string) =>
    host.call('GET', `${prefix}/variables/${encodeURIComponent(name)}`, token)
  expect((await read('Sleep', 'read')).json()).toMatchObject({
    name: 'Sleep',
    public: false,
    numberOfRawMeasurements: 2,
  })
  expect((await read('Coffee', 'read')).json()).toMatchObject({ name: 'Coffee', public: true })
  expect((await read('Coffee')).json()).toMatchObject({ name: 'Coffee', public: true })
  for (const [name, token] of [
    ['Sleep', undefined],
    ['Sleep', 'bob'],
    ['sleep', 'read'],
    ['Sle%', 'read'],
    ['Sleep,Coffee', 'read'],
    ['\u0000', 'read'],
  ] as const) {
    const response = await read(name, token)
    expect([name, response.statusCode]).toEqual([name, 404])
    expect(response.json().message).toBe('There is no variable of this name.')
  }
})

test('a list of variables reads every spelling of a parameter', async () => {
  const host = await filled()
  const sleep = await names(host, 'variableName=Sleep', 'read')
  for (const name of ['variable', 'name']) expect(await names(host, `${name}=Sleep`, 'read')).toEqual(sleep)
  for (const name of ['unit', 'abbreviatedUnitName']) expect(await names(host, `${name}=h`, 'read')).toEqual(sleep)
  expect(await names(host, 'numberOfMeasurements=2', 'read')).toEqual(sleep)
  expect(await names(host, 'id=0&limit=0&sort=0', 'read')).toEqual(await names(host, '', 'read'))
  const two = await host.call('GET', '/api/v1/variables?name=Sleep&variable=Mood', 'read')
  expect(two.json().message).toBe('name: differs from variable, which means the same; send one of them.')
})
