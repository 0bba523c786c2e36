/** /account/security/app-passwords: passwords for apps that cannot ask for more, made, shown once and ended. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  addAppPassword,
  appPasswordLimit,
  endAppPassword,
  listAppPasswords,
} from '../../../engine/account/app_passwords.ts'
import { isRecent } from '../../../engine/account/sessions.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { confirm } from '../../confirm_view.tsx'
import { showOnce, takeFlash } from '../../flash.ts'
import { further, signedIn } from '../../guards.ts'
import { appPasswordPath, paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type AppPasswordsProps, accountAppPasswords } from './app_passwords_view.tsx'

/** One on the way from the form that made it to the page that shows it. */
const newAppPassword = z.object({ text: z.string(), name: z.string() })

/** Who may come to a page about one app password of theirs. */
const ownPassword = further(signedIn, async (visit) => {
  const id = partOfPath(visit, 'password')
  const password = (await listAppPasswords(visit.context, visit.by.account)).find((one) => one.id === id)
  if (password === undefined) throw new PageProblem('not_found')
  return { password }
})

export const appPasswordsPages = [
  page({
    path: paths.appPasswords,
    guard: signedIn,
    // Showing a new one uses it up.
    head: false,
    get: async (visit) => {
      const made = await takeFlash(visit, paths.appPasswords, newAppPassword)
      return draw(visit, 200, { made, notice: noticeOf(visit, visit.words.appPasswords.notices) })
    },
    post: async (visit) => {
      const { context, live, form, by } = visit
      const name = form.get('name') ?? ''
      const added = await addAppPassword(context, live, name, by.caller)
      if (added.outcome === 'added') return showOnce(visit, paths.appPasswords, { text: added.text, name: added.name })
      if (added.outcome === 'sign_in_again') return draw(visit, 403, { name, refused: true })
      return draw(visit, 400, { name, problem: added.problem })
    },
  }),

  page({
    path: `${paths.appPasswords}/:password/end`,
    guard: ownPassword,
    get: (visit) => {
      const { password } = visit
      return confirm({
        ...secrets(visit),
        id: 'app-password-end',
        ...visit.words.appPasswords.ending,
        name: password.name,
        action: appPasswordPath(password.id),
        backHref: paths.appPasswords,
      })
    },
    post: async (visit) => {
      const { context, by, password } = visit
      if (!(await endAppPassword(context, by.account, password.id, by.caller))) throw new PageProblem('not_found')
      return goTo(visit, `${paths.appPasswords}?done=ended`)
    },
  }),
]

async function draw(
  visit: SignedIn,
  status: number,
  shown: Pick<AppPasswordsProps, 'made' | 'notice' | 'name' | 'problem' | 'refused'>,
): Promise<FastifyReply> {
  const { context, reply, live, by } = visit
  const passwords = await listAppPasswords(context, by.account)
  const html = accountAppPasswords({
    ...secrets(visit),
    viewer: viewerOf(visit),
    passwords,
    recent: isRecent(context, live),
    limit: appPasswordLimit,
    ...shown,
  })
  return sendPage(reply, status, html)
}
