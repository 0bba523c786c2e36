/** Pages of the console. */
import { consoleHome } from '../server/dist/pages/admin/home_view.js'
import { viewer as person } from './screenshot_values.mjs'

const viewer = { ...person, role: 'owner' }
const home = { viewer, server: 'id.northfield.example' }

export const consoleSamples = {
  'console-home': { html: consoleHome({ ...home, accessRequests: 2, waitingApps: 3 }) },
  'console-home-done': { html: consoleHome({ ...home, accessRequests: 0, waitingApps: 0 }) },
}
