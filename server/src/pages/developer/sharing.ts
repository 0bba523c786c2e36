/** The forms by which an app or a subscription key is shared, each below the page of the app or key. */
import {
  answerOffer,
  invite,
  leave,
  removeCollaborator,
  type Shared,
  takeBackInvitation,
} from '../../engine/developer/sharing.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import type { Page } from '../../words/index.ts'
import { type Guard, signedIn } from '../guards.ts'
import type { ShareAct } from '../kit/paths.ts'
import { page, type Route, type WithForm } from '../page.ts'
import { goTo, notTaken, PageProblem, partOfPath, type SignedIn } from '../visit.ts'
import type { InviteProps } from './people.tsx'

/** What could not be taken, for the page that is drawn again. */
export interface Unshared {
  readonly problem?: FormProblem | undefined
  readonly add?: InviteProps['again']
}

interface Place<V extends SignedIn> {
  readonly kind: Shared['kind']
  /** The path of one of them, and the part of it that says which. */
  readonly path: string
  readonly part: string
  /** Only its owner. */
  readonly owner: Guard<V>
  readonly idOf: (visit: V) => string
  /** The page of its people, and what it is when something was not taken. */
  readonly people: { readonly path: string; readonly shown: (visit: V) => string }
  readonly draw: (visit: V, wrong: Unshared) => Promise<Page>
  /** The list of what the person has, where invitations are answered. */
  readonly list: string
  readonly drawList: (visit: SignedIn, wrong: { readonly problem: FormProblem }) => Promise<Page>
}

export function sharingPages<V extends SignedIn>(place: Place<V>): readonly Route[] {
  const { kind, path, part, people, list } = place

  const change = (
    act: ShareAct,
    done: string,
    make: (visit: V & WithForm, of: Shared) => Promise<Unshared & { readonly retryAfter?: number }>,
  ) =>
    page({
      path: `${path}/${act}`,
      guard: place.owner,
      drawnAt: people.path,
      post: async (visit) => {
        const { retryAfter, ...wrong } = await make(visit, { kind, id: place.idOf(visit) })
        if (wrong.problem === undefined && wrong.add === undefined) {
          return goTo(visit, `${people.shown(visit)}?done=${done}`)
        }
        return sendPage(visit.reply, notTaken(visit, { retryAfter }), await place.draw(visit, wrong))
      },
    })

  return [
    change('collaborators', 'invited', async ({ context, form, by }, of) => {
      const username = form.get('username') ?? ''
      const { problem, ...more } = await invite(context, by, of, username)
      return problem === undefined ? {} : { add: { username, problem }, ...more }
    }),
    change('invitations/remove', 'taken_back', ({ context, form, by }, of) =>
      takeBackInvitation(context, by, of, form.get('username') ?? ''),
    ),
    change('collaborators/remove', 'unshared', ({ context, form, by }, of) =>
      removeCollaborator(context, by, of, form.get('person') ?? ''),
    ),

    page({
      path: `${path}/answer`,
      guard: signedIn,
      drawnAt: list,
      post: async (visit) => {
        const { context, reply, form, by } = visit
        const answer = form.get('answer')
        if (answer !== 'accepted' && answer !== 'declined') throw new PageProblem('request_unclear')
        const { problem } = await answerOffer(context, by, { kind, handle: partOfPath(visit, part) }, answer)
        if (problem === undefined) return goTo(visit, `${list}?done=${answer}`)
        if (problem === 'gone') throw new PageProblem('not_found')
        return sendPage(reply, 409, await place.drawList(visit, { problem }))
      },
    }),

    page({
      path: `${path}/leave`,
      guard: signedIn,
      drawnAt: list,
      post: async (visit) => {
        const { problem } = await leave(visit.context, visit.by, kind, partOfPath(visit, part))
        if (problem !== undefined) throw new PageProblem('not_found')
        return goTo(visit, `${list}?done=left`)
      },
    }),
  ]
}
