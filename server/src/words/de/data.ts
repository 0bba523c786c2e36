/** What the pages about a person's own data say, and those about closing their account. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { tell } from '../told.ts'
import { counted, number } from './counted.ts'

const memberProblems: Words['data']['memberProblems'] = {
  text: 'muss ein Text sein',
  label_length: 'muss 1 bis 125 Zeichen haben',
  note_length: 'darf höchstens 2.000 Zeichen haben',
  control: 'enthält ein Steuerzeichen',
  number: 'muss eine Zahl sein',
  whole: 'muss eine ganze Zahl sein',
  time: 'muss eine Zeit sein, zum Beispiel 2024-05-01T10:00:00Z',
  undecided: 'kann ein Datum oder eine Zahl sein; schreiben Sie ein Datum als 2024-05-01',
  combination: 'muss MEAN oder SUM sein',
  object: 'muss ein Objekt sein',
  list: 'muss eine Liste sein',
  missing: 'fehlt',
  unsound: 'ist nicht lesbar',
}

const measurements = (count: number) => `${number(count)} ${counted(count, { one: 'Messwert', other: 'Messwerte' })}`
const stored = (count: number) => `${measurements(count)} gespeichert`
const lines = (count: number) => `${number(count)} ${counted(count, { one: 'Zeile', other: 'Zeilen' })}`

export const data: Words['data'] = {
  title: 'Ihre Daten',
  lead: 'Was Apps für Sie aufgezeichnet und Sie importiert haben. Diese Daten gehören Ihnen: Nehmen Sie sie mit oder löschen Sie sie.',
  none: 'Noch ist nichts aufgezeichnet',
  noneHint:
    'Wenn eine App, der Sie es erlaubt haben, etwas für Sie aufzeichnet, erscheint es hier. Sie können auch eine Datei importieren.',
  variables: 'Was aufgezeichnet ist',
  variablesCaption: 'Was aufgezeichnet ist, Neuestes zuerst',
  variable: 'Variable',
  category: 'Kategorie',
  count: 'Messwerte',
  latest: 'Neuester',
  pagesOfVariables: 'Seiten der Variablen',
  variableTitle: (name) => `${name} · Ihre Daten`,
  values: 'Messwerte',
  valuesCaption: 'Messwerte, neueste zuerst',
  pagesOfValues: 'Seiten der Messwerte',
  time: 'Zeit',
  value: 'Wert',
  note: 'Notiz',
  source: 'Quelle',
  measurements,

  chartOf: (name) => `${name} im Zeitverlauf`,
  chartSays: (of) =>
    `${measurements(of.count)} zwischen ${of.least} und ${of.most} ${of.unit}, im Durchschnitt ${of.mean} ${of.unit}.`,
  chartHint: 'Die Linie ist der Durchschnitt; die Fläche reicht vom niedrigsten bis zum höchsten Wert.',

  take: 'Nehmen Sie Ihre Daten mit',
  takeHint:
    'Jeder Messwert mit Zeit, Wert, Einheit, Notiz und Quelle. CSV öffnen Sie mit einer Tabellenkalkulation; JSON ist für Programme. Beides lässt sich wieder importieren.',
  exportCsv: 'CSV exportieren',
  exportJson: 'JSON exportieren',

  bring: 'Messwerte importieren',
  bringHint: (megabytes) =>
    `Eine CSV- oder JSON-Datei, wie sie hier exportiert wird, bis ${megabytes} MB. Ein Messwert ersetzt einen vorhandenen vom selben Zeitpunkt.`,
  csv: 'Spalten einer CSV-Datei',
  csvColumns: rich(
    'Die erste Zeile nennt die Spalten: <code>variableName</code>, <code>value</code>, <code>unitAbbreviatedName</code> und <code>startTime</code>. Die Spalten <code>variableCategoryName</code>, <code>note</code> und <code>sourceName</code> sind freiwillig.',
  ),
  file: 'Datei',
  submit: 'Importieren',
  importing: 'Import läuft',
  lastImport: 'Letzter Import',
  started: 'Begonnen',
  read: (percent) => `${percent}\u00a0% gelesen`,
  soFar: (count) => `Bisher ${stored(count)}. Diese Seite aktualisiert sich von selbst; Sie können sie verlassen.`,
  refresh: 'Jetzt aktualisieren',
  ended: {
    done: (count, refused) =>
      refused === 0 ? `Fertig: ${stored(count)}.` : `Fertig: ${stored(count)}, ${lines(refused)} ausgelassen.`,
    cut_off: (count) =>
      `Der Import wurde abgebrochen. ${stored(count)}, und das bleibt so; der Rest der Datei fehlt. Importieren Sie die Datei erneut, um den Rest hinzuzufügen: Was schon da ist, wird nicht doppelt gespeichert.`,
    full: (count) => `In Ihrem Konto ist kein Platz mehr. ${stored(count)}; der Rest der Datei fehlt.`,
    unreadable: 'Die Datei war nicht lesbar. Ab dort wurde nichts gespeichert.',
    not_arrived:
      'Die Datei kam nicht vollständig an, deshalb wurde nichts daraus gespeichert. Versuchen Sie es noch einmal.',
  },
  problems: (refused) =>
    counted(refused, { one: '1 Zeile war nicht lesbar', other: `${number(refused)} Zeilen waren nicht lesbar` }),
  problemsShown: (count) => `Angezeigt werden die ersten ${number(count)}.`,
  memberProblems,
  lineProblems: {
    member: ({ name, why }) => `${name === '' ? 'Der Eintrag' : name} ${tell(memberProblems, why)}.`,
    differs: ({ name, other }) =>
      `${name} und ${other} bedeuten dasselbe, unterscheiden sich aber. Schreiben Sie nur eines.`,
    unit_at_odds: ({ variable, present, unit }) =>
      `„${variable}“ wird in „${present}“ gemessen; „${unit}“ lässt sich nicht umrechnen.`,
    cells: ({ found, expected }) =>
      `Die Zeile hat ${number(found)} ${counted(found, { one: 'Feld', other: 'Felder' })} statt ${number(expected)}.`,
    quote_missing: 'Ein Anführungszeichen fehlt, oder die Zeile ist zu lang.',
    entry_broken: 'Der Eintrag bricht ab, ist zu lang oder kein JSON-Objekt.',
    empty: 'Die Datei ist leer.',
    not_measurements: 'Die Datei beginnt nicht mit Messwerten.',
    no_header: ({ columns }) => `Die erste Zeile muss die Spalten nennen, darunter ${columns}.`,
    not_utf8:
      'Die Datei ist kein Text in UTF-8. Speichern Sie sie als „CSV UTF-8“ und importieren Sie sie noch einmal.',
  },
  line: (line) => `Zeile ${number(line)}`,
  reason: 'Grund',
  refusals: {
    too_large: (megabytes) =>
      `Die Datei ist größer als ${megabytes} MB, deshalb wurde nichts importiert. Teilen Sie sie und importieren Sie die Teile nacheinander.`,
    busy: 'Ein Import läuft bereits. Warten Sie, bis er beendet ist, und versuchen Sie es dann erneut.',
    crowded: 'Dieser Server nimmt gerade zu viele Dateien entgegen. Versuchen Sie es in einer Minute noch einmal.',
    no_file: 'Wählen Sie zuerst eine Datei.',
    sign_in_again: 'Es wurde nichts gelöscht.',
  },

  remove: 'Alle Ihre Daten löschen',
  removeHint:
    'Alles oben wird endgültig gelöscht. Apps, die für Sie aufzeichnen dürfen, können danach neue Messwerte hinzufügen.',
  removeFirst: 'Alles löschen …',
  removal: {
    heading: 'Alle Ihre Daten löschen?',
    text: 'Alle Messwerte und alle Variablen werden sofort gelöscht. Das lässt sich nicht rückgängig machen. Exportieren Sie Ihre Daten vorher, wenn Sie sie behalten möchten.',
    submit: 'Alles löschen',
  },
  deleted: 'Alle Ihre Daten sind gelöscht.',
}

export const close: Words['close'] = {
  title: 'Konto schließen',
  lead: 'Damit endet Ihr Konto auf diesem Server. Was geschieht, und wann:',
  now: 'Sofort',
  nowText: 'Sie werden überall abgemeldet, und jede App verliert den Zugriff auf Ihr Konto.',
  within: '14 Tage lang',
  withinText:
    'Ihr Konto wartet. Wenn Sie sich wieder anmelden, gegebenenfalls mit Ihrem zweiten Faktor, gehört es wieder Ihnen. Apps müssen Sie erneut um Erlaubnis bitten.',
  after: 'Nach 14 Tagen',
  afterText:
    'Ihr Name, Ihre Adressen, Ihre Anmeldemöglichkeiten und alles, was für Sie aufgezeichnet ist, werden endgültig gelöscht. Eine ID, die nichts über Sie sagt, kann im Protokoll dieses Servers bleiben. Apps behalten, was sie kopiert haben.',
  first: 'Vorher',
  takeData: rich('<a>Exportieren Sie Ihre Daten</a>, wenn Sie sie behalten möchten.'),
  lastOwner:
    'Sie sind der einzige Inhaber dieses Servers und können Ihr Konto deshalb nicht schließen. Machen Sie zuerst jemand anderen zum Inhaber.',
  yourApps: 'Ihre Apps',
  ownsApps:
    'Diese Apps gehören Ihnen und werden vielleicht genutzt. Bevor Sie Ihr Konto schließen, übergeben Sie jede an jemand anderen oder löschen Sie sie.',
  handTo: 'Benutzername oder E-Mail-Adresse des neuen Inhabers',
  handToHint: 'Sie erhalten einen Link zum Weitergeben. Die App wechselt den Inhaber, sobald sie angenommen wird.',
  offer: 'Link erstellen',
  endApp: 'Löschen',
  offered: (days) =>
    rich(
      `Senden Sie diesen Link an <username/>. Er gilt nur für dieses Konto, ${days} Tage lang und nur einmal. Die App gehört Ihnen, bis sie angenommen wird.`,
    ),
  takeOver: {
    heading: (owner) => `Diese App von ${owner} übernehmen?`,
    text: 'Sie gehört dann Ihnen, mit ihren Secrets, ihren Einstellungen und allen, die sie nutzen. Von da an sind Sie für sie verantwortlich. Wenn der Betreiber sie geprüft hatte, muss er sie erneut prüfen.',
    submit: 'Übernehmen',
  },
  understood: 'Ich verstehe, dass mein Konto und meine Daten nach 14 Tagen gelöscht werden',
  submit: 'Mein Konto schließen',
  unchecked: 'Setzen Sie den Haken, um zu bestätigen, dass Sie Ihr Konto schließen möchten.',
  notDone: 'Ihr Konto wurde nicht geschlossen.',
  closedTitle: 'Ihr Konto ist geschlossen',
  closedText:
    'Sie sind überall abgemeldet. Wenn Sie es sich anders überlegen, melden Sie sich innerhalb von 14 Tagen an, und alles gehört wieder Ihnen. Danach wird es gelöscht.',
  back: 'Anmelden und Konto zurückholen',
  card: 'Dieses Konto schließen',
  cardText: 'Sie haben 14 Tage, um es sich anders zu überlegen. Danach wird hier alles über Sie gelöscht.',
  cardLink: 'Mein Konto schließen …',
}
