/**
 * What the operator should know of each app: what it is registered for in vain, and the risks that were taken for it. The
 * room has what `doctor` finds, by subject.
 * Not here: running the checks and printing what they say (`../doctor.ts`). Neighbours: `engine/` below knows the facts;
 * each finding says them in plain words with a way to repair. To add: a subject, its file here and its line in
 * `../doctor.ts`.
 */
import { notAvailable, sayNotAvailable } from '../../engine/client/capabilities.ts'
import { risksOf } from '../../engine/client/risks.ts'
import { catalogueOf, forWhom, mayHave, type ScopeCatalogue } from '../../engine/grant/scopes.ts'
import { everyApp } from '../../engine/operator/apps.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId } from '../../protocol/names.ts'
import { refusals } from '../../protocol/refusal.ts'
import { isAdminScope } from '../../protocol/scope.ts'
import { type Client, toClient } from '../../runtime/kept/clients.ts'
import { readResources } from '../../runtime/kept/known_resources.ts'
import { engineSettings, type Settings } from '../../settings.ts'
import type { Storage } from '../../storage/contract.ts'
import { en } from '../../words/en/index.ts'
import type { Finding } from './providers.ts'

/** A finding for each registered member that this server does not act on. */
export function missingOf(clientId: ClientId, metadata: ClientMetadata): Finding[] {
  return notAvailable(metadata).map((one) => ({
    check: `client ${clientId}`,
    state: one.refused ? 'problem' : 'warning',
    text: `${one.member}: ${sayNotAvailable(en, one)}`,
    repair: refusals.protection_not_available.repair,
  }))
}

/** A finding where an app is registered for scopes that mean nothing here, or that are not for it. */
function scopesOf(
  client: Pick<Client, 'id' | 'scope' | 'metadata' | 'verification'>,
  known: ScopeCatalogue,
): Finding[] {
  return client.scope.flatMap((name): Finding[] => {
    const scope = known.find(name)
    const check = `client ${client.id}`
    if (scope === undefined) {
      if (known.open || isAdminScope(name)) return []
      const repair = `Name it in the scopes of a resource, or take it out of the client's scope.`
      return [{ check, state: 'warning', text: `the scope ${name} is in no resource, so that it is refused`, repair }]
    }
    if (mayHave(client, scope.for)) return []
    const text = `the scope ${name} is ${forWhom[scope.for]}, so that it is refused`
    const repair =
      scope.for === 'reviewed' ? `Verify the app: client verify ${client.id}` : 'Take it out of the client’s scope.'
    return [{ check, state: 'warning', text, repair }]
  })
}

/** A finding for each scope that people would read as a bare name. */
export async function lookAtScopes(storage: Storage, settings: Settings): Promise<Finding[]> {
  const { all } = catalogueOf(await readResources(storage), settings)
  return all
    .filter(({ titled }) => !titled)
    .map(({ name }) => ({
      check: `scope ${name}`,
      state: 'warning',
      text: 'has no title, so that people are asked for its bare name',
      repair: 'Give it a title in the scopes of its resource: { "name": …, "title": { "en": … } }',
    }))
}

/** The findings of the apps with these ids: what they are registered for in vain. */
export async function lookAtNamedApps(
  storage: Storage,
  settings: Settings,
  ids: readonly ClientId[],
): Promise<Finding[]> {
  const known = catalogueOf(await readResources(storage), settings)
  const findings: Finding[] = []
  for (const id of ids) {
    const record = await storage.clients.find(id)
    if (record !== undefined) findings.push(...scopesOf(toClient(record), known))
  }
  return findings
}

/** The findings of every app that has any. */
export async function lookAtEachApp(storage: Storage, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  const engine = engineSettings(settings)
  const known = catalogueOf(await readResources(storage), settings)
  for await (const record of everyApp({ storage })) {
    if (record.status === 'disabled') continue
    const client = toClient(record)
    findings.push(...missingOf(client.id, client.metadata), ...scopesOf(client, known))
    for (const { setting, risk } of risksOf(client, engine)) {
      findings.push({
        check: `client ${client.id}`,
        state: 'warning',
        text: `takes a risk (${setting}): ${en.risks[risk]}`,
        repair: `Take ${setting} out of its registration once no copy of the app needs it.`,
      })
    }
  }
  return findings
}
