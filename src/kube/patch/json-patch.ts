import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import { attempt, PatchError, type PatchFailure } from './failure.ts';
import { getOwn, setOwn } from './own.ts';

// Models gopkg.in/evanphx/json-patch.v4 as kube-apiserver uses it. It is laxer than RFC 6902: `replace` of an absent member adds
// it, an absent `value` is null, indices may be negative. Limits: apiserver's maximum of operations and of copied bytes.
const MAX_OPERATIONS = 10_000;
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

type Container = Json[] | { [key: string]: Json };

/** The document under change. Containers in `owned` were copied by this patch and may be written; all others are shared. */
interface Draft {
  root: Json;
  readonly owned: WeakSet<object>;
  copiedBytes: number;
}

interface Location {
  readonly container: Container;
  readonly key: string;
}

/**
 * Applies an RFC 6902 patch as kube-apiserver does. `document` and `patch` are shared, never written.
 * Errors: 400 for what is no patch, 413 for too many operations, 422 for an operation that does not apply.
 */
export function applyJsonPatch(document: Json, patch: Json): Outcome<Json, PatchFailure> {
  return attempt(() => {
    if (!Array.isArray(patch))
      throw new PatchError(400, `error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type jsonpatch.Patch`);
    if (patch.length > MAX_OPERATIONS) {
      throw new PatchError(413, `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
    }
    const draft: Draft = { root: document, owned: new WeakSet(), copiedBytes: 0 };
    for (const operation of patch) {
      if (!isObject(operation)) {
        throw new PatchError(
          400,
          `error decoding patch: json: cannot unmarshal ${goKind(operation)} into Go value of type jsonpatch.Operation`,
        );
      }
      perform(draft, operation);
    }
    return draft.root;
  });
}

const OPERATIONS: ReadonlyMap<Json | undefined, (draft: Draft, operation: JsonObject) => void> = new Map<
  string,
  (draft: Draft, operation: JsonObject) => void
>([
  ['add', add],
  ['remove', remove],
  ['replace', replace],
  ['move', move],
  ['copy', copy],
  ['test', test],
]);

function perform(draft: Draft, operation: JsonObject): void {
  const run = OPERATIONS.get(operation.op);
  if (!run) throw refuse(`Unexpected kind: ${typeof operation.op === 'string' ? operation.op : 'unknown'}`);
  run(draft, operation);
}

function add(draft: Draft, operation: JsonObject): void {
  const path = pointer(operation, 'path', 'add operation failed to decode path: missing value');
  const at = locate(draft, path) ?? missing(`add operation does not apply: doc is missing path: "${path}"`);
  within(`error in add for path: '${path}'`, () => insert(at, operation.value ?? null));
}

function remove(draft: Draft, operation: JsonObject): void {
  const path = pointer(operation, 'path', 'remove operation failed to decode path: missing value');
  const at = locate(draft, path) ?? missing(`remove operation does not apply: doc is missing path: "${path}"`);
  within(`error in remove for path: '${path}'`, () => take(at));
}

function replace(draft: Draft, operation: JsonObject): void {
  const path = pointer(operation, 'path', 'replace operation failed to decode path: operation missing path field: missing value');
  const value = operation.value ?? null;
  if (path === '') {
    if (value === null || typeof value !== 'object') throw refuse('replace operation value must be object or array: %!w(<nil>)');
    draft.root = value;
    return;
  }
  const at = locate(draft, path) ?? missing(`replace operation does not apply: doc is missing path: ${path}`);
  if (!Array.isArray(at.container)) setOwn(at.container, at.key, value);
  else {
    const index = arrayIndex(at.key, at.container.length);
    if (typeof index === 'string') missing(`replace operation does not apply: doc is missing key: ${path}`);
    else at.container[index] = value;
  }
}

function move(draft: Draft, operation: JsonObject): void {
  const from = pointer(operation, 'from', 'move operation failed to decode from: operation, missing from field: missing value');
  const source = locate(draft, from) ?? missing(`move operation does not apply: doc is missing from path: ${from}`);
  const value = within(`error in move for path: '${source.key}'`, () => {
    read(source);
    return take(source);
  });
  const path = pointer(operation, 'path', 'move operation failed to decode path: operation missing path field: missing value');
  const target = locate(draft, path) ?? missing(`move operation does not apply: doc is missing destination path: ${path}`);
  within(`error in move for path: '${path}'`, () => insert(target, value));
}

function copy(draft: Draft, operation: JsonObject): void {
  const from = pointer(operation, 'from', 'copy operation failed to decode from: operation, missing from field: missing value');
  const source = locate(draft, from) ?? missing(`copy operation does not apply: doc is missing from path: ${from}`);
  const value = within(`error in copy for from: '${from}'`, () => read(source)) ?? null;
  const path = pointer(operation, 'path', 'copy operation failed to decode path: missing value');
  const target = locate(draft, path) ?? missing(`copy operation does not apply: doc is missing destination path: ${path}`);
  draft.copiedBytes += JSON.stringify(value).length;
  if (draft.copiedBytes > MAX_COPIED_BYTES) {
    throw refuse(
      `Unable to complete the copy, the accumulated size increase of copy is ${draft.copiedBytes}, exceeding the limit ${MAX_COPIED_BYTES}`,
    );
  }
  // What both places now share may not be written through one of them.
  disown(draft, value);
  within('error while adding value during copy', () => insert(target, value));
}

function test(draft: Draft, operation: JsonObject): void {
  const path = pointer(operation, 'path', 'test operation failed to decode path: operation missing path field: missing value');
  const expected = operation.value ?? null;
  if (path === '') {
    if (!equal(draft.root, expected)) throw refuse('testing value  failed: test failed');
    return;
  }
  const at = locate(draft, path) ?? missing(`test operation does not apply: is missing path: ${path}`);
  const actual = within(`error in test for path: '${path}'`, () => read(at)) ?? null;
  if (!equal(actual, expected)) throw refuse(`testing value ${path} failed: test failed`);
}

/** The container that holds the last token of a pointer, made writable with all above it; undefined where the path ends early. */
function locate(draft: Draft, path: string): Location | undefined {
  const tokens = path.split('/');
  if (tokens.length < 2) return undefined;
  let container = ownRoot(draft);
  for (let i = 1; container && i < tokens.length - 1; i++) container = ownChild(draft, container, decodeToken(tokens[i] ?? ''));
  return container && { container, key: decodeToken(tokens[tokens.length - 1] ?? '') };
}

function ownRoot(draft: Draft): Container | undefined {
  const root = writable(draft, draft.root);
  if (root) draft.root = root;
  return root;
}

function ownChild(draft: Draft, parent: Container, token: string): Container | undefined {
  if (!Array.isArray(parent)) {
    const child = writable(draft, getOwn(parent, token));
    if (child) setOwn(parent, token, child);
    return child;
  }
  const index = arrayIndex(token, parent.length);
  if (typeof index === 'string') return undefined;
  const child = writable(draft, parent[index]);
  if (child) parent[index] = child;
  return child;
}

function writable(draft: Draft, value: Json | undefined): Container | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  // Owned containers were made below, as mutable ones.
  if (draft.owned.has(value)) return value as Container;
  const own: Container = Array.isArray(value) ? value.slice() : { ...(value as JsonObject) };
  draft.owned.add(own);
  return own;
}

function disown(draft: Draft, value: Json): void {
  if (typeof value !== 'object' || value === null || !draft.owned.delete(value)) return;
  for (const child of Object.values(value)) disown(draft, child);
}

function read({ container, key }: Location): Json | undefined {
  if (!Array.isArray(container)) return getOwn(container, key);
  const index = arrayIndex(key, container.length);
  if (typeof index === 'string') throw refuse(index);
  return container[index];
}

function insert({ container, key }: Location, value: Json): void {
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (key === '-') container.push(value);
  else {
    const index = arrayIndex(key, container.length + 1);
    if (typeof index !== 'string') container.splice(index, 0, value);
    else throw refuse(index.startsWith('strconv') ? `value was not a proper array index: '${key}': ${index}` : index);
  }
}

function take(at: Location): Json {
  const { container, key } = at;
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, key)) throw refuse(`Unable to remove nonexistent key: ${key}: missing value`);
    const value = container[key] ?? null;
    delete container[key];
    return value;
  }
  const index = arrayIndex(key, container.length);
  if (typeof index === 'string') throw refuse(index);
  return container.splice(index, 1)[0] ?? null;
}

/** Index below `size` that a token names; negative ones count from the end. A string says why there is none. */
function arrayIndex(token: string, size: number): number | string {
  if (!/^[+-]?[0-9]+$/.test(token)) return `strconv.Atoi: parsing ${JSON.stringify(token)}: invalid syntax`;
  const index = Number(token);
  if (index >= size || index < -size) return `Unable to access invalid index: ${index}: invalid index referenced`;
  return index < 0 ? index + size : index;
}

function pointer(operation: JsonObject, member: 'path' | 'from', otherwise: string): string {
  const path = operation[member];
  if (typeof path !== 'string') throw refuse(otherwise);
  return path;
}

const decodeToken = (token: string): string => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token);
const refuse = (message: string): PatchError => new PatchError(422, message);

function missing(message: string): never {
  throw refuse(`${message}: missing value`);
}

function within<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof PatchError ? refuse(`${prefix}: ${error.message}`) : error;
  }
}

function goKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
