import { isObject, type Json } from '../kernel/json.ts';
import { controllerOf, type KubeObject } from '../kube/object.ts';

type Getter = (object: KubeObject) => string;

/** Fields that field selectors may name, each with the text that it has where nothing is set ("" for texts, "false", "0"). */
export const selectable = (absent: { readonly [path: string]: string }): { readonly [path: string]: Getter } =>
  Object.fromEntries(
    Object.entries(absent).map(([path, fallback]): [string, Getter] => {
      const steps = path.split('.');
      return [path, (object) => String(walk(object, steps) ?? fallback)];
    }),
  );

function walk(object: Json, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const step of steps) {
    if (!isObject(value)) return undefined;
    value = value[step];
  }
  return value;
}

/** An index (or what it adds up) over objects of the kind's generated type. */
export const indexBy =
  <T, Key = readonly string[]>(read: (object: T) => Key): ((object: KubeObject) => Key) =>
  (object) =>
    // A kind's indexes are only ever given objects of that kind.
    read(object as unknown as T);

/** Objects that nothing controls, by namespace: candidates for adoption by what selects them. */
export const orphans = (object: KubeObject): readonly string[] => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']);
