/** What a schema has found wrong with a document that a program has written, in English and with its place. */
import type { z } from 'zod'
import { problemIn } from '../protocol/client_metadata.ts'
import { en } from './en/index.ts'
import { tell } from './told.ts'

export type Path = readonly (string | number)[]

/** The problem with its place in front: `clients[2].redirect_uris[0]: …`. */
export function problemAt(path: Path, message: string): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return place === '' ? `the document: ${message}` : `${place.replace(/^\./, '')}: ${message}`
}

/** What a schema found, below `path`, in words; `content` is what it looked at. */
export function problemsOf(error: z.ZodError, content: unknown, path: Path): { path: Path; message: string }[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.filter((part) => typeof part !== 'symbol')
    const place = [...path, ...at]
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...place, key],
        message: issue.message.replace(/^Unrecognized key.*/, 'is unknown here'),
      }))
    }
    const problem = problemIn(issue)
    if (problem !== undefined) return [{ path: place, message: tell(en.documentProblems, problem) }]
    const missing = issue.code === 'invalid_type' && valueAt(content, at) === undefined
    return [{ path: place, message: missing ? 'is missing' : issue.message.replace(/^Invalid (input|option): /, '') }]
  })
}

function valueAt(content: unknown, path: Path): unknown {
  let value = content
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
