/** The operator's terms and privacy policy. */
import type { Harness } from './harness.ts'

/** Puts these versions in force, as a start with another brand file does; without any, people are asked for nothing. */
export function putInForce(
  { context }: Pick<Harness, 'context'>,
  versions: { readonly terms?: string; readonly privacy?: string } = {},
): void {
  const at = (document: 'terms' | 'privacy') => ({
    url: `https://northfield.example/${document}`,
    version: versions[document],
  })
  const accent = { light: '#1d4ed8', dark: '#93b4ff' }
  const brand = { name: 'Northfield', accent, footer: false, terms: at('terms'), privacy: at('privacy') }
  Object.assign(context, { settings: { ...context.settings, brand } })
}
