/** /developer/apps/ID/older: what an app's people switch on for its older copies. Every rule is the engine's. */

import { risksBy, usualWindow } from '../../../engine/client/risks.ts'
import {
  hasLeniencies,
  isOpen,
  type LeniencyChoice,
  type LeniencyProblems,
  type LeniencySwitch,
  type LeniencyWindow,
  leniencyChoiceOf,
  leniencySwitches,
  offeredSwitches,
  saveLeniencies,
} from '../../../engine/developer/client_leniencies.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Form } from '../../../lib/form.ts'
import { longestLostAnswerWindow, longestReplayWindow } from '../../../protocol/client_metadata.ts'
import { appDialect } from '../../../protocol/dialects.ts'
import type { Page } from '../../../words/index.ts'
import { legacyClientsPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, PageProblem } from '../../visit.ts'
import { frame, type OwnApp, ownApp } from '../own_app.ts'
import { legacyClients } from './legacy_clients_view.tsx'

export const legacyClientsPage = page({
  path: '/developer/apps/:id/older',
  guard: ownApp,
  repeatable: 'setting',
  get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.legacy.notices) }),
  post: async (visit) => {
    const { context, reply, client, form, by } = visit
    const shown = choiceOf((form.get('shown') ?? '').split(' '), form, 'shown_')
    const saved = await saveLeniencies(context, by, client.id, { shown, chosen: chosenIn(form) })
    if (saved.problems === undefined) return goTo(visit, `${legacyClientsPath(client.id)}?done=saved`)
    return sendPage(reply, 400, await draw(visit, saved))
  },
})

async function draw(
  visit: OwnApp,
  { wanted, ...more }: { notice?: string | undefined; wanted?: LeniencyChoice; problems?: LeniencyProblems },
): Promise<Page> {
  const { context, client } = visit
  const protocolOpen = await isOpen(context, appDialect)
  const shown = leniencyChoiceOf(client)
  const { on, windows } = wanted ?? shown
  return legacyClients({
    ...frame(visit),
    changeable: hasLeniencies(client),
    protocolOpen,
    frontChannelOpen: context.settings.frontChannelTokens,
    switches: offeredSwitches(client, protocolOpen).map((name) => ({
      name,
      on: on.includes(name),
      risks: risksBy(name),
    })),
    replayWindow: {
      text: windows.replay_window,
      usual: usualWindow(client, context.settings, 'replay_window'),
      longest: longestReplayWindow,
      risks: risksBy('replay_window'),
    },
    lostAnswerWindow: {
      text: windows.lost_answer_window,
      usual: usualWindow(client, context.settings, 'lost_answer_window'),
      longest: longestLostAnswerWindow,
      risks: risksBy('lost_answer_window'),
    },
    shown,
    ...more,
  })
}

/** What the form asks for. Throws PageProblem where it names a switch that there is not. */
function chosenIn(form: Form): LeniencyChoice {
  const names = form.all('setting')
  if (!names.every(isSwitch)) throw new PageProblem('request_unclear')
  return choiceOf(names, form, '')
}

function choiceOf(names: readonly string[], form: Form, prefix: '' | 'shown_'): LeniencyChoice {
  const typed = (name: LeniencyWindow) => (form.get(`${prefix}${name}`) ?? '').trim()
  return {
    on: names.filter(isSwitch),
    windows: { replay_window: typed('replay_window'), lost_answer_window: typed('lost_answer_window') },
  }
}

function isSwitch(name: string): name is LeniencySwitch {
  return (leniencySwitches as readonly string[]).includes(name)
}
