/** What a setting that cannot be used ends in. */

/** A setting that cannot be used; its message is one line that names it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}
