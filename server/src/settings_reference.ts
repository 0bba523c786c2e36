/** All settings with their defaults, for people to read: in the help of `serve` and in docs/settings.md. */
import { z } from 'zod'
import { settingsSchema } from './settings_schema.ts'

const documented = Object.entries(settingsSchema.shape).map(([name, schema]) => ({
  name,
  fallback: z.safeParse(schema, undefined).data,
  description: schema.description ?? '',
}))

/** All settings as plain lines, for `serve --help`. */
export function settingsList(): string {
  const lines = documented.map(({ name, fallback, description }) => {
    return `  ${name}${fallback === undefined ? '' : ` = ${fallback}`}\n      ${description}`
  })
  return ['Settings (flag, else environment, else the settings file, else the default here):', ...lines].join('\n')
}

/** All settings as a Markdown table, for docs/settings.md. */
export function settingsReference(): string {
  const rows = documented.map(({ name, fallback, description }) => {
    return `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${description} |`
  })
  return [
    '# Settings',
    '',
    'Flags come before the environment, the environment before the file, the file before the defaults. The file is a JSON',
    'object of these names: the one of `--config FILE` or `CONSENTRY_CONFIG`, else `consentry.json` in the working folder',
    'where there is one. An empty variable counts as unset. An unknown `CONSENTRY_…` name stops the start.',
    '',
    '| setting | default | what it is |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
