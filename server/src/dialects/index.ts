/**
 * The wire formats by name. A dialect spells requests and answers of its own.
 * Not here: rules. What is allowed is decided in the engine, the same for every dialect; sending and recording are the
 * frame of `http/`. Neighbours: `pages/` and `api/`, which it does not know. To add: a dialect, its folder, its row in
 * `protocol/dialects.ts` and its line here.
 */
import type { FastifyInstance } from 'fastify'
import type { PostPage } from '../http/authorize_flow.ts'
import type { Surface } from '../http/endpoint.ts'
import type { ErrorPage } from '../http/error_page.ts'
import { openSurface } from '../http/frame.ts'
import { type Dialect, dialects } from '../protocol/dialects.ts'
import type { Context } from '../runtime/context.ts'
import { jwtLogin } from './jwt_login/index.ts'
import { oauth } from './oauth/index.ts'
import { passwordToken } from './password_token/index.ts'
import { quantimodo } from './quantimodo/index.ts'

/** The surfaces of a dialect; what it cannot spell itself is drawn by pages. */
type SurfacesOf = (context: Context, errorPage: ErrorPage, postPage: PostPage) => readonly Surface[]

/**
 * A dialect takes two lines outside its folder, this one and its row of facts, and each makes the other one a type error until
 * it is there. The facts are read by every floor, down to constants of the engine and to rows of storage, where no context
 * arrives: in the folder they would be an arrow up for all of these. Folders found by their names would be one line less, but
 * nothing would check them before they are loaded, and the bundle of a program could not hold them.
 */
const surfacesOf: Readonly<Record<Dialect, SurfacesOf>> = {
  oauth,
  quantimodo,
  password_token: passwordToken,
  jwt_login: jwtLogin,
}

/** Registers the open dialects; `errorPage` shows what cannot be told to an app, `postPage` posts what is. */
export async function registerDialects(
  app: FastifyInstance,
  context: Context,
  errorPage: ErrorPage,
  postPage: PostPage,
): Promise<void> {
  for (const name of dialects) {
    if (!context.settings.dialects.has(name)) continue
    for (const surface of surfacesOf[name](context, errorPage, postPage)) await openSurface(app, context, surface)
  }
}
