import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';

/** What a write to a path besides the object itself and /status takes from the request; all else stays as it was. */
const PARTS: Readonly<Record<string, (object: KubeObject, previous: KubeObject) => KubeObject>> = {
  // Binding sets the node and says so in the condition, in one write.
  'pods/binding': (object, previous) => ({ ...withSpec(previous, { nodeName: specOf(object).nodeName }), status: object.status ?? {} }),
  'pods/ephemeralcontainers': (object, previous) => withSpec(previous, { ephemeralContainers: specOf(object).ephemeralContainers }),
  'pods/resize': (object, previous) => withSpec(previous, { containers: resized(specOf(object).containers, specOf(previous).containers) }),
  'namespaces/finalize': (object, previous) => withSpec(previous, { finalizers: specOf(object).finalizers }),
  'certificatesigningrequests/approval': (object, previous) => {
    const conditions = isObject(object.status) ? object.status.conditions : undefined;
    const status = isObject(previous.status) ? previous.status : {};
    return { ...previous, status: conditions === undefined ? status : { ...status, conditions } };
  },
};

/** Whether clients' writes to this subresource go to the object that it belongs to; a Binding is an object of its own. */
export const isPartOf = (kind: Kind, subresource: string): boolean =>
  subresource !== 'binding' && `${kind.resource}/${subresource}` in PARTS;

/** The stored object with what this subresource may change, and the metadata of the request. */
export function restrictTo(kind: Kind, subresource: string, object: KubeObject, previous: KubeObject): KubeObject {
  const part = PARTS[`${kind.resource}/${subresource}`];
  return part ? { ...part(object, previous), metadata: object.metadata } : object;
}

const specOf = (object: KubeObject): JsonObject => (isObject(object.spec) ? object.spec : {});

function withSpec(object: KubeObject, changes: { readonly [field: string]: Json | undefined }): KubeObject {
  const spec: { [field: string]: Json } = { ...specOf(object) };
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) delete spec[field];
    else spec[field] = value;
  }
  return { ...object, spec };
}

/** The former containers with resources and resize policy of those of the same name. */
function resized(wanted: Json | undefined, former: Json | undefined): Json | undefined {
  if (!Array.isArray(former) || !Array.isArray(wanted)) return former;
  return former.map((container: Json) => {
    const match = wanted.find((item) => isObject(item) && isObject(container) && item.name === container.name);
    if (!isObject(match) || !isObject(container)) return container;
    const { resources, resizePolicy } = match;
    return { ...container, ...(resources !== undefined && { resources }), ...(resizePolicy !== undefined && { resizePolicy }) };
  });
}
