/** What the pages on signing keys, jobs and health say, in German. */
import type { Words } from '../../en/index.ts'

export const serverState: Words['serverState'] = {
  keys: 'Signaturschlüssel',
  keysLead:
    'Schlüssel, die ID-Tokens und JWTs signieren. Jeder signiert 90 Tage lang, und der nächste wird vorher veröffentlicht.',
  key: 'Schlüssel',
  state: 'Zustand',
  made: 'Erzeugt',
  signsSince: 'Signiert seit',
  turns: 'Nächster Wechsel',
  keyStates: { next: 'Nächster', signing: 'Signiert', retired: 'Abgelöst' },
  none: 'Es gibt keine Schlüssel.',
  turnHeading: 'Jetzt wechseln',
  turnText:
    'Die nächsten Schlüssel signieren ab jetzt, und neue folgen ihnen. Was die bisherigen signiert haben, bleibt gültig, bis es abläuft.',
  turn: 'Schlüssel jetzt wechseln',
  rootSecret: 'Hauptgeheimnis',
  generationInUse: 'Verwendete Generation',
  generationsSeen: 'Bekannte Generationen',
  health: 'Zustand',
  healthLead: 'Wie es um diesen Server und seine Knoten steht.',
  well: 'Hier ist alles in Ordnung.',
  alarm: 'Es gab einen Alarm:',
  unacknowledged:
    'Diese Datenbank stammt aus einer Sicherung. Lesen Sie, was verloren ist, und führen Sie dann recover --acknowledge aus.',
  paused:
    'Aufgaben, E-Mails und Aufrufe anderer Server warten seit der Wiederherstellung. Mit recover --resume gehen sie wieder hinaus.',
  nodes: 'Knoten',
  noNodes: 'In den letzten zwei Minuten war kein Knoten zu sehen.',
  node: 'Knoten',
  release: 'Version',
  started: 'Gestartet',
  seen: 'Zuletzt gesehen',
  more: 'Weiteres',
  database: 'Datenbank',
  databases: { sqlite: 'SQLite', postgres: 'PostgreSQL' },
  failing: 'Gescheiterte Aufgaben, die warten',
  lostAudit: 'Verlorene Audit-Ereignisse seit dem Start dieses Knotens',
  lostRequests: 'Verlorene Einträge des Anfragen-Protokolls seit dem Start dieses Knotens',
  restored: 'Aus einer Sicherung wiederhergestellt',
  notices: {
    turned: 'Die nächsten Schlüssel signieren jetzt.',
    too_early: 'Die nächsten Schlüssel sind noch zu kurz veröffentlicht. Versuchen Sie es in einer Minute erneut.',
  },
}
