/** What the operator should know of each app: what it is registered for in vain, and the risks that were taken for it. */
import { notAvailable, withoutIt } from '../engine/capabilities.ts'
import { toClient } from '../engine/clients.ts'
import { everyApp } from '../engine/operate_apps.ts'
import { risksOf } from '../engine/risks.ts'
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { ClientId } from '../protocol/names.ts'
import { engineSettings, type Settings } from '../settings.ts'
import type { Storage } from '../storage/contract.ts'
import type { Finding } from './provider_findings.ts'

/** A finding for each registered member that this server does not act on. */
export function missingOf(clientId: ClientId, metadata: ClientMetadata): Finding[] {
  return notAvailable(metadata).map(({ member, refused, sentence }) => ({
    check: `client ${clientId}`,
    state: refused ? 'problem' : 'warning',
    text: `${member}: ${sentence}`,
    repair: withoutIt,
  }))
}

/** The findings of every app that has any. */
export async function lookAtEachApp(storage: Storage, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  const engine = engineSettings(settings)
  for await (const record of everyApp({ storage, clock: storage.clock })) {
    if (record.status === 'disabled') continue
    const client = toClient(record)
    findings.push(...missingOf(client.id, client.metadata))
    for (const { setting, sentence } of risksOf(client, engine)) {
      findings.push({
        check: `client ${client.id}`,
        state: 'warning',
        text: `takes a risk (${setting}): ${sentence}`,
        repair: `Take ${setting} out of its registration once no copy of the app needs it.`,
      })
    }
  }
  return findings
}
