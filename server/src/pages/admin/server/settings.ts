/** /admin/settings: what is set, and for how long things are kept. */
import { retentionOf } from '../../../engine/operator/retention.ts'
import { operating } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { viewerOf } from '../../visit.ts'
import { settingsInForce } from './settings_view.tsx'

export const consoleSettingsPage = page({
  path: paths.consoleSettings,
  guard: operating('read'),
  get: async (visit) => {
    const { settings } = visit.context
    return settingsInForce({ viewer: viewerOf(visit), settings: settings.shown, retention: retentionOf(settings) })
  },
})
