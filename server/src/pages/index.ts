/** The pages, registered in a scope of their own with forms as bodies and a page for every error. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusePrefetch } from '../http/browser/prefetch.ts'
import { wordsOf } from '../http/browser/words.ts'
import { takeForms } from '../http/caller.ts'
import { compressAnswers } from '../http/connection/compression.ts'
import type { Answer } from '../http/endpoint.ts'
import type { Context } from '../runtime/context.ts'
import { registerAccount } from './account/account.ts'
import { registerAccountDevices } from './account/devices.ts'
import { registerWaysIn } from './account/linked_identities.ts'
import { registerAccountSecurity } from './account/security.ts'
import { registerDeveloper } from './developer/developer.ts'
import { type ReferenceProps, reference } from './docs/reference_view.tsx'
import { viewerOf, whoIsSignedIn } from './page.ts'
import { handleProblems, problemPage } from './problem/problems.ts'
import { registerConsent } from './sign_in/consent.ts'
import { registerLandings } from './sign_in/landing.ts'
import { registerOutdatedPassword } from './sign_in/outdated_password.ts'
import { registerProviderReturn } from './sign_in/provider_return.ts'
import { registerSignIn } from './sign_in/sign_in.ts'
import { registerSignOut } from './sign_in/sign_out.ts'
import { registerSignUp } from './sign_in/sign_up.ts'
import { registerStart } from './start/start.ts'
import { icon, iconPath } from './style/icon.ts'
import { stylesheet, stylesheetPath } from './style/stylesheet.ts'

export async function registerPages(app: FastifyInstance, context: Context, version: string): Promise<void> {
  await app.register(async (scope) => {
    takeForms(scope)
    refusePrefetch(scope)
    handleProblems(scope, context)
    // Last of what looks at a page's text on its way out.
    compressAnswers(scope)
    registerStart(scope, context, version)
    registerSignIn(scope, context)
    registerProviderReturn(scope, context)
    registerSignUp(scope, context)
    registerOutdatedPassword(scope, context)
    registerConsent(scope, context)
    registerSignOut(scope, context)
    registerAccount(scope, context)
    registerAccountDevices(scope, context)
    registerAccountSecurity(scope, context)
    registerWaysIn(scope, context)
    registerDeveloper(scope, context)
    if (context.settings.dialects.has('quantimodo')) registerLandings(scope, context)
    registerAssets(scope)
  })
}

/** The page for an address at which nothing stands. */
export function notFoundPage(context: Context, request: FastifyRequest): Promise<Answer> {
  return problemPage(context, request, 'not_found')
}

/** The page of the API's reference, in the frame of all others; `parts` is what shows the reference in it. */
export async function referencePage(
  context: Context,
  request: FastifyRequest,
  parts: Omit<ReferenceProps, 'viewer'>,
): Promise<string> {
  const live = await whoIsSignedIn(context, request)
  return reference({ viewer: live && viewerOf(live), ...parts })(wordsOf(request))
}

function registerAssets(app: FastifyInstance): void {
  app.get(stylesheetPath, (_request, reply) => {
    void reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .send(stylesheet)
  })
  app.get(iconPath, (_request, reply) => {
    void reply
      .type('image/svg+xml')
      .header('cache-control', 'public, max-age=86400')
      .header('content-security-policy', "default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .send(icon)
  })
}
