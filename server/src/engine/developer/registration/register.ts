/**
 * Apps that register themselves (RFC 7591): what they say becomes a client that may use the code flow and no more (R70). Public
 * apps that say the same are one app, so that a program that registers at every start leaves one row; nobody manages
 * it. What the operator has said of registrations in the portal holds here as well.
 */

import { sha256 } from '../../../lib/hash.ts'
import { randomText } from '../../../lib/random.ts'
import type { ClientMetadata } from '../../../protocol/client_metadata.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { tellThatSomethingWaits } from '../../../runtime/jobs/queue.ts'
import type { Acting, ClientRecord, Registration } from '../../../storage/contract.ts'
import { registerClient } from '../../client/register_client.ts'
import { readRegistration } from './metadata.ts'
import { takeRegistration, whyOfNoSector } from './sector.ts'

/** An app as it is answered. */
export interface SelfRegistered {
  readonly app: Pick<ClientRecord, 'clientId' | 'metadata' | 'createdAt'>
  /** Where the answer is the only one that has it. */
  readonly secret?: string | undefined
  /** What the app is managed with; undefined where nobody manages it. */
  readonly token?: string | undefined
}

interface RegistrationRequest {
  /** The initial access token, if one came. */
  readonly token: string | undefined
  readonly body: unknown
}

/** Registers an app by what it says of itself, or finds the one that is registered so. */
export async function registerItself(
  context: Context,
  caller: Caller,
  { token, body }: RegistrationRequest,
): Promise<SelfRegistered | Refusal> {
  const closed = await whyClosed(context, token)
  if (closed !== undefined) return closed
  const metadata = await readRegistration(context, body)
  if (metadata instanceof Refusal) return metadata
  const digest = metadata.token_endpoint_auth_method === 'none' ? digestOf(metadata) : undefined
  const known = digest && (await findShared(context, digest))
  if (known !== undefined) return known
  const exceeded = token === undefined ? await takeRegistration(context, caller) : undefined
  const refused = exceeded ?? (await whyOfNoSector(context, metadata))
  if (refused !== undefined) return refused
  const made = await insert(context, caller, { metadata, digest, initial: token })
  if (made !== 'taken') return made
  // Another request has registered the same meanwhile.
  const other = digest && (await findShared(context, digest))
  if (other === undefined) throw new Error('registration: a random client id was taken')
  return other
}

/** Whether apps may register themselves now, and this one with what it has shown. */
async function whyClosed(
  { settings, storage, clock }: Context,
  token: string | undefined,
): Promise<Refusal | undefined> {
  if (!mayRegister(settings)) return new Refusal('registration_closed')
  if (token === undefined) {
    return settings.dynamicRegistration === 'open' ? undefined : new Refusal('initial_token_missing')
  }
  const digest = initialDigest(token)
  const found = (await storage.initialTokens.list()).find((one) => one.digest === digest)
  const works = found !== undefined && found.uses_left !== 0 && (found.expires_at ?? Infinity) > clock.now()
  return works ? undefined : new Refusal('initial_token_invalid')
}

/** Whether any app may register itself here. */
export function mayRegister({
  appRegistration,
  dynamicRegistration,
}: Pick<Context['settings'], 'appRegistration' | 'dynamicRegistration'>): boolean {
  return appRegistration !== 'closed' && dynamicRegistration !== 'off'
}

export function initialDigest(token: string): string {
  return sha256(token).toString('base64url')
}

async function findShared({ storage }: Context, digest: Buffer): Promise<SelfRegistered | Refusal | undefined> {
  const id = await storage.clients.withRegistration(digest)
  const record = id === undefined ? undefined : await storage.clients.find(id)
  if (record?.status !== 'disabled') return record && { app: record }
  return new Refusal('registration_disabled')
}

async function insert(
  context: Context,
  caller: Caller,
  wanted: {
    readonly metadata: ClientMetadata
    readonly digest: Buffer | undefined
    readonly initial: string | undefined
  },
): Promise<SelfRegistered | Refusal | 'taken'> {
  const { metadata, digest, initial } = wanted
  const status = context.settings.appRegistration === 'open' ? 'enabled' : 'pending'
  const now = context.clock.now()
  const managing = newManagement()
  const found: Registration = digest === undefined ? managing.registration : { digest }
  return act(context, { caller }, async (acting, record) => {
    const by = initial === undefined ? undefined : await useInitialToken(acting, initial, now)
    if (by instanceof Refusal) return by
    const made = await registerClient(acting, { ownerId: null, status, metadata, found }, now)
    if (typeof made === 'string') return 'taken'
    if (status === 'pending') await tellThatSomethingWaits(context, acting)
    const name = metadata.client_name ?? made.clientId
    await record('app_registered_itself', {
      clientId: made.clientId,
      detail: { name, status, ...(by === undefined ? {} : { token: by }) },
    })
    const stored = await acting.clients.find(made.clientId)
    if (stored === undefined) throw new Error('registration: the app is not there')
    return { app: stored, secret: made.clientSecret, token: digest === undefined ? managing.token : undefined }
  })
}

/** Takes one use of the token; answers its name. */
async function useInitialToken({ initialTokens }: Acting, token: string, now: number): Promise<string | Refusal> {
  const used = await initialTokens.amend(initialDigest(token), (present) => {
    if (present === undefined || present.uses_left === 0 || (present.expires_at ?? Infinity) <= now) return undefined
    return present.uses_left === undefined ? present : { ...present, uses_left: present.uses_left - 1 }
  })
  return used?.name ?? new Refusal('initial_token_invalid')
}

/** A token to manage an app with, and what is stored of it. */
export function newManagement(): { readonly token: string; readonly registration: Registration } {
  const token = `reg_${randomText(32)}`
  return { token, registration: { tokens: [sha256(token)] } }
}

/** Of what an app has said of itself, whatever the order of the members. */
function digestOf(metadata: ClientMetadata): Buffer {
  return sha256(JSON.stringify(Object.entries(metadata).sort(([one], [other]) => (one < other ? -1 : 1))))
}

/** Whether the app registered itself, and the operator has not made it theirs since. */
export function registeredItself({ metadata }: { readonly metadata: Readonly<Record<string, unknown>> }): boolean {
  return metadata.registered_by !== undefined
}
