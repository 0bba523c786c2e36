/** `consentry keys`: the signing keys, listed and rotated beside a running server, which follows within ten seconds. */
import { type Command, Option } from 'commander'
import { rotateSigningKeys } from '../engine/operator/keys.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../runtime/keys/signer.ts'
import type { SigningKey } from '../storage/contract.ts'
import { addStorageOptions, CommandError, commandLine, type Env, moment, printResult, withStorage } from './command.ts'
import { self } from './invocation.ts'

export function addKeys(program: Command, env: Env): void {
  const keys = program.command('keys').description('keys that sign ID tokens and JWT access tokens')
  addStorageOptions(keys.command('list'))
    .description('list the published keys and their state')
    .addHelpText('after', `\nExample:\n  ${self} keys list`)
    .action(async (_options: unknown, command: Command) => {
      await withStorage(command, env, async ({ storage }) => {
        const listed = [...(await storage.keys.list())].sort(byAlgorithm).map((key) => ({
          kid: key.kid,
          alg: key.alg,
          state: key.state,
          created_at: moment(key.createdAt),
          activated_at: moment(key.activatedAt),
          retired_at: moment(key.retiredAt),
        }))
        const lines = listed.map(({ kid, alg, state, created_at, activated_at, retired_at }) => {
          return `${alg}  ${state.padEnd(7)}  since ${retired_at ?? activated_at ?? created_at}  ${kid}`
        })
        printResult(
          command,
          { keys: listed },
          lines.length > 0 ? lines : ['there are no keys yet; the first start makes them'],
        )
      })
    })

  addStorageOptions(keys.command('rotate'))
    .description('start signing with the next keys; the current ones stay published for thirty days')
    .addOption(new Option('--alg <name...>', 'only these algorithms').choices(signingAlgorithms))
    .option('--now', 'even if the next key was published less than a minute ago')
    .addHelpText(
      'after',
      `
Servers rotate by themselves every ninety days. A running one takes this over within ten seconds.

Example:
  ${self} keys rotate --alg ES256`,
    )
    .action(async (options: { alg?: readonly SigningAlgorithm[]; now?: boolean }, command: Command) => {
      await withStorage(command, env, async (context) => {
        const rotations = await rotateSigningKeys(context, commandLine(), {
          hurry: options.now === true,
          ...(options.alg === undefined ? {} : { algorithms: [...new Set(options.alg)] }),
        })
        const early = rotations.filter(({ outcome }) => outcome === 'too_early')
        if (early.length === rotations.length) {
          const possible = moment(Math.max(...early.map(({ possibleAt }) => possibleAt)))
          throw new CommandError(
            'too_early',
            `the next keys are too new to sign before ${possible}; --now overrides that`,
          )
        }
        const document = rotations.map(({ alg, kid, outcome, possibleAt }) => {
          return { alg, kid, outcome, possible_at: moment(possibleAt) }
        })
        const said = { rotated: 'signs now', another_node: 'was rotated by another process', too_early: 'still signs' }
        printResult(
          command,
          { rotations: document },
          rotations.map(({ alg, kid, outcome }) => `${alg}  ${kid} ${said[outcome]}`),
        )
      })
    })
}

/** By algorithm, and in each the key that signs before the next one and those that only check. */
function byAlgorithm(one: SigningKey, other: SigningKey): number {
  const states = ['signing', 'next']
  const rank = ({ state }: SigningKey) => (states.includes(state) ? states.indexOf(state) : states.length)
  return one.alg.localeCompare(other.alg) || rank(one) - rank(other)
}
