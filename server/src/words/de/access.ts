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
  },
}

export const appPasswords: Words['appPasswords'] = {
  title: 'App-Passwörter',
  what: 'Ihre App-Passwörter',
  lead: 'Manche Apps können nur einen Benutzernamen und ein Passwort senden. Geben Sie jeder davon ein eigenes App-Passwort und nie Ihr Passwort: Sie können es widerrufen, ohne dass sich sonst etwas ändert. Alle enden, wenn Sie Ihr Passwort ändern oder alle anderen Browser abmelden.',
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
