import type { LimitRange } from '../../../gen/kubernetes-types.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import { plainColumns } from '../columns.ts';
import { defaults, each, fields, present, type Rule } from '../defaulting.ts';
import { limitRangeFaults } from './quota-validation.ts';

/** What `from` gives for resources that the value says nothing of. */
const filledFrom =
  (...from: readonly string[]): Rule =>
  (value: Json | undefined, owner: JsonObject) => {
    const sources = from.map((field) => owner[field]).filter(isObject);
    if (sources.every((source) => Object.keys(source).every((name) => isObject(value) && name in value))) return value;
    return Object.assign({}, ...sources.toReversed(), isObject(value) ? value : {}) as Json;
  };

const containerLimits = fields({ default: filledFrom('max'), defaultRequest: filledFrom('default', 'min') });

export const limitRange: Kind = {
  group: '',
  kind: 'LimitRange',
  resource: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  default: defaults({
    spec: present(
      fields({
        limits: each((limit, owner) => (isObject(limit) && limit.type === 'Container' ? containerLimits(limit, owner) : limit)),
      }),
    ),
  }),
  validate: (object: LimitRange) => limitRangeFaults(object),
  columns: plainColumns,
};
