/** Moments on pages, for people and for programs. */
import type { Millis } from '../../lib/clock.ts'
import { useWords } from './words.tsx'

/** A day: 3 March 2026. */
export function Day({ at }: { at: Millis }) {
  return <time datetime={new Date(at).toISOString()}>{useWords().time.day(at)}</time>
}

/** A day that was counted in UTC, by its name YYYY-MM-DD: it is the same day in every zone. */
export function UtcDay({ day }: { day: string }) {
  return <time datetime={day}>{useWords().time.utcDay(Date.parse(day))}</time>
}

/** A month: March 2026. */
export function Month({ at }: { at: Millis }) {
  return <time datetime={new Date(at).toISOString()}>{useWords().time.month(at)}</time>
}

/** A moment to the minute, the day first: 3 March 2026, 14:02 UTC. */
export function Minute({ at }: { at: Millis }) {
  return <time datetime={new Date(at).toISOString()}>{useWords().time.minute(at)}</time>
}

/** A moment on a day that is named beside it: 14:02 UTC. */
export function TimeOfDay({ at }: { at: Millis }) {
  return <time datetime={new Date(at).toISOString()}>{useWords().time.timeOfDay(at)}</time>
}

/** A moment to the second, on a day that is named beside it, in a table that says of which zone: 14:02:09. */
export function Second({ at }: { at: Millis }) {
  return <time datetime={new Date(at).toISOString()}>{useWords().time.second(at)}</time>
}
