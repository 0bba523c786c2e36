/** The APIs that accept tokens of this server. */
import { z } from 'zod'
import { listResources, type StoredResource } from '../../../engine/operator/admin_api/directory.ts'
import { DocumentError, resourceMembers } from '../../../engine/operator/apply/document.ts'
import { putResource, removeResource } from '../../../engine/operator/resources.ts'
import { Problem } from '../../../http/problem_details.ts'
import { adminApi } from '../../../protocol/endpoints.ts'
import { membersOf, patched } from '../document.ts'
import { type AdminContext, type Call, type Operation, operation, type Thing, text } from '../operation.ts'
import { pageOf } from '../pages.ts'

const byResource = z.strictObject({ resource: text.max(500) })

const resource = z
  .looseObject({ resource: z.string() })
  .meta({ description: 'An entry of the section `resources` of the operator’s document.' })

const members = membersOf(resourceMembers)

async function findResource({ context }: AdminContext, name: string): Promise<StoredResource | undefined> {
  return (await listResources(context)).find((one) => one.resource === name)
}

const aResource: Thing<z.output<typeof byResource>> = {
  kind: 'resource',
  key: ({ resource: name }) => name,
  read: findResource,
}

/** Registers or replaces an API. Throws Problem. */
async function put(
  { context, by }: Pick<Call, 'context' | 'by'>,
  entry: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    if ((await putResource(context, by, entry)) === 'taken') throw registered()
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    const errors = error.problems.map((problem) => {
      const cut = problem.indexOf(': ')
      return { pointer: `#/${problem.slice(0, cut).replaceAll(/[.[\]]+/g, '/')}`, detail: problem.slice(cut + 2) }
    })
    throw new Problem('bad_request', { detail: errors[0]?.detail, errors })
  }
}

function registered(): Problem {
  return new Problem('conflict', 'It is registered already.')
}

export const resourceOperations: readonly Operation[] = [
  operation({
    id: 'listResources',
    method: 'GET',
    path: '/resources',
    tag: 'resources',
    summary: 'List the APIs that accept tokens of this server',
    right: 'read',
    answer: pageOf(resource),
    run: async ({ context }) => ({ body: { items: await listResources(context), next: null } }),
  }),
  operation({
    id: 'createResource',
    method: 'POST',
    path: '/resources',
    tag: 'resources',
    summary: 'Register an API',
    right: 'run_server',
    status: 201,
    body: members.extend({ resource: text.max(500) }),
    answer: resource,
    thing: { ...aResource, key: () => '' },
    problems: ['conflict'],
    examples: { body: { resource: 'https://api.example.com/', name: 'Example API', scopes: ['orders.read'] } },
    async run(call) {
      const { resource: name } = call.body
      const ours = name === adminApi(call.context.settings.issuer)
      if (ours || (await findResource(call, name)) !== undefined) throw registered()
      await put(call, call.body)
      return { location: `/resources/${encodeURIComponent(name)}` }
    },
  }),
  operation({
    id: 'getResource',
    method: 'GET',
    path: '/resources/{resource}',
    tag: 'resources',
    summary: 'Read one API',
    right: 'read',
    params: byResource,
    answer: resource,
    thing: aResource,
  }),
  operation({
    id: 'changeResource',
    method: 'PATCH',
    path: '/resources/{resource}',
    tag: 'resources',
    summary: 'Change an API',
    description: 'A member takes the place of the one that is there; null takes it out.',
    right: 'run_server',
    params: byResource,
    body: members,
    answer: resource,
    thing: aResource,
    examples: { body: { name: 'Example API' } },
    async run(call) {
      const { params, body } = call
      const present = await findResource(call, params.resource)
      if (present === undefined) throw new Problem('not_found')
      if (body.resource !== undefined && body.resource !== params.resource) {
        const errors = [{ pointer: '#/resource', detail: 'It is what tokens name this API by, and cannot be changed.' }]
        throw new Problem('bad_request', { detail: errors[0]?.detail, errors })
      }
      await put(call, patched({ ...present }, body))
      return undefined
    },
  }),
  operation({
    id: 'deleteResource',
    method: 'DELETE',
    path: '/resources/{resource}',
    tag: 'resources',
    summary: 'Remove an API, with which tokens for it are taken nowhere any more',
    right: 'run_server',
    status: 204,
    params: byResource,
    thing: aResource,
    async run({ context, by, params }) {
      await removeResource(context, by, params.resource)
      return undefined
    },
  }),
]
