/**
 * The pages that people see, registered in a scope of their own with forms as bodies and a page for every error.
 * Not here: rules (`engine/`) and texts (`words/`). Neighbours: `dialects/` and `api/`, which it does not know; `http/`
 * below. To add: a page, its route with a guard and its view in the room of its reader, and its line here.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusePrefetch } from '../http/browser/prefetch.ts'
import { wordsOf } from '../http/browser/words.ts'
import { takeForms } from '../http/caller.ts'
import { compressAnswers } from '../http/connection/compression.ts'
import type { Answer } from '../http/endpoint.ts'
import { anyHas } from '../protocol/dialects.ts'
import type { OwnBrand } from '../runtime/brand.ts'
import type { Context } from '../runtime/context.ts'
import type { Brand } from '../words/brand.ts'
import { appPasswordsPages } from './account/access/app_passwords.ts'
import { personalTokensPages } from './account/access/personal_tokens.ts'
import { accountPage } from './account/account.ts'
import { activityPage } from './account/activity.ts'
import { accountAppsPages } from './account/apps/apps.ts'
import { closePages } from './account/close/close.ts'
import { consentsPages } from './account/consents/consents.ts'
import { accountDataPages } from './account/data/data.ts'
import { devicesPages } from './account/devices.ts'
import { linkedIdentitiesPages } from './account/linked_identities.ts'
import { passkeysPages } from './account/passkeys.ts'
import { profilePages } from './account/profile/profile.ts'
import { securityPage } from './account/security.ts'
import { totpPages } from './account/totp.ts'
import { accessPage } from './admin/access.ts'
import { consoleAppsPages } from './admin/apps/apps.ts'
import { checklistPage } from './admin/checklist.ts'
import { consoleHomePage } from './admin/home.ts'
import { peoplePage } from './admin/people/people.ts'
import { personPages } from './admin/people/person.ts'
import { auditPage } from './admin/server/audit.ts'
import { jobsPages } from './admin/server/jobs.ts'
import { protocolsPages } from './admin/server/protocols.ts'
import { registeredPages } from './admin/server/registered.ts'
import { consoleSettingsPage } from './admin/server/settings.ts'
import { serverStatePages } from './admin/server/state.ts'
import { usagePage } from './admin/server/usage.ts'
import { accountEmailPage } from './by_mail/account_email.ts'
import { forgotPage } from './by_mail/forgot.ts'
import { invitationPage } from './by_mail/invitation.ts'
import { refusedAddressPage } from './by_mail/refused_address.ts'
import { resetPage } from './by_mail/reset.ts'
import { verifyPage } from './by_mail/verify.ts'
import { legacyClientsPage } from './developer/app/legacy_clients.ts'
import { appNewPage } from './developer/app/new.ts'
import { appOverviewPages } from './developer/app/overview.ts'
import { appPeoplePages } from './developer/app/people.ts'
import { redirectUrisPages } from './developer/app/redirect_uris.ts'
import { appSettingsPages } from './developer/app/settings.ts'
import { appStartPage } from './developer/app/start.ts'
import { appTestersPages } from './developer/app/testers.ts'
import { developerPage } from './developer/developer.ts'
import { subscriptionKeysPages } from './developer/keys/keys.ts'
import { requestsPage } from './developer/requests/requests.ts'
import { appSecretsPages } from './developer/secrets/secrets.ts'
import { type ReferenceProps, reference } from './docs/reference_view.tsx'
import { unasked } from './guards.ts'
import { passkeyScript, passkeyScriptPath } from './kit/passkey/script.ts'
import { page, type Route } from './page.ts'
import { handleProblems, problemPage } from './problem/problems.ts'
import { consentPage } from './sign_in/consent/consent.ts'
import { devicePages } from './sign_in/device/device.ts'
import { factorPage } from './sign_in/factor.ts'
import { landingPages } from './sign_in/landing.ts'
import { lostFactorPages } from './sign_in/lost_factor.ts'
import { outdatedPasswordPage } from './sign_in/outdated_password.ts'
import { passkeyFactorPage, passkeySignInPage } from './sign_in/passkey.ts'
import { providerPages } from './sign_in/provider_return.ts'
import { type LeavingScript, onwardScript, postScript } from './sign_in/response/script.ts'
import { signInPage } from './sign_in/sign_in.ts'
import { signOutPage } from './sign_in/sign_out.ts'
import { setUpPage, signUpPage } from './sign_in/sign_up.ts'
import { termsPage } from './sign_in/terms/terms.ts'
import { languagePage } from './start/language.ts'
import { outboxPages } from './start/outbox.ts'
import { startPage } from './start/start.ts'
import { brandStyles } from './style/brand.ts'
import { icon, iconPath } from './style/icon.ts'
import { stylesheet, stylesheetPath } from './style/stylesheet.ts'
import { viewerOf, whoIsSignedIn } from './visit.ts'
import { webhooksPages } from './webhooks/webhooks.ts'

/** Every page, in the rooms of those who read them. */
function pagesOf({ settings, mailer }: Context, version: string): readonly Route[] {
  return [
    ...assets,
    ...(settings.brand === undefined ? [] : brandAssets(settings.brand)),
    startPage(version),
    languagePage,
    consoleHomePage,
    checklistPage,
    peoplePage,
    ...personPages,
    ...consoleAppsPages,
    accessPage,
    ...protocolsPages,
    auditPage,
    ...jobsPages,
    ...registeredPages,
    ...serverStatePages,
    consoleSettingsPage,
    usagePage,
    signInPage,
    passkeySignInPage,
    passkeyFactorPage,
    signUpPage,
    setUpPage,
    outdatedPasswordPage,
    refusedAddressPage,
    termsPage,
    factorPage,
    ...lostFactorPages,
    forgotPage,
    resetPage,
    verifyPage,
    invitationPage,
    ...providerPages,
    consentPage,
    ...devicePages,
    signOutPage,
    accountPage,
    ...profilePages,
    ...accountAppsPages,
    ...consentsPages,
    ...devicesPages,
    accountEmailPage,
    securityPage,
    ...totpPages,
    ...(anyHas(settings.dialects, 'passwordClient') ? appPasswordsPages : []),
    ...(settings.personalTokens ? personalTokensPages : []),
    ...linkedIdentitiesPages,
    activityPage,
    ...closePages,
    ...passkeysPages,
    ...(settings.dataApi ? [accountDataPages] : []),
    developerPage,
    appNewPage,
    ...appOverviewPages,
    appStartPage,
    ...appSecretsPages,
    ...webhooksPages,
    ...redirectUrisPages,
    ...appSettingsPages,
    ...appPeoplePages,
    ...appTestersPages,
    legacyClientsPage,
    requestsPage,
    ...(anyHas(settings.dialects, 'subscriptionKeys') ? subscriptionKeysPages : []),
    ...(anyHas(settings.dialects, 'socialSignIn') ? landingPages : []),
    ...(mailer.way === 'outbox' ? outboxPages : []),
  ]
}

