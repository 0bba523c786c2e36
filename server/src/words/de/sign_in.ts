/** What the pages on the way into and out of an account say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'

const later = (wait: string | undefined) =>
  `Versuchen Sie es ${wait === undefined ? 'etwas später' : `in ${wait}`} erneut.`

const problems: Words['signIn']['problems'] = {
  too_many: ({ wait }) => ['Zu viele fehlgeschlagene Versuche.', later(wait)],
  too_many_accounts: ({ wait }) => ['Aus Ihrem Netz wurden zu viele Konten eröffnet.', later(wait)],
  busy: ({ wait }) => ['Gerade melden sich sehr viele Personen an.', later(wait)],
  not_checked: ({ wait }) => [
    'Ihr Passwort konnte nicht geprüft werden, weil ein anderer Server nicht geantwortet hat.',
    later(wait),
  ],
  stale: () => ['Diese Seite war zu lange offen.', 'Melden Sie sich bitte noch einmal an.'],
  disabled: () => ['Dieses Konto ist geschlossen.', 'Den Grund erfahren Sie vom Betreiber dieses Servers.'],
  other_account: () => [
    'Das ist ein anderes Konto, deshalb wurde nichts verbunden.',
    'Melden Sie sich mit dem unten genannten an.',
  ],
  link_needs_factor: ({ provider }) => [
    'Es wurde nichts verbunden, weil dieses Konto einen zweiten Faktor verlangt.',
    `Melden Sie sich dort mit Passwort und zweitem Faktor an und verbinden Sie ${provider} dann unter Sicherheit.`,
  ],
  passkey: () => [
    'Die Anmeldung mit diesem Passkey hat nicht funktioniert.',
    'Versuchen Sie es erneut oder melden Sie sich anders an.',
  ],
  passkey_copied: () => [
    'Dieser Passkey wurde abgelehnt, weil es davon vielleicht eine Kopie gibt.',
    'Melden Sie sich anders an, entfernen Sie den Passkey unter Sicherheit und fügen Sie einen neuen hinzu.',
  ],
  provider: ({ provider }) => [
    `Die Anmeldung mit ${provider} hat nicht funktioniert.`,
    'Versuchen Sie es erneut oder melden Sie sich anders an.',
  ],
  sign_up_closed: () => [
    'Sie haben hier noch kein Konto.',
    'Der Betreiber dieses Servers lädt Nutzer ein. Wenn Sie ein Konto haben, melden Sie sich mit Ihrem Passwort an.',
  ],
  provider_denied: ({ provider }) => [
    `Sie wurden nicht mit ${provider} angemeldet.`,
    'Versuchen Sie es erneut oder melden Sie sich anders an.',
  ],
}

export const signIn: Words['signIn'] = {
  newHere: rich('Neu hier? <a>Konto erstellen</a>'),
  otherWays: 'Andere Anmeldemöglichkeiten',
  orPassword: 'oder mit Ihrem Passwort',
  login: 'E-Mail-Adresse oder Benutzername',
  password: 'Passwort',
  connect: 'Verbinden',
  asSomebodyElse: 'Als jemand anders zur App zurückkehren',
  withoutSigningIn: 'Ohne Anmeldung zur App zurückkehren',
  openAnother: 'Stattdessen ein anderes Konto eröffnen',
  cancelTo: rich('Abbrechen und zu <app/> zurückkehren'),
  notices: { reset: 'Ihr Passwort ist geändert. Melden Sie sich mit dem neuen an.' },
  forgot: 'Passwort vergessen?',
  forgotten: 'Passwort vergessen? Wenden Sie sich an den Betreiber dieses Servers.',
  someApp: 'Die App',
  wanted: rich('Sie erwartet <wanted/>.'),
  notAnew: rich(
    'Sie sind als <account/> angemeldet, aber <app/> verlangt eine neue Anmeldung, und Ihr Anbieter hat Sie nicht noch einmal gefragt. Melden Sie sich mit Ihrem Passwort oder auf andere Weise an oder kehren Sie ohne Anmeldung zurück.',
  ),
  otherPerson: rich(
    'Sie sind als <account/> angemeldet, aber <app/> erwartet <wanted/>. Melden Sie sich hier mit diesem Konto an oder kehren Sie als jemand anders zur App zurück.',
  ),
  anotherAccount: 'ein anderes Konto',
  link: rich(
    'Hier gibt es ein Konto mit der Adresse <email/>. Wenn es Ihres ist, melden Sie sich einmal damit an. Danach können Sie sich mit <provider/> anmelden.',
  ),
  someProvider: 'der Anbieter',
  problems,
}

export const goingOn: Words['goingOn'] = {
  title: (provider) => `Weiter zu ${provider}`,
  heading: rich('Weiter zu <provider/>'),
  text: 'Ihr Browser leitet Sie weiter. Wenn nichts geschieht, wählen Sie die Schaltfläche.',
  onward: 'Weiter',
}

export const signUp: Words['signUp'] = {
  heading: 'Konto erstellen',
  closed: {
    invite: {
      heading: 'Konten gibt es nur auf Einladung',
      text: 'Auf diesem Server lädt der Betreiber Nutzer ein. Wenn Sie eine Einladung haben, öffnen Sie den Link in der E-Mail. Sonst bitten Sie den Betreiber darum.',
    },
    closed: {
      heading: 'Neue Konten sind nicht möglich',
      text: 'Auf diesem Server erstellt der Betreiber die Konten. Bitten Sie ihn um eines.',
    },
  },
  toSignIn: 'Anmelden',
  haveOne: rich('Sie haben schon ein Konto? <a>Anmelden</a>'),
  otherWays: 'Andere Möglichkeiten, ein Konto zu erstellen',
  orEmail: 'oder mit Ihrer E-Mail-Adresse',
  submit: 'Konto erstellen',
  email: 'E-Mail-Adresse',
  username: 'Benutzername',
  password: 'Passwort',
  usernameHint: 'Sie können sich auch mit Ihrem Benutzernamen anmelden.',
  usernameDerived: 'Sie können sich auch damit anmelden. Bleibt das Feld leer, wird er aus Ihrer Adresse gebildet.',
}

export const setUp: Words['setUp'] = {
  heading: 'Administrator erstellen',
  welcome: 'Willkommen. Dieses Konto hat die Rolle Inhaber. Der Link, der Sie hierher geführt hat, gilt einmal.',
  submit: 'Administrator erstellen',
}

export const outdatedPassword: Words['outdatedPassword'] = {
  heading: 'Wählen Sie ein stärkeres Passwort',
  why: 'Sie sind angemeldet. Ihr Passwort ist kürzer oder leichter zu erraten, als neue Passwörter hier sein dürfen.',
  onward: rich('In beiden Fällen geht es weiter zu <app/>.'),
  change: 'Jetzt ändern',
  later: 'Später',
}

export const terms: Words['terms'] = {
  bySigningUp: {
    both: rich('Wenn Sie ein Konto erstellen, akzeptieren Sie die <terms/> und die <privacy/>.'),
    terms: rich('Wenn Sie ein Konto erstellen, akzeptieren Sie die <document/>.'),
    privacy: rich('Wenn Sie ein Konto erstellen, akzeptieren Sie die <document/>.'),
  },
  named: {
    terms: (version) => `Nutzungsbedingungen (Version ${version})`,
    privacy: (version) => `Datenschutzerklärung (Version ${version})`,
  },
  heading: 'Bevor es weitergeht',
  why: rich('Sie sind als <account/> angemeldet. Um dieses Konto zu nutzen, lesen und akzeptieren Sie bitte:'),
  changed:
    'Während diese Seite offen war, ist eine neuere Version in Kraft getreten. Deshalb wurde nichts akzeptiert. Bitte lesen Sie sie.',
  means:
    'Wir speichern bei Ihrem Konto, welche Version Sie wann akzeptieren. Wenn Sie ablehnen, werden Sie abgemeldet.',
  accept: 'Akzeptieren',
  decline: 'Ablehnen',
  leaving: {
    withData: rich(
      'Ohne zu akzeptieren, können Sie Ihre Daten als <csv>CSV</csv> oder <json>JSON</json> herunterladen und <close>Ihr Konto schließen</close>.',
    ),
    withoutData: rich('Ohne zu akzeptieren, können Sie <close>Ihr Konto schließen</close>.'),
  },
  accepted: 'Was Sie akzeptiert haben',
  acceptedOn: rich('<document/>, akzeptiert am <day/>'),
  asJson: 'Als JSON herunterladen',
}

export const signOut: Words['signOut'] = {
  confirm: rich('Sie sind als <account/> angemeldet. In diesem Browser abmelden?'),
  asked: rich('<app/> möchte Sie auch hier abmelden. Sie sind als <account/> angemeldet.'),
  whatEnds:
    'Apps, denen Sie erlaubt haben, verbunden zu bleiben, behalten ihren Zugriff. Apps, in denen Sie sich nur angemeldet haben, werden abgemeldet.',
  told: 'Wir benachrichtigen diese Apps, damit sie Sie ebenfalls abmelden können:',
  stay: 'Angemeldet bleiben',
  done: 'Sie sind abgemeldet',
  shared: 'Wenn Sie diesen Computer mit anderen teilen, schließen Sie auch den Browser.',
  onward: rich('Weiter zu <app/>'),
  someApp: 'der App',
  signInAgain: 'Erneut anmelden',
  frame: 'Abmelden bei einer App',
}

export const posted: Words['posted'] = {
  title: 'Zurück zur App',
  onward: rich('Sie werden zu <host/> weitergeleitet. Wenn nichts geschieht, drücken Sie den Knopf.'),
  submit: 'Weiter',
}

export const landing: Words['landing'] = {
  back_to_app: {
    title: 'Sie können zur App zurückkehren',
    sentence: 'Die App hat ihre Antwort. Wenn diese Seite bleibt, schließen Sie sie und kehren Sie zur App zurück.',
  },
  close_window: { title: 'Sie können dieses Fenster schließen', sentence: 'Hier gibt es nichts mehr zu tun.' },
}

// The pages that mails lead to, and the mails.

export const forgot: Words['forgot'] = {
  heading: 'Passwort vergessen?',
  lead: 'Geben Sie die bestätigte E-Mail-Adresse Ihres Kontos ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
  email: 'E-Mail-Adresse',
  submit: 'Link senden',
  sent: 'Wenn ein Konto hier diese bestätigte Adresse hat, ist ein Link für ein neues Passwort unterwegs. Er gilt eine Stunde.',
  notThere:
    'Nach einigen Minuten noch keine E-Mail? Sehen Sie im Spam-Ordner nach oder fragen Sie den Betreiber dieses Servers.',
  askOperator:
    'Dieser Server versendet keine E-Mails. Bitten Sie den Betreiber um einen Link für ein neues Passwort: Er kann Ihnen einen erstellen.',
  backToSignIn: 'Zurück zur Anmeldung',
}

export const reset: Words['reset'] = {
  heading: 'Neues Passwort wählen',
  whose: rich('Für das Konto <account/>.'),
  means:
    'Jeder Browser und jede App, die das Konto nutzen, werden abgemeldet. Danach melden Sie sich mit dem neuen Passwort an.',
  submit: 'Passwort festlegen',
}

export const verify: Words['verify'] = {
  enterCode: 'Prüfen Sie Ihr Postfach',
  confirm: 'Adresse bestätigen',
  mailed: rich(
    'Wir haben eine Nachricht an <email/> gesendet. Geben Sie den sechsstelligen Code daraus innerhalb von zehn Minuten ein.',
  ),
  opensAccount: rich('Bestätigen Sie, dass <email/> Ihre Adresse ist. Damit wird Ihr Konto eröffnet.'),
  isOf: rich('Bestätigen Sie, dass <email/> die Adresse des Kontos <account/> ist.'),
  code: 'Code',
  submitCode: 'Bestätigen',
  submitLink: 'Adresse bestätigen',
  again: 'Neuen Code senden',
  orLink: 'Die E-Mail enthält auch einen Link, der 24 Stunden in jedem Browser gilt.',
  notYou: 'Wenn Sie das nicht angefordert haben, schließen Sie die Seite. Es ändert sich nichts.',
  whyPassword:
    'Das ist nicht der Browser, in dem das Konto angefordert wurde. Geben Sie das Passwort ein, das Sie dort gewählt haben, oder ein neues. Es ist ab jetzt das Passwort Ihres Kontos.',
  notices: { again: 'Eine weitere E-Mail ist unterwegs. Frühere Codes und Links gelten nicht mehr.' },
  doneHeading: 'Ihre Adresse ist bestätigt',
  done: rich('<email/> ist jetzt die bestätigte Adresse Ihres Kontos.'),
  takenHeading: 'Diese Adresse gehört zu einem anderen Konto',
  taken: rich('Mit der Adresse <email/> gibt es schon ein Konto, deshalb wurde nichts geändert.'),
  toAccount: 'Zu Ihrem Konto',
}

export const accountEmail: Words['accountEmail'] = {
  title: 'E-Mail-Adressen',
  yours: 'Ihre Adresse',
  none: 'Ihr Konto hat keine E-Mail-Adresse.',
  confirmed: 'bestätigt',
  notConfirmed: 'nicht bestätigt',
  confirmedMeans:
    'Sie können sich damit anmelden und ein vergessenes Passwort ersetzen. Auch Sicherheitshinweise senden wir dorthin.',
  notConfirmedMeans:
    'Sie können sich damit anmelden. Solange Sie die Adresse nicht bestätigen, lässt sich ein vergessenes Passwort nicht per E-Mail ersetzen, und Apps sehen, dass sie nicht bestätigt ist.',
  confirm: 'Diese Adresse bestätigen',
  add: 'Adresse hinzufügen',
  change: 'Adresse ändern',
  newAddress: 'Neue Adresse',
  hint: 'Wir senden einen Code an die neue Adresse. Sobald Sie sie bestätigt haben, ersetzt sie die alte. Auch dorthin senden wir einen Hinweis.',
  submit: 'Code senden',
  askOperator:
    'Dieser Server versendet keine E-Mails, deshalb lässt sich keine Adresse bestätigen. Bitten Sie den Betreiber, sie zu ändern.',
  nothingChanged: 'Es wurde nichts geändert.',
  refusedHeading: 'Wir erreichen Sie nicht per E-Mail',
  refusedAt: rich(
    'Eine E-Mail an <email/> kam zurück: Laut Mailserver gibt es diese Adresse nicht. Solange sie nicht stimmt, lässt sich ein vergessenes Passwort nicht ersetzen.',
  ),
  check: 'Adresse prüfen',
  refused: rich(
    'E-Mails an <email/> sind nicht zustellbar: Laut Mailserver gibt es diese Adresse nicht. Prüfen Sie sie oder ändern Sie sie unten.',
  ),
  notices: { proved: 'Ihre Adresse ist bestätigt.' },
}

export const invitation: Words['invitation'] = {
  lead: rich('Sie sind eingeladen, ein Konto mit der Adresse <email/> zu eröffnen.'),
}

const lives =
  'Der Code gilt 10 Minuten, in dem Browser, in dem er angefordert wurde. Der Link gilt 24 Stunden, in jedem Browser.'
const ignore = 'Wenn Sie das nicht angefordert haben, müssen Sie nichts tun. Es ändert sich nichts.'

export const linkMails: Words['linkMails'] = {
  reset: (of) => ({
    subject: 'Neues Passwort wählen',
    paragraphs: [
      'Jemand, wahrscheinlich Sie, hat ein neues Passwort für Ihr Konto angefordert. Der Link gilt einmal, innerhalb einer Stunde.',
      ignore,
    ],
    facts: [['Konto', of.username]],
    link: { text: 'Neues Passwort wählen', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil mit Ihrer bestätigten Adresse ein neues Passwort angefordert wurde.',
  }),
  addressProof: (of) => ({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    paragraphs: ['Jemand, wahrscheinlich Sie, hat diese Adresse für ein Konto hier angegeben.', lives, ignore],
    code: of.code,
    link: { text: 'Adresse bestätigen', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil diese Adresse für ein Konto angegeben wurde.',
  }),
  addressTaken: (of) => ({
    subject: 'Ihre E-Mail-Adresse wurde für ein anderes Konto angegeben',
    paragraphs: [
      'Jemand, wahrscheinlich Sie, hat diese Adresse für ein Konto hier angegeben. Sie gehört schon zu einem anderen Konto, deshalb wurde nichts geändert.',
      'Um sie zu übertragen, melden Sie sich mit dem Konto an, zu dem sie gehört, und ändern Sie dort zuerst die Adresse.',
      ignore,
    ],
    link: { text: 'Zum Server', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil diese Adresse für ein Konto angegeben wurde.',
  }),
  signUp: (of) => ({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    paragraphs: ['Jemand, wahrscheinlich Sie, eröffnet ein Konto mit dieser Adresse.', lives, ignore],
    code: of.code,
    link: { text: 'Adresse bestätigen', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil diese Adresse für ein neues Konto angegeben wurde.',
  }),
  haveAccount: (of) => ({
    subject: 'Sie haben schon ein Konto',
    paragraphs: [
      'Jemand, wahrscheinlich Sie, hat ein neues Konto mit dieser Adresse angefordert. Es gibt schon eines damit, Sie können sich also einfach anmelden.',
      `Wenn Sie das Passwort vergessen haben, wählen Sie hier ein neues: ${of.forgot}`,
      ignore,
    ],
    link: { text: 'Anmelden', href: of.signIn },
    reason: 'Sie erhalten diese Nachricht, weil diese Adresse für ein neues Konto angegeben wurde.',
  }),
  addressChanged: (of) => ({
    subject: 'Die Adresse Ihres Kontos wurde geändert',
    paragraphs: [
      'Ihr Konto hat jetzt eine andere E-Mail-Adresse. Diese hier verwenden wir nicht mehr dafür.',
      'Wenn Sie das nicht waren, bitten Sie sofort den Betreiber dieses Servers um Hilfe.',
    ],
    facts: [['Konto', of.username]],
    reason: 'Sie erhalten diese Nachricht, weil dies bis jetzt die bestätigte Adresse Ihres Kontos war.',
  }),
  invitation: (of) => ({
    subject: 'Sie sind eingeladen, ein Konto zu eröffnen',
    paragraphs: [
      'Der Betreiber dieses Servers lädt Sie ein, ein Konto mit dieser Adresse zu eröffnen. Der Link gilt einmal, innerhalb von sieben Tagen.',
      'Wenn Sie keines möchten, müssen Sie nichts tun.',
    ],
    link: { text: 'Konto eröffnen', href: of.href },
    reason: 'Sie erhalten diese Nachricht, weil der Betreiber diese Adresse angegeben hat.',
  }),
}
