/**
 * What an endpoint learns while it works. It only grows, by the verbs below, and becomes one record at the end. The room
 * has the request log, the audit log and the alarms.
 * Not here: the program's own log (`lib/log.ts`). Neighbours: `../kept` is in the same line; `../keys` below; the frame
 * of `http/` begins and ends a trace. To add: a rule, its title in `rules.ts`; a fault that leaves a record, its reason
 * in `undecided.ts`.
 */
import type { Dialect } from '../../protocol/dialects.ts'
import type { Grant } from '../../protocol/grant.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Caller } from '../caller.ts'
import type { Quota } from '../limits/quotas.ts'
import type { RuleName, RulesetName } from './rules.ts'

const none: ReadonlySet<RuleName> = new Set()

interface Runs {
  readonly dialect?: Dialect
  readonly ruleset?: RulesetName | undefined
}

/** A class, as a trace is made for each request: methods cost nothing to make, closures do. */
export class Trace {
  readonly endpoint: string
  readonly method: string
  #notApplicable: Set<RuleName> | undefined
  readonly caller: Caller
  #dialect: Dialect | undefined
  #ruleset: RulesetName | undefined
  #rule: RuleName = 'request'
  #clientId: ClientId | undefined
  #authenticated = false
  #userId: UserId | undefined
  #shown: { readonly grant: Grant; readonly step: number } | undefined
  #noted = ''
  #quota: Quota | undefined
  #warned = ''
  #quiet = false

  /** `runs` says by which protocol the request came, and which list of rules is run where it is recorded. */
  constructor(endpoint: string, method: string, caller: Caller, runs: Runs) {
    this.endpoint = endpoint
    this.method = method
    this.caller = caller
    this.#dialect = runs.dialect
    this.#ruleset = runs.ruleset
  }

  /** Marks the rule that is about to be checked. */
  at(rule: RuleName): void {
    this.#rule = rule
  }

  /** Marks rules that have nothing to check in this request: what they ask for was neither sent nor needed. */
  skip(...rules: readonly RuleName[]): void {
    this.#notApplicable ??= new Set()
    for (const rule of rules) this.#notApplicable.add(rule)
  }

  /** Marks the rules that had nothing to check in an authorization request which was checked before and comes back. */
  skipAbsent(request: {
    readonly codeChallenge?: string | undefined
    readonly dpopJkt?: string | undefined
    readonly resources: readonly string[]
    readonly prompt: readonly string[]
    readonly maxAge?: number | undefined
    readonly pushed?: unknown
    readonly claims?: unknown
    readonly acrValues?: unknown
    readonly hintSubject?: unknown
  }): void {
    if (request.pushed === undefined) this.skip('pushed')
    if (request.codeChallenge === undefined) this.skip('pkce')
    if (request.dpopJkt === undefined) this.skip('dpop_jkt')
    if (request.resources.length === 0) this.skip('resource')
    if (request.claims === undefined && request.acrValues === undefined) this.skip('claims')
    if (request.hintSubject === undefined) this.skip('id_token_hint')
    if (request.prompt.length === 0 && request.maxAge === undefined) this.skip('prompt')
  }

  /** Says which list of rules is run, once that is known better than at the start. */
  runs(ruleset: RulesetName): void {
    this.#ruleset = ruleset
  }

  /** Notes the existing client that is claimed, if there is one. */
  client(id: ClientId | undefined): void {
    this.#clientId = id ?? this.#clientId
  }

  /**
   * Notes that the claim was proved (for a public client: by its credential, or its redirect URI), and the person for whom
   * the client acts.
   */
  proved(userId?: UserId | null): void {
    this.#authenticated = true
    this.#userId = userId ?? this.#userId
  }

  /** Notes the genuine refresh token under way: where the request is not answered, it was seen all the same. */
  saw(shown: { readonly grant: Grant; readonly step: number }): void {
    this.#shown = shown
  }

  /** A sealed request has come back. It belongs to its client, and to the protocol in which it began. */
  resumed(clientId: ClientId, dialect: Dialect): void {
    this.#clientId = clientId
    this.#dialect = dialect
  }

  /** Notes what is left of the app's plan, for the answer to say. Throws where nothing was. */
  spends(quota: Quota | undefined): void {
    if (quota === undefined) return
    this.#quota = quota
    if (quota.refusal !== undefined) throw quota.refusal
  }

  /** One sentence on what happened where nothing was refused; the last counts. */
  note(sentence: string): void {
    this.#noted = sentence
  }

  /** Leaves the request out of the log: it came as it should, and others like it tell as much. */
  hush(): void {
    this.#quiet = true
  }

  /** A sentence that the owner has to read, however the request ended, if there is one. */
  warn(sentence: string | undefined): void {
    if (sentence === undefined) return
    this.#warned = this.#warned === '' ? sentence : `${this.#warned} ${sentence}`
  }

  /** The protocol in which the request came. A page has none, and decides nothing by one. */
  get dialect(): Dialect {
    if (this.#dialect === undefined) throw new Error('trace: a page came by no protocol')
    return this.#dialect
  }

  /** The list of rules that is run; empty where the request is not recorded. */
  get ruleset(): RulesetName | '' {
    return this.#ruleset ?? ''
  }

  /** The rule under way; where a refusal is thrown, the one that refused. */
  get rule(): RuleName {
    return this.#rule
  }

  /** Rules passed over because the request had nothing for them to check. */
  get notApplicable(): ReadonlySet<RuleName> {
    return this.#notApplicable ?? none
  }

  get clientId(): ClientId | undefined {
    return this.#clientId
  }

  get authenticated(): boolean {
    return this.#authenticated
  }

  get userId(): UserId | undefined {
    return this.#userId
  }

  get shown(): { readonly grant: Grant; readonly step: number } | undefined {
    return this.#shown
  }

  get quota(): Quota | undefined {
    return this.#quota
  }

  get noted(): string {
    return this.#noted
  }

  get quiet(): boolean {
    return this.#quiet
  }

  get warned(): string {
    return this.#warned
  }
}
