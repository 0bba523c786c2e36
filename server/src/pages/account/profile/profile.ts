/** /account/profile: what one says of oneself, to these pages and to apps that may see it. */
import type { FastifyReply } from 'fastify'
import type { Account } from '../../../engine/account/accounts.ts'
import {
  changePicture,
  findPicture,
  largestPicture,
  ownPicture,
  picturesPath,
  removePicture,
} from '../../../engine/account/profile/picture.ts'
import { changeProfile, type ProfileForm } from '../../../engine/account/profile/profile.ts'
import { changeUsername, formerKeptDays, listFormerUsernames } from '../../../engine/account/profile/username.ts'
import { isRecent } from '../../../engine/account/sessions.ts'
import { listAccepted } from '../../../engine/account/terms/accept.ts'
import { FileTooLarge } from '../../../http/bodies/upload.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { zonesByRegion } from '../../../lib/time_zones.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { languagesOffered } from '../../../words/index.ts'
import { download } from '../../download.ts'
import { signedIn, unasked } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page, type Route } from '../../page.ts'
import { upload } from '../../upload.ts'
import { goTo, noticeOf, notTaken, PageProblem, partOfPath, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type ProfileProps, profile as view } from './profile_view.tsx'

/** Why a file is not taken as a picture, as the form says it. */
const notDrawn = {
  empty: 'picture_none',
  svg: 'picture_svg',
  unknown: 'picture_unknown',
  too_many_pixels: 'picture_pixels',
  broken: 'picture_broken',
  too_slow: 'picture_slow',
  busy: 'picture_busy',
  unavailable: 'picture_unavailable',
} as const

const megabytes = largestPicture / 1_000_000

export const profilePages: readonly Route[] = [
  page({
    path: `${picturesPath}/:name`,
    guard: unasked,
    get: async (visit) => {
      const picture = await findPicture(visit.context, partOfPath(visit, 'name'))
      if (picture === undefined) throw new PageProblem('not_found')
      // For a day and for this browser alone: a picture that was removed is not to live on in caches between.
      return visit.reply
        .type('image/jpeg')
        .header('cache-control', 'private, max-age=86400, immutable')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('x-content-type-options', 'nosniff')
        .send(picture)
    },
  }),

  upload({
    path: paths.accountPicture,
    guard: signedIn,
    largest: largestPicture,
    post: async (visit) => {
      let file: Buffer
      try {
        file = await wholeFile(visit.file)
      } catch (error) {
        if (error instanceof FileTooLarge) return showPicture(visit, 413, { key: 'picture_large', megabytes })
        throw new PageProblem('request_unclear')
      }
      const { context, live, by } = visit
      const changed = await changePicture(context, live, file, by.caller)
      switch (changed.outcome) {
        case 'session_over':
          return goTo(visit, paths.accountProfile)
        case 'changed':
          return goTo(visit, `${paths.accountProfile}?done=picture`)
        case 'throttled': {
          const problem = { key: 'picture_often', wait: visit.words.time.waiting(changed.retryAfter) } as const
          return showPicture(visit, notTaken(visit, changed), problem)
        }
        case 'not_drawn':
          return showPicture(visit, changed.why === 'busy' ? 503 : 400, notDrawn[changed.why])
      }
    },
  }),

  page({
    path: paths.removePicture,
    guard: signedIn,
    drawnAt: paths.accountProfile,
    post: async (visit) => {
      const outcome = await removePicture(visit.context, visit.live, visit.by.caller)
      return goTo(visit, outcome === 'removed' ? `${paths.accountProfile}?done=picture_removed` : paths.accountProfile)
    },
  }),

  page({
    path: paths.accountProfile,
    guard: signedIn,
    get: (visit) => show(visit, 200, { notice: noticeOf(visit, visit.words.profile.notices) }),
    post: async (visit) => {
      const { context, live, by, form } = visit
      const said = {
        name: form.get('name') ?? '',
        locale: form.get('locale') ?? '',
        zoneinfo: form.get('zoneinfo') ?? '',
      }
      const changed = await changeProfile(context, live, said, by.caller)
      if (changed.outcome === 'problems') return show(visit, 400, { said, problems: changed.problems })
      // Whoever is signed out by now is sent to sign in by the page.
      return goTo(
        visit,
        changed.outcome === 'session_over' ? paths.accountProfile : `${paths.accountProfile}?done=saved`,
      )
    },
  }),

  page({
    path: paths.acceptedTerms,
    guard: signedIn,
    get: async (visit) => {
      const accepted = await listAccepted(visit.context, visit.live)
      const file = accepted.map((one) => ({ ...one, acceptedAt: new Date(one.acceptedAt).toISOString() }))
      return download(visit, { name: 'accepted.json', body: JSON.stringify(file) })
    },
  }),

  page({
    path: paths.accountUsername,
    guard: signedIn,
    drawnAt: paths.accountProfile,
    post: async (visit) => {
      const { context, live, by, form } = visit
      const typed = form.get('username') ?? ''
      const changed = await changeUsername(context, live, typed, by.caller)
      switch (changed.outcome) {
        case 'changed':
          return goTo(visit, `${paths.accountProfile}?done=username`)
        case 'sign_in_again':
          return show(visit, 403, { username: { typed, signInAgain: true } })
        case 'problem':
          return show(visit, 400, { username: { typed, problem: changed.problem } })
        case 'throttled': {
          const problem = { key: 'username_asked', wait: visit.words.time.waiting(changed.retryAfter) } as const
          return show(visit, notTaken(visit, changed), { username: { typed, problem } })
        }
      }
    },
  }),
]

async function wholeFile(file: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of file) pieces.push(piece)
  return Buffer.concat(pieces)
}

function showPicture(visit: SignedIn, status: number, pictureProblem: FormProblem): Promise<FastifyReply> {
  if (status === 503) visit.reply.header('retry-after', '5')
  return show(visit, status, { pictureProblem })
}

/** The picture as the page shows it, or where else it lies. */
async function pictureOf({ context, live }: SignedIn): Promise<ProfileProps['picture']> {
  const path = ownPicture(context, live.account)
  const { picture } = live.account.claims
  const elsewhere = path === undefined && typeof picture === 'string' && URL.canParse(picture)
  const host = elsewhere ? new URL(picture).host : undefined
  return { path, host, available: await context.pictures.available(), megabytes }
}

async function show(
  visit: SignedIn,
  status: number,
  shown: { readonly said?: ProfileForm; readonly pictureProblem?: FormProblem } & Pick<
    ProfileProps,
    'problems' | 'username' | 'notice'
  >,
): Promise<FastifyReply> {
  const { context, live } = visit
  const { said = saidBefore(live.account), pictureProblem: problem, ...props } = shown
  const html = view({
    ...secrets(visit),
    viewer: viewerOf(visit),
    said,
    languages: languagesOffered,
    zones: zonesByRegion(),
    recent: isRecent(context, live),
    picture: { ...(await pictureOf(visit)), problem },
    former: await listFormerUsernames(context, live.account),
    formerKeptDays,
    accepted: await listAccepted(context, live),
    ...props,
  })
  return sendPage(visit.reply, status, html)
}

function saidBefore({ claims }: Account): ProfileForm {
  const text = (claim: unknown) => (typeof claim === 'string' ? claim : '')
  return { name: text(claims.name), locale: text(claims.locale), zoneinfo: text(claims.zoneinfo) }
}
