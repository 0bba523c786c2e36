/** How far a long piece of work has come: a bar on a terminal, else a line now and then. On standard error, beside the result. */
import type { Command } from 'commander'

const width = 30
/** Tenths after which a line is written where there is no terminal. */
const lines = 4

/**
 * Told of what is done and of all that is to be done; `label` says what it is, and `unit` what is counted. Quiet where JSON was
 * asked for.
 */
export function progressOf(command: Command, label: string, unit = 'rows'): (done: number, all: number) => void {
  if (command.optsWithGlobals<{ json?: boolean }>().json === true) return () => undefined
  const out = process.stderr
  let shown = -1
  return (done, all) => {
    const share = all === 0 ? 1 : done / all
    const step = Math.floor(share * (out.isTTY ? 100 : lines))
    if (step === shown) return
    shown = step
    const rows = `${done.toLocaleString('en')} of ${all.toLocaleString('en')} ${unit}`
    if (!out.isTTY) return void out.write(`${label}: ${rows}\n`)
    const full = Math.round(share * width)
    out.write(`\r${label} [${'#'.repeat(full)}${' '.repeat(width - full)}] ${rows}${share === 1 ? '\n' : ''}`)
  }
}
