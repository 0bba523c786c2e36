/** Storage under several processes: two that race, and one that is killed in the middle of its work. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { hour, systemClock } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { programOf } from '../support/command.ts'
import { liveGrant, makeGrant, makeSwap, newId } from './fixtures.ts'

export interface Address {
  readonly driver: 'sqlite' | 'postgres'
  /** Path of the file or URL of the database. */
  readonly address: string
  open(): Promise<Storage>
}

const clock = systemClock()

function launch(program: string, args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  return spawn(process.execPath, [programOf(program), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
}

/** What one of two racers was told. */
interface Race {
  readonly outcomes: readonly string[]
  readonly claims: readonly string[]
  readonly rows: readonly string[]
  readonly accounts: readonly { readonly account: { readonly id: string }; readonly created: boolean }[]
}

/** Two processes start at one word and try the same swaps, claims, handles and identities. */
export async function raceTwoProcesses({ driver, address, open }: Address): Promise<void> {
  const storage = await open()
  const grants = await Promise.all(Array.from({ length: 200 }, () => liveGrant(storage)))
  const hashes = grants.map(() => newId().toString('hex'))
  const order = {
    swaps: grants.map((grant) => ({ ...makeSwap(grant, 1), id: grant.id.toString('hex') })),
    hashes,
    handles: grants.slice(0, 50).map(() => ({ ...makeGrant(clock), handle: newId().toString('hex') })),
    subjects: hashes.slice(0, 50),
    expires: clock.now() + hour,
  }
  const children = [launch('racer', [driver, address]), launch('racer', [driver, address])]
  const lines = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]())
  for (const line of lines) expect((await line.next()).value).toBe('ready')
  for (const child of children) child.stdin.end(`${JSON.stringify(order)}\n`)
  const told = await Promise.all(lines.map(async (line) => JSON.parse(String((await line.next()).value))))
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')))
  const [a, b] = told as Race[]
  if (a === undefined || b === undefined) throw new Error('two racers')
  for (const i of grants.keys()) {
    expect([a.outcomes[i], b.outcomes[i]].sort()).toEqual(['advanced', 'repeated'])
    expect([a.claims[i], b.claims[i]].sort()).toEqual(['first', 'seen'])
  }
  expect(a.rows).toEqual(b.rows)
  for (const i of order.subjects.keys()) {
    expect(a.accounts[i]?.account.id).toMatch(/^usr_/)
    expect(b.accounts[i]?.account).toEqual(a.accounts[i]?.account)
    expect([a.accounts[i]?.created, b.accounts[i]?.created].sort()).toEqual([false, true])
  }
  for (const grant of grants) {
    expect((await storage.grants.find(grant.id))?.grant).toMatchObject({ step: 2, state: 'live' })
  }
  await storage.close()
}

/** What the killed process had said when it died. */
interface Acknowledged {
  readonly steps: Map<string, number>
  readonly ended: Set<string>
  readonly claims: string[]
  readonly acts: string[]
}

/** Lets a process work for a moment and kills it without a word. */
async function loadAndKill({ driver, address }: Address, expires: number, moment: number): Promise<Acknowledged> {
  const grant = makeGrant(clock)
  const swap = makeSwap(grant, 0, { replayWindow: hour, lifetime: hour })
  const templates = { grant: { ...grant, expiresAt: expires, id: null, key: null }, swap }
  const child = launch('load', [driver, address, JSON.stringify(templates)])
  const exited = once(child, 'exit')
  const said: Acknowledged = { steps: new Map(), ended: new Set(), claims: [], acts: [] }
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [word = '', name = '', step = ''] = line.split(' ')
    if (word === 'inserted') said.steps.set(name, 0)
    else if (word === 'ended') said.ended.add(name)
    else if (word === 'acted') said.acts.push(name)
    else if (word === 'first') said.claims.push(name)
    else if (word === 'advanced') said.steps.set(name, Number(step) + 1)
    else throw new Error(`the loaded process was told: ${line}`)
  })
  const closed = once(lines, 'close')
  await Promise.race([once(lines, 'line'), closed])
  // The one place that waits for real time: the process must die at a moment nobody chose.
  await wait(moment)
  child.kill('SIGKILL')
  await Promise.all([exited, closed])
  return said
}

/** An act and its row in the audit log are both there or neither is, and both where it was acknowledged. */
async function actsWithRows({ clients, audit }: Storage): Promise<readonly string[]> {
  const done = (await clients.list(100_000)).map(({ clientId }) => clientId).sort()
  // A credential that came again is noted by the swap that ended its grant.
  const acts = (await audit.list(100_000)).filter(({ type }) => type !== 'credential_reused')
  expect(acts.map(({ clientId }) => clientId).sort()).toEqual(done)
  return done
}

/** After every kill: what was acknowledged is there, and no step, claim or grant is honoured again. */
export async function killUnderLoad(where: Address, kills: number): Promise<void> {
  const expires = clock.now() + hour
  let changes = 0
  for (let i = 0; i < kills; i++) {
    const said = await loadAndKill(where, expires, 150 + Math.random() * 100)
    const storage = await where.open()
    await Promise.all(
      [...said.steps].map(async ([name, step]) => {
        const grant = (await storage.grants.find(Buffer.from(name, 'hex')))?.grant
        if (grant === undefined) throw new Error(`grant ${name} was acknowledged and is gone`)
        // The step after the acknowledged one may be in: the process died before it could say so.
        expect([0, 1]).toContain(grant.step - step)
        if (said.ended.has(name)) expect(grant.state).toBe('ended')
        if (step === 0) return
        const again = await storage.grants.advance(makeSwap(grant, step - 1, { replayWindow: hour }))
        expect(again.outcome).not.toBe('advanced')
      }),
    )
    const claims = said.claims.map((hash) => storage.claims.claimOnce('ticket', Buffer.from(hash, 'hex'), expires))
    for (const told of await Promise.all(claims)) expect(told).toBe('seen')
    expect(await actsWithRows(storage)).toEqual(expect.arrayContaining(said.acts))
    changes += said.steps.size
    await storage.close()
  }
  expect(changes).toBeGreaterThan(kills)
}
