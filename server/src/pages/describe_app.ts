/** An app as people are shown it, and the APIs at which it acts for them. */

import { ownerOf } from '../engine/developer/app_testers.ts'
import { findAskedResources } from '../engine/grant/asked_resources.ts'
import type { ScopeCatalogue } from '../engine/grant/scopes.ts'
import type { Context } from '../runtime/context.ts'
import type { Client } from '../runtime/kept/clients.ts'
import { type AppFacts, hostOf } from './kit/app_facts.tsx'
import type { Service } from './kit/services.tsx'

/** Who runs the app, as far as it is known here. */
export async function describeApp(context: Context, client: Client): Promise<AppFacts> {
  const { publisher, client_uri: said, policy_uri: policy, tos_uri: terms, registered_by: by } = client.metadata
  // Of an app that its document describes, the place of the document is proved, and what it says is not.
  const website = by === 'document' ? `${new URL(client.id).origin}/` : said
  const inDevelopment = client.status === 'pending'
  return {
    name: client.name,
    verifiedAt: client.verification?.at,
    registeredAt: client.createdAt,
    publisher,
    website,
    policy,
    terms,
    inDevelopment,
    registeredItself: client.metadata.registered_by !== undefined,
    developer: inDevelopment ? await ownerOf(context, client) : undefined,
  }
}

/** The APIs at which an app may use the scopes, by what their operator says of them. */
export async function describeServices(
  context: Context,
  { meaning }: ScopeCatalogue,
  scope: readonly string[],
  named: readonly string[] = [],
): Promise<readonly Service[]> {
  const resources = await findAskedResources(context, scope, named)
  return resources.map(({ uri, name, scope: theirs, ...said }) => ({
    ...said,
    name: name ?? hostOf(uri),
    permissions: theirs.map(meaning),
  }))
}
