import { pathsOf } from './field-set.ts';
import { type Manager, managerId } from './managers.ts';
import { elementText } from './path-element.ts';

/** A field that an apply would change and another manager owns. */
export interface Conflict {
  readonly manager: Manager;
  readonly path: readonly string[];
}

/** Cause of a 409 Status, type FieldManagerConflict. */
export interface ConflictCause {
  readonly reason: 'FieldManagerConflict';
  readonly message: string;
  readonly field: string;
}

/** `.spec.template.spec.containers[name="web"].image` */
export const pathText = (path: readonly string[]): string => path.map(elementText).join('');

/** The conflicts with one manager, `manager.fields` being what is in conflict. */
export const conflictsWith = (manager: Manager): readonly Conflict[] => pathsOf(manager.fields).map((path) => ({ manager, path }));

export const conflictCauses = (conflicts: readonly Conflict[]): readonly ConflictCause[] =>
  conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(manager)}`,
    field: pathText(path),
  }));

/** Message of the 409: one conflict in a line, several grouped by manager. Models managedfields/internal/conflict.go. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(first.manager)}: ${pathText(first.path)}`;
  }
  const groups = Map.groupBy(conflicts, ({ manager }) => managerId(manager));
  const lines = [...groups.keys()].sort().flatMap((id) => {
    const group = groups.get(id) ?? [];
    const manager = group[0]?.manager;
    return [`conflicts with ${manager ? managerText(manager) : ''}:`, ...group.map(({ path }) => `- ${pathText(path)}`)];
  });
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function managerText({ manager, subresource, operation, apiVersion }: Manager): string {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
