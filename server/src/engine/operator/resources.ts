/** What the operator does with the APIs that accept our tokens: register, change and remove them. */
import { DocumentError, parseResource } from './apply/document.ts'
import { planResources } from './apply/kept.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/**
 * Registers an API, or replaces the entry that it has as a whole. `content` is an entry of the section `resources` of the
 * operator's document. 'taken', and nothing is changed, where somebody else has registered it meanwhile. Throws DocumentError, whose problems each begin with the member at fault.
 */
export async function putResource(
  context: OperatorContext,
  by: Operator,
  content: unknown,
): Promise<'created' | 'changed' | 'unchanged' | 'taken'> {
  const entry = parseResource(content)
  const { changes, problems } = await planResources(context, [entry])
  if (problems.length > 0) throw new DocumentError(problems.map((problem) => problem.replace(/^resources\[0\]\./, '')))
  const [change] = changes
  if (change === undefined) return 'unchanged'
  const { resource } = entry
  return operate(context, by, async (acting, record) => {
    if (change.action === 'create') {
      const made = await acting.resources.amend(resource, (present) => (present === undefined ? entry : undefined))
      if (made === undefined) return 'taken'
      await record('resource_created', { detail: { resource } })
      return 'created'
    }
    await change.write(acting, record)
    await record('resource_changed', { detail: { resource, members: change.members } })
    return 'changed'
  })
}

/**
 * Removes an API. Tokens for it are taken nowhere any more, and none is refreshed for it; the authorizations stay, so that
 * they count again where the API is registered again. False where there is no such API.
 */
export function removeResource(context: OperatorContext, by: Operator, resource: string): Promise<boolean> {
  return operate(context, by, async ({ resources }, record) => {
    if (!(await resources.delete(resource))) return false
    await record('resource_removed', { detail: { resource } })
    return true
  })
}
