/** What the pages about subscription keys say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

export const keys: Words['keys'] = {
  heading: 'Subscription-Keys',
  lead: rich(
    'Apps, die Nutzer unter <code>/auth/v2/login</code> anmelden, senden einen Schlüssel im Header <code>Subscription-Key</code>. Über Ihre Schlüssel können sich nur Sie anmelden und die Personen, mit denen Sie sie teilen.',
  ),
  create: 'Schlüssel erstellen',
  name: 'Name',
  nameHint: (limit) => `Wo er verwendet wird, zum Beispiel „Zähler-App“. Sie können ${limit} Schlüssel haben.`,
  submit: 'Schlüssel erstellen',
  none: 'Sie haben keinen Subscription-Key',
  noneCreate:
    'Die meisten Apps brauchen keinen: Sie melden Nutzer mit OAuth an. Erstellen Sie einen für eine Legacy-App, die selbst nach Passwörtern fragt.',
  noneAsk:
    'Schlüssel erstellt der Betreiber dieses Servers. Bitten Sie ihn um einen, der Sie als Inhaber nennt; er erscheint dann hier.',
  yours: 'Ihre Schlüssel',
  caption: 'Ihre Subscription-Keys',
  shared: 'Mit Ihnen geteilt',
  sharedText:
    'Sie können sich über diese Schlüssel anmelden. Wer einen teilt, hat Ihnen seinen Text gesendet oder wird es tun.',
  sharedBy: rich('Von <name/>'),
  unnamed: 'Schlüssel ohne Namen',
  offByOperator: 'Vom Betreiber abgeschaltet',
  off: 'Abgeschaltet',
  active: 'Aktiv',
  openToAll: 'Offen für alle',
  oldWorks: 'Alter Schlüssel gilt noch',
  newKey: 'Ihr neuer Schlüssel',
  newKeyLabel: 'Subscription-Key',
  once: rich('<strong>Sie sehen diesen Schlüssel nur einmal.</strong> Wir speichern nur einen Hash davon.'),
  saved: 'Fertig, ich habe ihn gespeichert',
  usesToday: (count) => `heute ${count}-mal verwendet`,
  notices: {
    renamed: 'Der Name ist gespeichert.',
    invited: 'Die Einladung ist unterwegs.',
    taken_back: 'Die Einladung ist zurückgenommen.',
    accepted: 'Sie nutzen den Schlüssel jetzt mit.',
    declined: 'Die Einladung ist abgelehnt.',
    unshared: 'Der Schlüssel ist nicht mehr mit dieser Person geteilt.',
    disabled: 'Der Schlüssel ist abgeschaltet.',
    enabled: 'Der Schlüssel ist eingeschaltet.',
    deleted: 'Der Schlüssel ist gelöscht.',
    left: 'Der Schlüssel ist nicht mehr mit Ihnen geteilt.',
  },
  afterReplacing: {
    none: 'Der alte Schlüssel gilt nicht mehr.',
    day: 'Der alte Schlüssel gilt noch 1 Tag.',
    week: 'Der alte Schlüssel gilt noch 7 Tage.',
    month: 'Der alte Schlüssel gilt noch 30 Tage.',
  },
  deleting: {
    heading: 'Diesen Schlüssel löschen?',
    text: 'Jede App, die ihn noch sendet, wird sofort abgelehnt. Das lässt sich nicht rückgängig machen.',
    submit: 'Löschen',
  },
}

export const key: Words['key'] = {
  title: (name) => `${name} · Subscription-Keys`,
  changeName: 'Name ändern',
  name: 'Name',
  facts: 'Was er ist',
  key: 'Schlüssel',
  oldKey: 'Alter Schlüssel',
  worksUntil: rich('Gilt bis <day/>'),
  state: 'Zustand',
  letsIn: 'Lässt herein',
  everybody: 'Alle mit einem Konto hier; der Betreiber hat ihn geöffnet',
  thesePeople: 'Sie und die Personen unten',
  created: 'Erstellt',
  unknown: 'Nicht bekannt',
  lastUsed: 'Zuletzt verwendet',
  notYet: 'Noch nicht',
  usesToday: 'Heute verwendet',
  replaceHeading: 'Diesen Schlüssel ersetzen',
  previousWorks:
    'Der Schlüssel vor diesem gilt noch. Wenn Sie diesen jetzt ersetzen, gilt der vorige sofort nicht mehr.',
  replace: 'Schlüssel ersetzen',
  people: 'Personen, die ihn mitnutzen',
  peopleText: 'Sie können sich über diesen Schlüssel anmelden. Nur Sie können ihn ändern, ersetzen oder löschen.',
  end: 'Abschalten oder löschen',
  offByOperator: 'Der Betreiber dieses Servers hat diesen Schlüssel abgeschaltet. Nur er kann ihn wieder einschalten.',
  offMeans:
    'Apps, die einen abgeschalteten Schlüssel verwenden, werden abgelehnt. Einschalten können Sie ihn wieder, Löschen lässt sich nicht rückgängig machen.',
  isOff:
    'Der Schlüssel ist abgeschaltet, deshalb werden Apps abgelehnt, die ihn verwenden. Löschen lässt sich nicht rückgängig machen.',
  offLimits:
    'Version 1 der JWT-Anmeldung verlangt keinen Schlüssel, dort kann man sich also weiter anmelden, während dieser abgeschaltet ist. Nur der Betreiber dieses Servers kann diese Version schließen.',
  switchOff: 'Abschalten',
  switchOn: 'Einschalten',
  delete: 'Löschen',
}

export const sharing: Words['sharing'] = {
  invitations: 'Einladungen',
  invitationsText: 'Nehmen Sie an, wenn Sie wissen, wer Sie einlädt. Vorher wird nichts geteilt.',
  by: rich('von <name/>'),
  accept: rich('Annehmen<name/>'),
  decline: rich('Ablehnen<name/>'),
  leave: rich('Aufgeben<name/>'),
  remove: rich('Entfernen<username/>'),
  username: 'Benutzername oder E-Mail-Adresse',
  usernameHint:
    'Wenn jemand diesen Benutzernamen oder diese bestätigte Adresse hat, sieht er die Einladung nach der Anmeldung.',
  invite: 'Einladen',
  invited: 'eingeladen',
  takeBack: rich('Zurücknehmen<whose/>'),
  invitationOf: (username) => `: Einladung von ${username}`,
}
