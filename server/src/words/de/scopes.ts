/** What the scopes of this server mean: a verb, as people say it, and a sentence that says more. */
import type { Words } from '../en/index.ts'

export const scopes: Words['scopes'] = {
  builtIn: {
    openid: {
      sentence: 'Sie mit diesem Konto anmelden',
      detail: 'Die App bekommt eine ID für Sie und die Zeit Ihrer Anmeldung.',
    },
    profile: {
      sentence: 'Ihr Profil sehen',
      detail: 'Ihr Name, Benutzername, Bild und weitere Angaben, die Sie gemacht haben, etwa Ihr Geburtstag.',
    },
    email: { sentence: 'Ihre E-Mail-Adresse sehen', detail: 'Und ob sie bestätigt ist.' },
    phone: { sentence: 'Ihre Telefonnummer sehen', detail: 'Und ob sie bestätigt ist.' },
    address: { sentence: 'Ihre Postanschrift sehen', detail: 'Soweit Sie sie angegeben haben.' },
    offline_access: {
      sentence: 'Verbunden bleiben, wenn Sie nicht da sind',
      detail: 'Die App behält diesen Zugriff, bis Sie ihn entziehen.',
    },
    basic: {
      sentence: 'Ihre Kontodaten sehen',
      detail: 'Benutzername, Anzeigename, E-Mail-Adresse, Rolle und seit wann Sie dabei sind.',
    },
    readmeasurements: {
      sentence: 'Ihre Messwerte lesen',
      detail: 'Alles, was Sie bisher aufgezeichnet haben und noch aufzeichnen werden.',
    },
    writemeasurements: { sentence: 'Messwerte hinzufügen, ändern und löschen', detail: 'In Ihrem Namen.' },
  },
  admin: {
    'admin.read': {
      sentence: 'Alles sehen, was den Betrieb dieses Servers betrifft',
      detail: 'Personen, Apps, Einstellungen und das Audit-Protokoll, soweit Ihre Rolle es erlaubt.',
    },
    'admin.write': {
      sentence: 'Diesen Server in Ihrem Namen betreiben',
      detail:
        'Personen, Apps und Einstellungen ändern, soweit Ihre Rolle es erlaubt und Ihre Anmeldung nicht lange her ist.',
    },
  },
  claims: {
    name: 'Ihren Namen sehen',
    family_name: 'Ihren Nachnamen sehen',
    given_name: 'Ihren Vornamen sehen',
    middle_name: 'Ihren zweiten Vornamen sehen',
    nickname: 'Ihren Spitznamen sehen',
    profile: 'Die Adresse Ihrer Profilseite sehen',
    picture: 'Ihr Bild sehen',
    website: 'Die Adresse Ihrer Website sehen',
    gender: 'Ihr Geschlecht sehen',
    birthdate: 'Ihr Geburtsdatum sehen',
    zoneinfo: 'Ihre Zeitzone sehen',
    locale: 'Ihre Sprache sehen',
    preferred_username: 'Ihren Benutzernamen sehen',
    updated_at: 'Sehen, wann Sie Ihr Profil zuletzt geändert haben',
    email: 'Ihre E-Mail-Adresse sehen, und ob sie bestätigt ist',
    phone_number: 'Ihre Telefonnummer sehen, und ob sie bestätigt ist',
    address: 'Ihre Postanschrift sehen',
  },
  other: (name) => ({
    sentence: `„${name}“ verwenden`,
    detail: 'Eine Berechtigung, die dieser Dienst festgelegt hat.',
  }),
}
