/** The dialects by name. A new one is its folder and its line here. */
import type { FastifyInstance } from 'fastify'
import type { ErrorPage } from '../http/authorize_flow.ts'
import { type Dialect, dialects } from '../protocol/names.ts'
import type { Context } from '../runtime/context.ts'
import { registerJwtLogin } from './jwt_login/index.ts'
import { registerOauth } from './oauth/index.ts'
import { registerPasswordToken } from './password_token/index.ts'
import { registerQuantimodo } from './quantimodo/index.ts'

type Register = (app: FastifyInstance, context: Context, errorPage: ErrorPage) => Promise<void>

const registerBy: Readonly<Record<Dialect, Register>> = {
  oauth: registerOauth,
  quantimodo: registerQuantimodo,
  password_token: registerPasswordToken,
  jwt_login: registerJwtLogin,
}

/** Registers the open dialects; `errorPage` shows what cannot be told to an app. */
export async function registerDialects(app: FastifyInstance, context: Context, errorPage: ErrorPage): Promise<void> {
  for (const name of dialects) {
    if (context.settings.dialects.has(name)) await registerBy[name](app, context, errorPage)
  }
}
