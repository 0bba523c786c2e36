/** Who does the jobs of each kind. */

import type { JobHandler, JobHandlers } from '../runtime/jobs/job.ts'
import { keyTurner } from '../runtime/jobs/key_turner.ts'
import type { MailName } from '../runtime/jobs/kinds.ts'
import { mailKinds } from '../runtime/jobs/kinds.ts'
import { markDrops } from '../runtime/keys/audit_seals.ts'
import { deliverMessage } from './deliveries/deliver.ts'
import { gatherMessages } from './deliveries/gather.ts'
import { eraseClosed } from './developer/close_account.ts'
import { removeUnusedApps } from './developer/registration/remove_unused.ts'
import { tellOfLogout } from './logout/back_channel.ts'
import { tellOperators } from './mail/apps.ts'
import { deliver } from './mail/deliver.ts'
import { tellOfProtocolClosed, tellOfProtocolEnd, tellThatProtocolStays } from './mail/protocols.ts'
import { tellOfWebhookOff } from './mail/webhooks.ts'
import { auditSealer } from './operator/audit_log/seal.ts'

type MailHandlers = { readonly [Name in MailName as `mail.${Name}`]: JobHandler<`mail.${Name}`> }

export const jobHandlers: JobHandlers = {
  sweep: async (context) => {
    const { storage, settings, keyring } = context
    const markDrop = markDrops(keyring)
    await storage.sweep({ rows: settings.retention, audit: settings.auditRetention, markDrop })
    await eraseClosed(context)
  },
  'registrations.sweep': removeUnusedApps,
  'keys.turn': keyTurner,
  'audit.seal': auditSealer,
  'webhooks.gather': gatherMessages,
  'webhooks.deliver': deliverMessage,
  'webhooks.tell': tellOfWebhookOff,
  'apps.digest': tellOperators,
  'protocols.tell': tellOfProtocolEnd,
  'protocols.closed': tellOfProtocolClosed,
  'protocols.stay': tellThatProtocolStays,
  'logout.back_channel': tellOfLogout,
  ...(Object.fromEntries(
    (Object.keys(mailKinds) as MailName[]).map((name) => [`mail.${name}`, deliver(name)]),
  ) as unknown as MailHandlers),
}
