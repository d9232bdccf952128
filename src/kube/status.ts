import { type FieldError, type FieldErrorKind, OMITTED } from '../kernel/field-error.ts';
import type { JsonObject } from '../kernel/json.ts';

/** One cause of a refusal, as clients show it. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What a refusal speaks of: a resource ("deployments") or, where bodies are at fault, a kind ("Deployment"). */
export interface ResourceName {
  readonly group: string;
  readonly resource: string;
}

/** A refusal with the body that kube-apiserver answers. Thrown anywhere in the pipeline, caught once in the handler. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** Continue token that goes on with an inconsistent list, of 410 answers. */
  readonly continueToken: string | undefined;
  constructor(code: number, reason: string, message: string, details?: StatusDetails, continueToken?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.continueToken = continueToken;
  }

  /** metav1.Status in Go's field order. */
  get status(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure',
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: renderDetails(this.details) }),
      code: this.code,
    };
  }
}

function renderDetails(details: StatusDetails): JsonObject {
  const { name, group, kind, uid, causes, retryAfterSeconds } = details;
  return {
    ...(name && { name }),
    ...(group && { group }),
    ...(kind && { kind }),
    ...(uid && { uid }),
    ...(causes?.length && { causes: causes.map((cause) => ({ ...cause })) }),
    ...(retryAfterSeconds && { retryAfterSeconds }),
  };
}

/** "deployments.apps", "pods". */
export const qualified = ({ group, resource }: ResourceName): string => (group ? `${resource}.${group}` : resource);

const about = ({ group, resource }: ResourceName, name: string): StatusDetails => ({ name, group, kind: resource });

export const notFound = (of: ResourceName, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualified(of)} "${name}" not found`, about(of, name));

export const alreadyExists = (of: ResourceName, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, about(of, name));

/** A generated name was taken: clients may try again. */
export const generateNameConflict = (of: ResourceName, name: string): StatusError =>
  new StatusError(
    409,
    'AlreadyExists',
    `${qualified(of)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    {
      ...about(of, name),
      retryAfterSeconds: 1,
    },
  );

export const conflict = (of: ResourceName, name: string, detail: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${detail}`, about(of, name));

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbidden = (of: ResourceName, name: string, detail: string, causes?: readonly StatusCause[]): StatusError =>
  new StatusError(403, 'Forbidden', `${qualified(of)}${name ? ` "${name}"` : ''} is forbidden: ${detail}`, {
    ...about(of, name),
    ...(causes && { causes }),
  });

/** A field of the body is wrong: `kind` is that of the object. */
export function invalid(kind: { readonly group: string; readonly kind: string }, name: string, faults: readonly FieldError[]): StatusError {
  const messages = [...new Set(faults.map((fault) => `${fault.path}: ${fieldMessage(fault)}`))];
  const list = messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`; // one message is at index 0
  const causes = faults.map((fault) => ({ reason: FIELD_REASONS[fault.kind], message: fieldMessage(fault), field: fault.path }));
  const details = { name, group: kind.group, kind: kind.kind, causes };
  return new StatusError(422, 'Invalid', `${qualified({ group: kind.group, resource: kind.kind })} "${name}" is invalid: ${list}`, details);
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);
export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');
export const unknownResource = (): StatusError => new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
export const notAcceptable = (message: string, details?: StatusDetails): StatusError =>
  new StatusError(406, 'NotAcceptable', message, details);
export const unsupportedMediaType = (message: string): StatusError => new StatusError(415, 'UnsupportedMediaType', message, {});
export const expired = (message: string, continueToken?: string): StatusError =>
  new StatusError(410, 'Expired', message, undefined, continueToken);
export const entityTooLarge = (limitBytes: number): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);
export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): StatusError =>
  new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds, ...(causes && { causes }) });
export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

/** What isn't built refuses by name, never with a silent 200 (DESIGN §8). */
export const notImplemented = (what: string): StatusError =>
  new StatusError(501, 'NotImplemented', `${what} is not implemented`, { causes: [{ reason: 'NotImplemented', message: what }] });

/** A list or get asked for a revision that does not exist yet. */
export const tooLargeResourceVersion = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

const FIELD_REASONS: Readonly<Record<FieldErrorKind, string>> = {
  notFound: 'FieldValueNotFound',
  required: 'FieldValueRequired',
  duplicate: 'FieldValueDuplicate',
  invalid: 'FieldValueInvalid',
  notSupported: 'FieldValueNotSupported',
  forbidden: 'FieldValueForbidden',
  tooLong: 'FieldValueTooLong',
  tooMany: 'FieldValueTooMany',
  internal: 'InternalError',
  typeInvalid: 'FieldValueTypeInvalid',
};

const FIELD_TITLES: Readonly<Record<FieldErrorKind, string>> = {
  notFound: 'Not found',
  required: 'Required value',
  duplicate: 'Duplicate value',
  invalid: 'Invalid value',
  notSupported: 'Unsupported value',
  forbidden: 'Forbidden',
  tooLong: 'Too long',
  tooMany: 'Too many',
  internal: 'Internal error',
  typeInvalid: 'Invalid value',
};

const WITHOUT_VALUE: ReadonlySet<FieldErrorKind> = new Set(['required', 'forbidden', 'tooLong', 'internal']);

/** Models apimachinery field.Error.ErrorBody: strings quoted, objects as JSON. */
export function fieldMessage({ kind, value, detail }: FieldError): string {
  // An error made without a value shows none (upstream's OmitValueType).
  const title =
    WITHOUT_VALUE.has(kind) || value === OMITTED ? FIELD_TITLES[kind] : `${FIELD_TITLES[kind]}: ${JSON.stringify(value ?? null)}`;
  return detail ? `${title}: ${detail}` : title;
}
