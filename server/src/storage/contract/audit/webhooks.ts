/** Webhooks: where events are sent to, and what was sent. */
import type { Millis } from '../../../lib/clock.ts'
import type { DeliveryState, WebhookOffReason } from '../../../protocol/audit/webhook_events.ts'
import type { ClientId } from '../../../protocol/names.ts'
import type { SealedText } from '../running/jobs.ts'

export interface StoredWebhook {
  readonly id: string
  /** The app whose events it gets; null for one of the operator, which gets what is in the audit log. */
  readonly clientId: ClientId | null
  readonly uri: string
  /** Types of events; none for all of them. */
  readonly events: readonly string[]
  /** Sealed to the webhook's ID. The first one is the newest; those before it end. */
  readonly secrets: readonly { readonly secret: SealedText; readonly endsAt: Millis | null }[]
  readonly createdAt: Millis
  /** Since when nothing has been taken; null where the last one was. */
  readonly failingSince: Millis | null
  /** Since when nothing is sent. */
  readonly offAt: Millis | null
  readonly offReason: WebhookOffReason | null
}

export type WebhookChange = Partial<Omit<StoredWebhook, 'id' | 'clientId' | 'createdAt'>>

/** One message for one receiver. Its ID stays over all attempts. */
export interface WebhookDelivery {
  readonly id: string
  readonly webhookId: string
  readonly type: string
  /** JSON, as it is sent. */
  readonly body: string
  readonly createdAt: Millis
  readonly state: DeliveryState
  readonly attempts: number
  readonly lastAt: Millis | null
  /** HTTP status of the last answer; nothing else of it is kept. */
  readonly status: number | null
  /** A word of ours where there was no answer. */
  readonly error: string | null
}

export type NewDelivery = Pick<WebhookDelivery, 'id' | 'webhookId' | 'type' | 'body' | 'createdAt'>

export interface Webhooks {
  insert(webhook: StoredWebhook): Promise<void>
  find(id: string): Promise<StoredWebhook | undefined>
  /** Those of an app, or of the operator (null), the oldest first. */
  list(clientId: ClientId | null): Promise<readonly StoredWebhook[]>
  all(): Promise<readonly StoredWebhook[]>
  /** False where there is none. */
  update(id: string, change: WebhookChange): Promise<boolean>
  /** With all that was sent to it; false where there is none. */
  delete(id: string): Promise<boolean>
  addDeliveries(deliveries: readonly NewDelivery[]): Promise<void>
  findDelivery(id: string): Promise<WebhookDelivery | undefined>
  /** Newest first; `before` is the last one of the page before. */
  deliveries(
    webhookId: string,
    limit: number,
    before?: Pick<WebhookDelivery, 'createdAt' | 'id'>,
  ): Promise<readonly WebhookDelivery[]>
  /** Notes what became of an attempt; false where the delivery has gone. */
  noteAttempt(id: string, attempt: Pick<WebhookDelivery, 'state' | 'lastAt' | 'status' | 'error'>): Promise<boolean>
  /** Makes a delivery wait again; false where it has gone. */
  sendAgain(id: string): Promise<boolean>
  /** Up to which event each chain of the audit log has been looked through. */
  cursors(): Promise<ReadonlyMap<string, number>>
  /** Of any number of callers with the same `from` one is answered true. */
  moveCursor(node: string, from: number, to: number): Promise<boolean>
  /** Moves all cursors to the ends of their chains, and the one of this name to the last seal. */
  skipToEnd(seals: string): Promise<void>
}
