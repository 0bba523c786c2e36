/** The parameters of a request that is begun once more, from the copy of it that a page of ours has given out. */
import { type Form, formFrom } from '../../../lib/form.ts'
import type { Context } from '../../../runtime/context.ts'
import { openCopy } from '../begun.ts'
import { RequestLost } from '../ways_on.ts'

/** The parameters in a copy, at the path where the request came in. Throws RequestLost. */
export function parametersAgain(context: Context, copy: string, path: string): Form {
  const begun = openCopy(context, copy)
  if (begun?.kind !== 'request' || begun.path !== path) throw new RequestLost('request_expired')
  return formFrom(begun.parameters)
}
