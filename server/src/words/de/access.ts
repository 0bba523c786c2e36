/** What the pages say on which people give programs a way into their account: app passwords and personal tokens. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

export const appAccess: Words['appAccess'] = {
  heading: 'Apps und Programme',
  places: {
    appPasswords: {
      title: 'App-Passwörter',
      text: 'Für Apps, die nur einen Benutzernamen und ein Passwort senden können.',
    },
    personalTokens: {
      title: 'Persönliche Tokens',
      text: 'Für eigene Skripte und Programme, die Ihre Daten lesen oder ändern.',
    },
  },
}

export const appPasswords: Words['appPasswords'] = {
  title: 'App-Passwörter',
  what: 'Ihre App-Passwörter',
  lead: 'Manche Apps können nur einen Benutzernamen und ein Passwort senden. Geben Sie jeder davon ein eigenes App-Passwort, nie Ihr eigenes Passwort: Sie können es widerrufen, ohne dass sich sonst etwas ändert. Alle enden, wenn Sie Ihr Passwort ändern oder alle anderen Browser abmelden.',
  none: 'Sie haben kein App-Passwort.',
  add: 'App-Passwort erstellen',
  name: 'Name',
  nameHint: 'Wo Sie es verwenden, zum Beispiel „Wetterstation“.',
  submit: 'App-Passwort erstellen',
  since: rich('erstellt am <day/>'),
  used: rich('zuletzt verwendet am <day/>'),
  neverUsed: 'noch nicht verwendet',
  end: rich('Widerrufen<name/>'),
  newOne: 'Neues App-Passwort',
  once: rich('<strong>Kopieren Sie es jetzt.</strong> Es wird nicht noch einmal angezeigt.'),
  made: rich('App-Passwort „<name/>“'),
  how: (username) => `Melden Sie sich in der App als ${username} mit diesem Passwort an.`,
  saved: 'Fertig, ich habe es gespeichert',
  notMade: 'Es wurde kein App-Passwort erstellt.',
  ending: {
    heading: 'Dieses App-Passwort widerrufen?',
    text: 'Die App, die es verwendet, wird sofort abgemeldet und kann sich damit nicht mehr anmelden.',
    submit: 'Widerrufen',
  },
  notices: { ended: 'Das App-Passwort ist widerrufen, und die App, die es verwendet hat, ist abgemeldet.' },
}

export const personalTokens: Words['personalTokens'] = {
  title: 'Persönliche Tokens',
  what: 'Ihre persönlichen Tokens',
  lead: 'Mit einem persönlichen Token greift ein eigenes Skript oder Programm über die API auf Ihre Daten zu. Wer es hat, kann alles tun, was es erlaubt. Geben Sie deshalb jedem Programm ein eigenes und widerrufen Sie es, wenn es nicht mehr gebraucht wird. Alle enden, wenn Sie Ihr Passwort ändern oder alle anderen Browser abmelden.',
  none: 'Sie haben kein persönliches Token.',
  add: 'Persönliches Token erstellen',
  name: 'Name',
  nameHint: 'Was es verwendet, zum Beispiel „Sicherungsskript“.',
  scope: 'Was es darf',
  expires: 'Wie lange es gilt',
  lives: {
    7: 'Eine Woche',
    30: '30 Tage',
    90: '90 Tage',
    365: 'Ein Jahr',
    until: 'Bis zu einem Tag, den Sie wählen',
  },
  until: 'Letzter Tag',
  untilHint: 'Höchstens in einem Jahr. Das Token endet mit diesem Tag (UTC).',
  submit: 'Persönliches Token erstellen',
  since: rich('erstellt am <day/>'),
  used: rich('zuletzt verwendet am <day/>'),
  neverUsed: 'noch nicht verwendet',
  ends: rich('gilt bis <moment/>'),
  end: rich('Widerrufen<name/>'),
  newOne: 'Neues persönliches Token',
  once: rich('<strong>Kopieren Sie es jetzt.</strong> Es wird nicht noch einmal angezeigt.'),
  made: rich('Persönliches Token „<name/>“'),
  how: rich(
    'Senden Sie es bei jeder Anfrage an die API im Header mit: <code>Authorization: Bearer</code>, gefolgt vom Token.',
  ),
  saved: 'Fertig, ich habe es gespeichert',
  notMade: 'Es wurde kein persönliches Token erstellt.',
  ending: {
    heading: 'Dieses persönliche Token widerrufen?',
    text: 'Alles, was es verwendet, wird sofort abgelehnt. Das lässt sich nicht rückgängig machen.',
    submit: 'Widerrufen',
  },
  notices: { ended: 'Das persönliche Token ist widerrufen.' },
}

const number = (value: number) => value.toLocaleString('de')

/** What apps did, and why their access ended. */
export const appHistory: Words['appHistory'] = {
  ended: 'Beendete Zugriffe',
  endedLead: (days) => `Apps, die in den letzten ${number(days)} Tagen Zugriff hatten und jetzt keinen mehr haben.`,
  endedOn: rich('Zugriff beendet am <day/>. <reason/>'),
  ends: {
    revoked_by_user: 'Sie haben ihn beendet.',
    revoked_by_client: 'Die App hat ihn aufgegeben.',
    revoked_by_operator: 'Der Betreiber dieses Servers hat ihn beendet.',
    code_reused:
      'Ein Anmeldecode der App wurde zweimal verwendet. Vielleicht hat ihn jemand kopiert, deshalb haben wir den Zugriff beendet.',
    refresh_token_reused:
      'Ein alter, bereits ersetzter Schlüssel der App wurde noch einmal verwendet. Vielleicht hat ihn jemand kopiert, deshalb haben wir den Zugriff beendet.',
    password_changed: 'Sie haben Ihr Passwort geändert.',
    second_factor: 'Sie haben die Zwei-Faktor-Anmeldung eingeschaltet, nach der diese App nicht fragen kann.',
    grant_limit: 'Die App war an zu vielen Orten verbunden, und dieser wurde am längsten nicht genutzt.',
    signed_out: 'Sie haben den Browser abgemeldet, in dem Sie sich bei ihr angemeldet hatten.',
    expired: 'Er war abgelaufen.',
    app_deleted: 'Die App wurde gelöscht.',
  },

  did: 'Was die App getan hat',
  didLead: (days) =>
    `Was die App in den letzten ${number(days)} Tagen über diesen Server gelesen und geändert hat, nach Tagen (UTC). Was sie anderswo damit getan hat, sehen wir nicht.`,
  didNothing: (days) => `Die App hat in den letzten ${number(days)} Tagen nichts gelesen und nichts geändert.`,
  caption: 'Was die App getan hat, neuester Tag zuerst',
  day: 'Tag (UTC)',
  resource: 'Was',
  resources: {
    measurements: 'Messwerte',
    variables: 'Variablen',
    user: 'Ihre Kontodaten',
    apps: 'Ihre verbundenen Apps',
  },
  reads: 'Gelesen',
  writes: 'Geändert',
  records: 'Einträge',
  times: number,
}
