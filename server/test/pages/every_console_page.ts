/** The pages of the console, for the tests that look at every page. */
import { consoleHome } from '../../src/pages/admin/home_view.tsx'
import type { Page } from '../../src/words/index.ts'

export function consoleViews(text: (usual: string) => string): Record<string, Page> {
  const viewer = { username: text('olga'), role: 'owner' } as const
  const home = { viewer, server: text('id.northfield.example') }
  const facts = { count: 2, names: text('olga') }
  const done = { ...facts, id: 'keys', state: 'ok', case: 'signing' } as const
  const todo = [
    { ...facts, id: 'backup', state: 'todo', case: 'old' },
    { ...facts, id: 'secondFactor', state: 'todo', case: 'missing' },
    { ...facts, id: 'mail', state: 'problem', case: 'failing' },
  ] as const
  return {
    'console home': consoleHome({ ...home, accessRequests: 2, waitingApps: 1, checks: [...todo, done] }),
    'console home done': consoleHome({ ...home, accessRequests: 0, waitingApps: 0, checks: [done] }),
  }
}
