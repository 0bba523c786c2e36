/** What the page about an account's activity says: each type of event in a sentence. */
import type { Words } from '../en/index.ts'
import { counted } from './counted.ts'

// Apps and providers stand in the nominative or accusative only, so that a name and "eine App" both fit.
const anApp = 'eine App'
const aProvider = 'ein anderes Konto'

const sentences: Words['activity']['sentences'] = {
  signed_up: ({ provider }) =>
    provider === undefined ? 'Sie haben dieses Konto eröffnet.' : `Sie haben dieses Konto über ${provider} eröffnet.`,
  signed_in: ({ app, provider, byAppPassword = false }) => {
    if (app !== undefined)
      return `Sie haben sich über ${app} mit ${byAppPassword ? 'einem App-Passwort' : 'Ihrem Passwort'} angemeldet.`
    return provider === undefined ? 'Sie haben sich angemeldet.' : `Sie haben sich über ${provider} angemeldet.`
  },
  sign_in_failed: ({ app, provider }) => {
    if (app !== undefined) return `Jemand hat versucht, sich über ${app} mit einem falschen Passwort anzumelden.`
    return provider === undefined
      ? 'Jemand hat versucht, sich mit einem falschen Passwort anzumelden.'
      : `Eine Anmeldung über ${provider} wurde abgelehnt, weil das Konto gesperrt war.`
  },
  // Says nothing of whether the password was right: it was not looked at.
  second_factor_missing: ({ app = anApp }) =>
    `Eine Anmeldung über ${app} mit Name und Passwort wurde abgelehnt, weil dort nicht nach Ihrem zweiten Faktor gefragt werden kann.`,
  second_factor_asked: ({ provider }) =>
    provider === undefined
      ? 'Ihr Passwort wurde eingegeben, und Ihr zweiter Faktor wurde verlangt.'
      : `Bei einer Anmeldung über ${provider} wurde Ihr zweiter Faktor verlangt.`,
  second_factor_failed: () => 'Für Ihren zweiten Faktor wurde ein falscher Code eingegeben.',
  second_factor_limited: () =>
    'Für Ihren zweiten Faktor wurden zu viele falsche Codes eingegeben. Eine Zeit lang werden keine mehr angenommen. Wenn Sie das nicht waren, ändern Sie Ihr Passwort.',
  second_factor_on: () => 'Sie haben die Zwei-Faktor-Anmeldung eingeschaltet.',
  second_factor_off: () => 'Die Zwei-Faktor-Anmeldung wurde ausgeschaltet.',
  authenticator_added: () => 'Sie haben einen zweiten Faktor hinzugefügt.',
  authenticator_removed: () => 'Ein zweiter Faktor wurde entfernt.',
  recovery_codes_made: () => 'Sie haben neue Wiederherstellungscodes erstellt.',
  factor_removal_asked: () =>
    'Jemand, der Ihr Passwort kennt, oder der Betreiber möchte Ihren zweiten Faktor entfernen lassen.',
  factor_removal_stopped: () => 'Das Entfernen Ihres zweiten Faktors wurde gestoppt.',
  recovery_code_used: () => 'Einer Ihrer Wiederherstellungscodes wurde zur Anmeldung verwendet.',
  signed_out: ({ app }) =>
    app === undefined ? 'Sie haben sich abgemeldet.' : `Sie haben sich hier und für ${app} abgemeldet.`,
  signed_out_elsewhere: ({ sessions = 0 }) =>
    sessions === 0
      ? 'Sie haben alle anderen Anmeldungen beendet. Kein anderer Browser war angemeldet.'
      : counted(sessions, {
          one: 'Sie haben einen anderen Browser abgemeldet.',
          other: `Sie haben ${sessions} andere Browser abgemeldet.`,
        }),
  unknown_signed_out: () => 'Sie haben alles abgemeldet, was keine Angaben zum Gerät gemacht hat.',
  password_changed: () => 'Sie haben Ihr Passwort geändert.',
  password_change_failed: () => 'Ihr Passwort wurde nicht geändert, weil das bisherige falsch eingegeben wurde.',
  password_set: () => 'Sie haben ein Passwort festgelegt.',
  passkey_added: () => 'Sie haben einen Passkey hinzugefügt.',
  passkey_renamed: () => 'Sie haben einen Passkey umbenannt.',
  passkey_removed: () => 'Sie haben einen Passkey entfernt.',
  passkey_refused: () => 'Jemand hat versucht, sich mit einem Ihrer Passkeys anzumelden, und wurde abgelehnt.',
  passkey_counter_fell: () => 'Einer Ihrer Passkeys wurde abgelehnt, weil es davon vielleicht eine Kopie gibt.',
  app_password_added: () => 'Sie haben ein App-Passwort erstellt.',
  app_password_ended: () => 'Sie haben ein App-Passwort widerrufen.',
  personal_token_added: () => 'Sie haben ein persönliches Token erstellt.',
  personal_token_ended: ({ own }) =>
    own
      ? 'Sie haben ein persönliches Token widerrufen.'
      : 'Ein Programm hat sein persönliches Token für Ihr Konto aufgegeben.',
  password_reset: () => 'Sie haben ein vergessenes Passwort über einen Link aus einer E-Mail ersetzt.',
  email_verified: () => 'Sie haben Ihre E-Mail-Adresse bestätigt.',
  terms_accepted: () => 'Sie haben die Nutzungsbedingungen oder die Datenschutzerklärung dieses Servers akzeptiert.',
  profile_changed: () => 'Sie haben Ihr Profil geändert.',
  username_changed: () => 'Sie haben Ihren Benutzernamen geändert.',
  picture_changed: () => 'Sie haben Ihr Bild geändert.',
  picture_removed: () => 'Sie haben Ihr Bild entfernt.',
  email_changed: () => 'Sie haben Ihre E-Mail-Adresse geändert.',
  identity_linked: ({ provider = aProvider }) => `Sie haben ${provider} verbunden, um sich damit anzumelden.`,
  identity_unlinked: ({ provider = aProvider }) => `Sie haben ${provider} getrennt.`,
  account_closed: () => 'Sie haben Ihr Konto geschlossen.',
  account_taken_back: () => 'Sie haben Ihr Konto zurückgeholt.',
  data_exported: () => 'Sie haben Ihre Daten exportiert.',
  data_imported: () => 'Sie haben Messwerte importiert.',
  data_deleted: () => 'Sie haben alle Ihre Daten gelöscht.',
  consent_given: ({ app = anApp }) => `Sie haben erlaubt, dass ${app} Ihr Konto nutzt.`,
  consent_withdrawn: ({ app = anApp }) => `Sie haben ${app} entfernt. Der Zugriff auf Ihr Konto ist beendet.`,
  grant_imported: ({ app = anApp }) =>
    `${capital(app)} hat den Zugriff behalten, als Ihr Konto von einem anderen Server hierher kam.`,
  grant_revoked: ({ app = anApp, own }) =>
    own ? `Sie haben ${app} auf einem Gerät getrennt.` : `${capital(app)} hat den Zugriff auf einem Gerät aufgegeben.`,
  access_token_revoked: ({ app = anApp }) => `${capital(app)} hat ein Token für Ihr Konto aufgegeben.`,
  credential_reused: ({ app = anApp, ended = false }) =>
    ended
      ? `Ein Token, das ${app} nur einmal verwenden darf, wurde noch einmal verwendet. Der Zugriff auf diesem Gerät wurde deshalb beendet.`
      : `Ein Token, das ${app} nur einmal verwenden darf, wurde noch einmal verwendet und abgelehnt.`,
  app_taken_over: ({ app = anApp, own }) =>
    own ? `Sie haben ${app} übernommen.` : `${app} wurde von dem Konto übernommen, dem Sie sie angeboten hatten.`,
  app_shared: ({ app = anApp }) => `Sie haben zugestimmt, an ${app} mitzuarbeiten.`,
  app_declined: ({ app = anApp }) => `Sie haben abgelehnt, an ${app} mitzuarbeiten.`,
  app_unshared: ({ app = anApp }) => `Sie arbeiten nicht mehr an ${app} mit: Der Inhaber hat Sie entfernt.`,
  app_left: ({ app = anApp }) => `Sie arbeiten nicht mehr an ${app} mit.`,
  invitation_accepted: ({ app = anApp }) => `Sie haben zugestimmt, ${app} zu testen.`,
  invitation_declined: ({ app = anApp }) => `Sie testen ${app} nicht mehr oder haben das abgelehnt.`,
  subscription_key_shared: () => 'Sie haben zugestimmt, einen Subscription-Key mitzunutzen.',
  subscription_key_declined: () => 'Sie haben abgelehnt, einen Subscription-Key mitzunutzen.',
  subscription_key_unshared: () => 'Ein Subscription-Key ist nicht mehr geteilt.',
  subscription_key_left: () => 'Sie nutzen einen Subscription-Key nicht mehr mit.',
  user_created: () => 'Der Betreiber hat dieses Konto für Sie eröffnet.',
  user_imported: () => 'Der Betreiber hat Ihr Konto von einem anderen Server hierher übernommen.',
  user_password_set: () => 'Der Betreiber hat Ihr Passwort festgelegt.',
  reset_link_made: () =>
    'Der Betreiber dieses Servers hat einen Link erstellt, mit dem ein neues Passwort festgelegt werden kann.',
  reset_link_mailed: () =>
    'Der Betreiber hat Ihnen einen Link gesendet, mit dem ein neues Passwort gesetzt werden kann.',
  user_sessions_ended: () => 'Der Betreiber hat Sie überall abgemeldet und den Zugriff aller Apps beendet.',
  user_guesses_forgiven: () =>
    'Der Betreiber hat nach zu vielen falschen Passwörtern oder Codes neue Versuche zugelassen.',
  user_roles_changed: () => 'Der Betreiber hat Ihre Rolle auf diesem Server geändert.',
  user_enabled: () => 'Der Betreiber hat Ihr Konto freigegeben.',
  user_disabled: () => 'Der Betreiber hat Ihr Konto gesperrt.',
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const activity: Words['activity'] = {
  title: 'Aktivität',
  lead: (days) =>
    `Was Sie getan haben und was mit Ihrem Konto geschehen ist. Die Einträge werden ${counted(days, { one: 'einen Tag', other: `${days} Tage` })} aufbewahrt.`,
  caption: 'Aktivität Ihres Kontos, Neuestes zuerst',
  show: 'Anzeigen',
  kinds: { all: 'Alles', sign_ins: 'Anmeldungen', apps: 'Apps', account: 'Konto und Sicherheit' },
  filter: 'Anwenden',
  time: 'Zeit',
  what: 'Was geschehen ist',
  from: 'Von',
  none: 'Noch ist nichts geschehen',
  noneOfKind: 'Kein Eintrag dieser Art',
  noneHint: 'Hier erscheinen Anmeldungen, Apps, denen Sie Zugriff geben, und Änderungen an Ihrem Konto.',
  goneApp: 'eine gelöschte App',
  pages: 'Seiten der Aktivität',
  newest: 'Neueste',
  older: 'Ältere',
  unknown: 'Wenn Sie etwas nicht erkennen, ändern Sie Ihr Passwort und melden Sie alle anderen Browser ab.',
  sentences,
}
