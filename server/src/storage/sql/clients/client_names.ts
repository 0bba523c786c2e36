/** The name of an app as the lists compare it. */

/** Of a client's document, in lower case; null where it has none. */
export function nameKeyOf({ client_name: name }: Readonly<Record<string, unknown>>): string | null {
  return typeof name === 'string' ? name.toLowerCase() : null
}
