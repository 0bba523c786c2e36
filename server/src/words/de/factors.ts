/** What the pages about second factors say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

const tooMany = (wait: string): [string, string] => ['Zu viele falsche Codes.', `Versuchen Sie es in ${wait} erneut.`]

export const factor: Words['factor'] = {
  heading: 'Zwei-Faktor-Anmeldung',
  ask: rich(
    'Geben Sie den Code ein, den Ihre Authenticator-App für <account/> anzeigt. Wenn Sie die App nicht zur Hand haben, geben Sie einen Ihrer Wiederherstellungscodes ein.',
  ),
  askWithoutApp: rich(
    'Bestätigen Sie mit Ihrem Passkey, dass Sie <account/> sind, oder geben Sie einen Ihrer Wiederherstellungscodes ein.',
  ),
  passkey: 'Mit einem Passkey bestätigen',
  orCode: 'oder mit einem Code',
  code: 'Code',
  submit: 'Bestätigen',
  lost: rich('Telefon und Wiederherstellungscodes verloren? <a>Zugang wiederherstellen</a>'),
  removalWaits: rich(
    'Ihr zweiter Faktor wird am <moment/> entfernt. Um ihn zu behalten, geben Sie jetzt einen Code ein.',
  ),
  backToSignIn: 'Als jemand anders anmelden',
  stops: {
    stands_still: () => [
      'Zu viele Codes waren falsch, deshalb werden Codes dieser Art nicht mehr angenommen.',
      'Verwenden Sie einen Wiederherstellungscode oder einen anderen Weg, oder setzen Sie Ihr Passwort per E-Mail zurück.',
    ],
    throttled: tooMany,
    passkey: () => ['Dieser Passkey hat nicht funktioniert.', 'Versuchen Sie es erneut oder geben Sie einen Code ein.'],
  },
}

export const lostFactor: Words['lostFactor'] = {
  heading: 'Zweiten Faktor verloren?',
  means: rich(
    'Sie können den zweiten Faktor von <account/> entfernen lassen. Das dauert 24 Stunden, damit niemand, der nur Ihr Passwort kennt, es unbemerkt tun kann.',
  ),
  steps: [
    'Wir senden sofort eine Nachricht an Ihre bestätigte Adresse.',
    'Bis dahin können Sie oder jeder, der in Ihrem Konto angemeldet ist, es mit einem Klick stoppen. Auch eine Anmeldung mit einem Code stoppt es.',
    'Danach reicht Ihr Passwort allein, um Ihr Konto zu öffnen. Bis dahin lässt es sich nicht ändern.',
  ],
  submit: 'Entfernen lassen',
  asked: 'Ihr zweiter Faktor wird entfernt',
  askedText: rich('Ab <moment/> können Sie sich allein mit Ihrem Passwort anmelden. Versuchen Sie es dann erneut.'),
  askedStop: 'Telefon gefunden? Melden Sie sich mit einem Code an, und Ihr zweiter Faktor bleibt.',
  bars: {
    no_mail:
      'Dieser Server kann Sie nicht per E-Mail warnen, wenn jemand das verlangt. Wenden Sie sich an den Betreiber: Er kann Ihren zweiten Faktor auf dem Server entfernen.',
    no_password: 'Melden Sie sich zuerst mit Ihrem Passwort an. Dann können Sie Ihren zweiten Faktor entfernen lassen.',
  },
  keep: {
    heading: 'Zweiten Faktor behalten?',
    text: 'Jemand, der Ihr Passwort kennt, will ihn entfernen lassen. Wenn Sie das nicht waren, stoppen Sie es und ändern Sie Ihr Passwort.',
    submit: 'Zweiten Faktor behalten',
    done: 'Ihr zweiter Faktor bleibt',
    doneText: 'Wenn Sie das nicht selbst verlangt haben, ändern Sie jetzt Ihr Passwort: Jemand anders kennt es.',
    over: 'Nichts zu stoppen',
    overText: 'Das Entfernen wurde schon gestoppt, oder der zweite Faktor ist bereits entfernt.',
    onward: 'Zu Ihrem Konto',
  },
}

export const totp: Words['totp'] = {
  title: 'Zwei-Faktor-Anmeldung',
  heading: 'Zwei-Faktor-Anmeldung',
  lead: 'Nach Ihrem Passwort werden Sie nach einem Code aus einer App auf Ihrem Telefon gefragt. Wer Ihr Passwort erfährt, kann sich damit allein nicht anmelden.',
  required: rich(
    'Sie sind als <account/> angemeldet. Dieser Server verlangt bei der Anmeldung einen zweiten Faktor. Richten Sie ihn ein, um fortzufahren.',
  ),
  scan: 'Dieses Bild mit Ihrer Authenticator-App scannen',
  scanHint: 'Jede Authenticator-App ist geeignet: die Ihres Passwort-Managers, die Ihres Telefons oder eine separate.',
  picture: 'QR-Code mit dem Schlüssel dieses Kontos',
  openHere: 'Oder die App auf diesem Gerät öffnen',
  manually: 'Oder diesen Schlüssel in die App eintippen',
  enter: 'Den Code eingeben, den die App anzeigt',
  code: 'Sechsstelliger Code',
  submit: 'Einschalten',
  usePasskey: 'Stattdessen einen Passkey verwenden',
  means: 'Ihre anderen Browser werden abgemeldet, ebenso Apps, in die Sie Ihr Passwort direkt eingegeben haben.',
  throttled: tooMany,
  off: 'Der Betreiber dieses Servers bietet keine Zwei-Faktor-Anmeldung an.',
  needsLink:
    'Ihre Rolle verlangt hier mehr als Ihr Passwort. Öffnen Sie zuerst einen Einrichtungs-, Einladungs- oder Rücksetzlink und kommen Sie innerhalb einer Stunde wieder. Der Betreiber kann auf dem Server einen Rücksetzlink ausgeben lassen.',
  otherAccount: 'Abmelden',

  on: 'Ein',
  app: 'Authenticator-App',
  since: rich('hinzugefügt am <day/>'),
  used: rich('zuletzt verwendet am <day/>'),
  remove: 'Entfernen',
  removal: {
    heading: 'Authenticator-App entfernen?',
    name: 'Authenticator-App',
    text: 'Danach reicht Ihr Passwort allein, um Ihr Konto zu öffnen, wenn Sie keinen anderen zweiten Faktor haben. Mit dem letzten zweiten Faktor enden auch Ihre Wiederherstellungscodes.',
    submit: 'Entfernen',
  },
  codes: 'Wiederherstellungscodes',
  codesLeft: (left) =>
    counted(left, {
      one: 'Sie haben noch einen Wiederherstellungscode.',
      other: `Sie haben noch ${left} Wiederherstellungscodes.`,
    }),
  newCodes: 'Neue Codes erstellen',
  removalWaits: rich(
    'Jemand, der Ihr Passwort kennt, will Ihren zweiten Faktor entfernen lassen. Er wird am <moment/> entfernt, wenn Sie es nicht stoppen.',
  ),
  stopRemoval: 'Entfernen stoppen',
  newCodesMean: 'Neue Codes ersetzen die bisherigen.',

  saveCodes: 'Wiederherstellungs\u00adcodes speichern',
  codesTell: rich(
    'Wenn Sie Ihre App oder Ihren Passkey verlieren, öffnet jeder dieser Codes Ihr Konto <strong>einmal</strong>. Bewahren Sie sie dort auf, wo Sie Ihre Passwörter aufbewahren. Sie werden nicht noch einmal angezeigt.',
  ),
  saved: 'Fertig, ich habe sie gespeichert',
}

export const twoStep: Words['twoStep'] = {
  heading: 'Zwei-Faktor-Anmeldung',
  on: 'Ein',
  off: 'Aus',
  onText: 'Nach Ihrem Passwort werden Sie nach einem Code gefragt.',
  offText:
    'Ihr Passwort allein öffnet Ihr Konto. Fügen Sie eine Authenticator-App hinzu, damit niemand hineinkommt, der es erfährt.',
  setUp: 'Einrichten',
  manage: 'Verwalten',
}
