/** What the page on jobs says, in German. */
import type { Words } from '../../en/index.ts'

export const jobsPage: Words['jobsPage'] = {
  title: 'Aufgaben',
  lead: 'Was der Server neben den Anfragen erledigt, etwa E-Mails. Was in einer E-Mail steht, wird nirgends aufbewahrt.',
  state: 'Status',
  states: { waiting: 'Wartet', given_up: 'Aufgegeben', done: 'Erledigt' },
  none: 'Keine Aufgaben.',
  kind: 'Art',
  about: 'Betrifft',
  attempts: 'Versuche',
  lastError: 'Letzter Fehler',
  due: 'Fällig',
  ended: 'Beendet',
  again: 'Noch einmal',
  retry: 'Erneut versuchen',
  pages: 'Weitere Aufgaben',
  notices: {
    queued: 'Die Aufgabe wird jetzt erneut versucht.',
    soon: 'Die Aufgabe läuft gerade oder ist innerhalb einer Minute von selbst fällig.',
    done: 'Die Aufgabe ist schon erledigt.',
    emptied: 'Was die Aufgabe braucht, wurde gelöscht, als sie aufgegeben wurde. Sie lässt sich nicht wiederholen.',
    too_late: 'Die E-Mail ist zu alt, um noch zu nützen. Sie wurde nicht gesendet.',
    unknown: 'Diese Aufgabe gibt es nicht mehr.',
  },
}
