/** What pages say of a field that cannot be taken as it was filled in (`../form_problem.ts`). */
import type { Words } from '../en/index.ts'
import { tell } from '../told.ts'

const redirectUri = {
  too_long: 'sie ist länger als 2.000 Zeichen',
  not_ascii: 'sie enthält ein Zeichen, das kein druckbares ASCII ist',
  wildcard: 'sie enthält einen Platzhalter; registrieren Sie jede Adresse vollständig',
  not_allowed: 'sie enthält ein Zeichen, das in einer URI nicht erlaubt ist',
  capitals: 'das Schema muss klein geschrieben sein',
  not_full: 'sie ist keine vollständige URL. Sie muss mit https:// beginnen',
  fragment: 'sie hat ein Fragment (RFC 6749 §3.1.2)',
  not_a_uri: 'sie ist keine gültige URI',
  reserved_parameter: 'ihre Query hat einen Parameter, den Autorisierungsantworten verwenden',
  forbidden_scheme: ({ scheme }: { readonly scheme: string }) =>
    `das Schema ${scheme} gehört Browsern oder Systemen: Es kann dort Code ausführen, Dateien lesen oder andere Programme öffnen`,
  native_only: 'nur native Apps dürfen ein eigenes Schema verwenden (application_type "native")',
  not_reversed: 'das eigene Schema einer App ist ein umgekehrter Domainname wie com.example.app (RFC 8252 §7.1)',
  no_host: 'sie hat kein //host',
  user_name: 'sie hat einen Benutzernamen vor dem Host',
  host_spelling: ({ host }: { readonly host: string }) => `ihr Host muss ${host} geschrieben werden`,
  not_a_host: 'ihr Host ist weder Domainname noch Adresse',
  dot_at_end: 'ihr Host endet mit einem Punkt',
  dot_segment: 'ihr Pfad hat ein Segment aus Punkten',
  plain_http: 'http ist nur für Loopback-Adressen; verwenden Sie https',
}

export const profileConditions: Words['profileConditions'] = {
  switch: 'das Profil legt es fest',
  code_only: 'eine App bekommt nur Codes (response_types)',
  own_key: 'eine App weist sich mit einem eigenen Schlüssel aus (private_key_jwt)',
  key_registered: 'die öffentlichen Schlüssel der App müssen registriert sein (jwks oder jwks_uri)',
  strong_algorithms: 'JWTs werden mit PS256, ES256 oder EdDSA signiert',
  https_redirects: 'Redirect-URIs sind https; native Apps dürfen eine Loopback-Adresse haben',
  https_or_loopback: 'Redirect-URIs sind https oder eine Loopback-Adresse',
  fapi_grants: 'die Grant-Arten sind authorization_code, refresh_token, client_credentials und der Tausch von Tokens',
  no_password: 'die Grant-Arten password und implicit gibt es nicht mehr',
  mcp_grants: 'die Grant-Arten sind authorization_code, refresh_token und client_credentials',
}

export const documentProblems: Words['documentProblems'] = {
  hidden_character: 'enthält ein unsichtbares Zeichen',
  no_letter: 'hat weder Buchstaben noch Ziffern',
  unsound: 'ist ungültig',
  redirect_uri: ({ why }) => `kann nicht registriert werden: ${tell(redirectUri, why)}`,
  no_redirect_uri: 'ist leer, aber der Grant authorization_code braucht eine Redirect-URI',
  public_credentials: 'client_credentials braucht einen Client, der sich ausweist',
  short_access_token: ({ least, dialect }) =>
    `muss mindestens ${least} sein, wenn dialects "${dialect}" enthält: Dessen Apps erneuern einen Tag früher`,
  short_scheme_unprotected:
    'ein Schema ohne Punkt ist für Apps, die kein Geheimnis haben und mit jeder Anfrage eine Code-Challenge senden (RFC 8252 §8.1)',
  public_without_rotation: '"never" ist für Clients, die sich ausweisen (RFC 9700 §4.14.2)',
  admin_role_without_secret: 'braucht die Art client_credentials und eine App, die sich ausweist',
  logout_of_other_origin:
    'braucht Schema, Host und Port einer Redirect-URI (OpenID Connect Front-Channel Logout 1.0 §2)',
  sector_unreadable:
    'konnte nicht gelesen werden: Nötig ist eine öffentliche https-Adresse, die ohne Weiterleitung mit 200 und einer JSON-Liste von Adressen antwortet',
  sector_lacks: ({ uri }: { readonly uri: string }) => `nennt nicht ${uri}`,
  secretless_without_rotation: 'braucht rotierende Refresh-Tokens (RFC 9700 §4.14.2)',
  profile: ({ profile, condition }) => `passt nicht zum Profil ${profile}: ${profileConditions[condition]}`,
}

