/** The standard claims that an account may have, and the kinds of text in them. */
import { z } from 'zod'
import { visibleText } from '../../../protocol/client_metadata.ts'

/** PostgreSQL refuses NUL and halves of surrogate pairs, so no text that the operator writes may hold them. */
export const text = z
  .string()
  .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'holds a character that cannot be stored')
export const short = text.min(1).max(1000)

export const webUrl = text
  .max(2000)
  .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'must be an http or https URL')

/** The standard claims (OIDC Core §5.1) beside those that the account's own members say. */
export const claims = z.strictObject(
  {
    name: visibleText.optional(),
    given_name: visibleText.optional(),
    family_name: visibleText.optional(),
    middle_name: visibleText.optional(),
    nickname: visibleText.optional(),
    preferred_username: visibleText.optional(),
    profile: webUrl.optional(),
    picture: webUrl.optional(),
    website: webUrl.optional(),
    gender: short.optional(),
    birthdate: text.regex(/^([0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})$/, 'must be YYYY-MM-DD or YYYY').optional(),
    zoneinfo: short.optional(),
    locale: short.optional(),
    phone_number: short.optional(),
    phone_number_verified: z.boolean().optional(),
    address: z
      .strictObject({
        formatted: short.optional(),
        street_address: short.optional(),
        locality: short.optional(),
        region: short.optional(),
        postal_code: short.optional(),
        country: short.optional(),
      })
      .optional(),
    updated_at: z.int().min(0).optional(),
  },
  {
    // Everything else is said by the schema itself.
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? 'is not an OIDC standard claim (OIDC Core §5.1), or belongs to the account itself'
        : undefined,
  },
)