export async function registerPages(app: FastifyInstance, context: Context, version: string): Promise<void> {
  app.decorate('brand', context.settings.brand && shownBrand(context.settings.brand))
  await app.register(async (scope) => {
    takeForms(scope)
    refusePrefetch(scope)
    handleProblems(scope, context)
    // Last of what looks at a page's text on its way out.
    compressAnswers(scope)
    for (const register of pagesOf(context, version)) register(scope, context)
  })
}

/** What pages show of the operator's brand. */
function shownBrand({ accent, logo, terms, privacy, ...brand }: OwnBrand): Brand {
  const styles = brandStyles(accent).path
  return { ...brand, terms: terms?.url, privacy: privacy?.url, logo: logo?.path, styles }
}

/** The files of the operator's brand. */
function brandAssets({ accent, logo }: OwnBrand): readonly Route[] {
  const { path, text } = brandStyles(accent)
  return [
    lastingFile(path, 'text/css; charset=utf-8', text),
    ...(logo === undefined ? [] : [lastingFile(logo.path, 'image/png', logo.content)]),
  ]
}

/** A file that is named after what is in it. */
function lastingFile(path: string, type: string, content: string | Buffer): Route {
  return page({
    path,
    guard: unasked,
    get: ({ reply }) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('x-content-type-options', 'nosniff')
        .send(content),
  })
}

function leavingFile({ path, text, isLasting }: LeavingScript): Route {
  return page({
    path,
    guard: unasked,
    get: ({ request, reply }) => {
      const lasting = isLasting(new URLSearchParams(request.url.split('?')[1]).get('v'))
      return reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
        .header('x-content-type-options', 'nosniff')
        .send(text)
    },
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
  return reference({ viewer: live && viewerOf({ context, live }), ...parts })(wordsOf(request))
}

/** What pages load: no page, and for whoever asks. */
const assets = [
  lastingFile(stylesheetPath, 'text/css; charset=utf-8', stylesheet),
  page({
    path: passkeyScriptPath,
    guard: unasked,
    get: ({ request, reply }) => {
      const { text, lasting } = passkeyScript(new URLSearchParams(request.url.split('?')[1]).get('v'))
      return reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
        .header('x-content-type-options', 'nosniff')
        .send(text)
    },
  }),
  leavingFile(postScript),
  leavingFile(onwardScript),
  page({
    path: iconPath,
    guard: unasked,
    get: ({ reply }) =>
      reply
        .type('image/svg+xml')
        .header('cache-control', 'public, max-age=86400')
        .header('content-security-policy', "default-src 'none'")
        .header('x-content-type-options', 'nosniff')
        .send(icon),
  }),
]
