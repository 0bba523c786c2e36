/** What the page of the audit log says, in German. */
import type { Words } from '../../en/index.ts'

export const auditPage: Words['auditPage'] = {
  title: 'Audit-Protokoll',
  lead: 'Wer was getan hat, das Neueste zuerst.',
  time: 'Zeit',
  type: 'Art',
  every: 'Jede Art',
  who: 'Wer',
  whom: 'An wem',
  app: 'App',
  detail: 'Einzelheiten',
  fields: {
    who: 'Wer (Name, E-Mail oder ID)',
    whom: 'An wem',
    app: 'App (ID)',
    from: 'Ab (UTC)',
    to: 'Vor (UTC)',
  },
  filter: 'Filtern',
  none: 'Keine Ereignisse.',
  pages: 'Seiten des Protokolls',
  newest: 'Neueste',
  older: 'Ältere',
  problems: {
    type: 'Diese Art von Ereignis gibt es nicht.',
    who: 'Dieses Konto gibt es nicht. Geben Sie von gelöschten Konten die ID an.',
    whom: 'Dieses Konto gibt es nicht. Geben Sie von gelöschten Konten die ID an.',
    from: 'Schreiben Sie den Anfang als Tag und Zeit, etwa 2027-06-30T08:00.',
    to: 'Schreiben Sie das Ende als Tag und Zeit, etwa 2027-06-30T08:00.',
    after: 'Diese Adresse einer Seite ist beschädigt. Beginnen Sie bei den neuesten Ereignissen.',
  },
}
