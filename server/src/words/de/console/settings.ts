/** What the page of the settings in force says, in German. */
import type { Words } from '../../en/index.ts'
import { counted } from '../counted.ts'

export const consoleSettings: Words['consoleSettings'] = {
  title: 'Einstellungen',
  lead: 'Wie dieser Server eingestellt ist. Eine Einstellung wird dort geändert, wo sie steht, und gilt ab dem nächsten Start.',
  retention: 'Aufbewahrung',
  retentionText: 'Wie lange dieser Server aufbewahrt, was vorbei ist. Danach wird es gelöscht.',
  kept: {
    requests: 'Anfrageprotokoll',
    audit: 'Audit-Protokoll',
    grants: 'Beendete Berechtigungen',
    sessions: 'Anmeldungen, nachdem sie zuletzt gesehen wurden',
    usage: 'Token-Anfragen je Konto',
    appUses: 'Welche Daten Apps genutzt haben',
    webhooks: 'Nachrichten an Webhooks',
    jobs: 'Erledigte Aufgaben',
  },
  days: (count: number) => counted(count, { one: `${count} Tag`, other: `${count} Tage` }),
  inForce: 'Geltende Einstellungen',
  setting: 'Einstellung',
  value: 'Wert',
  from: 'Herkunft',
  none: 'Es gibt keine Einstellungen.',
  set: 'Gesetzt',
  notSet: 'Nicht gesetzt',
  sources: { flag: 'Aufruf', environment: 'Umgebung', file: 'Einstellungsdatei', default: 'Vorgabe' },
}
