import type { SeccompProfile } from '../../../../gen/kubernetes-types.ts';
import { invalid, notSupported, required } from '../../../kernel/field-error.ts';
import type { Faults } from '../../faults.ts';

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Faults of a seccomp profile, a pod's or a container's. Source: kubernetes pkg/apis/core/validation ValidateSeccompProfileField. */
export function seccompFaults(path: string, profile: SeccompProfile | undefined, out: Faults): void {
  if (!profile) return;
  const { type = '', localhostProfile } = profile;
  if (type === '') out.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!TYPES.includes(type)) out.push(notSupported(`${path}.type`, type, TYPES));
  const at = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    // As Go prints its own type.
    const printed = { Type: type, LocalhostProfile: localhostProfile };
    if (localhostProfile !== undefined) out.push(invalid(at, printed, 'can only be set when seccomp type is Localhost'));
  } else if (!localhostProfile) out.push(required(at, 'must be set when seccomp type is Localhost'));
  else {
    if (localhostProfile.startsWith('/')) out.push(invalid(at, localhostProfile, 'must be a relative path'));
    if (localhostProfile.split('/').includes('..')) out.push(invalid(at, localhostProfile, "must not contain '..'"));
  }
}
