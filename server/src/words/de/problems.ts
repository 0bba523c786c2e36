/** What the pages for problems say: what has happened, and what to do. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

const ourSide = 'Bei uns ist etwas schiefgegangen'

export const problems: Words['problems'] = {
  tryAgain: 'Erneut versuchen',
  inWhile: (wait) => ` Versuchen Sie es in ${wait} erneut.`,
  onward: 'Weiter',
  requestId: 'X-Request-Id',
  kinds: {
    not_found: {
      heading: 'Seite nicht gefunden',
      text: 'Die Adresse ist vielleicht falsch, oder die Seite ist umgezogen.',
    },
    not_allowed: {
      heading: 'Sie können diese Seite nicht sehen',
      text: 'Sie sind angemeldet, aber die Seite gehört jemand anderem oder verlangt eine andere Rolle.',
    },
    form_refused: {
      heading: 'Dieses Formular kam nicht von unserer eigenen Seite',
      text: 'Vielleicht hat eine andere Website es gesendet. Es hat sich nichts geändert.',
    },
    form_expired: {
      heading: 'Dieses Formular ist abgelaufen',
      text: 'Es hat sich nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.',
    },
    request_unclear: {
      heading: 'Wir konnten diese Anfrage nicht verstehen',
      text: 'Etwas in der Adresse oder im Formular ist nicht so, wie es sein sollte. Es hat sich nichts geändert.',
    },
    sign_up_closed: {
      heading: 'Neue Konten sind nicht möglich',
      text: 'Auf diesem Server erstellt der Betreiber die Konten. Bitten Sie ihn um eines.',
    },
    registration_closed: {
      heading: 'Neue Apps sind nicht möglich',
      text: 'Auf diesem Server registriert der Betreiber die Apps. Bitten Sie ihn um eine, die Sie als Inhaber nennt.',
    },
    set_up_link_spent: {
      heading: 'Dieser Link wurde schon verwendet oder ist abgelaufen',
      text: 'Jeder Einrichtungslink gilt einmal und eine Stunde lang. Wenn es noch keinen Administrator gibt, erzeugt der Betreiber einen neuen mit dem Befehl setup-link dieses Servers.',
    },
    mailed_link_over: {
      heading: 'Dieser Link wurde schon verwendet oder ist abgelaufen',
      text: 'Jeder Link gilt einmal und für begrenzte Zeit, und ein neuerer ersetzt ihn. Fordern Sie dort einen neuen an, wo Sie diesen angefordert haben.',
    },
    too_many: {
      heading: 'Zu viele Anfragen',
      text: 'Aus Ihrem Netz kamen mehr Anfragen, als wir auf einmal beantworten.',
    },
    fault: {
      heading: ourSide,
      text: 'Sie haben nichts falsch gemacht, und es wurde nichts geändert. Der Fehler ist aufgezeichnet.',
    },
    unavailable: {
      heading: 'Wir sind vorübergehend nicht erreichbar',
      text: 'Der Dienst ist ausgelastet oder erreicht seine Datenbank nicht. Es wurde nichts geändert.',
    },
  },

  authorization: {
    fault: {
      heading: ourSide,
      text: 'Mit Ihrem Konto ist nichts geschehen. Versuchen Sie es gleich noch einmal.',
    },
    link: {
      heading: 'Mit diesem Link stimmt etwas nicht',
      text: 'Der Link der App funktioniert nicht. Mit Ihrem Konto ist nichts geschehen. Gehen Sie zurück zur App und versuchen Sie es noch einmal.',
    },
  },
  backTo: rich('Zurück zu <app/>'),
  forDeveloper: 'Für Entwickler',
  oauthError: (code) => `OAuth-Fehler: ${code}`,
  logExplains: 'Das Anfrageprotokoll der App erklärt ihn unter dieser Referenz.',
  checkClientId:
    'Prüfen Sie die Client-ID. Wenn sie stimmt, erklärt das Anfrageprotokoll der App den Rest unter dieser Referenz.',
  seeInLog: 'Diese Anfrage im Protokoll Ihrer App ansehen',

  lost: {
    expired: {
      heading: 'Diese Seite ist abgelaufen',
      text: 'Sie war zu lange offen oder wurde in einem anderen Browser begonnen. Mit Ihrem Konto ist nichts geschehen.',
    },
    sign_in_over: {
      heading: 'Diese Anmeldung ist beendet',
      text: 'Sie hat zu lange gedauert, wurde in einem anderen Browser begonnen oder ist schon verwendet. Mit Ihrem Konto ist nichts geschehen.',
    },
    no_cookies: {
      heading: 'Ihr Browser hat unser Cookie nicht gesendet',
      text: 'Zum Anmelden sind Cookies nötig. Erlauben Sie sie für diese Website oder öffnen Sie die App in Ihrem gewohnten Browser: Private Fenster und Browser in anderen Apps blockieren sie vielleicht.',
    },
  },
  startAgain: 'Neu beginnen',
  backToAt: rich('Zurück zu <app/> (<host/>)'),
}
