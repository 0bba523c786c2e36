/**
 * What the people behind an app switch on for its older copies: the QuantiModo protocol, and the named settings by which an
 * app is let off a rule. Whether what comes out is sound is for the schema of client documents to say.
 */

import type { z } from 'zod'
import {
  type ClientMetadata,
  clientSchemaWith,
  longestLostAnswerWindow,
  longestReplayWindow,
  problemIn,
} from '../../protocol/client_metadata.ts'
import { appDialect, type LegacyDialect } from '../../protocol/dialects.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { passwordDialectOf } from '../../runtime/kept/builtin_clients.ts'
import { type Client, toClient } from '../../runtime/kept/clients.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { usesAdminApi } from '../grant/scopes.ts'
import { actAs, type Developer, usesSecrets } from './developer_apps.ts'

export const leniencySwitches = [
  'quantimodo',
  'code_without_pkce',
  'refresh_without_secret',
  'refresh_rotation',
  'token_in_header_and_query',
  'front_channel_tokens',
] as const
export type LeniencySwitch = (typeof leniencySwitches)[number]

interface Switch {
  /** Whether it may be switched on for the app. Whoever has it may always switch it off. */
  readonly fits: (client: Client, protocolOpen: boolean) => boolean
  readonly isOn: (metadata: ClientMetadata) => boolean
  readonly turned: (on: boolean, metadata: ClientMetadata) => Partial<ClientMetadata>
}

/** What is so in the QuantiModo protocol only. */
const atQuantimodo = (_client: Client, protocolOpen: boolean) => protocolOpen

/** `undefined` takes a member out of the document. */
const switches: Readonly<Record<LeniencySwitch, Switch>> = {
  quantimodo: {
    fits: atQuantimodo,
    isOn: ({ dialects }) => dialects.includes(appDialect),
    turned: (on, { dialects }) => {
      const others = dialects.filter((name) => name !== appDialect)
      return { dialects: on ? [...others, appDialect] : others }
    },
  },
  code_without_pkce: {
    fits: (client) => !client.confidential,
    isOn: (metadata) => metadata.code_without_pkce === true,
    turned: (on) => ({ code_without_pkce: on || undefined }),
  },
  refresh_without_secret: {
    fits: usesSecrets,
    isOn: (metadata) => metadata.refresh_without_secret === true,
    turned: (on) => ({ refresh_without_secret: on || undefined }),
  },
  refresh_rotation: {
    fits: (client) => client.confidential,
    isOn: (metadata) => metadata.refresh_rotation === 'never',
    turned: (on) => ({ refresh_rotation: on ? 'never' : undefined }),
  },
  token_in_header_and_query: {
    fits: atQuantimodo,
    isOn: (metadata) => metadata.token_in_header_and_query === true,
    turned: (on) => ({ token_in_header_and_query: on || undefined }),
  },
  front_channel_tokens: {
    fits: ({ metadata }) => metadata.redirect_uris.length > 0,
    isOn: (metadata) => metadata.front_channel_tokens === true,
    turned: (on) => ({ front_channel_tokens: on || undefined }),
  },
}

/** The settings that are typed as seconds, by the name of their form field and of their member in the document. */
const leniencyWindows = ['replay_window', 'lost_answer_window'] as const
export type LeniencyWindow = (typeof leniencyWindows)[number]

const longest: Readonly<Record<LeniencyWindow, number>> = {
  replay_window: longestReplayWindow,
  lost_answer_window: longestLostAnswerWindow,
}

/** How everything is set, as a form shows it and sends it back. */
export interface LeniencyChoice {
  readonly on: readonly LeniencySwitch[]
  /** Seconds as they were typed; empty where the app has what is usual. */
  readonly windows: Readonly<Record<LeniencyWindow, string>>
}

/** What is wrong with a choice: beside what was chosen, or with the app as a whole. */
export type LeniencyProblems = { readonly [Field in LeniencySwitch | LeniencyWindow | 'form']?: FormProblem }

export type SavedLeniencies =
  | { readonly problems?: undefined }
  /** `wanted` is the app as it is now with what was to be changed. */
  | { readonly problems: LeniencyProblems; readonly wanted: LeniencyChoice }

/** Whether apps may come in by a legacy protocol at all, by settings and by the operator's later decision. */
export async function isOpen(context: Context, dialect: LegacyDialect): Promise<boolean> {
  return context.settings.dialects.has(dialect) && !(await context.legacyDialects.notice(dialect)).closed
}

/** The built-in clients are as the operator has them: nothing of this is for them. */
export function hasLeniencies(client: Client): boolean {
  return passwordDialectOf(client.id) === undefined
}

/** The switches that make sense for the app, and those that are on although they do not. */
export function offeredSwitches(client: Client, protocolOpen: boolean): readonly LeniencySwitch[] {
  if (!hasLeniencies(client)) return []
  return leniencySwitches.filter(
    (name) => switches[name].fits(client, protocolOpen) || switches[name].isOn(client.metadata),
  )
}

