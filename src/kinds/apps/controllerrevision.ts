import type { ControllerRevision } from '../../../gen/kubernetes-types.ts';
import { type FieldError, required } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { controllerOf } from '../../kube/object.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { immutable, nonNegative } from '../faults.ts';

/** The controller as kubectl names objects: "statefulset.apps/web". */
function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const slash = owner.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`;
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

/** Models ValidateControllerRevisionCreate. */
function revisionFaults({ data, revision }: ControllerRevision): readonly FieldError[] {
  const faults: FieldError[] = [];
  nonNegative('revision', revision, faults);
  if (data === undefined || data === null) faults.push(required('data', 'data is mandatory'));
  return faults;
}

/** Models ValidateControllerRevisionUpdate. */
function revisionUpdateFaults({ data, revision }: ControllerRevision, { data: previous }: ControllerRevision): readonly FieldError[] {
  const faults: FieldError[] = [];
  nonNegative('revision', revision, faults);
  immutable('data', data, previous, faults);
  return faults;
}

export const controllerRevision: Kind = {
  group: 'apps',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  validate: revisionFaults,
  validateUpdate: revisionUpdateFaults,
  columns: [
    nameColumn,
    column<ControllerRevision>('Controller', 'Object whose history this belongs to.', controllerText),
    column<ControllerRevision>('Revision', 'Number of the revision.', (o) => o.revision),
    ageColumn,
  ],
};
