/** Jobs over the admin API. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, harness } from '../support/harness.ts'
import { call, machineToken } from './calls.ts'

let h: Harness
let token: string

beforeAll(async () => {
  h = await harness()
  token = await machineToken(h)
})
afterAll(() => h.close())

async function givenUp(id: string): Promise<void> {
  const job = { id, kind: 'apps.digest', target: null, payload: {}, secret: null }
  await h.storage.jobs.add({ ...job, dueAt: h.clock.now() })
  const [claimed] = await h.storage.jobs.claim([job.kind], 1, 1000)
  if (claimed === undefined) throw new Error('nothing to do')
  await h.storage.jobs.end(claimed, 'given_up', 'connection_refused')
  h.clock.move(1)
}

it('A job that was given up is found page by page and tried again once, and the audit log says who', async () => {
  for (const id of ['job_1', 'job_2', 'job_3']) await givenUp(id)
  const seen: { id: string; retryable: boolean }[] = []
  for (let cursor = ''; ; ) {
    const page = (await call(h, token, 'GET', `/jobs?state=given_up&limit=2${cursor}`)).json()
    seen.push(...page.items)
    if (page.next === null) break
    cursor = `&cursor=${page.next}`
  }
  expect(seen.map(({ id, retryable }) => [id, retryable])).toEqual([
    ['job_3', true],
    ['job_2', true],
    ['job_1', true],
  ])
  const retry = (id: string) => call(h, token, 'POST', `/jobs/${id}/retry`)
  const first = await retry('job_2')
  expect([first.statusCode, first.json()]).toEqual([202, { id: 'job_2' }])
  expect((await retry('job_2')).statusCode).toBe(409)
  expect((await retry('nowhere')).statusCode).toBe(404)
  const { events } = await h.storage.audit.search(10, { type: 'job_retried' })
  expect(events).toMatchObject([{ operator: expect.stringMatching(/^client:/), detail: { job: 'job_2' } }])
})
