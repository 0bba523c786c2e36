/** What the checks of a server find, in German. */
import type { CheckFacts } from '../../en/console/checks.ts'
import type { Words } from '../../en/index.ts'

const named =
  (text: (names: string) => string) =>
  ({ names }: CheckFacts) =>
    text(names)
const many =
  (text: (count: number) => string) =>
  ({ count }: CheckFacts) =>
    text(count)

const each: Words['checks']['each'] = {
  restore: {
    title: 'Aus einer Sicherung wiederhergestellt',
    cases: {
      paused: 'Aufträge, E-Mails und Aufrufe anderer Server ruhen seit einer Wiederherstellung.',
      unread: 'Was nach der Sicherung beendet oder geändert wurde, ist wieder wie zuvor.',
    },
    repair: 'Sehen Sie es durch und lassen Sie den Server dann weiterarbeiten.',
  },
  keys: {
    title: 'Signaturschlüssel',
    cases: { signing: 'Token können signiert werden.', none: 'Es gibt keinen Schlüssel, der signiert.' },
    repair: 'Starten Sie den Server neu; er legt einen an.',
  },
  issuer: {
    title: 'Adresse und TLS',
    cases: {
      published: named((name) => `${name} ist eine https-Adresse.`),
      local: named((name) => `${name} ist nur von diesem Rechner aus erreichbar.`),
    },
    repair: 'Geben Sie die https-Adresse an, unter der dieser Server erreichbar ist.',
  },
  mail: {
    title: 'E-Mail',
    cases: {
      sent: 'Der Mailserver hat die letzte E-Mail angenommen.',
      outbox: 'E-Mails stehen zur Entwicklung auf einer Seite.',
      untried: 'Ein Mailserver ist eingestellt, aber noch keine E-Mail verschickt.',
      failing: 'Die letzte E-Mail konnte nicht verschickt werden.',
      none: 'Es werden keine E-Mails verschickt. Niemand kann eine Adresse bestätigen oder ein Passwort zurücksetzen.',
    },
    repair: 'Prüfen Sie SMTP_URL und MAIL_FROM und fordern Sie dann eine E-Mail an sich selbst an.',
  },
  backup: {
    title: 'Sicherung',
    cases: {
      fresh: 'Die letzte Sicherung ist jünger als ein Tag.',
      old: many((days) =>
        days === 1 ? 'Die letzte Sicherung ist einen Tag alt.' : `Die letzte Sicherung ist ${days} Tage alt.`,
      ),
      none: 'Es gibt noch keine Sicherung.',
    },
    repair: 'Machen Sie jede Nacht eine und bewahren Sie sie auf einem anderen Rechner auf.',
  },
  firstAdministrator: {
    title: 'Erster Administrator',
    cases: { none: 'Es gibt noch keinen Administrator.' },
    repair: 'Öffnen Sie den Link, den dieser Befehl ausgibt, und wählen Sie Benutzernamen und Passwort.',
  },
  secondFactor: {
    title: 'Zweiter Faktor',
    cases: {
      all: 'Alle, die diesen Server betreiben, haben einen zweiten Faktor.',
      missing: named((names) => `Diese betreiben den Server und haben keinen zweiten Faktor: ${names}.`),
    },
    repair: 'Sie fügen einen auf ihrer Sicherheitsseite hinzu.',
  },
  addresses: {
    title: 'Adressen der Administratoren',
    cases: {
      all: 'Alle, die diesen Server betreiben, haben ihre E-Mail-Adresse bestätigt.',
      missing: named(
        (names) =>
          `Diese betreiben den Server und haben keine Adresse bestätigt, also erreicht sie keine E-Mail: ${names}.`,
      ),
    },
    repair: 'Sie bestätigen sie auf der Seite ihrer E-Mail-Adresse.',
  },
  administrators: {
    title: 'Zweiter Administrator',
    cases: {
      several: many((count) => `${count} Personen dürfen diesen Server ändern.`),
      one: 'Wenn Sie sich nicht mehr anmelden können, kann niemand diesen Server ändern.',
    },
    repair: 'Geben Sie einem weiteren Konto die Rolle admin.',
  },
  signUp: {
    title: 'Neue Konten',
    cases: {
      open: 'Jeder darf ein Konto eröffnen.',
      invite: 'Wen Sie einladen, der darf ein Konto eröffnen.',
      closed: 'Niemand darf ein Konto eröffnen.',
    },
    repair: 'CONSENTRY_SIGNUP sagt, wer es darf.',
  },
  registration: {
    title: 'Neue Apps',
    cases: {
      open: 'Jeder darf eine App registrieren, die alle sofort benutzen können.',
      approval: 'Jeder darf eine App registrieren, und Sie geben sie frei.',
      closed: 'Niemand darf eine App registrieren.',
    },
    repair: 'CONSENTRY_APP_REGISTRATION sagt, wer es darf.',
  },
  protocols: {
    title: 'Ältere Protokolle',
    cases: {
      closed: 'Alle sind geschlossen.',
      used: named((names) => `Apps benutzen ${names}.`),
      unused: named((names) => `Diese hat seit 30 Tagen niemand benutzt: ${names}.`),
    },
    repair: 'Schließen Sie, was niemand braucht.',
  },
  api: {
    title: 'Erste API',
    cases: {
      some: many((count) =>
        count === 1 ? 'Eine Ihrer APIs ist registriert.' : `${count} Ihrer APIs sind registriert.`,
      ),
      none: 'Keine Ihrer APIs ist registriert.',
    },
    repair: 'Registrieren Sie sie mit Namen, Herausgeber und Scopes in Worten.',
  },
  scopes: {
    title: 'Scopes in Worten',
    cases: {
      titled: 'Jeder Scope hat einen Titel.',
      untitled: named((names) => `Nach diesen wird nur mit ihrem Namen gefragt: ${names}.`),
    },
    repair: 'Geben Sie jedem einen Titel in den Scopes seiner API.',
  },
  proxies: {
    title: 'APIs hinter einem Proxy',
    cases: {
      trusted: 'Dem Proxy vor Ihren APIs wird vertraut.',
      untrusted: named((names) => `Keinem Proxy wird vertraut. Jede Anfrage an diese wird abgelehnt: ${names}.`),
    },
    repair: 'Nennen Sie die Adresse des Proxys, wie der Server sie sieht.',
  },
  app: {
    title: 'Erste App',
    cases: { some: 'Es gibt eine App.', none: 'Es gibt noch keine App.' },
    repair: 'Registrieren Sie eine.',
  },
  jobs: {
    title: 'Aufträge',
    cases: {
      well: 'In den letzten sieben Tagen wurde kein Auftrag aufgegeben.',
      givenUp: many((count) =>
        count === 1
          ? 'In den letzten sieben Tagen wurde ein Auftrag aufgegeben.'
          : `In den letzten sieben Tagen wurden ${count} Aufträge aufgegeben.`,
      ),
    },
    repair: 'Das Protokoll des Servers sagt, warum.',
  },
}

export const checks: Words['checks'] = {
  heading: 'Checkliste',
  done: (done: number, all: number) => `${done} von ${all} erledigt`,
  states: { ok: 'Erledigt', todo: 'Offen', problem: 'Defekt' },
  allDone: 'Es ist nichts mehr zu tun.',
  show: 'Erledigtes zeigen',
  each,
}
