/** What mails say. */

import type { Words } from '../en/index.ts'
import type { AccountEvent } from '../en/mail.ts'
import type { MailWords } from '../mail.ts'
import { counted } from './counted.ts'

const ifNotYou = 'Wenn Sie das nicht waren, wählen Sie sofort ein neues Passwort und prüfen Sie Ihr Konto.'
const aboutAccount = 'Sie erhalten diese Nachricht, weil sie die Sicherheit Ihres Kontos betrifft.'
const aboutApp = 'Sie erhalten diese Nachricht, weil diese App unter Ihrem Konto registriert ist.'

const facts = ({ username, at }: AccountEvent): [string, string][] => [
  ['Konto', username],
  ['Wann', at],
]

const notice = (of: AccountEvent, link = 'Konto prüfen'): Pick<MailWords, 'facts' | 'link' | 'reason'> => ({
  facts: facts(of),
  link: { text: link, href: of.href },
  reason: aboutAccount,
})

function waitingSubject(apps: number, requests: number): string {
  const app = `${apps} ${counted(apps, { one: 'App', other: 'Apps' })}`
  const request = `${requests} ${counted(requests, { one: 'Anfrage', other: 'Anfragen' })} um Zugang`
  const wait = apps + requests === 1 ? 'wartet' : 'warten'
  if (requests === 0) return `${app} ${wait} auf Ihre Freigabe`
  return `${apps === 0 ? request : `${request} und ${app}`} ${wait} auf Ihre Entscheidung`
}

