/** What the consent page says. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

export const consent: Words['consent'] = {
  title: (name) => `${name} möchte Ihr Konto nutzen`,
  heading: rich('<name/> möchte Ihr Konto nutzen'),
  services: 'Dienste, die die App nutzen wird',
  allow: 'Erlauben',
  deny: 'Nicht erlauben',
  destinations: {
    web: rich('In beiden Fällen werden Sie zu <host/> weitergeleitet.'),
    app: rich('In beiden Fällen werden Sie zur App auf diesem Gerät (<host/>) weitergeleitet.'),
    loopback: rich('In beiden Fällen werden Sie zu einem Programm auf diesem Computer (<host/>) weitergeleitet.'),
  },
  once: 'Das gilt nur für dieses Mal; beim nächsten Mal muss die App wieder fragen. ',
  removable: rich('Sie können den Zugriff jederzeit unter <a>Verbundene Apps</a> entziehen.'),
  yourAccount: 'Ihr Konto: ',
  switchAccount: rich('Wechseln<unseen> zu einem anderen Konto</unseen>'),
  otherSignedIn: rich(
    'Sie kamen mit einer Anmeldung für <account/>, aber in diesem Browser ist <other/> angemeldet. Was Sie hier erlauben, gilt für <account/>.',
  ),
  continueAs: rich('Stattdessen als <account/> fortfahren'),
  renamed: rich('Diese App hat einen neuen Namen. Als Sie ihr den Zugriff erlaubt haben, hieß sie <name/>.'),
  moved: rich(
    'Diese App leitet Sie jetzt an einen anderen Ort weiter. Als Sie ihr den Zugriff erlaubt haben, war es <before/>; jetzt ist es <now/>.',
  ),
  toProgram: rich(
    'Die Antwort geht an ein Programm auf diesem Computer (<host/>). Jedes Programm hier könnte diesen Namen verwenden. Erlauben Sie den Zugriff nur, wenn Sie es gerade selbst gestartet haben.',
  ),
  toApp:
    'Die Antwort geht an eine App auf diesem Gerät. Eine andere App könnte diesen Namen verwenden. Erlauben Sie den Zugriff nur, wenn Sie gerade selbst aus der App kommen.',
  inDevelopment: rich(
    '<strong>Diese App ist in Entwicklung und wurde nicht geprüft.</strong> Fahren Sie nur fort, wenn Sie den Entwickler kennen.',
  ),
  unreviewed: rich(
    '<strong>Diese App wurde nicht geprüft.</strong> Fahren Sie nur fort, wenn Sie dem Entwickler vertrauen.',
  ),
  registeredItself: rich(
    '<strong>Diese App hat sich selbst registriert, und niemand hier hat sie geprüft.</strong> Ihren Namen kann jeder wählen. Es zählt, wohin die Antwort geht: <host/>. Fahren Sie nur fort, wenn Sie gerade von dort kommen.',
  ),
  kinds: { see: 'Die App wird sehen', change: 'Die App wird ändern können', stay: 'Die App wird verbunden bleiben' },
  nothing: 'Die App möchte nur wissen, dass Sie hier ein Konto haben.',
  choice: 'Entfernen Sie den Haken bei allem, was Sie nicht erlauben möchten.',
  allowedBefore: 'All das haben Sie schon einmal erlaubt.',
  alreadyAllowed: (count) =>
    counted(count, {
      one: 'Eine Berechtigung haben Sie bereits erlaubt',
      other: `${count} Berechtigungen haben Sie bereits erlaubt`,
    }),
  stays: (longest, unused) =>
    ` Der Zugriff endet von selbst ${unused === undefined ? '' : `nach ${unused} ohne Nutzung, in jedem Fall aber `}nach ${longest}.`,
  ends: (time) => `Der Zugriff endet nach ${time}. Dann muss die App Sie wieder hierher leiten.`,
  endsWithSession: (time) => `Der Zugriff endet nach ${time} oder sobald Sie sich hier abmelden.`,
}

/** What the pages say on which a device is let in that cannot show a browser. */
export const device: Words['device'] = {
  heading: 'Gerät verbinden',
  lead: 'Ein Fernseher oder ein anderes Gerät, das Ihr Konto nutzen möchte, zeigt einen Code. Geben Sie ihn hier ein.',
  code: 'Code auf dem Gerät',
  hint: 'Acht Buchstaben, etwa WDJB-MJHT. Großschreibung und Bindestrich spielen keine Rolle.',
  goOn: 'Weiter',
  warning:
    'Geben Sie nie einen Code ein, den Ihnen jemand geschickt hat. Wer ihn Ihnen gezeigt hat, käme in Ihr Konto.',
  asks: rich('<name/> möchte Ihr Konto auf einem anderen Gerät nutzen'),
  compare: 'Zeigt das Gerät diesen Code?',
  askedAt: 'Anfrage des Geräts',
  askedFrom: 'Aus',
  yourNetwork: 'dem Netz, in dem Sie jetzt sind',
  otherNetwork: rich('einem anderen Netz als Ihrem: <network/>'),
  unknownNetwork: 'unbekannt',
  yourself:
    'Fahren Sie nur fort, wenn Sie das selbst begonnen haben und das Gerät vor Ihnen steht. Hat Ihnen jemand den Code geschickt, erlauben Sie es nicht.',
  destination: 'ein anderes Gerät',
  done: {
    allowed: {
      heading: 'Das Gerät ist verbunden',
      text: 'Sie können diese Seite schließen. Auf dem Gerät geht es in wenigen Sekunden weiter.',
    },
    denied: {
      heading: 'Das Gerät wurde nicht zugelassen',
      text: 'Es bekommt keinen Zugriff auf Ihr Konto. Sie können diese Seite schließen.',
    },
  },
  toApps: 'Verbundene Apps ansehen',
}

/** What people read when they allowed apps. */
export const receipts: Words['receipts'] = {
  title: 'Was Sie erlaubt haben',
  lead: 'Jedes Mal, wenn Sie einer App etwas Neues erlauben, bewahren wir einen Beleg auf, in den Worten, die Sie dabei gelesen haben. Die Belege bleiben auch dann, wenn Sie der App den Zugriff entziehen.',
  none: 'Es gibt noch keinen Beleg. Wenn Sie einer App etwas erlauben, bewahren wir hier auf, was Sie dabei gelesen haben.',
  link: 'Sehen Sie, was Sie wann erlaubt haben.',
  pages: 'Seiten mit Belegen',
  by: rich('von <publisher/>'),
  titleOf: (app) => `${app} · Was Sie erlaubt haben`,
  headingOf: rich('Was Sie <app/> erlaubt haben'),
  leadOf: rich('Das haben Sie damals gelesen. Die App kann sich seitdem geändert haben. <a>Alle Belege</a>'),
  facts: 'Wer gefragt hat und wann',
  when: 'Erlaubt',
  publisher: 'Herausgeber',
  reviewed: 'Geprüft',
  yes: 'Ja, vom Betreiber dieses Servers',
  no: 'Nein',
  inDevelopment: 'Nein, sie war in Entwicklung',
  website: 'Website',
  appPolicy: 'Datenschutzerklärung der App',
  appTerms: 'Nutzungsbedingungen der App',
  sentTo: 'Weitergeleitet an',
  language: 'Sprache',
  inForce: 'Auf diesem Server in Kraft',
  youRead: 'Was Sie gelesen haben',
  scopes: rich('So nennt es die App: <scopes/>'),
  downloadJson: 'Als JSON herunterladen',
  download: 'Als JSON herunterladen',
  downloadAll: 'Alle als JSON herunterladen',
}
