/** The OpenAPI document of the admin API, and what a client learns of it beforehand. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/api/admin/operations.ts'
import { type Harness, harness, issuer } from '../support/harness.ts'

interface Described {
  readonly operationId: string
  readonly security: readonly { readonly oauth2: readonly string[] }[]
  readonly responses: Readonly<Record<string, object>>
}

let h: Harness
let document: { readonly openapi: string; readonly paths: Record<string, Record<string, Described>> }

beforeAll(async () => {
  h = await harness()
  document = (await h.app.inject('/admin/api/openapi.json')).json()
})
afterAll(() => h.close())

describe('The document of the admin API', () => {
  it('is sound OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    expect(document.openapi).toBe('3.1.0')
  })

  it('describes each operation with its scope and every problem that it answers', () => {
    const described = Object.values(document.paths).flatMap((at) => Object.values(at))
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(operations.map(({ id }) => id).sort())
    for (const { id, method, path } of operations) {
      const one = document.paths[path]?.[method.toLowerCase()]
      expect(one?.security, id).toEqual([{ oauth2: [method === 'GET' ? 'admin.read' : 'admin.write'] }])
      for (const status of ['400', '401', '403', '404', '500', '503']) expect(one?.responses, id).toHaveProperty(status)
    }
  })

  it('has an example of each body, which the operation takes', () => {
    const wrong = operations.flatMap(({ id, body, examples }) => {
      if (body === undefined) return []
      return examples?.body !== undefined && body.safeParse(examples.body).success ? [] : [id]
    })
    expect(wrong).toEqual([])
  })

  it('closes each body to members that it does not name', () => {
    const open = operations.flatMap(({ id, body }) => {
      const refusedAs = body?.safeParse({ no_such_member: 1 }).error?.issues.flat() ?? []
      const closed = JSON.stringify(refusedAs).includes('unrecognized_keys')
      return body === undefined || closed ? [] : [id]
    })
    expect(open).toEqual([])
  })

  it('gives each type of problem an address that leads to its entry', async () => {
    const { type } = (await h.app.inject('/admin/api/v1/nowhere')).json()
    const [url, pointer] = type.split('#') as [string, string]
    expect(url).toBe(`${issuer}/admin/api/openapi.json`)
    let entry: unknown = document
    for (const part of pointer.split('/').slice(1)) entry = (entry as Record<string, unknown>)[part]
    expect(entry).toHaveProperty('description')
  })
})

describe('What a client learns beforehand', () => {
  it('is where tokens for the API come from and what they are asked for with (RFC 9728)', async () => {
    const answer = await h.app.inject('/.well-known/oauth-protected-resource/admin/api')
    expect(answer.json()).toMatchObject({
      resource: `${issuer}/admin/api`,
      authorization_servers: [issuer],
      scopes_supported: ['admin.read', 'admin.write'],
      bearer_methods_supported: ['header'],
    })
    const discovery = (await h.app.inject('/.well-known/openid-configuration')).json()
    expect(discovery.scopes_supported).not.toContain('admin.read')
  })
})
