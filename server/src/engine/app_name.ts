/** What an app, a secret or a key may be called. */
import { visibleText } from '../protocol/client_metadata.ts'
import { invisibleProblem } from '../protocol/visible_name.ts'

/** Why an app, a secret or a key cannot be called so, in a sentence. */
export function nameProblem(name: string): string | undefined {
  const text = name.trim()
  if (text === '') return 'Give it a name.'
  if (text.length > 100) return 'A name has at most 100 characters.'
  return visibleText.safeParse(text).success
    ? invisibleProblem(text)
    : 'The name holds a character that cannot be seen.'
}
