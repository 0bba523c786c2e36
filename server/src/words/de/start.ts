/** What the start page and the API reference say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

export const start: Words['start'] = {
  lead: 'Sehen Sie, welche Apps Ihr Konto nutzen, und entziehen Sie den Zugriff, wo Sie ihn nicht mehr wünschen.',
  signedIn: rich('Sie sind als <username/> angemeldet.'),
  noAdministrator: rich(
    '<strong>Dieser Server hat noch keinen Administrator.</strong> Beim Start hat der Server einen einmaligen Einrichtungslink ausgegeben. Öffnen Sie ihn, um den Administrator zu erstellen.',
  ),
  createAccount: 'Konto erstellen',
  account: 'Ihr Konto öffnen',
  apps: 'Ihre Apps öffnen',
  finish: 'Einrichtung abschließen',
  developers: 'Für Entwickler',
  developersLead:
    'Melden Sie Nutzer in Ihrer App an und verwenden Sie deren Daten mit deren Erlaubnis. Wenn eine Anfrage scheitert, zeigt ihr Protokoll den Grund.',
  firstToken: 'In fünf Minuten zum Token',
  seeApps: 'Ihre Apps und deren Anfragen ansehen',
  issuer: 'Issuer',
  discovery: 'Discovery',
  authorize: 'Authorize',
  token: 'Token',
  status: 'Status',
  version: (version) => `Consentry ${version}`,
}

export const reference: Words['reference'] = {
  heading: 'Messwerte-API',
  lead: rich(
    'Drücken Sie „Authorize“, um sich hier anzumelden und jede Anfrage mit Ihren eigenen Daten auszuprobieren. Ein <a>OpenAPI-Dokument</a> beschreibt dasselbe für Ihre Werkzeuge.',
  ),
  noScript: 'Diese Seite braucht JavaScript. Das OpenAPI-Dokument hat denselben Inhalt.',
}

export const outbox: Words['outbox'] = {
  title: 'Postausgang',
  lead: 'E-Mails, die dieser Server gesendet hätte. Er ist in Entwicklung und hat keinen Mailserver. Deshalb behält er die letzten hundert hier, bis er beendet wird.',
  nothing: 'Noch keine E-Mail',
  all: 'Alle E-Mails',
  to: 'An',
  asHtml: 'Als HTML',
}
