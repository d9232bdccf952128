import type { Json, JsonObject } from '../../kernel/json.ts';
import { isObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import { decodeMessage, readEnvelope } from '../protobuf/decode.ts';
import type { GroupVersionKind } from '../schema/table.ts';
import type { Schema } from '../schema.ts';
import type { FieldValidation } from './decode.ts';
import { decodeValue, interpretKind, mergeKind, withKind } from './decode.ts';
import { syntaxError } from './syntax.ts';
import { parseYaml } from './yaml.ts';

export interface BodyRequest {
  readonly body: Uint8Array;
  /** The Content-Type header; "" means JSON. */
  readonly contentType: string;
  /** Kind that the path expects: what the body leaves out comes from here, and another kind is refused. */
  readonly expected: GroupVersionKind;
  /** Schema of a kind, undefined where this server has none such. */
  readonly lookup: (kind: GroupVersionKind) => Schema | undefined;
  readonly fieldValidation: FieldValidation;
  /** Kubernetes version of the cluster, needed to read protobuf. */
  readonly version: string;
}

export interface DecodedBody {
  /** With apiVersion and kind set. Fresh: nothing else refers to it. */
  readonly value: JsonObject;
  readonly kind: GroupVersionKind;
  readonly warnings: readonly string[];
}

/** 415 UnsupportedMediaType or 400 BadRequest with upstream's message. */
export interface BodyError {
  readonly status: 400 | 415;
  readonly message: string;
}

const textTypes = ['application/json', 'application/yaml'];
const protobufType = 'application/vnd.kubernetes.protobuf';

const badRequest = (message: string): { readonly error: BodyError } => ({ error: { status: 400, message } });

/** Decodes the body of a create, an update or a subresource call; JSON, YAML and protobuf. Models apiserver's decode of requests. */
export function decodeBody(request: BodyRequest): Outcome<DecodedBody, BodyError> {
  try {
    return decodeByType(request);
  } catch (error) {
    // A few thousand levels of nesting exhaust the stack; Go refuses at ten thousand.
    if (error instanceof RangeError) return unrecognized(request, 'exceeded max depth');
    throw error;
  }
}

function decodeByType(request: BodyRequest): Outcome<DecodedBody, BodyError> {
  const mediaType = (request.contentType.split(';')[0] ?? '').trim().toLowerCase() || 'application/json';
  if (mediaType === 'application/json') return decodeJson(request, toBuffer(request.body).toString('utf8'));
  if (mediaType === 'application/yaml') return decodeYaml(request);
  // Custom resources have no protobuf form.
  const hasProtobuf = request.lookup(request.expected)?.name !== undefined;
  if (mediaType === protobufType && hasProtobuf) return decodeProtobuf(request);
  const list = [...textTypes, ...(hasProtobuf ? [protobufType] : [])].join(', ');
  return {
    error: { status: 415, message: `the body of the request was in an unknown format - accepted media types include: ${list}` },
  };
}

/** A view, no copy. */
const toBuffer = (body: Uint8Array): Buffer => Buffer.from(body.buffer, body.byteOffset, body.byteLength);

/** Names the start of a body that could not even be recognized, as upstream does. */
function summarize(body: Uint8Array): string {
  const max = 30;
  if (body.length === 0) return '<empty>';
  const head = toBuffer(body.subarray(0, max)).toString(body[0] === 0x7b ? 'utf8' : 'hex');
  return body.length > max ? `${head} ...` : head;
}

const unrecognized = (request: BodyRequest, message: string): { readonly error: BodyError } =>
  badRequest(`the object provided is unrecognized (must be of type ${request.expected.kind}): ${message} (${summarize(request.body)})`);

const unhandled = (request: BodyRequest, kind: GroupVersionKind, message: string): { readonly error: BodyError } =>
  badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${request.expected.kind}: ${message}`);

function decodeJson(request: BodyRequest, text: string): Outcome<DecodedBody, BodyError> {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return unrecognized(request, `couldn't get version/kind; json parse error: ${syntaxError(text)}`);
  }
  return decodeParsed(request, parsed, text, undefined);
}

