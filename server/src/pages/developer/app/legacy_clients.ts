/** /developer/apps/ID/older: what an app's people switch on for its older copies. Every rule is the engine's. */
import type { FastifyInstance } from 'fastify'
import { risksBy, usualWindow } from '../../../engine/client/risks.ts'
import {
  hasOlderSettings,
  isQuantimodoOpen,
  type OlderChoice,
  type OlderProblems,
  type OlderSwitch,
  type OlderWindow,
  offeredSwitches,
  olderChoiceOf,
  olderSwitches,
  saveOlderSettings,
} from '../../../engine/developer/client_leniencies.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Form } from '../../../lib/form.ts'
import { longestLostAnswerWindow, longestReplayWindow } from '../../../protocol/client_metadata.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Page } from '../../../words/index.ts'
import { olderPath } from '../../kit/paths.ts'
import { goTo, noticeOf, PageProblem, readSignedForm, requireSignedIn, type SignedIn } from '../../page.ts'
import { frame, requireOwnApp } from '../apps.ts'
import { appOlder } from './legacy_clients_view.tsx'

type AppRoute = { Params: { id: string } }

export function registerDeveloperOlder(app: FastifyInstance, context: Context): void {
  async function page(
    browser: SignedIn,
    client: Client,
    more: { notice?: string | undefined; wanted?: OlderChoice; problems?: OlderProblems },
  ): Promise<Page> {
    const doorOpen = await isQuantimodoOpen(context)
    const shown = olderChoiceOf(client)
    const { wanted = shown, ...rest } = more
    return appOlder({
      ...frame(context, browser, client),
      changeable: hasOlderSettings(client),
      doorOpen,
      frontChannelOpen: context.settings.frontChannelTokens,
      switches: offeredSwitches(client, doorOpen).map((name) => ({
        name,
        on: wanted.on.includes(name),
        risks: risksBy(name),
      })),
      replayWindow: {
        text: wanted.windows.replay_window,
        usual: usualWindow(client, context.settings, 'replay_window'),
        longest: longestReplayWindow,
        risks: risksBy('replay_window'),
      },
      lostAnswerWindow: {
        text: wanted.windows.lost_answer_window,
        usual: usualWindow(client, context.settings, 'lost_answer_window'),
        longest: longestLostAnswerWindow,
        risks: risksBy('lost_answer_window'),
      },
      shown,
      ...rest,
    })
  }

  app.get<AppRoute>('/developer/apps/:id/older', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(
      reply,
      200,
      await page(browser, client, {
        notice: noticeOf(request, { saved: 'The settings for legacy clients are saved.' }),
      }),
    )
  })

  app.post<AppRoute>('/developer/apps/:id/older', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply, 'setting')
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const shown = choiceOf((form.get('shown') ?? '').split(' '), form, 'shown_')
    const saved = await saveOlderSettings(context, by, client.id, { shown, chosen: chosenIn(form) })
    if (saved.problems === undefined) return goTo(reply, `${olderPath(client.id)}?done=saved`)
    return sendPage(reply, 400, await page(browser, client, saved))
  })
}

/** What the form asks for. Throws PageProblem where it names a switch that there is not. */
function chosenIn(form: Form): OlderChoice {
  const names = form.all('setting')
  if (!names.every(isSwitch)) throw new PageProblem('request_unclear')
  return choiceOf(names, form, '')
}

function choiceOf(names: readonly string[], form: Form, prefix: '' | 'shown_'): OlderChoice {
  const typed = (name: OlderWindow) => (form.get(`${prefix}${name}`) ?? '').trim()
  return {
    on: names.filter(isSwitch),
    windows: { replay_window: typed('replay_window'), lost_answer_window: typed('lost_answer_window') },
  }
}

function isSwitch(name: string): name is OlderSwitch {
  return (olderSwitches as readonly string[]).includes(name)
}
