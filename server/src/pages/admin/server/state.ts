/** /admin/keys and /admin/health: how the server stands. */
import { rotateSigningKeys } from '../../../engine/operator/keys.ts'
import { listKeys, serverHealth } from '../../../engine/operator/server_state.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, operatorOf, PageProblem, secrets, viewerOf } from '../../visit.ts'
import { healthPage, keyList } from './state_view.tsx'

export const serverStatePages = [
  page({
    path: paths.signingKeys,
    guard: operating('read'),
    get: async (visit) => {
      const notice = noticeOf(visit, visit.words.serverState.notices)
      return keyList({ ...secrets(visit), ...(await listKeys(visit.context)), viewer: viewerOf(visit), notice })
    },
  }),
  page({
    path: paths.signingKeys,
    guard: operating('run_server'),
    post: async (visit) => {
      if (visit.form.get('act') !== 'turn') throw new PageProblem('request_unclear')
      const rotations = await rotateSigningKeys(visit.context, operatorOf(visit), { hurry: false })
      const turned = rotations.some(({ outcome }) => outcome === 'rotated')
      return goTo(visit, `${paths.signingKeys}?done=${turned ? 'turned' : 'too_early'}`)
    },
  }),
  page({
    path: paths.health,
    guard: operating('read'),
    get: async (visit) => healthPage({ viewer: viewerOf(visit), ...(await serverHealth(visit.context)) }),
  }),
]
