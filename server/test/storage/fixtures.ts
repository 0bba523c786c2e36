/** What the storage tests are made of: a clock that is moved, grants, swaps. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../src/lib/clock.ts'
import type { Grant, Swap } from '../../src/protocol/grant.ts'
import type { UserId } from '../../src/protocol/names.ts'
import type { ClientRecord, NewMeasurement, Storage } from '../../src/storage/contract.ts'

export interface MovedClock extends Clock {
  move(by: number): void
}

/** The machine's clock, moved by what the test says. */
export function movedClock(): MovedClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    move(by) {
      offset += by
    },
  }
}

let counter = 0

/** 16 bytes ordered by time, as the engine makes them. */
export function newId(at = Date.now()): Buffer {
  const id = randomBytes(16)
  id.writeUIntBE(at, 0, 6)
  id.writeUInt16BE(counter++ & 0xffff, 6)
  return id
}

export function makeGrant(clock: Clock, change: Partial<Grant> = {}): Grant {
  const now = Math.floor(clock.now())
  return {
    id: newId(),
    key: randomBytes(16),
    clientId: 'app',
    userId: 'usr_ann',
    state: 'offered',
    endReason: null,
    step: 0,
    steppedAt: now,
    generation: 1,
    createdAt: now,
    expiresAt: now + 60_000,
    usedAt: now,
    usedStep: 0,
    endedAt: null,
    epoch: 0,
    attempt: null,
    dialect: 'oauth',
    label: null,
    authMethod: null,
    senderKey: null,
    handle: null,
    context: {
      grantType: 'authorization_code',
      scope: ['openid', 'basic'],
      resources: [],
      refreshable: true,
      accessTokenTtl: 3600,
      refreshTokenTtl: 7_776_000,
    },
    clientValidAfter: 0,
    userValidAfter: 0,
    consentValidAfter: 0,
    ...change,
  }
}

export const year = 365 * 24 * 3600 * 1000

export function makeSwap(grant: Grant, step: number, change: Partial<Swap> = {}): Swap {
  return {
    id: grant.id,
    kind: step === 0 ? 'code' : 'refresh',
    step,
    issued: grant.createdAt,
    attempt: randomBytes(16),
    replayWindow: 30_000,
    lostAnswerWindow: 0,
    unseen: false,
    generation: 2,
    epoch: 0,
    lifetime: year,
    authMethod: 'client_secret_basic',
    label: 'a phone',
    senderKey: null,
    ...change,
  }
}

/** A live grant with its first refresh token out. */
export async function liveGrant(storage: Storage, change: Partial<Grant> = {}): Promise<Grant> {
  const grant = makeGrant(storage.clock, { state: 'live', step: 1, ...change })
  const stored = { ...grant, expiresAt: change.expiresAt ?? grant.createdAt + year }
  await storage.grants.insert(stored)
  return stored
}

export function addAccount(storage: Storage, name: string, roles: readonly 'owner'[] = []) {
  return storage.accounts.insert({
    id: `usr_${name.toLowerCase()}` as UserId,
    username: name,
    email: `${name}@Example.com`,
    emailVerified: false,
    passwordHash: null,
    roles,
    claims: { name },
  })
}

export async function addClient(storage: Storage, clientId: string, ownerId: UserId | null = null) {
  const metadata = { client_name: clientId }
  await storage.clients.insert({ clientId, ownerId, status: 'enabled', metadata, secrets: [] })
  return (await storage.clients.find(clientId)) as ClientRecord
}

export function measurement(startTime: number, change: Partial<NewMeasurement> = {}): NewMeasurement {
  return {
    variableName: 'Mood',
    variableCategory: 'Emotions',
    combination: 'MEAN',
    unit: '/5',
    startTime,
    value: 3,
    note: null,
    source: 'test',
    ...change,
  }
}

/** Lets somebody work on an app. */
export async function addCollaborator({ appTeams }: Storage, clientId: string, userId: UserId): Promise<void> {
  await appTeams.amend(clientId, (team) => ({ ...team, collaborators: [...team.collaborators, userId] }))
}