export const formProblems: Words['formProblems'] = {
  webhook_uri_unclear: 'Geben Sie eine vollständige Adresse ein, ohne Namen und ohne Fragment.',
  webhook_uri_not_https: 'Geben Sie eine Adresse ein, die mit https:// beginnt.',
  webhook_event_unknown: 'Wählen Sie Ereignisse aus der Liste.',
  webhooks_too_many: ({ limit }) => `Es kann ${limit} Webhooks geben. Entfernen Sie zuerst einen.`,
  app_passwords_full: ({ limit }) =>
    `Sie haben ${limit} App-Passwörter, mehr sind nicht erlaubt. Widerrufen Sie eines, das Sie nicht verwenden.`,
  personal_tokens_full: ({ limit }) =>
    `Sie haben ${limit} persönliche Tokens, mehr sind nicht erlaubt. Widerrufen Sie eines, das Sie nicht verwenden.`,
  expiry_missing: 'Wählen Sie, wie lange es gilt.',
  day_unsound: 'Geben Sie einen Tag an, zum Beispiel 2027-03-31.',
  day_out_of_range: 'Geben Sie einen Tag an, der höchstens ein Jahr entfernt ist.',

  purpose_empty: 'Sagen Sie, wofür die App ist.',
  purpose_long: ({ longest }) => `Verwenden Sie höchstens ${longest} Zeichen.`,
  purpose_hidden_character: 'Der Text enthält ein unsichtbares Zeichen.',
  reason_empty: 'Nennen Sie den Grund: Der Entwickler liest ihn.',
  reason_long: ({ longest }) => `Verwenden Sie höchstens ${longest} Zeichen.`,

  name_empty: 'Geben Sie einen Namen ein.',
  name_long: ({ longest }) => `Ein Name hat höchstens ${longest} Zeichen.`,
  name_hidden_character: 'Der Name enthält ein unsichtbares Zeichen.',
  name_no_letter: 'Der Name hat weder Buchstaben noch Ziffern.',
  name_badge: 'Ein Name darf keine Haken, Schlösser oder Schilde enthalten.',
  name_marks: 'Der Name hat zu viele Zeichen über oder unter einem Buchstaben.',
  name_mixed_scripts: 'Ein Wort des Namens mischt Buchstaben verschiedener Alphabete.',
  name_like_server: 'Dieser Name könnte mit diesem Server oder seinem Betreiber verwechselt werden.',
  name_like_verified_app: 'Dieser Name könnte mit einer App verwechselt werden, die der Betreiber geprüft hat.',
  name_like_staff: 'Dieser Benutzername könnte mit jemandem verwechselt werden, der diesen Server betreibt.',

  username_length: 'Verwenden Sie 1 bis 60 Zeichen.',
  username_not_plain: 'Verwenden Sie einfache Buchstaben.',
  username_characters: 'Verwenden Sie nur Buchstaben, Ziffern, Punkt, Bindestrich und Unterstrich.',
  username_invisible: 'Verwenden Sie sichtbare Buchstaben oder Ziffern.',
  username_taken: 'Dieser Benutzername ist vergeben.',
  picture_none: 'Wählen Sie zuerst eine Datei aus.',
  picture_large: ({ megabytes }) => `Die Datei ist größer als ${megabytes} MB.`,
  picture_svg:
    'SVG-Dateien werden nicht angenommen, weil sie Programme enthalten können. Speichern Sie das Bild als PNG oder JPEG.',
  picture_unknown: 'Dieses Bild können wir nicht lesen. Verwenden Sie JPEG, PNG, WebP, GIF oder AVIF.',
  picture_pixels: 'Das Bild hat mehr als 16 Millionen Pixel. Verkleinern Sie es zuerst.',
  picture_broken: 'Das Bild ist beschädigt oder unvollständig. Speichern Sie es neu und versuchen Sie es noch einmal.',
  picture_slow: 'Das Lesen des Bildes hat zu lange gedauert. Speichern Sie es neu oder verkleinern Sie es zuerst.',
  picture_busy: 'Gerade werden zu viele Bilder gelesen. Versuchen Sie es in einigen Sekunden noch einmal.',
  picture_unavailable: 'Dieser Server kann gerade keine Bilder lesen.',
  picture_often: ({ wait }) => `Es wurden zu viele Bilder gesendet. Versuchen Sie es in ${wait} erneut.`,
  username_same: 'Das ist bereits Ihr Benutzername.',
  username_changes: ({ most, days }) =>
    `Sie haben Ihren Benutzernamen in ${days} Tagen ${most}-mal geändert. Warten Sie, bis der älteste Ihrer früheren Benutzernamen frei wird.`,
  username_asked: ({ wait }) => `Es wurden zu viele Benutzernamen versucht. Versuchen Sie es in ${wait} erneut.`,
  language_unknown: 'Wählen Sie eine Sprache aus der Liste.',
  zone_unknown: 'Wählen Sie eine Zeitzone aus der Liste.',
  email_unsound: 'Das ist keine E-Mail-Adresse.',
  email_taken: 'Mit dieser Adresse gibt es schon ein Konto. Möchten Sie sich stattdessen anmelden?',
  email_blocked: 'Adressen dieser Domain können hier nicht verwendet werden.',
  email_same: 'Das ist bereits Ihre bestätigte Adresse.',
  email_of_another: 'Mit dieser Adresse gibt es schon ein anderes Konto, deshalb wurde nichts geändert.',
  mail_code_wrong: 'Das ist nicht der Code aus der neuesten E-Mail.',
  mail_code_over: 'Dieser Code gilt nicht mehr. Fordern Sie einen neuen an oder öffnen Sie den Link in der E-Mail.',
  mails_too_many: ({ wait }) =>
    `Von hier wurden zu viele E-Mails angefordert oder Codes eingegeben. Versuchen Sie es in ${wait} erneut.`,
  device_code_unknown:
    'Unter diesem Code wartet kein Gerät. Vergleichen Sie ihn mit dem Gerät; er kann auch abgelaufen oder schon benutzt sein.',
  device_code_over: 'Die Anfrage des Geräts ist beendet. Lassen Sie es einen neuen Code anzeigen.',
  device_codes_too_many: ({ wait }) => `Zu viele Codes waren falsch. Versuchen Sie es in ${wait} erneut.`,
  sign_up_too_many: 'Aus Ihrem Netz kamen zu viele Versuche. Versuchen Sie es in einigen Minuten erneut.',

  password_long: 'Verwenden Sie höchstens 1.024 Bytes.',
  password_short: ({ minimum }) => `Verwenden Sie mindestens ${minimum} Zeichen.`,
  password_personal: 'Verwenden Sie nicht Ihren Namen oder Ihre Adresse als Passwort.',
  password_common: 'Dieses Passwort ist zu verbreitet. Wählen Sie ein anderes.',
  password_breached:
    'Dieses Passwort kommt in einem Datenleck vor, andere könnten es also ausprobieren. Wählen Sie ein anderes.',
  password_same: 'Das ist Ihr bisheriges Passwort.',
  password_missing: 'Geben Sie Ihr bisheriges Passwort ein.',
  password_wrong: 'Das ist nicht Ihr bisheriges Passwort.',

  mismatch: 'Benutzername oder Passwort ist falsch.',
  incomplete: 'Bitte füllen Sie beide Felder aus.',

  gone: 'Das gibt es nicht mehr.',
  app_operators: 'Der Betreiber lässt diese App die Admin-API benutzen, deshalb kann nur er sie ändern.',
  profile_missing: 'Wählen Sie eines der Sicherheitsprofile.',
  profile_of_operator: 'Der Betreiber dieses Servers hat das Profil dieser App festgelegt. Nur er kann es ändern.',
  kind_missing: 'Wählen Sie, wo die App läuft.',
  scope_missing: 'Wählen Sie mindestens eine.',
  scope_unknown: 'Eine davon kennt dieser Server nicht.',
  apps_full: ({ limit }) => `Sie haben ${limit} Apps, mehr sind nicht erlaubt. Löschen Sie zuerst eine.`,
  address_long: 'Sie ist zu lang.',
  address_not_https: 'Geben Sie eine vollständige Adresse ein, die mit https:// beginnt.',
  address_user_name: 'Entfernen Sie Benutzernamen und Passwort aus der Adresse.',
  redirect_uris_missing: 'Geben Sie mindestens eine ein: Dorthin kehren Nutzer mit dem Code zurück.',
  redirect_uris_full: ({ limit }) => `Höchstens ${limit} können registriert werden.`,
  redirect_uris_repeated: 'Eine davon ist doppelt.',
  redirect_uri_missing: 'Geben Sie eine Adresse ein.',
  redirect_uri_needed: 'Fügen Sie zuerst eine Redirect-URI hinzu.',
  redirect_uri_known: 'Sie ist bereits registriert.',
  redirect_uri_last:
    'Sie ist die letzte, und die App braucht eine, um Codes zu bekommen. Fügen Sie zuerst eine andere hinzu.',
  redirect_uri_other_host:
    'Diese App hat für jede Person eine eigene ID, deshalb brauchen alle ihre Redirect-URIs denselben Host. Bearbeiten Sie stattdessen die vorhandene.',
  subjects_move:
    'Das ist ein anderer Host. Diese App hat für jede Person eine eigene ID, die vom Host abhängt: Danach bekommt sie für alle eine andere ID (sub) und erkennt ihre Nutzer nicht wieder.',
  redirect_uri_refused: ({ why }) => `Sie kann nicht registriert werden: ${tell(redirectUri, why)}.`,
  sign_out_uri_not_called: 'Dieser Server ruft nur öffentliche https-Adressen auf. Verwenden Sie https.',
  redirect_uri_of_list_refused: ({ uri, why }) => `${uri} kann nicht registriert werden: ${tell(redirectUri, why)}.`,
  member_refused: ({ member, why }) => `${member} ${tell(documentProblems, why)}.`,

  secret_replaced: 'Es wurde bereits ersetzt.',
  secret_name_taken:
    'Ein anderes Secret hat diesen Namen. Wählen Sie einen anderen, damit Sie die beiden unterscheiden können.',
  secrets_unused: 'Diese App weist sich ohne Secret aus.',
  secrets_full: ({ limit }) =>
    `Es gibt ${limit} Secrets, mehr sind nicht erlaubt. Entfernen Sie eines, das nicht mehr verwendet wird.`,
  secret_last: 'Das letzte aktive Secret können Sie nicht entfernen. Fügen Sie zuerst ein anderes hinzu.',

  username_missing: 'Geben Sie einen Benutzernamen oder eine E-Mail-Adresse ein.',
  invitations_too_many: 'Aus Ihrem Netz kamen zu viele Einladungen. Versuchen Sie es in einigen Minuten erneut.',
  invited_already: 'Dieser Benutzername oder diese Adresse ist bereits eingeladen.',
  share_own: 'Das gehört Ihnen bereits.',
  shared_already: 'Diese Person ist bereits dabei.',
  people_full: ({ limit }) => `Höchstens ${limit} Personen können dabei sein. Entfernen Sie zuerst jemanden.`,
  shares_full: 'Sie sind bei so vielem dabei, wie erlaubt ist. Geben Sie zuerst etwas auf.',
  testers_full: ({ limit }) => `Sie können ${limit} Personen einladen. Entfernen Sie zuerst jemanden.`,

  keys_full: ({ limit }) =>
    `Sie haben ${limit} Schlüssel, mehr sind nicht erlaubt. Löschen Sie einen, der nicht mehr verwendet wird.`,
  key_off_by_operator: 'Der Betreiber dieses Servers hat ihn abgeschaltet.',
  overlap_missing: 'Wählen Sie, wie lange der alte gilt.',

  leniency_unfit: ({ name }) => `Diese App kann ${name} nicht haben.`,
  leniency_seconds: ({ longest }) => `Geben Sie ganze Sekunden von 0 bis ${longest} ein, oder nichts für den Standard.`,
  only_dialect: 'Es ist der einzige Zugang, den diese App hat.',
  leniency_refused: ({ why }) => `Es ${tell(documentProblems, why)}.`,
  leniency_member_refused: ({ member, why }) => `${member} ${tell(documentProblems, why)}.`,

  password_barred:
    'Ihr Passwort lässt sich nicht ändern, solange das Entfernen Ihres zweiten Faktors wartet. Stoppen Sie zuerst das Entfernen.',
  address_stands:
    'Ihre Adresse lässt sich nicht ändern, solange das Entfernen Ihres zweiten Faktors wartet. Stoppen Sie zuerst das Entfernen.',
  code_wrong: 'Dieser Code ist falsch. Eine Authenticator-App zeigt alle 30 Sekunden einen neuen an.',
  code_used: 'Dieser Code wurde schon verwendet. Warten Sie auf den nächsten.',
  new_code_wrong:
    'Dieser Code ist falsch. Prüfen Sie, ob die Uhr Ihres Telefons richtig geht, und geben Sie den Code ein, den die App jetzt anzeigt.',
  new_key:
    'Diese Seite war zu lange offen, deshalb hat sich ihr Schlüssel geändert. Fügen Sie den neuen in Ihrer App hinzu.',
}
