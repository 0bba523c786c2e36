/** What pages have in common: their frame, forms and notes, how an app is described, and devices. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

/** Systems that are named by the thing that they run on. */
const things: Readonly<Record<string, string>> = {
  iPhone: 'einem iPhone',
  iPad: 'einem iPad',
  Mac: 'einem Mac',
}

export const kit: Words['kit'] = {
  product: 'Consentry',
  /** Undefined where the operator has given the server no name of their own. */
  brand: undefined,
  brandLinks: { support: 'Hilfe', terms: 'Nutzungsbedingungen', privacy: 'Datenschutz', status: 'Status' },
  language: 'Sprache',
  choices: [],
  runsOn: 'Läuft mit Consentry',
  title: (title) => `${title} · Consentry`,
  problemTitle: (title) => `Problem: ${title}`,
  skip: 'Zum Inhalt springen',
  main: 'Hauptmenü',
  account: 'Konto',
  accountPlaces: {
    overview: 'Übersicht',
    profile: 'Profil',
    email: 'E-Mail',
    apps: 'Verbundene Apps',
    devices: 'Geräte',
    security: 'Sicherheit',
    activity: 'Aktivität',
    data: 'Daten',
  },
  developer: 'Entwickler',
  console: 'Verwaltung',
  yourApps: 'Ihre Apps',
  apiReference: 'API-Referenz',
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  home: 'Zur Startseite',
  cancel: 'Abbrechen',
  save: 'Speichern',
  search: 'Suchen',
  firstPage: 'Erste Seite',
  previous: 'Zurück',
  next: 'Weiter',

  notes: { warning: 'Warnung: ', bad: 'Problem: ', good: 'Erledigt: ' },
  formExpired: rich(
    '<strong>Dieses Formular ist abgelaufen, deshalb ist nichts geschehen.</strong> Prüfen Sie es und senden Sie es noch einmal ab.',
  ),
  problems: (count) =>
    counted(count, {
      one: 'Beheben Sie das Problem unten.',
      other: `Beheben Sie die ${count} Probleme unten.`,
    }),
  problem: 'Problem: ',
  optional: ' (optional)',
  currentPassword: 'Bisheriges Passwort',
  newPassword: 'Neues Passwort',
  passwordHint: (minimum) =>
    `Mindestens ${minimum} Zeichen. Einige Wörter ohne Zusammenhang sind sicher und leicht zu merken.`,
  passwordChangeMeans:
    'Sie bleiben hier angemeldet. Alle anderen Browser werden abgemeldet, und jede App muss Sie erneut um Erlaubnis bitten.',
  passwordWaits: {
    too_many: (wait) => `Von hier wurden zu viele Passwörter versucht. Versuchen Sie es in ${wait} erneut.`,
    busy: (wait) => `Der Server prüft gerade so viele Passwörter, wie er kann. Versuchen Sie es in ${wait} erneut.`,
  },

  toContinueTo: rich('weiter zu <name/>'),
  continueWith: (provider) => `Weiter mit ${provider}`,
  unreachable: (provider) => `${provider} ist gerade nicht erreichbar. Versuchen Sie es später erneut.`,

  states: { pending: 'In Entwicklung', disabled: 'Abgeschaltet', enabled: 'Live' },
  verified: 'Geprüft',
  unverified: 'Ungeprüft',
  by: rich('von <name/>'),
  saysBy: rich('nach eigener Angabe von <name/>'),
  notRegistered: 'Hier nicht registriert.',
  registered: rich('Registriert im <month/>.'),
  registeredBy: rich('Registriert im <month/> von <developer/>, Entwickler auf diesem Server.'),
  verifiedBy: rich('Geprüft von <server/> am <day/>.'),
  about: (name) => `Über ${name}`,
  privacyPolicy: 'Datenschutzerklärung',
  terms: 'Nutzungsbedingungen',
  openapi: 'OpenAPI-Dokument',
  fresh: 'Neu',

  overlap: 'Wie lange gilt der alte Wert noch?',
  overlaps: {
    month: { label: '30 Tage', detail: 'Nutzer müssen erst eine neue Version installieren.' },
    week: { label: '7 Tage', detail: 'Zeit, um jede Instanz der App zu aktualisieren.' },
    day: { label: '1 Tag', detail: 'Sie erreichen jede Instanz bald.' },
    hour: { label: '1 Stunde', detail: 'Sie aktualisieren jetzt die einzige Instanz.' },
    none: {
      label: 'Gar nicht',
      detail: 'Er ist in falsche Hände gelangt. Was den alten Wert noch verwendet, funktioniert sofort nicht mehr.',
    },
  },

  unknownDevice: 'Unbekanntes Gerät',
  unnamedDevice: 'Unbekannt',
  unnamedMeans: 'Unbekannt – die App hat keine Angaben zum Gerät gesendet; solche Anmeldungen enden zuerst',
  programOn: (program, system) => `${program} auf ${things[system] ?? system}`,

  difference: (at, expected, got) => `Erster Unterschied bei Zeichen ${at}: erwartet ${expected}, erhalten ${got}.`,
  textEnd: 'das Ende',
  endsHere: ' endet hier',
  quoted: (text) => `„${text}“`,
}
