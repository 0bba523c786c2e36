/** What the pages of developers say: their apps, a new one, and one at a glance. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

export const developer: Words['developer'] = {
  register: 'App registrieren',
  requestsOf: rich('Anfragen<app/>'),
  since: rich('Seit <day/>'),
  shared: 'Mit Ihnen geteilt',
  keysLead: rich('Legacy-Apps, die nach Passwörtern fragen, brauchen einen <a>Subscription-Key</a>.'),
  none: 'Sie haben noch keine App',
  askOperator: rich(
    'Auf diesem Server registriert der Betreiber die Apps. Bitten Sie ihn, Sie, <username/>, als Inhaber Ihrer App einzutragen. Sie erscheint dann hier.',
  ),
  noneYet: 'Sie haben noch keine App. In fünf Minuten haben Sie Ihr erstes Token.',
  registerText: 'Sagen Sie, wie sie heißt und wo sie läuft. Sie bekommen eine Client-ID.',
  signIn: 'Sich in der App anmelden',
  signInText:
    'Öffnen Sie die Adresse, die Sie bekommen, und erlauben Sie der App den Zugriff, wie es Ihre Nutzer tun werden. Sie kehren mit einem Code in Ihre App zurück.',
  exchange: 'Code gegen ein Token tauschen',
  exchangeText:
    'Kopieren Sie die Anfrage für curl oder Node und rufen Sie die API mit dem Token auf. Wenn eine Anfrage scheitert, zeigt das Anfrageprotokoll den Grund.',
  apis: 'APIs',
  apisLead: rich(
    'Was Ihre App mit ihren Tokens aufrufen kann, außer diesem Server. Nennen Sie die API als <code>resource</code>, wenn Sie ein Token anfordern.',
  ),
  sunset: rich('Wird am <day/> abgeschaltet'),
  reviewed: '(für geprüfte Apps)',
  ofApp: (name) => ` von ${name}`,
  notices: {
    deleted: 'Die App ist gelöscht.',
    accepted: 'Sie arbeiten jetzt an der App mit.',
    declined: 'Die Einladung ist abgelehnt.',
    left: 'Sie arbeiten nicht mehr an der App mit.',
  },
}

export const app: Words['app'] = {
  register: 'App registrieren',
  approvalFirst:
    'Der Betreiber dieses Servers gibt jede App frei. Bis dahin ist Ihre App in Entwicklung: Sie funktioniert für Sie und für bis zu 25 Personen, die Sie zum Testen einladen.',
  name: 'Name',
  kind: 'Wo sie läuft',
  redirectUris: 'Redirect-URIs',
  permissions: 'Berechtigungen, die sie anfordern darf',
  nameHint: 'Wird angezeigt, wenn jemand gefragt wird, ob die App Zugriff bekommt.',
  redirectUriLines: 'Redirect-URIs, eine pro Zeile',
  redirectUriLinesHint: rich(
    'Beispiel: <code>https://app.example.com/callback</code>. Dorthin kehren Nutzer zurück, nachdem sie Ihrer App Zugriff gegeben haben. Muss genau übereinstimmen, auch ein Schrägstrich am Ende. Verwenden Sie https; http nur für localhost. Maschinen und Geräte brauchen keine.',
  ),
  detailsHeading: 'Herausgeber, Website und Datenschutzerklärung',
  detailsLead: 'Wird neben dem Namen der App angezeigt. Sie können es später unter Einstellungen ergänzen.',
  submit: 'App registrieren',
  thisApp: 'Diese App',
  permissionsHint: rich(
    'Nutzer lesen die Sätze in Anführungszeichen. <code>openid</code> und <code>basic</code> reichen zum Anmelden. Verlangen Sie nur mehr, wenn die App es braucht.',
  ),
  places: {
    overview: 'Übersicht',
    requests: 'Anfragen',
    secrets: 'Secrets',
    'redirect-uris': 'Redirect-URIs',
    settings: 'Einstellungen',
    people: 'Personen',
    testers: 'Tester',
    webhooks: 'Webhooks',
    older: 'Legacy-Clients',
  },
  kinds: {
    web: {
      label: 'Auf einem Server',
      detail: 'Eine Web-App mit Backend. Nutzer melden sich an. Sie bewahrt ein Secret auf.',
    },
    native: {
      label: 'Auf Telefon oder Desktop',
      detail: 'Eine App, die man installiert. Kein Secret; sie verwendet PKCE.',
    },
    spa: { label: 'Im Browser', detail: 'JavaScript ohne Backend. Kein Secret; sie verwendet PKCE.' },
    device: {
      label: 'Auf einem Fernseher oder anderen Gerät',
      detail:
        'Eine App, die keinen Browser zeigt. Nutzer geben einen Code auf dem Telefon ein. Sie bewahrt kein Secret auf und braucht keine Redirect-URI.',
    },
    machine: {
      label: 'Eine Maschine',
      detail:
        'Ein Dienst oder Skript, das für sich selbst handelt; niemand meldet sich an. Bewahrt ein Secret auf und braucht keine Redirect-URI.',
    },
  },
  details: {
    publisher: { label: 'Herausgeber', hint: 'Wer die App herstellt: Ihre Firma oder Ihr eigener Name.' },
    website: { label: 'Website', hint: 'Beginnt mit https://.' },
    policy: { label: 'Datenschutzerklärung', hint: 'Beginnt mit https://.' },
    terms: { label: 'Nutzungsbedingungen', hint: 'Beginnt mit https://.' },
    logo: { label: 'Logo', hint: 'Adresse eines Bildes. Beginnt mit https://.' },
  },
  scopeKinds: { see: 'Sehen', change: 'Ändern', stay: 'Verbunden bleiben' },
  once: rich(
    '<strong>Sie sehen dieses Secret nur einmal.</strong> Wir speichern nur einen Hash davon. Sie können jederzeit ein weiteres hinzufügen.',
  ),
  noLog: 'Das Anfrageprotokoll ist gerade nicht lesbar. Versuchen Sie es gleich noch einmal.',
}

export const overview: Words['overview'] = {
  heading: 'Übersicht',
  notAvailable: 'Die App ist für etwas registriert, das dieser Server noch nicht hat.',
  waiting: 'Wartende Änderung',
  waitingText: rich(
    '<strong>Eine Änderung wartet auf den Betreiber dieses Servers.</strong> Bis zur Freigabe funktioniert die App wie bisher.',
  ),
  withdraw: 'Änderung zurückziehen',
  endpoints: 'ID und Endpunkte',
  quickstart: 'Schnellstart',
  endpointsLead: 'Eine OpenID-Connect-Bibliothek braucht nur die Client-ID und den Issuer; den Rest findet sie selbst.',
  clientId: 'Client-ID',
  about: 'Über die App',
  change: 'Ändern',
  inDevelopment: rich(
    '<strong>Diese App ist in Entwicklung.</strong> Sie funktioniert für Sie, für alle, die mit Ihnen daran arbeiten, und für die <a>Tester, die Sie einladen</a>. Alle anderen können sie nutzen, sobald der Betreiber dieses Servers sie freigegeben hat.',
  ),
  notApproved: rich(
    '<strong>Der Betreiber dieses Servers hat diese App nicht freigegeben.</strong> Den Grund hat er Ihnen geschrieben. Sobald Sie die App ändern, wartet sie wieder auf die Freigabe.',
  ),
  switchedOff: rich(
    '<strong>Diese App ist abgeschaltet.</strong> Nur der Betreiber dieses Servers kann sie wieder einschalten.',
  ),
  lastDay: 'Letzte 24 Stunden',
  noRequest: 'Keine Anfrage in den letzten 24 Stunden',
  noRequestHint: 'Der Schnellstart enthält eine Anmeldung zum Ausprobieren und die Token-Anfrage für diese App.',
  openQuickstart: 'Schnellstart öffnen',
  requests: 'Anfragen',
  refused: 'Abgelehnt',
  lastRefused: rich('Zuletzt abgelehnt am <moment/>'),
  runs: 'Läuft',
  authenticates: 'Authentifizierung',
  permissions: 'Berechtigungen',
  risks: 'Eingegangene Risiken',
  reviewed: 'Geprüft',
  notYet: 'Noch nicht',
  verifiedBy: rich('von <by/>, <day/>'),
  registered: 'Registriert',
  danger: 'Gefahrenbereich',
  endTokens: 'Alle Tokens beenden',
  endTokensText:
    'Für Tokens, die in falsche Hände gelangt sind. Sie gelten sofort nicht mehr, und Nutzer müssen sich neu in der App anmelden.',
  deletion: 'Diese App löschen',
  deletionText: 'Alles, was für sie ausgestellt wurde, gilt sofort nicht mehr. Das lässt sich nicht rückgängig machen.',
  deleteApp: 'App löschen',
  byPkce: rich('Nur mit PKCE <aside>(eine öffentliche App hat kein Secret)</aside>'),
  nothing: 'keine',
  places: {
    web: 'Auf einem Server',
    native: 'Auf Telefon oder Desktop',
    spa: 'Im Browser',
    device: 'Auf einem Fernseher oder anderen Gerät',
    machine: 'Für sich, als Maschine',
  },
  withSecret: rich('Mit einem <a>Client-Secret</a>: <method/>'),
  eitherMethod: rich('<code>client_secret_basic</code> oder <code>client_secret_post</code>'),
  endpoint: {
    issuer: 'Issuer',
    'authorization-endpoint': 'Authorize',
    'token-endpoint': 'Token',
    'older-authorization-endpoint': 'Authorize (Legacy)',
    'older-token-endpoint': 'Token (Legacy)',
    discovery: 'Discovery',
  },
  notices: {
    tokens_ended: 'Alle Tokens der App sind beendet.',
    withdrawn: 'Die Änderung ist zurückgezogen.',
  },
  ending: {
    heading: 'Alle Tokens dieser App beenden?',
    text: 'Jedes Access- und Refresh-Token der App gilt sofort nicht mehr, und Nutzer müssen sich neu anmelden. Die App und ihre Secrets bleiben.',
    submit: 'Alle Tokens beenden',
  },
  deleting: {
    heading: 'Diese App löschen?',
    text: 'Ihre Client-ID, ihre Secrets und alles, was für sie ausgestellt wurde, gelten sofort nicht mehr. Das lässt sich nicht rückgängig machen.',
    submit: 'Löschen',
  },
}

export const plan: Words['plan'] = {
  heading: 'Tarif',
  lead: rich(
    'Der Tarif <name/> erlaubt so viele Anfragen. Weitere werden abgelehnt, bis der Zeitraum vorbei ist (UTC).',
  ),
  periods: { minute: 'Diese Minute', day: 'Heute', month: 'Dieser Monat' },
  used: (used, quota) => `${used} von ${quota} Anfragen`,
  usedUp: 'Aufgebraucht',
}

export const quickstart: Words['quickstart'] = {
  registeredTitle: 'Registriert',
  heading: 'Schnellstart',
  registered: rich('<name/> ist registriert'),
  twoSteps: 'In zwei Schritten zu Ihrem ersten Token. Das dauert etwa zwei Minuten.',
  threeSteps: 'In drei Schritten zu Ihrem ersten Token. Das dauert etwa fünf Minuten.',
  inDevelopment: rich(
    '<strong>Die App ist in Entwicklung.</strong> Sie funktioniert für Sie und für die <a>Tester, die Sie einladen</a>. Alle anderen können sie nutzen, sobald der Betreiber dieses Servers sie freigegeben hat.',
  ),
  saveBoth: 'ID und Secret speichern',
  saveId: 'ID speichern',
  clientId: 'Client-ID',
  clientSecret: 'Client-Secret',
  secretShown: rich(
    'Das Secret wurde angezeigt, als es erstellt wurde. Wenn Sie es nicht haben, <a>fügen Sie ein weiteres hinzu oder ersetzen Sie es</a>.',
  ),
  noSecret:
    'Diese App hat kein Secret: Wer die App hat, könnte es lesen. Sie verwendet stattdessen PKCE, was jede OpenID-Connect-Bibliothek für Sie übernimmt.',
  environment: '.env',
  sayWhere: 'Angeben, wohin Nutzer zurückkehren',
  sayWhereText:
    'Registrieren Sie eine Redirect-URI. Dann zeigt diese Seite eine Anmeldung zum Ausprobieren und die Token-Anfrage.',
  addRedirectUri: 'Redirect-URI hinzufügen',
  signIn: 'Die Anmeldung selbst ausprobieren',
  signInText: rich(
    'Diese Adresse ist fertig. Öffnen Sie sie, melden Sie sich an und erlauben Sie den Zugriff. Sie kehren mit einem <code>code</code> in der Adresse zu <redirectUri/> zurück, auch wenn dort noch nichts läuft.',
  ),
  tryIt: 'Ausprobieren',
  changePermissions: 'Berechtigungen ändern',
  exchange: 'Code gegen ein Token tauschen',
  exchangeText: rich(
    'Kopieren Sie den Code aus der Adresse und setzen Sie ihn für <code>CODE</code> ein. Ein Code gilt eine Minute und nur einmal.',
  ),
  libraryText: rich(
    'Überlassen Sie das in Ihrer App einer OpenID-Connect-Bibliothek. Sie braucht den Issuer <issuer/> und die Werte oben und findet den Rest selbst. Sie erzeugt für jede Anmeldung einen neuen <code>code_verifier</code> und <code>state</code>.',
  ),
  ask: 'Ein Token anfordern',
  askText: 'Die App handelt für sich selbst, niemand meldet sich an. Sie weist sich aus und bekommt ein Token.',
  onDevice: 'Auf dem Gerät fragen, anderswo anmelden',
  onDeviceText: rich(
    'Das Gerät fragt nach zwei Codes. Es zeigt seinen <code>user_code</code>, und Sie geben ihn auf <a>der Seite für Geräte</a> ein.',
  ),
  onDevicePoll: rich(
    'Derweil fragt es alle fünf Sekunden nach den Tokens, mit dem <code>device_code</code> anstelle von <code>DEVICE_CODE</code>, bis Sie entschieden haben.',
  ),
  byKey: rich(
    'Diese App weist sich mit einem Schlüssel oder Zertifikat aus. Senden Sie die Anfrage an <tokenEndpoint/> mit einer Bibliothek, die das kann.',
  ),
  curl: 'curl',
  secretVariable: rich(
    'Das Secret wird aus der Variablen <code>OIDC_CLIENT_SECRET</code> gelesen: Führen Sie zuerst <code>set -a; . ./.env</code> aus.',
  ),
  node: 'Node',
  saveAs: rich('Speichern Sie es als <code>token.mjs</code> und führen Sie <run/> aus.'),
  example: 'Alles in einem Befehl',
  exampleText: 'In einem Checkout des Servers meldet Sie dieser Befehl an und gibt jeden Schritt aus.',
  waiting: 'Warten auf Ihre erste Anfrage',
  requests: 'Ihre Anfragen',
  reload:
    'Laden Sie diese Seite neu, nachdem Sie eine gesendet haben. Sie erscheint hier, mit dem Grund, wenn sie scheitert.',
  openLog: 'Anfrageprotokoll öffnen',
  received: 'Erste Anfrage erhalten',
  refused: 'Abgelehnt',
  answered: 'Beantwortet',
  newest: rich('Die neueste kam am <moment/>.'),
  openEntry: 'Im Anfrageprotokoll öffnen',
  next: 'Nächste Schritte',
  addDetails: 'Herausgeber, Website und Datenschutzerklärung ergänzen',
  inviteTesters: 'Tester einladen',
  letPeopleIn: 'Menschen anmelden lassen: eine Redirect-URI hinzufügen',
  seeApp: 'Die App und alle Endpunkte ansehen',
  readReference: 'API-Referenz lesen',
}

export const requestAccess: Words['requestAccess'] = {
  title: 'Zugang anfragen',
  lead: 'Entwickeln Sie eine App, in der sich Nutzer mit ihrem Konto von hier anmelden und die ihre Daten mit ihrer Erlaubnis verwendet. Stellen Sie sie dem Betreiber dieses Servers vor. Er lädt Sie dann ein.',
  haveAccount: rich('Sie haben schon ein Konto? <a>Anmelden</a>'),
  email: 'E-Mail-Adresse',
  emailHint: 'Wir senden zuerst einen Code dorthin und später die Antwort.',
  appName: 'Name Ihrer App',
  appNameHint: 'Nutzer sehen ihn, wenn Ihre App um Zugriff bittet.',
  purpose: 'Wofür ist die App?',
  purposeHint: 'Was die App tut, für wen, und welche Daten sie braucht.',
  website: 'Website',
  websiteHint: 'Eine vollständige Adresse, die mit https:// beginnt.',
  submit: 'Zugang anfragen',
  byHand:
    'Dieser Server versendet keine E-Mails, deshalb können Sie hier keinen Zugang anfragen. Bitten Sie den Betreiber um ein Konto und sagen Sie ihm, wofür Ihre App ist.',
  proves: rich(
    'Bestätigen Sie, dass <email/> Ihre Adresse ist. Ihre Anfrage geht dann an den Betreiber dieses Servers.',
  ),
  sentHeading: 'Ihre Anfrage ist unterwegs',
  sent: rich(
    'Der Betreiber dieses Servers sieht sie sich an und antwortet an <email/>. Wenn er zustimmt, führt Sie die Antwort zu Ihrem Konto und Ihrer App.',
  ),
}

export const appInvitation: Words['appInvitation'] = {
  lead: rich(
    'Ihre Anfrage um Zugang mit <app/> wurde angenommen. Eröffnen Sie ein Konto mit der Adresse <email/>, um Ihre App zu erhalten.',
  ),
  takeUp: 'Ihre App erhalten',
  takeUpLead: rich(
    'Ihre Anfrage um Zugang mit <app/> wurde angenommen. Die App wird Ihrem Konto <account/> zugeordnet, und ihr Client-Secret wird einmal angezeigt.',
  ),
  submit: 'App erhalten',
  signInLead: rich(
    'Ihre Anfrage um Zugang mit <app/> wurde angenommen. Es gibt schon ein Konto mit der Adresse <email/>. Melden Sie sich in diesem Browser damit an, um die App zu erhalten.',
  ),
  signIn: 'Anmelden',
  otherAccount: rich('Sie sind als <account/> angemeldet; dieses Konto hat eine andere Adresse.'),
}

export const accessQueue: Words['accessQueue'] = {
  title: 'Anfragen um Zugang',
  lead: 'Entwickler ohne Konto bitten mit einer App um Zugang. Ihre Adresse ist bestätigt. Wenn Sie annehmen, wird die App registriert und der Entwickler eingeladen; wenn Sie ablehnen, erfährt er den Grund.',
  none: 'Keine Anfrage wartet.',
  waiting: 'Wartend',
  approved: 'Eingeladen, noch nicht angenommen',
  approvedLead: 'Eine Einladung gilt sieben Tage. Sie können eine weitere senden.',
  email: 'E-Mail',
  purpose: 'Zweck',
  website: 'Website',
  asked: 'Angefragt',
  clientId: 'Client-ID',
  approve: 'Annehmen und einladen',
  refuse: 'Ablehnen',
  reason: 'Grund',
  reasonHint: 'Der Entwickler liest ihn in einer E-Mail.',
  again: 'Einladung noch einmal senden',
  notices: {
    approved: 'Die App ist registriert, und ihr Entwickler ist eingeladen.',
    invited_again: 'Eine weitere Einladung ist unterwegs. Frühere gelten nicht mehr.',
    refused: 'Die Anfrage ist abgelehnt, und der Entwickler erfährt den Grund.',
    gone: 'Darüber hat schon jemand anderes entschieden.',
  },
  handOver: 'Dieser Server versendet keine E-Mails. Geben Sie diesen Link dem Entwickler und niemandem sonst:',
}

const lives =
  'Der Code gilt 10 Minuten, in dem Browser, in dem er angefordert wurde. Der Link gilt 24 Stunden, in jedem Browser.'
const asked = 'Sie erhalten diese Nachricht, weil Sie mit dieser Adresse Zugang angefragt haben.'

export const accessMails: Words['accessMails'] = {
  proof: (of) => ({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    paragraphs: [
      'Jemand, wahrscheinlich Sie, hat mit einer App Zugang zu diesem Server angefragt und diese Adresse für die Antwort angegeben.',
      lives,
      'Wenn Sie das nicht angefordert haben, müssen Sie nichts tun. Es ändert sich nichts.',
    ],
    code: of.code,
    link: { text: 'Adresse bestätigen', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil diese Adresse für eine Anfrage um Zugang angegeben wurde.',
  }),
  approved: (of) => ({
    subject: `Sie können ${of.app} hier entwickeln`,
    paragraphs: [
      `Der Betreiber dieses Servers hat Ihre Anfrage mit ${of.app} angenommen, und die App ist registriert.`,
      'Öffnen Sie den Link, um Ihr Konto einzurichten oder sich anzumelden, falls Sie inzwischen eines haben. Er zeigt die Client-ID und das Client-Secret Ihrer App. Der Link gilt einmal, innerhalb von sieben Tagen.',
    ],
    link: { text: 'App erhalten', href: of.href },
    reason: asked,
  }),
  refused: (of) => ({
    subject: `Ihre Anfrage mit ${of.app} wurde abgelehnt`,
    paragraphs: [
      `Der Betreiber dieses Servers hat Ihre Anfrage um Zugang mit ${of.app} abgelehnt. Sie können eine neue stellen, die auf den Grund eingeht.`,
    ],
    facts: [['Grund', of.reason]],
    reason: asked,
  }),
}
