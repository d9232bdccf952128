import type { Namespace } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsLabel } from '../../kube/names/dns.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { messages } from '../faults.ts';
import { selectable } from '../selectable.ts';

/** Names the namespace among its own labels, for namespace selectors. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';

const withNameLabel = <T extends { readonly metadata: Namespace['metadata'] }>(object: T): T => {
  const { name, labels } = object.metadata;
  if (!name || labels?.[NAME_LABEL] === name) return object;
  return { ...object, metadata: { ...object.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
};

const withSpec = defaults({ spec: present(), status: present(fields({ phase: 'Active' })) });

/** Who finalizes is named as in metadata, but upstream does not tell which one is wrong. */
function finalizerFaults(finalizers: readonly string[] = []): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const name of finalizers) {
    messages('spec.finalizers', name, qualifiedName(name), out);
    if (!name.includes('/') && !STANDARD_FINALIZERS.has(name))
      out.push(invalid('spec.finalizers', name, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
  return out;
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set([FINALIZER, 'orphan', 'foregroundDeletion']);

export const namespace: Kind = {
  group: '',
  kind: 'Namespace',
  resource: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  status: true,
  generation: false,
  selectableFields: selectable({ 'status.phase': '' }),
  default: (object) => withNameLabel(withSpec(object)),
  prepareForCreate(object: Namespace) {
    const finalizers = object.spec.finalizers ?? [];
    return withNameLabel({
      ...object,
      spec: { ...object.spec, finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] },
      status: { phase: 'Active' },
    });
  },
  prepareForUpdate(object: Namespace, previous: Namespace) {
    // spec.finalizers belong to whoever finalizes, and change through the subresource of that name.
    return previous.spec === object.spec ? object : { ...object, spec: previous.spec };
  },
  beginDeletion: (object: Namespace) => ({ ...object, status: { ...object.status, phase: 'Terminating' } }),
  holdsDeletion: (object: Namespace) => (object.spec.finalizers?.length ?? 0) > 0,
  validate: ({ spec }: Namespace) => finalizerFaults(spec.finalizers),
  nameRule: nameIsLabel,
  validateStatusUpdate({ metadata, status }: Namespace) {
    const [phase, when] = metadata.deletionTimestamp ? ['Terminating', 'is not empty'] : ['Active', 'is empty'];
    if (status?.phase === phase) return [];
    return [invalid('status.Phase', status?.phase ?? '', `may only be '${phase}' if \`deletionTimestamp\` ${when}`)];
  },
  columns: [nameColumn, column<Namespace>('Status', 'Phase of the namespace.', (o) => o.status?.phase ?? ''), ageColumn],
};
