/** What a developer finds out about the API without a token: metadata, the OpenAPI document, its page. */
import { expect, test } from 'vitest'
import { createHost, issuer } from './host.ts'

test('the OpenAPI document describes one version of every operation', async () => {
  const { call } = await createHost()
  const response = await call('GET', '/docs/api/json')
  const document = response.json()
  expect(document.openapi).toBe('3.1.0')
  expect(document.servers).toEqual([{ url: issuer }])
  const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(operations.sort()).toEqual([
    'delete /api/v3/measurements',
    'delete /api/v3/measurements/{id}',
    'get /api/v3/appSettings',
    'get /api/v3/measurementSources',
    'get /api/v3/measurements',
    'get /api/v3/measurements/{id}',
    'get /api/v3/measurementsRange',
    'get /api/v3/shares',
    'get /api/v3/unitCategories',
    'get /api/v3/units',
    'get /api/v3/user',
    'get /api/v3/userVariables',
    'get /api/v3/variableCategories',
    'get /api/v3/variables',
    'get /api/v3/variables/search/{searchPhrase}',
    'get /api/v3/variables/{variableName}',
    'post /api/v3/measurements',
    'post /api/v3/measurements/update',
    'post /api/v3/shares/delete',
    'put /api/v3/measurements/{id}',
  ])
  const list = document.paths['/api/v3/measurements'].get
  expect(list.parameters.map((one: { name: string }) => one.name)).toEqual(
    expect.arrayContaining(['variableName', 'earliestMeasurementTime', 'limit', 'offset', 'sort']),
  )
  const older = list.parameters.find((one: { name: string }) => one.name === 'variable')
  expect(JSON.stringify(older)).toContain('"deprecated":true')
  expect(JSON.stringify(older)).toContain('Older name of `variableName`.')
  const { items } = document.paths['/api/v3/measurements'].post.requestBody.content['application/json'].schema
  expect(items.properties.abbreviatedUnitName).toMatchObject({
    deprecated: true,
    description: 'Older name of `unitAbbreviatedName`.',
  })
  expect(items.properties.unitAbbreviatedName).not.toHaveProperty('deprecated')
  expect(list.security).toEqual([{ oauth2: ['readmeasurements'] }])
  expect(list.responses['200'].content['application/json'].schema.items).toEqual({
    $ref: '#/components/schemas/Measurement',
  })
  expect(document.paths['/api/v3/units'].get.security).toEqual([])
  expect(document.paths['/api/v3/variables'].get.security).toEqual([{ oauth2: ['readmeasurements'] }, {}])
  expect(Object.keys(document.components.schemas).sort()).toEqual([
    'AppSettings',
    'AuthorizedApp',
    'AuthorizedClients',
    'CommonVariable',
    'Error',
    'Measurement',
    'Unit',
    'UnitCategory',
    'User',
    'UserVariable',
    'VariableCategory',
  ])
})

test('the OpenAPI document says how to get a token and what each scope means', async () => {
  const { call } = await createHost()
  const { components } = (await call('GET', '/docs/api/json')).json()
  expect(components.securitySchemes.oauth2.flows.authorizationCode).toEqual({
    authorizationUrl: `${issuer}/oauth/authorize`,
    tokenUrl: `${issuer}/oauth/token`,
    refreshUrl: `${issuer}/oauth/token`,
    scopes: expect.objectContaining({ readmeasurements: 'Read your measurements' }),
  })
})

test('every reference in the OpenAPI document leads somewhere', async () => {
  const { call } = await createHost()
  const response = await call('GET', '/docs/api/json')
  const { schemas } = response.json().components
  const names = [...response.body.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(Object.hasOwn(schemas, name), name).toBe(true)
})

test('the reference is a page without anything inline', async () => {
  const { call, app } = await createHost()
  for (const path of ['/docs/api', '/docs/api/']) {
    const page = await call('GET', path)
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(page.headers['content-security-policy']).not.toContain('unsafe')
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
  }
  const script = await call('GET', '/docs/api/static/swagger-ui-bundle.js')
  expect(script.headers['content-type']).toMatch(/javascript/)
  const again = await app.inject({
    method: 'GET',
    url: '/docs/api/static/swagger-ui-bundle.js',
    headers: { 'if-none-match': String(script.headers.etag) },
  })
  expect([again.statusCode, again.body]).toEqual([304, ''])
  expect((await call('GET', '/docs/api/static/nothing.js')).statusCode).toBe(404)
  expect((await call('GET', '/docs/api/static/..%2f..%2fpackage.json')).statusCode).toBeGreaterThanOrEqual(400)
})
