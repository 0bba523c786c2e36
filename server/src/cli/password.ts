/** Where a command gets a password from: an option, standard input, or a person who types it unseen. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { CommandError } from './command.ts'

export interface PasswordOptions {
  readonly password?: string
  readonly passwordStdin?: boolean
}

export function addPasswordOptions(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from standard input')
    .option('--password <password>', 'the password itself; other users of this machine may see it')
}

/** The password. Throws CommandError where there is nobody to ask. */
export async function readPassword(options: PasswordOptions): Promise<string> {
  if (options.password !== undefined) return options.password
  // The line end belongs to the pipe and not to the password.
  if (options.passwordStdin === true) return (await text(process.stdin)).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) {
    throw new CommandError('no_password', 'No terminal to ask for the password. Use --password-stdin.', 2)
  }
  const password = await ask('Password: ')
  if ((await ask('Once more: ')) !== password) throw new CommandError('no_password', 'The passwords differ.')
  return password
}

function ask(question: string): Promise<string> {
  process.stderr.write(question)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true })
  return new Promise((resolve, reject) => {
    let answer: string | undefined
    lines.once('line', (line) => {
      answer = line
      lines.close()
    })
    lines.once('close', () => {
      process.stderr.write('\n')
      if (answer === undefined) reject(new CommandError('no_password', 'No password was given.'))
      else resolve(answer)
    })
  })
}
