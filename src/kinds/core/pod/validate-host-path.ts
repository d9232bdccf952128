import type { Volume } from '../../../../gen/kubernetes-types.ts';
import { invalid, required } from '../../../kernel/field-error.ts';
import { type Faults, oneOf } from '../../faults.ts';

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export const hasBackstep = (path: string): boolean => path.split('/').includes('..');

/** Faults of a place on a node, of pods and of volumes. */
export function hostPathFaults(path: string, source: NonNullable<Volume['hostPath']>, out: Faults): void {
  if (!source.path) return void out.push(required(`${path}.path`));
  if (hasBackstep(source.path)) out.push(invalid(`${path}.path`, source.path, "must not contain '..'"));
  oneOf(`${path}.type`, source.type, HOST_PATH_TYPES, false, out);
}
