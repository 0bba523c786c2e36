/** How the admin API spells what several of its answers hold. */
import { z } from 'zod'
import type { Millis } from '../../lib/clock.ts'

/** A moment (RFC 3339). */
export const moment = z.iso.datetime().meta({ examples: ['2026-11-28T03:12:00.000Z'] })

export function momentOf(at: Millis): string {
  return new Date(at).toISOString()
}

export function momentOrNull(at: Millis | null | undefined): string | null {
  return at === null || at === undefined ? null : momentOf(at)
}
