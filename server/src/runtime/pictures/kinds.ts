/** What a file is by its first bytes, whatever its name says. */

export type FileKind = 'picture' | 'svg' | 'other'

const starts: readonly (readonly (readonly [at: number, bytes: string])[])[] = [
  [[0, '\xff\xd8\xff']],
  [[0, '\x89PNG\r\n\x1a\n']],
  [[0, 'GIF87a']],
  [[0, 'GIF89a']],
  [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  [[4, 'ftypavif']],
  [[4, 'ftypavis']],
]

/** JPEG, PNG, GIF, WebP and AVIF are pictures. What begins as text and names the element is SVG, whose programs we never store. */
export function fileKind(file: Buffer): FileKind {
  const has = ([at, bytes]: readonly [number, string]) =>
    file.subarray(at, at + bytes.length).toString('latin1') === bytes
  if (starts.some((parts) => parts.every(has))) return 'picture'
  // UTF-16 has a zero beside each letter.
  const text = file.subarray(0, 4096).toString('latin1').replaceAll('\0', '')
  return /^[^<]{0,100}</.test(text) && /<(?:\w+:)?svg[\s>/]/i.test(text) ? 'svg' : 'other'
}
