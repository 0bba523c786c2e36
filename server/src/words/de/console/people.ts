/** Was die Seiten über Nutzer denen sagen, die den Server betreiben. */
import type { Words } from '../../en/index.ts'
import { rich } from '../../rich.ts'
import { counted } from '../counted.ts'

const roles = { owner: 'Inhaber', admin: 'Administrator', support: 'Support' }

export const consolePeople: Words['consolePeople'] = {
  title: 'Nutzer',
  search: 'Benutzername, E-Mail-Adresse oder ID beginnt mit',
  filters: {
    status: {
      label: 'Konto',
      all: 'Alle',
      choices: { enabled: 'Aktiv', disabled: 'Gesperrt', closed: 'Vom Inhaber geschlossen' },
    },
    role: { label: 'Rolle', all: 'Mit und ohne', choices: { any: 'Irgendeine Rolle', ...roles } },
    factor: { label: 'Zwei-Faktor-Anmeldung', all: 'Ein oder aus', choices: { with: 'Ein', without: 'Aus' } },
    address: {
      label: 'E-Mail-Adresse',
      all: 'Alle',
      choices: { verified: 'Bestätigt', unverified: 'Nicht bestätigt', none: 'Keine' },
    },
  },
  columns: { person: 'Nutzer', status: 'Konto', role: 'Rolle', factor: 'Zwei-Faktor-Anmeldung', since: 'Seit' },
  roles,
  states: { enabled: 'Aktiv', disabled: 'Gesperrt', closed: 'Geschlossen' },
  unverified: 'nicht bestätigt',
  factorOn: 'Ein',
  factorOff: 'Aus',
  none: 'Niemand gefunden',
  noneHint:
    'Suchen Sie nach dem Anfang eines Benutzernamens, einer E-Mail-Adresse oder einer ID, oder wählen Sie andere Filter.',
  pages: 'Seiten der Nutzer',
}

export const consolePerson: Words['consolePerson'] = {
  facts: 'Konto',
  email: 'E-Mail-Adresse',
  noEmail: 'Keine',
  verified: 'bestätigt',
  role: 'Rolle',
  noRole: 'Keine',
  signsInBy: 'Meldet sich an mit',
  password: 'Passwort',
  passkeys: (count: number) => counted(count, { one: 'einem Passkey', other: `${count} Passkeys` }),
  totp: 'Authenticator-App',
  noWay: 'Einem anderen Anbieter oder gar nicht',
  since: 'Seit',
  sessions: 'Angemeldete Browser',
  noSessions: 'Kein Browser ist angemeldet.',
  session: rich('Seit <since/>, zuletzt gesehen <seen/>'),
  apps: 'Verbundene Apps',
  noApps: 'Keine App darf dieses Konto nutzen.',
  moreApps: 'Es gibt weitere Apps.',
  appUsed: rich('Seit <since/>, zuletzt genutzt <used/>'),
  ownApps: 'Arbeitet an diesen Apps',
  activity: 'Aktivität',
  activityLead: 'So, wie der Inhaber des Kontos sie liest. Die letzten 20 Ereignisse.',
  own: rich('Das ist Ihr eigenes Konto. Sie ändern es auf Ihren <a>Kontoseiten</a>.'),
  notYours: 'Dieses Konto hat dieselbe Rolle wie Ihres oder eine höhere. Sie können daran nichts ändern.',
  act: 'Aktionen',
  acts: {
    end: { text: 'Meldet jeden Browser ab und beendet den Zugriff aller Apps.', button: 'Überall abmelden' },
    forgive: {
      text: 'Lässt nach zu vielen falschen Passwörtern oder Codes neue Versuche zu.',
      button: 'Anmeldezähler zurücksetzen',
    },
    reset: {
      text: 'Sendet einen Link, mit dem ein neues Passwort gesetzt wird. Sie sehen ihn nicht.',
      button: 'Link zum Zurücksetzen senden',
    },
    factor: {
      text: 'Entfernt einen verlorenen zweiten Faktor nach 24 Stunden. Der Nutzer erfährt es sofort und kann es anhalten.',
      button: 'Zweiten Faktor entfernen',
    },
    keep: { text: 'Der zweite Faktor soll entfernt werden.', button: 'Entfernen anhalten' },
    roles: { text: 'Was der Nutzer in dieser Verwaltung darf.', button: 'Rolle ändern' },
    disable: {
      text: 'Meldet den Nutzer ab, beendet den Zugriff aller Apps und lässt ihn nicht mehr herein.',
      button: 'Konto sperren',
    },
    enable: {
      text: 'Der Nutzer kann sich wieder anmelden. Was beendet wurde, bleibt beendet.',
      button: 'Konto entsperren',
    },
  },
  questions: {
    end: {
      heading: 'Überall abmelden?',
      text: 'Jeder Browser wird abgemeldet, und jede App muss neu um Berechtigung bitten. Der Nutzer kann sich wieder anmelden.',
      submit: 'Überall abmelden',
    },
    factor: {
      heading: 'Zweiten Faktor entfernen?',
      text: 'Er wird in 24 Stunden entfernt. Der Nutzer erfährt es sofort und hält es mit einem Klick an oder indem er sich mit dem Faktor anmeldet. Prüfen Sie zuerst, ob wirklich er darum bittet.',
      submit: 'Entfernen beginnen',
    },
    roles: {
      title: (role: 'owner' | 'admin' | 'support' | 'none') =>
        role === 'none' ? 'Rolle entziehen?' : `Diesem Nutzer die Rolle ${roles[role]} geben?`,
      text: 'Inhaber dürfen alles. Administratoren entscheiden über Nutzer und Apps und ändern den Server. Der Support liest, setzt Zähler zurück, meldet ab und beginnt das Entfernen eines Faktors.',
      submit: 'Rolle ändern',
    },
    disable: {
      heading: 'Dieses Konto sperren?',
      text: 'Jeder Browser wird abgemeldet, und jedes Token jeder App endet sofort. Nichts davon kommt zurück, wenn Sie das Konto entsperren.',
      submit: 'Konto sperren',
    },
  },
  notices: {
    enabled: 'Das Konto ist entsperrt.',
    disabled: 'Das Konto ist gesperrt. Alle Anmeldungen und Zugriffe sind beendet.',
    ended: 'Alle Anmeldungen und Zugriffe sind beendet.',
    forgiven: 'Die Zähler sind zurückgesetzt.',
    mailed: 'Der Link ist unterwegs.',
    no_mail: 'Dieser Server sendet keine E-Mails, deshalb ist nichts geschehen. Auf der Kommandozeile geht es.',
    no_address:
      'Das Konto hat keine bestätigte E-Mail-Adresse, deshalb ist nichts geschehen. Auf der Kommandozeile geht es.',
    started: 'Der zweite Faktor wird in 24 Stunden entfernt, wenn es niemand anhält.',
    kept: 'Das Entfernen ist angehalten.',
    roles_changed: 'Die Rolle ist geändert.',
    last_owner: 'Das ist der letzte Inhaber, deshalb ist nichts geschehen.',
    nothing: 'Es gab nichts mehr zu tun.',
  },
}
