/** Runs a command line in this process and keeps what it prints. */
import { vi } from 'vitest'
import { run } from '../../src/cli/main.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runCommand(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text
    return true
  })
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text
    return true
  })
  try {
    return { code: await run(argv, env), stdout, stderr }
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
}
