/** An app as people are shown it. */
import type { Client } from '../engine/clients.ts'
import type { Context } from '../engine/context.ts'
import type { AppFacts } from './kit/app_facts.tsx'

/** Who runs the app, as far as it is known here. */
export async function describeApp(context: Context, client: Client): Promise<AppFacts> {
  const { publisher, client_uri: website, policy_uri: policy, tos_uri: terms } = client.metadata
  const inDevelopment = client.status === 'pending'
  const developer =
    inDevelopment && client.ownerId !== null ? await context.storage.accounts.find(client.ownerId) : undefined
  return {
    name: client.name,
    verifiedAt: client.verification?.at,
    registeredAt: client.createdAt,
    publisher,
    website,
    policy,
    terms,
    inDevelopment,
    developer: developer?.username,
  }
}
