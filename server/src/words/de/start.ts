/** What the start page, the checklist of operators and the API reference say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

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

export const checklist: Words['checklist'] = {
  title: 'Diesen Server einrichten',
  heading: rich('<server/> einrichten'),
  lead: 'Sie können sich anmelden, und der Server läuft. Das sind die nächsten Schritte.',
  states: { done: 'Erledigt', open: 'Zu tun', check: 'Prüfen', optional: 'Optional', regular: 'Regelmäßig' },
  app: 'Eine App registrieren',
  appLead: 'In fünf Minuten haben Sie das erste Token.',
  access: 'Über Anfragen um Zugang entscheiden',
  accessWaits: (count) =>
    counted(count, {
      one: '1 Entwickler ohne Konto bittet mit einer App um Zugang.',
      other: `${count} Entwickler ohne Konto bitten mit einer App um Zugang.`,
    }),
  accessDecide: 'Anfragen ansehen',
  waiting: 'Über wartende Apps entscheiden',
  appsWait: (count) =>
    counted(count, {
      one: '1 App oder Änderung wartet auf Ihre Freigabe.',
      other: `${count} Apps oder Änderungen warten auf Ihre Freigabe.`,
    }),
  waitingCommand: 'node server/bin/consentry.js client list --waiting',
  waitingDecide: rich(
    'Sehen Sie jede mit <code>client show</code> an. Geben Sie sie mit <code>client approve</code> frei, oder lehnen Sie sie mit <code>client refuse</code> ab.',
  ),
  address: 'Dem Server seine öffentliche Adresse geben',
  addressIs: rich('Sie lautet <issuer/>.'),
  onlyHere: rich(
    'Nur dieser Rechner erreicht <issuer/>. Setzen Sie <code>CONSENTRY_ISSUER</code> auf eine https-Adresse, bevor andere den Server nutzen: Apps und Tokens nennen sie und funktionieren nicht mehr, wenn sie sich ändert.',
  ),
  providers: 'Anmeldung über Anbieter ermöglichen',
  noProviders: rich(
    'Nutzer melden sich mit einem Passwort an. Google, Facebook oder jeden OpenID-Connect-Anbieter können Sie im Abschnitt <code>providers</code> eines Dokuments hinzufügen; <code>docs/providers.md</code> zeigt, wie.',
  ),
  applyCommand: 'node server/bin/consentry.js apply FILE',
  registration: 'Entscheiden, wer Apps registrieren darf',
  registrations: {
    open: 'Jeder mit einem Konto. Die Apps funktionieren sofort für alle.',
    approval: 'Jeder mit einem Konto. Die Apps funktionieren für Tester, bis Sie sie freigeben.',
    closed: 'Nur Inhaber und Admins.',
  },
  registrationSetting: rich(
    'Die Einstellung heißt <code>CONSENTRY_APP_REGISTRATION</code>: <code>open</code>, <code>approval</code> oder <code>closed</code>.',
  ),
  legacy: 'Legacy-Protokolle schließen, die keine App braucht',
  legacyOpen: rich(
    'Offen: <names/>. Nennen Sie die, die Sie brauchen, in <code>CONSENTRY_DIALECTS</code>, oder setzen Sie es auf <code>none</code>.',
  ),
  backup: 'Datenbank und Root-Secret sichern',
  backupText: rich(
    'Bewahren Sie beides getrennt auf: Zusammen sind sie alles. Bei SQLite liegt beides im Datenordner, das Secret in der Datei <code>secret</code>, wenn es nicht in <code>CONSENTRY_SECRET</code> steht.',
  ),
  doctor: 'Mit doctor nach Problemen suchen',
  doctorText:
    'Es prüft Einstellungen, Node.js, Datenbank und Adresse, ändert nichts und sagt, wie sich beheben lässt, was es findet.',
  doctorCommand: 'node server/bin/consentry.js doctor',
  comeBack: rich('Hierher kommen Sie von Ihrer <a>Kontoseite</a> zurück.'),
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