function decodeYaml(request: BodyRequest): Outcome<DecodedBody, BodyError> {
  const { value: yaml, error } = parseYaml(toBuffer(request.body).toString('utf8'));
  if (yaml === undefined) return unrecognized(request, error);
  return decodeParsed(request, yaml.value, undefined, yaml.duplicates);
}

function decodeParsed(
  request: BodyRequest,
  parsed: Json,
  text: string | undefined,
  duplicates: string | undefined,
): Outcome<DecodedBody, BodyError> {
  const { value: kind, error } = interpretKind(parsed, request.expected);
  if (kind === undefined) return unrecognized(request, error);
  const schema = request.lookup(kind);
  if (schema === undefined) return unhandled(request, kind, notRegistered(kind));
  const decoded = decodeValue(parsed, schema, request.fieldValidation, text);
  if (decoded.value === undefined) return unhandled(request, kind, decoded.error);
  const mismatch = checkKind(request, kind);
  if (mismatch) return mismatch;
  let { warnings } = decoded.value;
  if (duplicates !== undefined && request.fieldValidation === 'Strict')
    return unhandled(request, kind, `strict decoding error: ${duplicates}`);
  if (duplicates !== undefined && request.fieldValidation === 'Warn') warnings = [duplicates, ...warnings];
  const value = isObject(decoded.value.value) ? decoded.value.value : {};
  return { value: { value: withKind(value, kind), kind, warnings } };
}

function decodeProtobuf(request: BodyRequest): Outcome<DecodedBody, BodyError> {
  const { value: envelope, error } = readEnvelope(request.body);
  if (envelope === undefined) return unrecognized(request, error);
  const { value: kind, error: wrongVersion } = mergeKind(envelope.apiVersion, envelope.kind, request.expected);
  if (kind === undefined) return unrecognized(request, wrongVersion);
  const schema = request.lookup(kind);
  if (schema?.name === undefined) return unhandled(request, kind, notRegistered(kind));
  const message = decodeMessage(envelope.raw, schema.name, request.version);
  if (message.value === undefined) return unhandled(request, kind, message.error);
  const mismatch = checkKind(request, kind);
  if (mismatch) return mismatch;
  const decoded = decodeValue(message.value, schema, 'Ignore');
  if (decoded.value === undefined) return unhandled(request, kind, decoded.error);
  const value = isObject(decoded.value.value) ? decoded.value.value : {};
  return { value: { value: withKind(value, kind), kind, warnings: [] } };
}

const apiVersionOf = (kind: GroupVersionKind): string => (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);

const notRegistered = (kind: GroupVersionKind): string =>
  `no kind ${JSON.stringify(kind.kind)} is registered for version ${JSON.stringify(apiVersionOf(kind))} in scheme "pkg/api/legacyscheme/scheme.go:30"`;

/** A body of another kind than the path's. Options are registered in every group version, so only their kind counts. */
function checkKind(request: BodyRequest, kind: GroupVersionKind): { readonly error: BodyError } | undefined {
  const { expected } = request;
  if (kind.kind === expected.kind && (kind.kind.endsWith('Options') || apiVersionOf(kind) === apiVersionOf(expected))) return undefined;
  // Events are one internal type under two groups; versions of one group convert into each other.
  const converts = kind.kind === expected.kind && (kind.group === expected.group || kind.kind === 'Event');
  if (converts) {
    return badRequest(
      `the API version in the data (${apiVersionOf(kind)}) does not match the expected API version (${apiVersionOf(expected)})`,
    );
  }
  const internal = `${expected.group.split('.')[0] || 'core'}.${expected.kind}`;
  return unhandled(request, kind, `converting (${kind.version}.${kind.kind}) to (${internal}): unknown conversion`);
}
