/** What the pages of those who run the server say. */
import { rich } from '../../rich.ts'
import { counted } from '../counted.ts'

/** The pages of the console, as the ways to them are called. */
export const consolePlaces = {
  home: 'Home',
  people: 'People',
  apps: 'Apps',
  accessRequests: 'Access requests',
  apis: 'APIs',
  protocols: 'Protocols',
  providers: 'Providers',
  keys: 'Keys',
  jobs: 'Jobs',
  audit: 'Audit',
  usage: 'Usage',
  health: 'Health',
  settings: 'Settings',
  webhooks: 'Webhooks',
}

export const consoleHome = {
  title: 'Console',
  lead: rich('You run <server/> as <role/>.'),
  roles: { owner: 'owner', admin: 'admin', support: 'support' },
  waiting: 'Waiting for you',
  apps: (count: number) =>
    counted(count, {
      one: `${count} app, or a change to it, waits for a decision`,
      other: `${count} apps, or changes to them, wait for a decision`,
    }),
  accessRequests: (count: number) =>
    counted(count, {
      one: `${count} developer asks for access`,
      other: `${count} developers ask for access`,
    }),
  nothingWaits: 'Nothing waits for you.',
}
