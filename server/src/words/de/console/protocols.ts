/** What people read of legacy protocols and of the plans for their ends, in German. */
import type { ClosableDialect } from '../../../protocol/dialects.ts'
import type { Words } from '../../en/index.ts'
import { counted } from '../counted.ts'

const names = {
  quantimodo: 'QuantiModo OAuth 2',
  password_token: 'Passwort-Token',
  jwt_login: 'JWT-Anmeldung',
}
const parts: Readonly<Record<string, string>> = { unversioned: 'ohne Version', social: 'Anmeldung über Anbieter' }

function name(protocol: ClosableDialect): string {
  const [dialect, part] = protocol.split('/') as [keyof typeof names, string | undefined]
  return part === undefined ? names[dialect] : `${names[dialect]}, ${parts[part] ?? part}`
}

export const protocols: Words['protocols'] = {
  name,
  title: 'Alte Protokolle',
  lead: 'Beenden Sie ein Protokoll oder eine Version davon in Schritten: das Ende ankündigen, für Minuten abschalten, schließen.',
  protocol: 'Protokoll',
  state: 'Zustand',
  states: { open: 'Offen', announced: 'Endet', brown_out: 'Gerade abgeschaltet', closed: 'Geschlossen' },
  notInSettings: 'Nicht in den Einstellungen',
  ends: 'Endet am',
  nextBrownout: 'Nächste Abschaltung:',
  apps: 'Apps, 30 Tage',
  uses: 'Nutzungen, 30 Tage',
  lastUse: 'Zuletzt',
  never: 'Nie',
  none: 'Es gibt keine alten Protokolle.',
  safe: 'Kann es geschlossen werden?',
  nobody: 'Ja. In 30 Tagen kamen weder eine App noch ein Abonnementschlüssel auf diesem Weg.',
  wouldBreak: (apps) =>
    apps === 0
      ? 'Noch nicht. Apps mit diesen Abonnementschlüsseln kommen vielleicht noch auf diesem Weg.'
      : counted(apps, {
          one: 'Noch nicht. Eine App würde nicht mehr funktionieren.',
          other: `Noch nicht. ${apps} Apps würden nicht mehr funktionieren.`,
        }),
  seen: 'Apps der letzten 30 Tage',
  app: 'App',
  goneApp: 'Gelöschte App',
  keys: 'Abonnementschlüssel der letzten 30 Tage',
  keysText:
    'Apps dieses Protokolls zeigen einen Schlüssel statt einer eigenen ID. Mit welcher Version sie kamen, ist nicht bekannt.',
  key: 'Schlüssel',
  owner: 'Gehört',
  told: 'Wer benachrichtigt wurde',
  nobodyTold: 'Noch niemand. Wem die Apps gehören, bekommt eine E-Mail, sobald Sie ein Ende ankündigen.',
  noMail: 'Niemand. Dieser Server versendet keine E-Mails.',
  whom: 'Entwickler',
  toldOf: 'Genanntes Ende',
  toldAt: 'Benachrichtigt am',
  announce: 'Ende ankündigen',
  announceText:
    'Jede Antwort des Protokolls nennt dann den Tag, in den Headern, auf die Werkzeuge achten. Wem Apps der letzten 30 Tage gehören, bekommt eine E-Mail. Das Protokoll bleibt offen, bis Sie es schließen.',
  since: 'Veraltet seit',
  sunset: 'Endet am',
  sunsetHint: 'Der Tag zählt in UTC.',
  link: 'Was stattdessen zu verwenden ist',
  linkHint: 'Adresse einer Seite für Entwickler. Ohne sie nennen Antworten das Entwicklerportal.',
  announceSubmit: 'Ankündigen',
  announceAgain: 'Ändern',
  takeBack: 'Tag zurücknehmen',
  brownouts: 'Abschaltungen auf Zeit',
  brownoutsText:
    'In diesen Minuten antwortet das Protokoll mit 410. Wer es noch braucht, bemerkt es, und das Anfragen-Protokoll der App sagt warum.',
  day: 'Tag',
  time: 'Beginn',
  timeHint: 'In UTC.',
  minutes: 'Minuten',
  schedule: 'Planen',
  remove: 'Entfernen',
  ahead: 'Geplant',
  underWay: 'Jetzt',
  over: 'Vorbei',
  end: 'Schließen',
  closeText:
    'Ein geschlossenes Protokoll antwortet allen mit 410. Ausgegebene Tokens bleiben gültig. Sie können es wieder öffnen.',
  closedText: 'Das Protokoll ist geschlossen und antwortet allen mit 410. Ausgegebene Tokens bleiben gültig.',
  close: 'Schließen',
  open: 'Wieder öffnen',
  undo: 'Ganzen Plan zurücknehmen',
  closing: {
    heading: 'Dieses Protokoll schließen?',
    text: 'Apps, die es noch brauchen, funktionieren sofort nicht mehr. Ausgegebene Tokens bleiben gültig, und Sie können es wieder öffnen.',
    submit: 'Schließen',
  },
  notices: {
    announced: 'Das Ende ist angekündigt.',
    taken_back: 'Der Tag ist zurückgenommen.',
    brownout_added: 'Die Abschaltung ist geplant.',
    brownout_removed: 'Die Abschaltung ist entfernt.',
    closed: 'Das Protokoll ist geschlossen.',
    opened: 'Das Protokoll ist offen.',
    undone: 'Der Plan ist zurückgenommen.',
  },
  problems: {
    date: 'Wählen Sie einen Tag in der Zukunft.',
    link: 'Der Link muss mit https:// oder http:// beginnen.',
    time: 'Geben Sie einen Tag und eine Zeit an, etwa 09:30.',
    minutes: 'Geben Sie die Minuten als Zahl an.',
    past: 'Diese Zeit ist vorbei.',
    too_short: 'Eine Abschaltung dauert mindestens eine Minute.',
    too_long: 'Eine Abschaltung dauert höchstens einen Tag, also 1440 Minuten.',
    too_many: 'Entfernen Sie zuerst eine Abschaltung. Es sind schon 20 geplant.',
    overlaps: 'Zu dieser Zeit gibt es schon eine Abschaltung.',
    after_end: 'Das Protokoll endet vor dieser Zeit.',
    closed: 'Das Protokoll ist geschlossen.',
  },
}
