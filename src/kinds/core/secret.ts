import type { Secret } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults } from '../defaulting.ts';
import { selectable } from '../selectable.ts';
import { secretFaults, secretUpdateFaults } from './data-validation.ts';

const withType = defaults({ type: 'Opaque' });

/** stringData is only a way to write data, and wins over it. */
function mergeStringData(object: KubeObject): KubeObject {
  // A kind's rules are only ever given objects of that kind.
  const { stringData, ...rest } = object as Secret & KubeObject;
  if (!stringData) return object;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}

export const secret: Kind = {
  group: '',
  kind: 'Secret',
  resource: 'secrets',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  selectableFields: selectable({ type: '' }),
  default: (object) => withType(mergeStringData(object)),
  validate: (object: Secret) => secretFaults(object),
  validateUpdate: (object: Secret, previous: Secret) => [...secretUpdateFaults(object, previous), ...secretFaults(object)],
  columns: [
    nameColumn,
    column<Secret>('Type', 'What the data is for.', (o) => o.type ?? ''),
    column<Secret>('Data', 'Number of keys.', (o) => Object.keys(o.data ?? {}).length),
    ageColumn,
  ],
};
