/** Every reason of the refusal table is produced through the front door, with its answer and its entry in the log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Reason, refusals } from '../src/protocol/refusal.ts'
import { expectProvoked, openWorld, type World } from './musts/provoked.ts'

describe('the refusal table', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world.h.close())

  test.each(Object.keys(refusals) as Reason[])('%s is answered as the table says, and logged for the owner', (reason) =>
    expectProvoked(world, reason),
  )

  test('public texts are printable ASCII without quote or backslash, and every row names its section', () => {
    for (const [reason, row] of Object.entries(refusals)) {
      expect(row.text, reason).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(row.rfc, reason).toMatch(/§|Appendix/)
      expect(row.cause, reason).toMatch(/^[A-Z].*\.$/)
    }
  })
})
