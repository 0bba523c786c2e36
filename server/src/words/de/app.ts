/** What the pages say on which one app is set up. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

const waits = 'Der Betreiber dieses Servers muss diese Änderung freigeben. Bis dahin funktioniert die App wie bisher.'

export const secrets: Words['secrets'] = {
  newSecret: 'Ihr neues Secret',
  newSecretLabel: 'Neues Secret',
  secretNamed: rich('Client-Secret „<name/>“'),
  replacesNone: rich('Es ersetzt <name/>, das nicht mehr gilt.'),
  replacesUntil: rich('Es ersetzt <name/>, das bis <moment/> gilt.'),
  clientId: 'Client-ID',
  saved: 'Fertig, ich habe es gespeichert',
  replaceHeading: 'Secret ersetzen',
  replaceText: rich('Sie bekommen ein neues Secret anstelle von <name/>. Die nächste Seite zeigt es einmal an.'),
  newName: 'Name des neuen Secrets',
  replace: 'Ersetzen',
  heading: 'Secrets',
  add: 'Secret hinzufügen',
  name: 'Name',
  nameHint: 'Wo es verwendet wird, zum Beispiel „Produktion“. Sie können fünf Secrets gleichzeitig haben.',
  none: 'Diese App hat kein Secret',
  noneText: 'Sie verwendet stattdessen PKCE, einen Schlüssel oder ein Zertifikat. Hier ist also nichts zu verwalten.',
  added: rich('Hinzugefügt am <day/>'),
  replaceOne: rich('Ersetzen<name/>'),
  removeOne: rich('Entfernen<name/>'),
  lead: 'Wir speichern von jedem Secret nur einen Hash und können deshalb keines noch einmal anzeigen. Wenn Sie eines ersetzen, gilt das alte so lange weiter, wie Sie es wählen, damit Sie jede Instanz Ihrer App aktualisieren können. Das letzte aktive Secret können Sie nicht entfernen.',
  expired: 'Abgelaufen',
  active: 'Aktiv',
  replaced: rich('Ersetzt, gilt bis <day/>'),
  notices: {
    removed: 'Das Secret ist entfernt.',
    needed: 'Diese Art von App weist sich mit einem Secret aus. Fügen Sie eines hinzu.',
  },
  removing: {
    heading: 'Dieses Secret entfernen?',
    text: (app) => `Jede Instanz von ${app}, die es noch verwendet, wird sofort abgelehnt.`,
    submit: 'Entfernen',
  },
}

export const redirectUris: Words['redirectUris'] = {
  heading: 'Redirect-URIs',
  registered: 'Registrierte Redirect-URIs',
  none: 'Noch ist keine Redirect-URI registriert.',
  edit: rich('Bearbeiten<uri/>'),
  remove: rich('Entfernen<uri/>'),
  add: 'Redirect-URI hinzufügen',
  uri: 'Redirect-URI',
  addSubmit: 'Hinzufügen',
  editHeading: 'Redirect-URI bearbeiten',
  editText: rich(
    'Sie lautet jetzt <uri/>. Anfragen, die diese noch verwenden, werden abgelehnt, sobald Sie speichern.',
  ),
  moveSubjects: 'Ich weiß, dass die App für jede Person eine andere ID bekommt',
  editHint: 'Muss genau übereinstimmen, auch ein Schrägstrich am Ende.',
  webHint:
    'Beispiel: https://app.example.com/callback. Muss genau übereinstimmen, auch ein Schrägstrich am Ende. Verwenden Sie https; http nur für localhost.',
  nativeHint:
    'Beispiel: com.example.app:/callback oder http://127.0.0.1/callback. Muss genau übereinstimmen; eine Loopback-Adresse darf jeden Port haben.',
  becomes:
    'Bisher kehrt niemand aus einem Browser zu dieser App zurück. Mit einer Redirect-URI können sich Menschen in ihr anmelden. Eine App auf einem Telefon oder im Browser behält kein Secret, deshalb enden ihre Secrets.',
  notices: {
    added: 'Die Redirect-URI ist registriert.',
    changed: 'Die Redirect-URI ist geändert.',
    removed: 'Die Redirect-URI ist entfernt.',
    waits,
  },
  removing: {
    heading: 'Diese Redirect-URI entfernen?',
    text: (app) => `Anfragen von ${app}, die sie verwenden, werden sofort abgelehnt.`,
    movesSubjects:
      'Die App bekommt außerdem für jede Person eine andere ID (sub), weil diese vom Host abhängt. Sie erkennt ihre Nutzer nicht wieder.',
    submit: 'Entfernen',
  },
}

export const settings: Words['settings'] = {
  heading: 'Einstellungen',
  approval:
    'Der Betreiber dieses Servers gibt Änderungen an Name, Herausgeber, Website, Logo, Art, Berechtigungen und an den Hosts in Redirect- und Abmeldeadressen frei. Bis dahin funktioniert die App wie bisher. Was Sie wegnehmen, gilt sofort.',
  name: 'Name',
  details: 'Was Nutzer lesen',
  access: 'Art und Berechtigungen',
  signIn: 'Anmeldung',
  begins: 'Login-Initiation-URI',
  beginsHint:
    'Wo Menschen die Anmeldung bei Ihrer App von anderswo beginnen. Damit steht in ihrem Konto „Öffnen“ neben Ihrer App. Ihre App bekommt iss und beginnt hier eine Anmeldung (OpenID Connect Core §4). Verwenden Sie https.',
  sector: 'Sector-Identifier-URI',
  sectorHint:
    'Eine JSON-Liste unter einer https-Adresse, die alle Redirect-URIs Ihrer App nennt. Apps eines Sektors kennen einen Menschen unter derselben ID (sub). Leer: Der Host der Redirect-URIs ist der Sektor.',
  frontChannel: 'Front-Channel-Logout-URI',
  frontChannelHint:
    'Eine Seite Ihrer App, die beim Abmelden in einem verborgenen Rahmen geladen wird, mit iss und sid. Auf dem Host einer Redirect-URI. Die meisten Browser senden ihr keine Cookies: Verwenden Sie wo möglich den Back-Channel.',
  frontChannelOff: 'Dieser Server lädt solche Seiten nicht.',
  protections: 'Schutz',
  protectionsText:
    'Ihre App bekommt nichts ohne den Schutz, den Sie einschalten. Schalten Sie ihn ein, sobald Ihre App ihn beherrscht.',
  protectionsLegend: 'Was Ihre App zusagt',
  protectionNames: {
    dpop_bound_access_tokens: {
      label: 'Tokens an einen Schlüssel Ihrer App binden (DPoP)',
      detail:
        'Ihre App weist mit jeder Bitte um Tokens und mit jeder Verwendung ihren Schlüssel nach, deshalb ist ein gestohlenes Token nichts wert.',
    },
    require_pushed_authorization_requests: {
      label: 'Anfragen vorab senden (PAR)',
      detail: 'Ihre App sendet ihre Anfrage zuerst an /oauth/par. Im Browser kann sie niemand lesen oder ändern.',
    },
  },
  signOut: 'Abmelden',
  signOutText: 'Für Apps, die OpenID Connect verwenden. Alles davon kann leer bleiben.',
  afterwards: 'Post-Logout-Redirect-URIs',
  afterwardsHint:
    'Eine pro Zeile. Dorthin kommen Nutzer, nachdem Ihre App sie unter /oauth/logout abgemeldet hat. Muss genau übereinstimmen.',
  backChannel: 'Back-Channel-Logout-URI',
  backChannelHint:
    'Hier bekommt Ihr Server einen POST mit einem Logout-Token, wenn sich jemand abmeldet, der in Ihrer App angemeldet ist. Verwenden Sie https.',
  sessions: 'Logout-Tokens',
  sessionRequired: {
    label: 'In jedem Token die Sitzung nennen',
    detail: 'Ihre App bekommt dann für jede Sitzung ein Token mit einer sid, statt eines für das ganze Konto.',
  },
  profile: 'Sicherheitsprofil',
  profileText:
    'Ein Profil verpflichtet die App als Ganzes auf eine Reihe von Regeln. Es legt die zugehörigen Schalter fest, und so bleiben sie. Was die App bisher bekommen hat, endet: Alle melden sich neu bei ihr an.',
  profiles: {
    none: { label: 'Keines', detail: 'Die Regeln, die dieser Server für jede App hat.' },
    oauth21: {
      label: 'OAuth 2.1',
      detail: 'Nur Codes mit PKCE, an den Standardadressen, ohne gelockerte Regeln.',
    },
    mcp: {
      label: 'MCP-Client',
      detail: 'OAuth 2.1, und jede Anfrage nennt den Server, für den das Token ist (resource).',
    },
    'fapi2-security': {
      label: 'Sicherheitsprofil von FAPI 2.0',
      detail:
        'Jede Anfrage wird vorab übermittelt, die App weist sich mit einem eigenen Schlüssel aus (private_key_jwt), und jedes Token ist an einen Schlüssel gebunden (DPoP).',
    },
  },
  profileUnmet: (profile) => `Was der App für ${profile} fehlt`,
  profileByOperator: rich(
    'Der Betreiber dieses Servers hat diese App auf das Profil <name/> festgelegt. Nur er kann das ändern.',
  ),
  accessText:
    'Wer früher zugestimmt hat, bleibt bei dem, was damals galt. Eine neue Berechtigung wird bei der nächsten Nutzung der App erfragt; eine entfernte endet sofort, für alle. Wenn Sie zwischen einer Art mit und einer ohne Secret wechseln, müssen sich alle neu in der App anmelden.',
  notices: {
    saved: 'Die Einstellungen sind gespeichert.',
    renamed: 'Der Name ist gespeichert.',
    profiled: 'Das Sicherheitsprofil ist gespeichert.',
    waits,
  },
}

export const people: Words['people'] = {
  heading: 'Personen',
  yours:
    'Wen Sie einladen, der arbeitet mit Ihnen an dieser App und kann alles sehen und ändern. Nur Sie können die App löschen, alle ihre Token beenden, sie übergeben und bestimmen, wer an ihr arbeitet.',
  ofOthers:
    'Sie können an dieser App alles sehen und ändern. Nur der Inhaber kann sie löschen, alle ihre Token beenden und bestimmen, wer an ihr arbeitet.',
  list: 'Wer an ihr arbeitet',
  owner: 'Inhaber',
  you: 'Sie',
  ofOperator: 'Sie gehört dem Betreiber dieses Servers.',
  invite: 'Jemanden einladen',
  secrets: rich(
    'Wen Sie entfernen, der kann ein Client-Secret behalten haben. <a>Ersetzen Sie die Secrets</a> danach.',
  ),
  full: (limit) => `Höchstens ${limit} Personen können mit Ihnen an einer App arbeiten.`,
  leave: 'Nicht mehr mitarbeiten',
  leaveText: 'Die App gehört dann nicht mehr zu Ihren. Der Inhaber kann Sie wieder einladen.',
  leaveApp: 'App verlassen',
  notices: {
    invited: 'Die Einladung ist unterwegs.',
    taken_back: 'Die Einladung ist zurückgenommen.',
    unshared: 'Die Person arbeitet nicht mehr an der App.',
  },
}

export const testers: Words['testers'] = {
  heading: 'Tester',
  open: 'Diese App ist freigegeben. Jeder mit einem Konto kann sie nutzen, sie braucht also keine Tester.',
  lead: (limit) =>
    `Solange die App in Entwicklung ist, können bis zu ${limit} Personen sie testen. Jede nimmt zuerst die Einladung an, unter Verbundene Apps.`,
  invitedPeople: 'Eingeladene Personen',
  tester: 'testet',
  invited: 'eingeladen',
  remove: rich('Entfernen<username/>'),
  invite: 'Tester einladen',
  username: 'Benutzername oder E-Mail-Adresse',
  usernameHint:
    'Wenn jemand diesen Benutzernamen oder diese bestätigte Adresse hat, erscheint die Einladung dort unter Verbundene Apps.',
  submit: 'Einladen',
  notices: { invited: 'Die Einladung ist unterwegs.', removed: 'Die Person ist entfernt.' },
}

export const legacy: Words['legacy'] = {
  heading: 'Legacy-Clients',
  about: 'Was alte Versionen Ihrer App vielleicht brauchen. Lassen Sie alles aus, was sie nicht brauchen.',
  replayWindow: 'Wiederholungsfenster',
  lostAnswerWindow: 'Fenster für verlorene Antworten',
  builtIn: 'Diese App ist eingebaut',
  builtInText: 'Sie hat ein eigenes Legacy-Protokoll. Um ihre Einstellungen kümmert sich der Betreiber dieses Servers.',
  closed: 'Der Betreiber dieses Servers hat das Legacy-Protokoll der QuantiModo- und CureDAO-API nicht geöffnet.',
  protocol: 'Legacy-Protokoll',
  rules: 'Gelockerte Sicherheitsregeln',
  replayWindowField: 'Wiederholungsfenster, in Sekunden',
  lostAnswerWindowField: 'Fenster für verlorene Antworten, in Sekunden',
  known: 'Was bekannte Apps brauchen',
  knownQuantimodo: rich(
    'Die QuantiModo-App von 2022 braucht <code>token_in_header_and_query</code> und mit einem Client-Secret auch <code>refresh_without_secret</code>.',
  ),
  knownBasic: rich(
    'Diese App und das WordPress-Plugin fragen nie nach <code>basic</code> und bekommen deshalb die E-Mail-Adresse nicht.',
  ),
  knownOrigins:
    'Aufrufe aus einem Browser werden nur für die Origins Ihrer Redirect-URIs beantwortet. Eine Seite aus einer Datei und eine Browser-Erweiterung haben keine solche Origin: Rufen Sie aus einem nativen Teil oder einem Hintergrundteil auf, oder registrieren Sie eine Seite an einer https-Adresse.',
  knownSocial:
    'Die soziale Anmeldung über das native Android-SDK funktioniert hier nicht. Die im WebView funktioniert.',
  risk: 'Risiko:',
  switches: {
    quantimodo: {
      label: 'Apps für die QuantiModo- oder CureDAO-API dürfen sich verbinden',
      detail: 'An den Adressen aus deren Dokumentation, etwa /api/oauth2/authorize und /api/oauth2/token.',
    },
    code_without_pkce: {
      label: 'Anmeldungen ohne PKCE',
      detail: 'Für alte Versionen, die keine code_challenge senden.',
    },
    refresh_without_secret: {
      label: 'Refresh ohne das Secret',
      detail:
        'Für eine App, deren Version auf dem Telefon kein Secret hat. Ein Code wird weiterhin nur mit Secret eingetauscht.',
    },
    refresh_rotation: {
      label: 'Refresh-Tokens, die gleich bleiben',
      detail: 'Für eine App, die das neue Refresh-Token aus jeder Antwort nicht speichert.',
    },
    token_in_header_and_query: {
      label: 'Access-Tokens zugleich im Header und in der Adresse',
      detail:
        'Für eine App, die ihr Token an den Legacy-Adressen an beiden Stellen sendet. Die beiden müssen gleich sein.',
    },
    front_channel_tokens: {
      label: 'Tokens in der Weiterleitung',
      detail:
        'Für eine App, die Tokens statt eines Codes oder neben ihm verlangt (response_type=id_token, token, code id_token …).',
    },
  },
  replayWindowHint: ({ usual, longest }) =>
    `Ein Refresh, der in diesem Zeitraum wiederholt wird, bekommt noch einmal dieselbe Antwort. Standard ${usual} Sekunden, höchstens ${longest}. 0 folgt streng der alten Spezifikation.`,
  lostAnswerWindowHint: ({ usual, longest }) =>
    `Eine App, deren Verbindung abbrach, kann in diesem Zeitraum noch einmal eine Antwort anfordern, die sie nie verwendet hat. Standard ${usual} Sekunden, oder 0, wenn das Wiederholungsfenster 0 ist. Höchstens ${longest}. 0 schaltet es aus.`,
  operatorAllows: rich(
    'Auch der Betreiber dieses Servers muss es erlauben (<code>CONSENTRY_FRONT_CHANNEL_TOKENS</code>) und hat das getan.',
  ),
  operatorDoesNot: rich(
    'Auch der Betreiber dieses Servers muss es erlauben (<code>CONSENTRY_FRONT_CHANNEL_TOKENS</code>) und hat das nicht getan. Bis dahin ändert es nichts.',
  ),
  notices: { saved: 'Die Einstellungen für Legacy-Clients sind gespeichert.' },
}

export const risks: Words['risks'] = {
  code_without_pkce: 'Wer einen Code abfängt, kann ihn eintauschen, denn es wird keine code_challenge verlangt.',
  refresh_without_secret: 'Ein gestohlenes Refresh-Token funktioniert ohne das Secret, bis es bemerkt wird.',
  front_channel_tokens: 'Tokens stehen in der Adresse einer Seite, wo Skripte und der Browserverlauf sie lesen können.',
  token_in_header_and_query: 'Access-Tokens in Adressen landen in Protokollen und im Browserverlauf.',
  assertion_for_endpoint:
    'Ein Server, bei dem sich die App ebenfalls anmeldet, kann eine für ihn erstellte Assertion hier verwenden, wenn er sich unter unserer Adresse ausgibt.',
  no_rotation: 'Refresh-Tokens bleiben gleich, deshalb wird ein gestohlenes nicht bemerkt.',
  long_replay_window:
    'Mit einem längeren Zeitraum als üblich wird ein gestohlenes Refresh-Token nicht bemerkt, wenn es kurz nach der App verwendet wird.',
  no_replay_window:
    'Ohne diesen Zeitraum verliert eine App ihre Autorisierung, wenn eine Antwort verloren geht oder sie zweimal zugleich einen Refresh macht.',
  long_lost_answer_window:
    'Wer ein Refresh-Token einer App stiehlt, die sich nicht authentifiziert, kann es nach deren eigenem Refresh länger verwenden, bis die neuen Tokens verwendet werden.',
}

export const unavailable: Words['unavailable'] = {
  missing: {
    tls_authentication: 'Dieser Server kann Apps noch nicht mit TLS-Zertifikaten authentifizieren.',
    assertion_algorithm: 'Dieser Server kann Assertions mit diesem Signaturverfahren noch nicht prüfen.',
    pairwise_hosts:
      'Eine App, deren Nutzer zu mehreren Hosts zurückkehren, bekommt nur mit einer sector_identifier_uri eine eigene ID für jede Person.',
    signed_userinfo: 'Dieser Server signiert UserInfo-Antworten nicht mit diesem Verfahren.',
    signed_introspection: 'Dieser Server signiert Introspection-Antworten nicht mit diesem Verfahren.',
    acr: 'Dieser Server kennt noch keine dieser Arten der Anmeldung (acr).',
    certificate_binding: 'Dieser Server kann Tokens noch nicht an ein TLS-Zertifikat binden.',
    request_objects: 'Dieser Server nimmt noch keine Request Objects als Verweis an.',
  },
  refused: 'Anfragen der App werden abgelehnt, solange das registriert ist.',
  noEffect: 'Es hat noch keine Wirkung.',
}
