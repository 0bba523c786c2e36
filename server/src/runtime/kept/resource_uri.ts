/** How the identifier of an API is written (RFC 8707 §2): it is registered in one way, and asked for in several. */

/**
 * The identifier as it is compared. Scheme and host are the same in capitals and with their usual port (RFC 3986 §6.2), and
 * clients that handle identifiers as addresses end them in a slash, or leave that out. Whatever else differs is another API.
 */
function comparableResource(uri: string): string {
  const [, scheme, host, port, path] =
    /^(https?):\/\/([^/?#@:[\]]+|\[[^/?#@\]]+\])(?::(\d+))?([^?#]*)$/i.exec(uri) ?? []
  if (scheme === undefined || host === undefined || path === undefined) return uri
  const usual = scheme.toLowerCase() === 'https' ? '443' : '80'
  const authority = port === undefined || port === usual ? host : `${host}:${port}`
  return `${scheme.toLowerCase()}://${authority.toLowerCase()}${path.replace(/\/$/, '')}`
}

/** The entry that is registered for an identifier: the one of these letters, or else one that means the same. */
export function findByResource<Entry extends { readonly uri: string }>(
  entries: readonly Entry[],
  uri: string,
): Entry | undefined {
  const exact = entries.find((entry) => entry.uri === uri)
  if (exact !== undefined) return exact
  const wanted = comparableResource(uri)
  return entries.find((entry) => comparableResource(entry.uri) === wanted)
}
