/** What the pages about one's own account say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

const since = rich('seit <since/>')
const notReviewed = 'Der Betreiber dieses Servers hat sie nicht geprüft.'

export const account: Words['account'] = {
  title: 'Konto',
  heading: 'Ihr Konto',
  whoYouAre: 'Wer Sie sind',
  name: 'Name',
  username: 'Benutzername',
  email: 'E-Mail',
  none: 'keine',
  confirmed: 'bestätigt',
  notConfirmed: 'nicht bestätigt',
  refused: 'nimmt unsere E-Mails nicht an',
  refusedHint:
    'Die letzte Nachricht an diese Adresse kam zurück. Wir senden keine Hinweise mehr dorthin, bis Sie die Adresse erneut bestätigen oder eine andere verwenden.',
  role: 'Rolle',
  roles: { owner: 'Inhaber', admin: 'Admin', support: 'Support' },
  console: 'Konsole öffnen',
  memberSince: 'Dabei seit',
  lastSignIn: 'Letzte Anmeldung',
  allDevices: 'Alle Geräte',
  whatTheyCanDo: 'Was sie dürfen',
  allApps: 'Alle verbundenen Apps',

  connectedApps: 'Verbundene Apps',
  appsLead:
    'Apps, die auf Ihr Konto zugreifen können. Öffnen Sie eine, um zu sehen, was sie darf, oder ihr den Zugriff zu entziehen.',
  pagesOfApps: 'Seiten der Apps',
  checkApp: 'App überprüfen',
  copied: (networks) =>
    `Die App nutzt denselben Zugriff aus ${networks} Netzen. Wenn Sie nicht auf Reisen waren, hat ihn vielleicht jemand kopiert: Entziehen Sie der App den Zugriff.`,
  switchedOff: 'Abgeschaltet',
  switchedOffMeans:
    'Der Betreiber dieses Servers hat diese App abgeschaltet. Sie kann Ihr Konto nicht nutzen, solange er sie nicht wieder einschaltet.',
  knowsYou: 'Weiß, dass Sie hier ein Konto haben',
  more: (count) => `${count} weitere`,
  used: rich('zuletzt genutzt am <day/>'),
  notUsed: 'nicht in Benutzung',
  since,
  noApp: 'Keine App ist verbunden',
  noAppHint:
    'Wenn eine App Ihr Konto nutzen möchte und Sie es erlauben, erscheint sie hier. Sie sehen dann, was sie darf, und können ihr den Zugriff entziehen.',
  open: rich('Öffnen<app/>'),
  remove: rich('Zugriff entziehen<app/>'),
  removeNamed: rich('<app/> den Zugriff entziehen'),
  removal: {
    heading: 'Dieser App den Zugriff entziehen?',
    text: 'Die App verliert sofort und auf jedem Gerät den Zugriff auf Ihr Konto. Sie können ihn später wieder erlauben.',
    submit: 'Zugriff entziehen',
  },
  removed: (name) => `${name} wurde entfernt und hat keinen Zugriff mehr auf Ihr Konto.`,
  someRemoved: 'Der App wurde der Zugriff entzogen.',

  testing: rich(`Sie testen diese App, die in Entwicklung ist. ${notReviewed}`),
  testingOf: rich(`Sie testen diese App von <owner/>, die in Entwicklung ist. ${notReviewed}`),
  invited: rich(`Sie sind eingeladen, diese App zu testen. ${notReviewed}`),
  invitedBy: rich(`<owner/> lädt Sie ein, diese App zu testen. ${notReviewed}`),
  accept: 'Annehmen',
  toTest: (name) => ` und ${name} testen`,
  stopTesting: 'Test beenden',
  decline: 'Ablehnen',
  invitationNotices: {
    accepted: 'Sie können die App jetzt nutzen. Sie wird Sie noch um Ihre Erlaubnis bitten.',
    declined: 'Sie testen die App nicht, und sie hat keinen Zugriff auf Ihr Konto.',
  },

  appTitle: (name) => `${name} · Verbundene Apps`,
  appFacts: 'Was sie ist und was sie darf',
  connected: 'Verbunden',
  lastUsed: 'Zuletzt genutzt',
  notYet: 'Nicht in Benutzung',
  kinds: { see: 'Die App kann sehen', change: 'Die App kann ändern', stay: 'Die App bleibt verbunden' },
  knowsOnly: 'Die App weiß, dass Sie hier ein Konto haben, sonst nichts.',
  services: 'Dienste, die sie nutzt',
  andMore: (count) => `Und ${count} weitere. `,
  disconnectOne: rich('Ein einzelnes Gerät können Sie unter <a>Geräte</a> trennen.'),
  removeApp: 'Zugriff entziehen',
  removalMeans:
    'Die App verliert sofort und auf jedem Gerät den Zugriff auf Ihr Konto. Was sie bereits kopiert hat, behält sie.',

  devices: 'Geräte und Sitzungen',
  browsers: 'Browser',
  browsersLead:
    'Hier sind Sie angemeldet. Wenn Sie einen Browser nicht erkennen, melden Sie ihn ab und ändern Sie Ihr Passwort.',
  thisBrowser: 'Dieser Browser',
  signedIn: rich('angemeldet am <day/>'),
  from: rich('von <address/>'),
  lastSeen: rich('zuletzt gesehen am <day/>'),
  browserSignedIn: rich('<browser/>, angemeldet am <day/>'),
  signOutOthers: 'Alle anderen Browser abmelden',
  appPlaces: 'Apps auf Ihren Geräten',
  noPlaces: 'Keine App ist mit Ihrem Konto verbunden.',
  placesLead: rich(
    'Jedes Gerät, auf dem eine App mit Ihrem Konto verbunden ist. Wenn Sie eines trennen, müssen Sie sich dort in der App neu anmelden. Um den Zugriff überall zu beenden, <a>entziehen Sie der App den Zugriff</a>.',
  ),
  place: rich('<app/> <by>auf</by> <device/>'),
  placeOf: (app, device) => `${app} auf ${device}`,
  program: rich('gesendet von <program/>'),
  disconnect: 'Trennen',
  disconnectUnknown: 'Alle unbekannten Geräte abmelden',
  otherBrowsers: (count) =>
    counted(count, {
      one: 'Ein weiterer Browser ist angemeldet. Er wurde zuletzt vor diesen gesehen.',
      other: `${count} weitere Browser sind angemeldet. Sie wurden zuletzt vor diesen gesehen.`,
    }),
  deviceNotices: {
    session: 'Dieser Browser ist abgemeldet.',
    others: 'Sie sind überall sonst abgemeldet.',
    grant: 'Dieser Zugriff ist beendet.',
    unknown: 'Alles, was keine Angaben zum Gerät gemacht hat, ist abgemeldet.',
  },
}

export const profile: Words['profile'] = {
  title: 'Profil',
  about: 'Über Sie',
  aboutLead: 'Apps, denen Sie Ihr Profil zeigen, erhalten Ihren Namen, Ihr Bild, Ihre Sprache und Ihre Zeitzone.',
  name: 'Anzeigename',
  nameHint: 'So nennen Apps Sie. Ohne ihn zeigen sie Ihren Benutzernamen.',
  language: 'Sprache',
  asBrowser: 'Wie im Browser eingestellt',
  languageHint: 'Für diese Seiten und für E-Mails dieses Servers.',
  zone: 'Zeitzone',
  zoneNone: 'Nicht festgelegt (UTC)',
  notListed: (value) => `${value} (nicht in der Liste)`,

  picture: 'Bild',
  pictureLead: 'Apps zeigen es neben Ihrem Namen, diese Seiten auch.',
  pictureShown: 'Ihr Bild',
  pictureElsewhere: (host) => `Apps erhalten ein Bild auf ${host}. Diese Seiten zeigen es nicht.`,
  pictureFile: 'Bild auswählen',
  pictureHint: (megabytes) =>
    `JPEG, PNG, WebP, GIF oder AVIF, bis ${megabytes} MB und 16 Millionen Pixel. Es wird quadratisch zugeschnitten; was die Datei neben dem Bild enthält, etwa den Aufnahmeort, wird verworfen.`,
  uploadPicture: 'Bild hochladen',
  removePicture: 'Bild entfernen',
  picturesUnavailable: 'Dieser Server kann keine Bilder lesen. Deshalb lässt sich keines hochladen.',

  username: 'Benutzername',
  usernameHint: 'Damit melden Sie sich an. Buchstaben, Ziffern, Punkte, Binde- und Unterstriche.',
  changeUsername: 'Benutzernamen ändern',
  usernameMeans: (days) =>
    `Apps bleiben verbunden. Ihr früherer Benutzername bleibt ${days} Tage lang Ihrer: Niemand sonst kann ihn nehmen, und Sie können zu ihm zurückkehren.`,
  former: (names) => `Frühere Benutzernamen, die noch Ihre sind: ${names}`,
  usernameNotChanged: 'Ihr Benutzername wurde nicht geändert.',

  regions: {
    Africa: 'Afrika',
    America: 'Amerika',
    Antarctica: 'Antarktis',
    Arctic: 'Arktis',
    Asia: 'Asien',
    Atlantic: 'Atlantik',
    Australia: 'Australien',
    Europe: 'Europa',
    Indian: 'Indischer Ozean',
    Pacific: 'Pazifik',
  },

  notices: {
    saved: 'Ihr Profil wurde gespeichert.',
    picture: 'Ihr Bild wurde geändert.',
    picture_removed: 'Ihr Bild wurde entfernt.',
    username: 'Ihr Benutzername wurde geändert. Melden Sie sich ab jetzt mit ihm an.',
  },
}

export const security: Words['security'] = {
  title: 'Sicherheit',
  password: 'Passwort',
  providerOnly:
    'Sie melden sich nur über einen Anbieter an. Legen Sie ein Passwort fest, um einen zweiten Weg zu haben.',
  changePassword: 'Passwort ändern',
  setPassword: 'Passwort festlegen',
  signInFirst: rich('Zu Ihrer Sicherheit <a>melden Sie sich bitte neu an</a>, bevor Sie hier etwas ändern.'),
  ways: 'Anmeldemöglichkeiten',
  waysLead:
    'Mit jedem dieser Konten können Sie sich anmelden. Wenn Sie eines nicht erkennen, trennen Sie es und prüfen Sie Ihre Geräte.',
  connectOne: 'Verbinden Sie ein Konto, das Sie bei einem anderen Anbieter haben, um sich damit anzumelden.',
  notOffered: 'nicht angeboten',
  since,
  disconnect: rich('Trennen <name/>'),
  recentSignIns: 'Letzte Anmeldungen',
  recentLead: rich('Wenn Sie eine nicht erkennen, ändern Sie Ihr Passwort. <a>Alle Aktivitäten</a>'),
  connect: (provider) => `${provider} verbinden`,
  refusals: {
    sign_in_again: ['Es wurde nichts geändert.', ''],
    last_way: [
      'Das ist Ihre einzige Anmeldemöglichkeit und lässt sich deshalb nicht trennen.',
      'Legen Sie zuerst ein Passwort fest oder verbinden Sie ein anderes Konto.',
    ],
    identity_taken: [
      'Damit öffnet sich hier ein anderes Konto, deshalb wurde nichts verbunden.',
      'Um es zu übertragen, melden Sie sich zuerst damit an und trennen Sie es dort.',
    ],
    other_session: [
      'Das wurde in einer anderen Anmeldung begonnen, deshalb wurde nichts verbunden.',
      'Beginnen Sie noch einmal.',
    ],
    account_changed: [
      'Ihr Konto hat sich inzwischen geändert, deshalb ist nichts geschehen.',
      'Beginnen Sie noch einmal.',
    ],
    provider_denied: ['Der Anbieter hat Ihre Zustimmung nicht bekommen, deshalb wurde nichts verbunden.', ''],
    provider: [
      'Der Anbieter hat nicht mitgeteilt, wer Sie sind, deshalb wurde nichts verbunden.',
      'Versuchen Sie es etwas später erneut.',
    ],
  },
  changed: 'Ihr Passwort ist geändert. Alle anderen Browser und alle Apps sind abgemeldet.',
  notices: {
    connected: 'Verbunden. Sie können sich jetzt damit anmelden.',
    connected_already: 'Es war bereits verbunden.',
    disconnected:
      'Getrennt. Browser, in denen Sie angemeldet sind, bleiben angemeldet; unter Geräte können Sie sie abmelden.',
    removal_stopped: 'Ihr zweiter Faktor bleibt. Wenn nicht Sie das Entfernen verlangt haben, ändern Sie Ihr Passwort.',
    totp_removed: 'Ihre Authenticator-App ist entfernt.',
    password_set: 'Ihr Passwort ist festgelegt. Sie können sich ab jetzt damit anmelden.',
  },
}
