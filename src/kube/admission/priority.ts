import type { PriorityClass } from '../../../gen/kubernetes-types.ts';
import { forbidden } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { asPod, isPod, withSpec } from './pod.ts';
import { listAll, lookUp } from './store.ts';

const CLASSES = 'scheduling.k8s.io/priorityclasses';

/** Resolves priorityClassName into a number, and lets one class be the default. Models plugin/pkg/admission/priority. */
export const priorityAdmission: AdmissionPlugin = {
  name: 'Priority',
  mutate({ operation, kind, subresource, name, object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || !isPod(kind)) return object;
    const { spec } = asPod(object);
    const found = spec.priorityClassName
      ? lookUp(tx, scope, CLASSES, spec.priorityClassName)
      : lowestDefault(listAll(tx, scope, CLASSES) as unknown as PriorityClass[]); // the collection holds them
    if (spec.priorityClassName && !found) throw forbidden(kind, name, `no PriorityClass with name ${spec.priorityClassName} was found`);
    const chosen = found as unknown as PriorityClass | undefined;
    const priority = chosen?.value ?? 0;
    if (spec.priority !== undefined && spec.priority !== null && spec.priority !== priority) {
      const detail = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
      throw forbidden(kind, name, detail);
    }
    return withSpec(object, {
      ...spec,
      ...(chosen && { priorityClassName: chosen.metadata.name }),
      priority,
      preemptionPolicy: spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority',
    });
  },
  validate({ operation, kind, name, object }, { tx, scope }) {
    if (
      kind.resource !== 'priorityclasses' ||
      !object ||
      (operation !== 'CREATE' && operation !== 'UPDATE') ||
      object.globalDefault !== true
    )
      return;
    const other = listAll(tx, scope, CLASSES).find((item) => item.globalDefault === true && item.metadata.name !== name);
    if (other) throw forbidden(kind, name, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
  },
};

const lowestDefault = (classes: readonly PriorityClass[]): PriorityClass | undefined =>
  classes.filter(({ globalDefault }) => globalDefault).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