export const mail: Words['mail'] = {
  frame: {
    code: 'Ihr Code',
    help: 'Hilfe',
    linkHint: 'Wenn die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
    sentBy: (operator, address) =>
      `Gesendet von ${operator} (${address}). Antworten auf diese Nachricht liest niemand.`,
  },

  factorChanged: {
    on: (of) => ({
      subject: 'Die Zwei-Faktor-Anmeldung ist eingeschaltet',
      paragraphs: [
        'Ab jetzt wird bei der Anmeldung ein zweiter Faktor verlangt. Bewahren Sie Ihre Wiederherstellungscodes sicher auf.',
        ifNotYou,
      ],
      ...notice(of),
    }),
    off: (of) => ({
      subject: 'Die Zwei-Faktor-Anmeldung ist ausgeschaltet',
      paragraphs: ['Ab jetzt öffnet Ihr Passwort allein Ihr Konto.', ifNotYou],
      ...notice(of),
    }),
    codes: (of) => ({
      subject: 'Sie haben neue Wiederherstellungscodes',
      paragraphs: [
        'Für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Die bisherigen gelten nicht mehr.',
        ifNotYou,
      ],
      ...notice(of),
    }),
    recovery_code: (of) => ({
      subject: 'Ein Wiederherstellungscode wurde verwendet',
      paragraphs: ['Jemand hat sich mit einem Ihrer Wiederherstellungscodes in Ihrem Konto angemeldet.', ifNotYou],
      ...notice(of),
    }),
  },

  factorFailed: (of) => ({
    subject: 'Jemand kennt Ihr Passwort',
    paragraphs: [
      'Jemand hat Ihr Passwort und dann für den zweiten Faktor einen falschen Code eingegeben. Die Anmeldung ist nicht gelungen.',
      ifNotYou,
    ],
    ...notice(of),
  }),

  factorRemovalAsked: (of) => ({
    subject: 'Ihr zweiter Faktor wird entfernt',
    paragraphs: [
      'Jemand, der Ihr Passwort kennt, oder der Betreiber dieses Servers gibt an, dass Sie Ihren zweiten Faktor verloren haben. Er wird zum unten genannten Zeitpunkt entfernt. Danach reicht Ihr Passwort allein, um Ihr Konto zu öffnen.',
      'Wenn Sie das nicht waren, stoppen Sie es jetzt und ändern Sie danach Ihr Passwort. Auch eine Anmeldung mit Ihrem zweiten Faktor stoppt es.',
    ],
    facts: [
      ['Konto', of.username],
      ['Wird entfernt am', of.at],
    ],
    link: { text: 'Zweiten Faktor behalten', href: of.href },
    reason: aboutAccount,
  }),

  passwordChanged: (of) => ({
    subject: 'Ihr Passwort wurde geändert',
    paragraphs: [
      'Das Passwort Ihres Kontos wurde geändert. Sie wurden überall abgemeldet, und verbundene Apps müssen neu verbunden werden.',
      ifNotYou,
    ],
    ...notice(of, 'Ihr Konto öffnen'),
  }),

  usernameChanged: (of) => ({
    subject: 'Ihr Benutzername wurde geändert',
    paragraphs: [
      'Ab jetzt melden Sie sich mit dem unten genannten Benutzernamen an. Der frühere öffnet Ihr Konto nicht mehr. Apps bleiben verbunden.',
      ifNotYou,
    ],
    ...notice(of, 'Ihr Profil öffnen'),
  }),

  passwordSet: (of) => ({
    subject: 'Ihr Konto hat jetzt ein Passwort',
    paragraphs: ['Für Ihr Konto wurde ein Passwort festgelegt, mit dem Sie sich ab jetzt anmelden können.', ifNotYou],
    ...notice(of, 'Ihr Konto öffnen'),
  }),

  passkeyAdded: (of) => ({
    subject: 'Zu Ihrem Konto wurde ein Passkey hinzugefügt',
    paragraphs: ['Sie können sich ab jetzt damit anmelden.', ifNotYou],
    ...notice(of, 'Ihre Passkeys ansehen'),
  }),

  passkeyRemoved: (of) => ({
    subject: 'Aus Ihrem Konto wurde ein Passkey entfernt',
    paragraphs: ['Sie können sich nicht mehr damit anmelden.', ifNotYou],
    ...notice(of, 'Ihre Passkeys ansehen'),
  }),

  appPasswordAdded: (of) => ({
    subject: 'Ihr Konto hat ein neues App-Passwort',
    paragraphs: [
      'Eine App, die es kennt, kann Ihr Konto ohne Ihr eigenes Passwort und ohne zweiten Faktor verwenden.',
      'Wenn Sie das nicht waren, widerrufen Sie es, wählen Sie sofort ein neues Passwort und prüfen Sie Ihr Konto.',
    ],
    ...notice(of, 'Ihre App-Passwörter ansehen'),
  }),

  personalTokenAdded: (of) => ({
    subject: 'Ihr Konto hat ein neues persönliches Token',
    paragraphs: [
      'Ein Programm, das es kennt, kann Ihre Daten im Rahmen der Berechtigungen verwenden, die dafür ausgewählt wurden.',
      'Wenn Sie das nicht waren, widerrufen Sie es, wählen Sie sofort ein neues Passwort und prüfen Sie Ihr Konto.',
    ],
    ...notice(of, 'Ihre persönlichen Tokens ansehen'),
  }),

  newBrowser: (of) => ({
    subject: 'Neue Anmeldung in Ihrem Konto',
    paragraphs: ['Jemand hat sich mit einem Browser, den wir noch nicht kannten, in Ihrem Konto angemeldet.', ifNotYou],
    facts: [...facts(of), ['Browser', of.device]],
    link: { text: 'Ansehen, wo Sie angemeldet sind', href: of.href },
    reason: aboutAccount,
  }),

  appAuthorized: (of) => ({
    subject: `${of.app} kann jetzt Ihr Konto nutzen`,
    paragraphs: [
      `Sie haben ${of.app} erlaubt, Ihr Konto zu nutzen. Sie können jederzeit sehen, was die App darf, und ihr den Zugriff entziehen.`,
      'Wenn Sie das nicht waren, entziehen Sie ihr den Zugriff und wählen Sie ein neues Passwort.',
    ],
    ...notice(of, 'Verbundene Apps ansehen'),
  }),

  accessReused: (of) => ({
    subject: `${of.app} hat keinen Zugriff mehr auf Ihr Konto`,
    paragraphs: [
      `Ein Schlüssel, den ${of.app} nur einmal verwenden darf, wurde noch einmal verwendet. Vielleicht hat ihn jemand kopiert, deshalb haben wir diesen Zugriff beendet.`,
      `Wenn Sie ${of.app} weiter nutzen möchten, verbinden Sie die App neu. Wenn das öfter geschieht, sagen Sie es ihrem Entwickler.`,
    ],
    ...notice(of, 'Verbundene Apps ansehen'),
  }),

  accountClosed: (of) => ({
    subject: 'Ihr Konto wurde geschlossen',
    paragraphs: [
      'Sie sind überall abgemeldet, und keine App hat mehr Zugriff auf Ihr Konto. Zum unten genannten Zeitpunkt wird hier alles über Sie gelöscht.',
      'Wenn Sie es sich anders überlegen, melden Sie sich vorher an, und alles gehört wieder Ihnen.',
      'Wenn Sie das nicht waren, melden Sie sich jetzt an, um Ihr Konto zurückzuholen, und wählen Sie sofort ein neues Passwort. Wenn Sie sich nicht anmelden können, bitten Sie den Betreiber dieses Servers um Hilfe.',
    ],
    facts: [...facts(of), ['Wird gelöscht am', of.until]],
    link: { text: 'Anmelden und Konto zurückholen', href: of.href },
    reason: aboutAccount,
  }),

  accountTakenBack: (of) => ({
    subject: 'Ihr Konto gehört wieder Ihnen',
    paragraphs: [
      'Jemand hat sich in Ihrem geschlossenen Konto angemeldet. Es ist damit wieder offen und wird nicht gelöscht. Apps müssen Sie erneut um Erlaubnis bitten.',
      ifNotYou,
    ],
    ...notice(of, 'Ihr Konto öffnen'),
  }),

  appsWaiting: (of) => ({
    subject: waitingSubject(of.count, of.requests),
    paragraphs: [
      ...(of.requests === 0
        ? []
        : [
            'Entwickler ohne Konto bitten mit einer App um Zugang. Nehmen Sie jede Anfrage auf der Seite hinter dem Link an oder lehnen Sie sie ab. Das geht auch mit den Befehlen access list, access approve und access refuse.',
          ]),
      ...(of.count === 0
        ? []
        : [
            'Sehen Sie sich jede App in der Konsole hinter dem Link an und geben Sie sie dort frei oder lehnen Sie sie ab. Das geht auch mit den Befehlen client show, client approve und client refuse.',
          ]),
      ...(of.count > of.apps.length ? [`Das sind die ersten ${of.apps.length}:`] : []),
    ],
    facts: of.apps,
    link: { text: 'Entscheiden', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil Sie diesen Server betreiben. Sie kommt höchstens einmal pro Stunde.',
  }),

  webhookOff: (of) => ({
    subject: `Ein Webhook ${of.app === undefined ? 'dieses Servers' : `von ${of.app}`} wurde abgeschaltet`,
    paragraphs: [
      of.why === 'gone'
        ? 'Der Empfänger hat mit Status 410 (nicht mehr vorhanden) geantwortet. Der Server sendet ihm nichts mehr.'
        : 'Der Empfänger hat fünf Tage lang keine Nachricht angenommen. Der Server sendet ihm nichts mehr.',
      'Was geschieht, solange der Webhook aus ist, wird nicht gesendet. Prüfen Sie den Empfänger und schalten Sie den Webhook wieder ein.',
    ],
    facts: [...(of.app === undefined ? [] : [['App', of.app] as [string, string]]), ['Empfänger', of.at]],
    link: { text: 'Webhook öffnen', href: of.href },
    reason: of.app === undefined ? 'Sie erhalten diese Nachricht, weil Sie diesen Server betreiben.' : aboutApp,
  }),

  appApproved: (of) => ({
    subject: `${of.app} ist freigegeben`,
    paragraphs: [
      `Der Betreiber dieses Servers hat ${of.app} freigegeben. Jeder mit einem Konto kann die App jetzt nutzen.`,
    ],
    link: { text: `${of.app} öffnen`, href: of.href },
    reason: aboutApp,
  }),

  appNotApproved: (of) => ({
    subject: `${of.app} wurde nicht freigegeben`,
    paragraphs: [
      `Der Betreiber dieses Servers hat ${of.app} angesehen und nicht freigegeben. Die App funktioniert weiterhin für Sie und Ihre Tester.`,
      'Sobald Sie die App ändern, wartet sie wieder auf die Freigabe.',
    ],
    facts: of.reason === undefined ? [] : [['Grund', of.reason]],
    link: { text: `${of.app} öffnen`, href: of.href },
    reason: aboutApp,
  }),

  appRefused: (of) => ({
    subject: `Die Änderung an ${of.app} wurde abgelehnt`,
    paragraphs: [
      `Der Betreiber dieses Servers hat die wartende Änderung an ${of.app} abgelehnt. Die freigegebene Fassung bleibt, wie sie ist.`,
    ],
    facts: of.reason === undefined ? [] : [['Grund', of.reason]],
    link: { text: `${of.app} öffnen`, href: of.href },
    reason: aboutApp,
  }),

  appChangesWanted: (of) => ({
    subject: `Vor der Freigabe von ${of.app} sind Änderungen nötig`,
    paragraphs: [`Der Betreiber dieses Servers hat ${of.app} angesehen und bittet zuerst um Änderungen.`],
    facts: [['Was zu ändern ist', of.wanted]],
    link: { text: `${of.app} öffnen`, href: of.href },
    reason: aboutApp,
  }),
  protocolEnds: (of) => ({
    subject: `Ein Protokoll, das ${of.app} verwendet, wird am ${of.on} geschlossen`,
    paragraphs: [
      ...(of.moved ? ['Bisher war Ihnen ein anderer Tag genannt. Jetzt gilt dieser.'] : []),
      `In den letzten 30 Tagen hat sich ${of.app} über das alte Protokoll ${of.protocol} verbunden. Der Betreiber dieses Servers schließt es am ${of.on}. Danach antwortet es niemandem mehr, und auf diesem Weg kann sich niemand mehr bei der App anmelden.`,
      'Stellen Sie die App vorher auf die Standard-Endpunkte um. Bis dahin kann das Protokoll zeitweise für einige Minuten abgeschaltet sein, damit auffällt, was es noch braucht. Das Anfragen-Protokoll der App zeigt diese Ablehnungen.',
    ],
    facts: [
      ['App', of.app],
      ['Protokoll', of.protocol],
      ['Schließt am', of.on],
    ],
    link: { text: 'Was stattdessen zu verwenden ist', href: of.href },
    reason: aboutApp,
  }),

  protocolClosed: (of) => ({
    subject: `Ein Protokoll, das ${of.app} verwendet, wurde geschlossen`,
    paragraphs: [
      `Der Betreiber dieses Servers hat das alte Protokoll ${of.protocol} geschlossen. Es antwortet niemandem mehr, und auf diesem Weg kann sich niemand mehr bei ${of.app} anmelden.`,
      'Stellen Sie die App auf die Standard-Endpunkte um. Ihre Tokens bleiben gültig.',
    ],
    facts: [
      ['App', of.app],
      ['Protokoll', of.protocol],
    ],
    link: { text: 'Was stattdessen zu verwenden ist', href: of.href },
    reason: aboutApp,
  }),

  protocolStays: (of) => ({
    subject: `Ein Protokoll, das ${of.app} verwendet, bleibt offen`,
    paragraphs: [
      `Ihnen wurde das Ende des alten Protokolls ${of.protocol} mitgeteilt. Der Betreiber dieses Servers hat das zurückgenommen. Es ist offen.`,
      'Wenn Sie die App schon umgestellt haben, ändert sich für Sie nichts.',
    ],
    facts: [
      ['App', of.app],
      ['Protokoll', of.protocol],
    ],
    link: { text: 'Ihre Apps öffnen', href: of.href },
    reason: aboutApp,
  }),
}
