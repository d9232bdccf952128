import { getResource } from '../../arm/estate.ts';
import { ASSIGN_IDENTITY } from '../../arm/identity.ts';
import { keyOf } from '../../arm/ids.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Reference } from '../../arm/resource-type.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import type { AksPorts } from '../ports.ts';
import { objectAt, textAt } from './given.ts';
import { kubeletIdentityId } from './node-group.ts';

const PATH = 'identityProfile.kubeletidentity.resourceId';

/** Id of the identity that the kubelets have, in what was asked for or in what is; "" when there is none. */
export const kubeletIdentityAt = (properties: JsonObject): string =>
  textAt(objectAt(objectAt(properties, 'identityProfile'), 'kubeletidentity'), 'resourceId');

/** The caller's own identity for the kubelets; undefined where the service makes one, which clients put back as they read it. */
function ownIdentity(draft: Draft): string | undefined {
  const given = kubeletIdentityAt(draft.properties);
  return given && keyOf(given) !== keyOf(kubeletIdentityId(draft)) ? given : undefined;
}

export function kubeletReferences(draft: Draft): Reference[] {
  const id = ownIdentity(draft);
  return id ? [{ path: PATH, id, linkedAction: ASSIGN_IDENTITY }] : [];
}

/** An own identity is given at the start, to a cluster whose own identity may assign it. Source: aks-facts-identity §1. */
export function kubeletIdentityFaults(draft: Draft, reader: Reader, previous: Resource | undefined, may: AksPorts['may']): FieldError[] {
  const own = kubeletIdentityAt(draft.properties);
  const current = previous ? kubeletIdentityAt(previous.observed) : kubeletIdentityId(draft);
  if (!own || keyOf(own) === keyOf(current)) return [];
  const fault = (detail: string, code: string): FieldError[] => [{ ...invalid(PATH, own, detail), code }];
  if (previous) return fault('Changing the identity of the kubelets is not implemented yet.', 'NotImplemented');
  const [control] = Object.values(getResource(reader, draft.id)?.identity?.userAssignedIdentities ?? {});
  if (!control)
    return fault(
      'Custom kubelet identity is only supported on user assigned MSI cluster.',
      'CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster',
    );
  if (may(reader, control.principalId, ASSIGN_IDENTITY, own)) return [];
  const detail = `The cluster user assigned identity must be given permission to assign kubelet identity ${own}. Check access result not allowed for action ${ASSIGN_IDENTITY}.`;
  return fault(detail, 'CustomKubeletIdentityMissingPermissionError');
}
