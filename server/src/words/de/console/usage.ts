/** What the page of usage says, in German. */
import type { Words } from '../../en/index.ts'

export const usagePage: Words['usagePage'] = {
  title: 'Nutzung',
  lead: 'Die letzten 30 Tage, jeweils von Mitternacht bis Mitternacht UTC.',
  byDay: 'Nach Tag',
  day: 'Tag',
  signIns: 'Anmeldungen',
  failed: 'Abgelehnte Anmeldungen',
  tokenRequests: 'Token-Anfragen',
  chart: 'Token-Anfragen nach Tag; die Zahlen stehen in der Tabelle darunter.',
  byProtocol: 'Alte Protokolle nach App',
  protocol: 'Protokoll',
  app: 'App',
  uses: 'Nutzungen',
  last: 'Zuletzt',
  none: 'Nichts wurde genutzt.',
}
