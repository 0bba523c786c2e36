/** A request object (OIDC Core §6.1), which this server refuses: no more of it is read than where the refusal is to go. */
import type { Asking } from './checks.ts'

type Member = 'state' | 'response_mode'

/**
 * A parameter as the app has said it, or else as its request object says it: an app that speaks by objects also reads the
 * refusal as it asked for there. Anybody could have said the same without an object, so that nothing has to be proved.
 */
export function saidInObject({ form }: Pick<Asking, 'form'>, name: Member): string | undefined {
  if (form.repeated.includes(name)) return undefined
  return form.get(name) ?? read(form.get('request') ?? '', name)
}

function read(object: string, name: Member): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(object.split('.')[1] ?? '', 'base64url').toString())
    if (typeof claims !== 'object' || claims === null) return undefined
    const value: unknown = (claims as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
