/** `consentry conform` against a server of ours with one fault after another: each is found by the check that is about it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokenServer, brokenServer } from './broken_server.ts'
import { faults } from './faults.ts'

let server: BrokenServer

beforeAll(async () => {
  server = await brokenServer()
})
afterAll(async () => {
  await server.close()
})

describe('a server with one fault', () => {
  test.each(faults)('$what: $check', async ({ check, plant }) => {
    const { results } = await server.check(await plant(server))
    const found = results.filter(({ state }) => state === 'failed' || state === 'warned')
    expect(found.map((result) => result.check.id)).toEqual([check])
    expect(found[0]?.evidence.length, 'shown by an exchange').toBeGreaterThan(0)
    const broken = results.filter(({ reason }) => reason?.startsWith('This check broke'))
    expect(broken.map(({ reason }) => reason)).toEqual([])
  })
})
