import type { ConfigMap } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { configMapFaults, configMapUpdateFaults } from './data-validation.ts';

const size = (map: object | undefined): number => Object.keys(map ?? {}).length;

export const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  resource: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  validate: (object: ConfigMap) => configMapFaults(object),
  validateUpdate: (object: ConfigMap, previous: ConfigMap) => [...configMapUpdateFaults(object, previous), ...configMapFaults(object)],
  columns: [nameColumn, column<ConfigMap>('Data', 'Number of keys.', (o) => size(o.data) + size(o.binaryData)), ageColumn],
};
