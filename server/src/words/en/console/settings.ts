/** What the page of the settings in force says. */
import { counted } from '../counted.ts'

export const consoleSettings = {
  title: 'Settings',
  lead: 'How this server is set. A setting is changed where it is given, and counts from the next start.',
  retention: 'Retention',
  retentionText: 'How long this server keeps what is over. Then it is deleted.',
  kept: {
    requests: 'Request log',
    audit: 'Audit log',
    grants: 'Ended authorizations',
    sessions: 'Sign-ins, after they were last seen',
    usage: 'Token requests per account',
    appUses: 'Which data apps used',
    webhooks: 'Messages to webhooks',
    jobs: 'Jobs that are done',
  },
  days: (count: number) => counted(count, { one: `${count} day`, other: `${count} days` }),
  inForce: 'In force',
  setting: 'Setting',
  value: 'Value',
  from: 'From',
  none: 'There are no settings.',
  set: 'Set',
  notSet: 'Not set',
  sources: { flag: 'Flag', environment: 'Environment', file: 'Settings file', default: 'Default' },
}
