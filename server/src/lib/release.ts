/** The order of releases, by their numbers (https://semver.org, §11). */

/** Whether release `a` came before `b`: `0.1.9` before `0.2.0`, and `0.2.0-rc.1` before it, too. */
export function isOlderRelease(a: string, b: string): boolean {
  const [one, other] = [numbersOf(a), numbersOf(b)]
  for (const [i, number] of one.entries()) {
    const difference = number - (other[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** Three numbers, and a last one that tells what comes before the release from the release itself. */
function numbersOf(release: string): readonly number[] {
  const [numbers = '', early] = release.split('-')
  const [major = 0, minor = 0, patch = 0] = numbers.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, patch, early === undefined ? 1 : 0]
}
