/** Receipts of consents: kept with the yes that they are of, and read by whoever gave it. */
import { randomText } from '../../lib/random.ts'
import type { UserId } from '../../protocol/names.ts'
import { isWithin } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Acting, Consent, ConsentRead, Receipt } from '../../storage/contract.ts'

export type { ConsentRead, Receipt } from '../../storage/contract.ts'

/**
 * Keeps what was read, in the act of the yes. `before` is what was remembered until then: a yes that changes nothing of it, to
 * an app that is described as it was, under the same policies, leaves none.
 */
export async function keepReceipt(
  { clock }: Pick<Context, 'clock'>,
  { receipts }: Pick<Acting, 'receipts'>,
  { userId, clientId, read }: Pick<Receipt, 'userId' | 'clientId' | 'read'>,
  before: Consent | undefined,
): Promise<void> {
  if (before?.enabled === true && isWithin(read.scope, before.scope)) {
    const last = await receipts.findLatest(userId, clientId)
    if (last !== undefined && describes(last.read) === describes(read)) return
  }
  await receipts.insert({ id: `rcp_${randomText(16)}`, userId, clientId, at: clock.now(), read })
}

/** Who the app is, where it goes and what is in force here, as text that can be compared. */
function describes({ app, destination, policies = [] }: ConsentRead): string {
  const { name, publisher, verified, inDevelopment, website, policy, terms } = app
  const ofApp = [name, publisher, verified, inDevelopment, website, policy, terms]
  return JSON.stringify([...ofApp, destination, ...policies.flatMap(({ document, version }) => [document, version])])
}

/** A person's receipts, the latest first, and whether there are more. */
export async function listReceipts(
  { storage }: Pick<Context, 'storage'>,
  userId: UserId,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly items: readonly Receipt[]; readonly more: boolean }> {
  const found = await storage.receipts.listByUser(userId, { limit: limit + 1, offset })
  return { items: found.slice(0, limit), more: found.length > limit }
}

/** All of a person's receipts, however many. */
async function* everyReceipt(storage: Pick<Context['storage'], 'receipts'>, userId: UserId): AsyncGenerator<Receipt> {
  const limit = 200
  for (let offset = 0; ; offset += limit) {
    const page = await storage.receipts.listByUser(userId, { limit, offset })
    yield* page
    if (page.length < limit) return
  }
}

export function findReceipt(
  { storage }: Pick<Context, 'storage'>,
  userId: UserId,
  id: string,
): Promise<Receipt | undefined> {
  return storage.receipts.find(userId, id)
}

/** A receipt as it is given out. */
export function receiptDocument({ id, clientId, at, read }: Receipt): Readonly<Record<string, unknown>> {
  const { app, scope, ...rest } = read
  return { id, at: new Date(at).toISOString(), client_id: clientId, app, scope: scope.join(' '), ...rest }
}

/** All of them as the text of one file, piece by piece. */
export async function* receiptsFile({ storage }: Pick<Context, 'storage'>, userId: UserId): AsyncGenerator<string> {
  let before = '[\n'
  for await (const receipt of everyReceipt(storage, userId)) {
    yield before + JSON.stringify(receiptDocument(receipt))
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
