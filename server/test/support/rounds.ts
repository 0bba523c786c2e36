/** How often tests repeat what is random or takes long. */

/** Everything in full: TEST_ROUNDS=whole, which takes some minutes more. */
export const whole = process.env.TEST_ROUNDS === 'whole'

/** That many in full, a fifth elsewhere. */
export function rounds(all: number): number {
  return whole ? all : Math.ceil(all / 5)
}

/** In full all of them; elsewhere one, another one for each `turn`. */
export function takingTurns<T>(all: readonly T[], turn: number): readonly T[] {
  return whole ? all : all.filter((_, at) => at === turn % all.length)
}
