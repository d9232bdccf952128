import { at } from '../arm/merge.ts';
import { type FieldError, invalid } from '../kernel/field-error.ts';
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';

/**
 * What Azure takes and is not simulated yet: refused by its name, never stored without effect. A switch is refused when it is on, a
 * choice when it is none of those that are built, a list or object when it holds anything.
 */
export interface Unbuilt {
  /** Dotted path below `properties`. */
  readonly path: string;
  /** Names it in the refusal, as its subject: "The cluster autoscaler". */
  readonly what: string;
  /** Values that are built, in lower case; by default none but those that mean "off". */
  readonly built?: readonly string[];
}

const OFF = ['', 'none', 'disabled'];

const isOff = (value: Json | undefined, built: readonly string[]): boolean => {
  if (typeof value === 'string') return [...OFF, ...built].includes(value.toLowerCase());
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every((member) => isOff(member, []));
  return value === undefined || value === null || value === false || value === 0;
};

/** The refusals that properties earn; `prefix` goes before the paths. */
export const unbuiltFaults = (properties: JsonObject, table: readonly Unbuilt[], prefix = ''): FieldError[] =>
  table
    .filter(({ path, built = [] }) => !isOff(at(properties, path), built))
    .map(({ path, what }) => ({
      ...invalid(prefix + path, at(properties, path), `${what} is not implemented yet.`),
      code: 'NotImplemented',
    }));
