/** A value, or why there is none. `E` is upstream's message unless a caller needs more. */
export type Outcome<T, E = string> = { readonly value: T; readonly error?: undefined } | { readonly value?: undefined; readonly error: E };
