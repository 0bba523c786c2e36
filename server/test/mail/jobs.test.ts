/** Jobs as a worker does them: at least once, under a lease, with secrets that nobody reads in the database. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jobHandlers } from '../../src/engine/job_handlers.ts'
import { minute } from '../../src/lib/clock.ts'
import { GiveUp, type JobHandler, LeaseLost } from '../../src/runtime/jobs/job.ts'
import { addJob } from '../../src/runtime/jobs/queue.ts'
import { ensureRecurringJobs, resealJobs } from '../../src/runtime/jobs/recurring.ts'
import { createWorker } from '../../src/runtime/jobs/worker.ts'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { addAccount, doJobs, type Harness, harness, rootSecret } from '../support/harness.ts'

let h: Harness
beforeEach(async () => {
  h = await harness()
})
afterEach(() => h.close())

const id = 'a_job'

/** Queues a job and lets `handler` do it, once. */
async function doOnce(handler: JobHandler<'apps.digest'>, secret?: string): Promise<void> {
  await addJob(h.context, h.storage, 'apps.digest', {
    payload: {},
    once: { id, pause: 0 },
    ...(secret === undefined ? {} : { secret }),
  })
  const worker = createWorker(h.context, { ...jobHandlers, 'apps.digest': handler }, ['apps.digest'], { look: false })
  await worker.settle()
  await worker.close()
}

test('who has lost a job to another worker writes nothing, and does not end it', async () => {
  const { id: userId } = await addAccount(h)
  let said: unknown
  await doOnce(async ({ storage }, job) => {
    h.clock.move(2 * minute)
    expect(await storage.jobs.claim(['apps.digest'], 1, 10 * minute)).toMatchObject([{ id, attempts: 2 }])
    said = await job
      .act({}, ({ accounts }) => accounts.update(userId, { username: 'late' }))
      .catch((error: unknown) => error)
    throw said
  })
  expect(said).toBeInstanceOf(LeaseLost)
  expect(await h.storage.accounts.find(userId)).toMatchObject({ username: 'alice' })
  expect(await h.storage.jobs.find(id)).toMatchObject({ endedAt: null, error: null, attempts: 2 })
})

test('whoever holds a job writes with it, and it is done', async () => {
  const { id: userId } = await addAccount(h)
  await doOnce(async (_context, job) => {
    await job.act({}, ({ accounts }) => accounts.update(userId, { username: 'early' }))
  })
  expect(await h.storage.accounts.find(userId)).toMatchObject({ username: 'early' })
  expect(await h.storage.jobs.find(id)).toMatchObject({ outcome: 'done' })
})

test('a job whose process dies each time is given up in the end', async () => {
  await addJob(h.context, h.storage, 'apps.digest', { payload: {}, once: { id, pause: 0 } })
  for (let i = 0; i < 12; i++) {
    expect(await h.storage.jobs.claim(['apps.digest'], 1, minute)).toHaveLength(1)
    h.clock.move(minute)
  }
  await doJobs(h)
  expect(await h.storage.jobs.find(id)).toMatchObject({ outcome: 'given_up', error: 'unfinished' })
})

test('what makes no sense to try again is given up at once, and of an error its class alone is kept', async () => {
  await doOnce(() => Promise.reject(new GiveUp('no_use')))
  expect(await h.storage.jobs.find(id)).toMatchObject({ outcome: 'given_up', error: 'no_use', attempts: 1 })
  await doOnce(() => Promise.reject(new TypeError('about alice@example.com')))
  expect(await h.storage.jobs.find(id)).toMatchObject({ outcome: null, error: 'TypeError', attempts: 1 })
})

test('a secret is sealed, follows the newest root secret, and is gone when the job has ended', async () => {
  const secret = 'alice@example.com'
  let seen: string | undefined
  await addJob(h.context, h.storage, 'apps.digest', { payload: {}, once: { id, pause: 0 }, secret })
  const stored = await h.storage.jobs.find(id)
  expect(JSON.stringify(stored)).not.toContain(secret)
  expect(stored?.secret?.generation).toBe(1)
  const newer = 'another root secret of the tests, as long as the first'
  const keyring = createKeyring([rootSecret, newer], h.context.settings.issuer, h.storage.installation)
  await resealJobs({ storage: h.storage, keyring })
  expect((await h.storage.jobs.find(id))?.secret?.generation).toBe(2)
  // The older one may be given up from here on.
  const alone = createKeyring(['-', newer], h.context.settings.issuer, h.storage.installation)
  const context = { ...h.context, keyring: alone }
  const handler: JobHandler<'apps.digest'> = async (_context, job) => {
    seen = job.secret
  }
  const worker = createWorker(context, { ...jobHandlers, 'apps.digest': handler }, ['apps.digest'], { look: false })
  await worker.settle()
  await worker.close()
  expect(seen).toBe(secret)
  expect(await h.storage.jobs.find(id)).toMatchObject({ outcome: 'done', secret: null, payload: {} })
})

test('what comes again by itself is one job for all processes, and come again', async () => {
  await ensureRecurringJobs(h.context)
  await ensureRecurringJobs(h.context)
  const pauses: Record<string, number> = {
    'audit.seal': 60 * minute,
    'keys.turn': minute,
    'registrations.sweep': 60 * minute,
    sweep: minute,
  }
  const recurring = async () =>
    (await h.storage.jobs.list({ state: 'waiting', limit: 10 })).map(({ kind, dueAt }) => ({
      kind,
      in: dueAt - h.storage.clock.now(),
    }))
  const kindsOf = async () => (await recurring()).map(({ kind }) => kind).sort()
  expect(await kindsOf()).toEqual([...Object.keys(pauses), 'webhooks.gather'])
  await doJobs(h)
  // Without a webhook there is nothing to look for.
  expect(await kindsOf()).toEqual(Object.keys(pauses))
  for (const { kind, in: later } of await recurring()) expect([kind, later]).toEqual([kind, pauses[kind]])
  const old = await h.storage.keys.list()
  h.clock.move(100 * 24 * 60 * minute)
  await doJobs(h)
  expect((await h.storage.keys.list()).length).toBeGreaterThan(old.length)
})
