/** Every route that a server has registered. */
import type { FastifyInstance } from 'fastify'

export interface Route {
  /** With its parameters left in, such as `/developer/apps/:id`. */
  readonly path: string
  readonly methods: readonly string[]
}

/** Read off the router's own tree. */
export function routesOf(app: FastifyInstance): readonly Route[] {
  const parents: string[] = []
  const routes = new Map<string, readonly string[]>()
  const lines = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \((.*)\))?$/gm
  for (const [, indent = '', part = '', methods] of app.printRoutes({ commonPrefix: false }).matchAll(lines)) {
    const depth = indent.length / 4
    const path = (depth === 0 ? '' : (parents[depth - 1] ?? '')) + part
    parents[depth] = path
    if (methods !== undefined) routes.set(path, [...(routes.get(path) ?? []), ...methods.split(', ')])
  }
  return [...routes].map(([path, methods]) => ({ path, methods }))
}
