/** Names of time zones in the IANA database, as far as this Node.js knows them. */

/** Names that were asked for, and whether they are zones: as many as there are, and some that are none. */
const known = new Map<string, boolean>()
const mostKnown = 1000

/** Whether text names a time zone; a mere offset names none. */
export function isZone(text: string): boolean {
  const found = known.get(text)
  if (found !== undefined) return found
  const is = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text) && isTakenByIntl(text)
  if (known.size < mostKnown) known.set(text, is)
  return is
}

function isTakenByIntl(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** The time zones of places, by the part of the world that their names begin with. */
export function zonesByRegion(): ReadonlyMap<string, readonly string[]> {
  const regions = new Map<string, string[]>()
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const [region = '', place] = zone.split('/', 2)
    if (place !== undefined && region !== 'Etc') regions.set(region, [...(regions.get(region) ?? []), zone])
  }
  return regions
}
