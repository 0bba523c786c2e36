/** How often tests repeat what is random, and takes long. */

/** `whole` where the environment says TEST_ROUNDS=whole, as `.ci/run` does; a fifth elsewhere. */
export function rounds(whole: number): number {
  return process.env.TEST_ROUNDS === 'whole' ? whole : Math.ceil(whole / 5)
}
