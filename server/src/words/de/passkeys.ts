/** What the pages about passkeys say. */
import type { Words } from '../en/index.ts'
import { rich } from '../rich.ts'
import { counted } from './counted.ts'

export const passkeys: Words['passkeys'] = {
  title: 'Passkeys',
  lead: 'Mit einem Passkey melden Sie sich mit Fingerabdruck, Gesicht oder PIN Ihres Geräts an. Er lässt sich nicht erraten, und keine andere Website kann ihn abfragen.',
  signIn: 'Mit einem Passkey anmelden',
  none: 'Sie haben noch keinen Passkey.',
  count: (count) => counted(count, { one: 'Sie haben 1 Passkey.', other: `Sie haben ${count} Passkeys.` }),
  manage: 'Passkeys verwalten',
  add: 'Passkey hinzufügen',
  addLead:
    'Ihr Browser fragt, wo er ihn aufbewahren soll: auf diesem Gerät, auf einem Telefon, auf einem Sicherheitsschlüssel oder in einem Passwort-Manager.',
  turnsOn:
    'Er ist auch Ihr zweiter Faktor, wenn Sie sich mit Ihrem Passwort anmelden. Sie bekommen Wiederherstellungscodes für den Tag, an dem Sie ihn verlieren. Ihre anderen Browser werden abgemeldet, ebenso Apps, in die Sie Ihr Passwort direkt eingegeben haben.',
  useApp: 'Stattdessen eine Authenticator-App verwenden',
  needsScript: 'Um einen Passkey hinzuzufügen, brauchen Sie JavaScript und einen Browser, der Passkeys unterstützt.',
  name: 'Name',
  nameHint: 'Damit Sie ihn später erkennen.',
  unnamed: 'Passkey',
  synced: 'Zwischen Geräten synchronisiert',
  elsewhere: rich('Für <host/> erstellt. Hier kann er nicht verwendet werden.'),
  added: rich('hinzugefügt am <day/>'),
  used: rich('zuletzt verwendet am <moment/>'),
  neverUsed: 'noch nicht verwendet',
  rename: rich('Umbenennen<name/>'),
  remove: rich('Entfernen<name/>'),
  renaming: { heading: 'Diesen Passkey umbenennen', submit: 'Speichern' },
  removing: {
    heading: 'Diesen Passkey entfernen?',
    text: 'Sie können sich dann nicht mehr damit anmelden. Wenn er Ihr einziger zweiter Faktor ist, reicht danach Ihr Passwort allein, um Ihr Konto zu öffnen, und Ihre Wiederherstellungscodes enden. Angemeldete Browser bleiben angemeldet. Löschen Sie ihn auch auf Ihrem Gerät, damit er dort nicht mehr angeboten wird.',
    submit: 'Entfernen',
  },
  notices: {
    added: 'Der Passkey ist hinzugefügt. Sie können sich ab jetzt damit anmelden.',
    renamed: 'Der Passkey ist umbenannt.',
    removed: 'Der Passkey ist entfernt.',
  },
  refusals: {
    stale: ['Diese Seite war zu lange offen, deshalb wurde nichts hinzugefügt.', 'Versuchen Sie es noch einmal.'],
    refused: [
      'Der Passkey konnte nicht hinzugefügt werden.',
      'Versuchen Sie es noch einmal oder verwenden Sie ein anderes Gerät.',
    ],
    too_many: ['Sie haben so viele Passkeys, wie ein Konto haben kann.', 'Entfernen Sie zuerst einen.'],
    sign_in_again: ['Es wurde nichts geändert.', ''],
    needs_link: [
      'Es wurde nichts hinzugefügt.',
      'Ihre Rolle verlangt hier mehr als Ihr Passwort. Öffnen Sie zuerst einen Einrichtungs-, Einladungs- oder Rücksetzlink und kommen Sie innerhalb einer Stunde wieder. Der Betreiber kann auf dem Server einen Rücksetzlink ausgeben lassen.',
    ],
  },
  failures: {
    prove: { other: 'Es wurde kein Passkey verwendet. Versuchen Sie es erneut oder melden Sie sich anders an.' },
    add: {
      other: 'Es wurde kein Passkey hinzugefügt. Versuchen Sie es erneut oder verwenden Sie ein anderes Gerät.',
      InvalidStateError: 'Dieses Gerät hat bereits einen Passkey für Ihr Konto.',
    },
  },
}
