/** Was die Seiten derer sagen, die den Server betreiben. */
import type { Words } from '../../en/index.ts'
import { rich } from '../../rich.ts'
import { counted } from '../counted.ts'

export const consolePlaces: Words['consolePlaces'] = {
  home: 'Start',
  people: 'Nutzer',
  apps: 'Apps',
  accessRequests: 'Anfragen',
  apis: 'APIs',
  protocols: 'Protokolle',
  providers: 'Anbieter',
  keys: 'Schlüssel',
  jobs: 'Aufgaben',
  audit: 'Audit',
  usage: 'Nutzung',
  health: 'Zustand',
  settings: 'Einstellungen',
  webhooks: 'Webhooks',
}

export const consoleHome: Words['consoleHome'] = {
  title: 'Verwaltung',
  lead: rich('Sie betreiben <server/> als <role/>.'),
  roles: { owner: 'Inhaber', admin: 'Administrator', support: 'Support' },
  waiting: 'Wartet auf Sie',
  apps: (count: number) =>
    counted(count, {
      one: `${count} App oder eine Änderung daran wartet auf eine Entscheidung`,
      other: `${count} Apps oder Änderungen daran warten auf eine Entscheidung`,
    }),
  accessRequests: (count: number) =>
    counted(count, {
      one: `${count} Entwickler bittet um Zugang`,
      other: `${count} Entwickler bitten um Zugang`,
    }),
  nothingWaits: 'Nichts wartet auf Sie.',
}
