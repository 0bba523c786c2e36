/** /account/security/personal-tokens: tokens for scripts of a person's own, made, shown once and ended. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  addPersonalToken,
  endPersonalToken,
  listPersonalTokens,
  personalTokenLimit,
} from '../../../engine/access_tokens/personal_tokens.ts'
import { isRecent } from '../../../engine/account/sessions.ts'
import { readScopes } from '../../../engine/grant/scopes.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { dataApiScopes } from '../../../protocol/scope.ts'
import { confirm } from '../../confirm_view.tsx'
import { showOnce, takeFlash } from '../../flash.ts'
import { further, signedIn } from '../../guards.ts'
import { paths, personalTokenPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { accountPersonalTokens, type PersonalTokensProps } from './personal_tokens_view.tsx'

/** One on the way from the form that made it to the page that shows it. */
const newToken = z.object({ text: z.string(), name: z.string() })

/** Who may come to a page about one personal token of theirs. */
const ownToken = further(signedIn, async (visit) => {
  const id = partOfPath(visit, 'token')
  const token = (await listPersonalTokens(visit.context, visit.by.account)).find((one) => one.id === id)
  if (token === undefined) throw new PageProblem('not_found')
  return { token }
})

export const personalTokensPages = [
  page({
    path: paths.personalTokens,
    guard: signedIn,
    repeatable: 'scope',
    // Showing a new one uses it up.
    head: false,
    get: async (visit) => {
      const made = await takeFlash(visit, paths.personalTokens, newToken)
      return draw(visit, 200, { made, notice: noticeOf(visit, visit.words.personalTokens.notices) })
    },
    post: async (visit) => {
      const { context, live, form, by } = visit
      const text = (name: string) => form.get(name) ?? ''
      const filled = {
        name: text('name'),
        scope: form.all('scope'),
        expires: text('expires'),
        until: text('until').trim(),
      }
      const added = await addPersonalToken(context, live, filled, by.caller)
      if (added.outcome === 'added')
        return showOnce(visit, paths.personalTokens, { text: added.text, name: added.name })
      if (added.outcome === 'sign_in_again') return draw(visit, 403, { filled, refused: true })
      return draw(visit, 400, { filled, problem: { field: added.field, it: added.problem } })
    },
  }),

  page({
    path: `${paths.personalTokens}/:token/end`,
    guard: ownToken,
    get: (visit) => {
      const { token } = visit
      return confirm({
        ...secrets(visit),
        id: 'personal-token-end',
        ...visit.words.personalTokens.ending,
        name: token.name,
        action: personalTokenPath(token.id),
        backHref: paths.personalTokens,
      })
    },
    post: async (visit) => {
      const { context, by, token } = visit
      if (!(await endPersonalToken(context, by.account, token.id, by.caller))) throw new PageProblem('not_found')
      return goTo(visit, `${paths.personalTokens}?done=ended`)
    },
  }),
]

async function draw(
  visit: SignedIn,
  status: number,
  shown: Pick<PersonalTokensProps, 'made' | 'notice' | 'filled' | 'problem' | 'refused'>,
): Promise<FastifyReply> {
  const { context, reply, live, by } = visit
  const catalogue = await readScopes(context)
  const tokens = await listPersonalTokens(context, by.account)
  const html = accountPersonalTokens({
    ...secrets(visit),
    viewer: viewerOf(visit),
    tokens: tokens.map((token) => ({ ...token, scope: catalogue.shown(token.scope) })),
    scopes: catalogue.shown(dataApiScopes),
    recent: isRecent(context, live),
    limit: personalTokenLimit,
    ...shown,
  })
  return sendPage(reply, status, html)
}
