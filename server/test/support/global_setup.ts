/** Before the suite: PostgreSQL for the tests that need one, found or started by `postgres.ts`. */
export function setup(): void {}
