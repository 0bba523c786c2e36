/** Where people and apps can come from. */
import type { FoundFile } from '../found.ts'
import { readAuth0 } from './auth0.ts'
import { readCsv } from './csv.ts'
import { readDocument } from './document.ts'
import { readHydra } from './hydra.ts'
import { readKeycloak } from './keycloak.ts'

export const sources = {
  keycloak: readKeycloak,
  auth0: readAuth0,
  hydra: readHydra,
  csv: readCsv,
  json: readDocument,
} as const satisfies Readonly<Record<string, (path: string) => Promise<FoundFile>>>

export type SourceName = keyof typeof sources
export const sourceNames = Object.keys(sources) as SourceName[]
