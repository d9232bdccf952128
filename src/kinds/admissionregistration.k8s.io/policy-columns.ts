import type { ParamKind, ParamRef } from '../../../gen/kubernetes-types.ts';
import type { Column } from '../../kube/kind.ts';
import { ageColumn, column, integer, nameColumn, selectorText } from '../columns.ts';

type Policy = { readonly spec?: { readonly paramKind?: ParamKind } };
type Binding = { readonly spec?: { readonly policyName?: string; readonly paramRef?: ParamRef } };

function paramRefText({ spec }: Binding): string {
  const { name, namespace, selector } = spec?.paramRef ?? {};
  if (name) return namespace ? `${namespace}/${name}` : name;
  return selector ? selectorText(selector) : '<unset>';
}

/** Columns of a policy; `count` is that of what it consists of. */
export const policyColumns = <T extends Policy>(counted: string, description: string, count: (object: T) => number): readonly Column[] => [
  nameColumn,
  integer<T>(counted, description, count),
  column<T>('ParamKind', 'Kind of the parameters.', ({ spec }) =>
    spec?.paramKind ? `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}` : '<unset>',
  ),
  ageColumn,
];

export const bindingColumns: readonly Column[] = [
  nameColumn,
  column<Binding>('PolicyName', 'Policy that is bound.', ({ spec }) => spec?.policyName ?? ''),
  column<Binding>('ParamRef', 'Parameters of the policy.', paramRefText),
  ageColumn,
];