export function leniencyChoiceOf({ metadata }: Client): LeniencyChoice {
  return {
    on: leniencySwitches.filter((name) => switches[name].isOn(metadata)),
    windows: { replay_window: text(metadata.replay_window), lost_answer_window: text(metadata.lost_answer_window) },
  }
}

function text(seconds: number | undefined): string {
  return seconds === undefined ? '' : String(seconds)
}

/**
 * Makes of the app what was chosen, as far as that differs from what was shown: what somebody else has changed in the
 * meantime stays. Takes effect at once. All of it is done, or nothing.
 */
export async function saveLeniencies(
  context: Context,
  by: Developer,
  clientId: ClientId,
  { shown, chosen }: { readonly shown: LeniencyChoice; readonly chosen: LeniencyChoice },
): Promise<SavedLeniencies> {
  const protocolOpen = await isOpen(context, appDialect)
  return actAs(context, by, async ({ clients }, record) => {
    let saved: SavedLeniencies = { problems: { form: 'gone' }, wanted: chosen }
    let members: readonly (readonly [string, unknown])[] = []
    await clients.amend(clientId, (present) => {
      const client = toClient(present)
      const wanted = merge(leniencyChoiceOf(client), shown, chosen)
      const decided = usesAdminApi(client)
        ? ({ problems: { form: 'app_operators' } } as const)
        : decide(client, protocolOpen, wanted)
      if (decided.problems !== undefined) {
        saved = { problems: decided.problems, wanted }
        return undefined
      }
      members = Object.entries(decided.members)
      saved = {}
      return members.length === 0 ? undefined : { metadata: decided.metadata }
    })
    // What was taken out would not be seen in JSON.
    const detail = Object.fromEntries(members.map(([name, value]) => [name, value ?? null]))
    if (members.length > 0) await record('older_settings_changed', { clientId, detail })
    return saved
  })
}

function merge(present: LeniencyChoice, shown: LeniencyChoice, chosen: LeniencyChoice): LeniencyChoice {
  const wanted = (name: LeniencySwitch) =>
    chosen.on.includes(name) === shown.on.includes(name) ? present.on.includes(name) : chosen.on.includes(name)
  const typed = (name: LeniencyWindow) =>
    chosen.windows[name] === shown.windows[name] ? present.windows[name] : chosen.windows[name]
  return {
    on: leniencySwitches.filter(wanted),
    windows: { replay_window: typed('replay_window'), lost_answer_window: typed('lost_answer_window') },
  }
}

type Decided =
  | { readonly members: Partial<ClientMetadata>; readonly metadata: ClientMetadata; readonly problems?: undefined }
  | { readonly problems: LeniencyProblems }

/** The members that change and the document with them, or why not. */
function decide(client: Client, protocolOpen: boolean, wanted: LeniencyChoice): Decided {
  const { metadata } = client
  const offered = offeredSwitches(client, protocolOpen)
  let members: Partial<ClientMetadata> = {}
  for (const name of leniencySwitches) {
    const on = wanted.on.includes(name)
    if (on === switches[name].isOn(metadata)) continue
    if (!offered.includes(name)) return { problems: { form: { key: 'leniency_unfit', name } } }
    members = { ...members, ...switches[name].turned(on, metadata) }
  }
  for (const name of leniencyWindows) {
    const window = secondsOf(wanted.windows[name])
    if (window === metadata[name]) continue
    if (!hasLeniencies(client)) return { problems: { form: { key: 'leniency_unfit', name } } }
    members = { ...members, [name]: window }
  }
  const result = clientSchemaWith('any').safeParse({ ...metadata, ...members })
  return result.success ? { members, metadata: result.data } : { problems: problemsOf(result.error) }
}

/** What was typed as seconds: none where that is nothing, and what the schema refuses where it is no number. */
function secondsOf(text: string): number | undefined {
  if (text === '') return undefined
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
}

function problemsOf(error: z.ZodError): LeniencyProblems {
  let problems: LeniencyProblems = {}
  for (const issue of error.issues) {
    const member = String(issue.path[0])
    const why = problemIn(issue) ?? 'unsound'
    const field = leniencySwitches.find((name) => name === member)
    const window = leniencyWindows.find((name) => name === member)
    if (window !== undefined)
      problems = { ...problems, [window]: { key: 'leniency_seconds', longest: longest[window] } }
    else if (member === 'dialects' && why === 'unsound') problems = { ...problems, quantimodo: 'only_dialect' }
    else if (member === 'dialects') problems = { ...problems, quantimodo: { key: 'leniency_refused', why } }
    else if (field !== undefined) problems = { ...problems, [field]: { key: 'leniency_refused', why } }
    else problems = { ...problems, form: { key: 'leniency_member_refused', member, why } }
  }
  return problems
}
