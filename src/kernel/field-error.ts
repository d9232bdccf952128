/**
 * What is wrong with one field of a request: found by pure checks, rendered by `arm/errors.ts` and `kube/status.ts` (DESIGN §8).
 * The kinds and default wordings are those of k8s.io/apimachinery field.Error, which Azure's messages can be made from as well.
 */
export type FieldErrorKind =
  | 'notFound'
  | 'required'
  | 'duplicate'
  | 'invalid'
  | 'notSupported'
  | 'forbidden'
  | 'tooLong'
  | 'tooMany'
  | 'internal'
  | 'typeInvalid';

export interface FieldError {
  readonly kind: FieldErrorKind;
  /** Path as the renderer's clients know it: `spec.containers[0].image`, `properties.agentPoolProfiles[0].name`. */
  readonly path: string;
  readonly detail: string;
  /** The offending value, shown by renderers that show values. */
  readonly value?: unknown;
  /** Azure's own error code where the catalogue has one for this rule (`PropertyChangeNotAllowed`, …). */
  readonly code?: string;
}

/** Stands for a value that is not shown: upstream's field.OmitValueType. */
export const OMITTED = Symbol('omitted');

export const required = (path: string, detail = ''): FieldError => ({ kind: 'required', path, detail });
export const invalid = (path: string, value: unknown, detail: string): FieldError => ({ kind: 'invalid', path, value, detail });
export const forbidden = (path: string, detail: string): FieldError => ({ kind: 'forbidden', path, detail });
export const duplicate = (path: string, value: unknown): FieldError => ({ kind: 'duplicate', path, value, detail: '' });
export const notFound = (path: string, value: unknown): FieldError => ({ kind: 'notFound', path, value, detail: '' });
export const tooLong = (path: string, maxLength: number): FieldError => ({
  kind: 'tooLong',
  path,
  detail: `may not be more than ${maxLength} bytes`,
});
export const tooMany = (path: string, actual: number, max: number): FieldError => ({
  kind: 'tooMany',
  path,
  value: actual,
  detail: `must have at most ${max} items`,
});
/** `allowed` is listed in the message in the order given. */
export const notSupported = (path: string, value: unknown, allowed: readonly string[]): FieldError => ({
  kind: 'notSupported',
  path,
  value,
  detail: `supported values: ${allowed.map((item) => JSON.stringify(item)).join(', ')}`,
});
